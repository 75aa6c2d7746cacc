"""How a list is handed over: a town's own files, workbooks under a password, and what stays the same when nothing changed."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import county as made
import openpyxl
import pytest
from duizhang import publish
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.settings import Settings
from duizhang.publish import delivery, model, sealing
from filling import rows


def run(c: made.County, **changes: Any) -> publish.Publication:
    given = {"as_of": c.as_of, "cycle": c.cycle, "items": c.items, "roll_forward": c.flow, **changes}
    return publish.publish(c.settings, made.COUNTY, **given)


def order(c: made.County, **wanted: bool) -> None:
    (c.settings.home / "delivery.yaml").write_text(f"counties: {{{made.COUNTY}: {json.dumps(wanted)}}}\n")


def lock(c: made.County, password: str) -> None:
    c.settings.secrets.mkdir(exist_ok=True)
    (c.settings.secrets / "passwords.json").write_text(json.dumps({made.COUNTY: password}))


def texts(path: Path) -> set[str]:
    return {str(cell) for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}


def test_nobody_gets_what_nobody_asked_for(county: made.County) -> None:
    publication = run(county)
    assert publication.towns == () and not (publication.path / "乡镇").exists()
    assert publication.workbook.read_bytes()[:2] == b"PK"


def test_a_town_gets_its_own_rows_and_nobody_elses(county: made.County) -> None:
    order(county, town_files=True)
    publication = run(county)
    whole = {row["问题编号"]: row for row in rows(publication.workbook, model.LIST_SHEET)}
    lists = [path for path in publication.towns if path.name.startswith("对账清单")]
    assert {path.name for path in publication.towns} == {
        f"{kind}_{town}_青石县_2026-10.xlsx" for kind in ("对账清单", "入户单") for town in made.TOWNS.values()
    }
    divided = [row for path in lists for row in rows(path, model.LIST_SHEET)]
    assert len(divided) == len(whole) and {row["问题编号"]: row for row in divided} == whole, "same number, token and 序号 as in the county's"
    for path in publication.towns:
        town = path.name.split("_")[1]
        strangers = [i["body"] for i in county.items if i["town"] in made.TOWNS and made.TOWNS[i["town"]] != town]
        said = "\n".join(texts(path))
        assert town in said
        assert not [body for body in strangers if body.get("户编号") and (body["户编号"] in said or body["证件号码"] in said)]
        assert not [name for name in made.TOWNS.values() if name != town and name in said]
        assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0
    assert run(county).changed is False
    lists[0].unlink()
    assert run(county).changed is True and lists[0].exists()


def test_odd_and_equal_town_names_make_files_of_their_own(county: made.County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(made.TOWNS, "990101001", "../河 东/镇")
    monkeypatch.setitem(made.TOWNS, "990101002", "..")
    monkeypatch.setitem(made.TOWNS, "990101003", "..")
    made.write_partitions(county)
    order(county, town_files=True)
    publication = run(county)
    assert len({path.name for path in publication.towns}) == 6
    assert {path.parent for path in publication.towns} == {publication.path / "乡镇"}


def test_encrypted_workbooks_open_with_the_password_alone(county: made.County, tmp_path: Path) -> None:
    county.items = [i for i in county.items if i["town"] == "990101002"]
    plain = run(county)
    order(county, town_files=True, encrypt=True)
    with pytest.raises(ContractProblem, match="has no password"):
        run(county)
    assert (county.settings.out / made.COUNTY / "current").resolve() == plain.path
    lock(county, "石头x7")
    sealed = run(county)
    assert sealed.version != plain.version and sealed.changed
    people = {i["body"]["证件号码"].encode() for i in county.items if i["body"].get("证件号码")}
    for path in (sealed.workbook, sealed.visits, *sealed.towns):
        raw = path.read_bytes()
        assert raw[:4] == b"\xd0\xcf\x11\xe0" and not [p for p in people if p in raw]
        (tmp_path / "open.xlsx").write_bytes(sealing.unseal(raw, "石头x7"))
        assert texts(tmp_path / "open.xlsx")
    (tmp_path / "open.xlsx").write_bytes(sealing.unseal(sealed.workbook.read_bytes(), "石头x7"))
    assert [r["问题编号"] for r in rows(tmp_path / "open.xlsx", model.LIST_SHEET)] == [
        r["问题编号"] for r in rows(plain.workbook, model.LIST_SHEET)
    ]
    with pytest.raises(InfraProblem):
        sealing.unseal(sealed.workbook.read_bytes(), "别的")
    assert len(sealed.towns) == 2 and "密码不用改" in "\n".join(texts(tmp_path / "open.xlsx"))
    manifest = (sealed.path / "manifest.json").read_text()
    assert json.loads(manifest)["encrypted"] is True and "石头x7" not in manifest
    assert not [path for path in sealed.path.parent.iterdir() if path.name.startswith(".writing")]


def test_the_same_content_under_the_same_password_is_unchanged(county: made.County) -> None:
    order(county, encrypt=True)
    lock(county, "一")
    first = run(county)
    bytes_ = first.workbook.read_bytes()
    again = run(county, items=list(reversed(county.items)))
    assert (again.version, again.changed, again.workbook.read_bytes()) == (first.version, False, bytes_)
    first.workbook.write_bytes(bytes_[:-9])
    mended = run(county)
    assert mended.changed and mended.version == first.version
    lock(county, "二")
    other = run(county)
    assert other.changed and other.version != first.version
    sealing.unseal(other.workbook.read_bytes(), "二")
    order(county, encrypt=False)
    assert run(county).workbook.read_bytes()[:2] == b"PK"


def test_the_home_goes_before_the_project_county_by_county(settings: Settings) -> None:
    ours = delivery.load_delivery(settings)
    assert ours.of("990101") == delivery.Parcel() and ours.visits.none_for
    (settings.home / "delivery.yaml").write_text("default: {town_files: true}\ncounties: {990102: {encrypt: true}}\n")
    found = delivery.load_delivery(settings)
    assert found.of("990101").town_files and found.of("990102") == delivery.Parcel(encrypt=True)
    assert found.visits == ours.visits
    for wrong in ("countys: {}", "counties: {990101: {encrypt: maybe}}", "visits: {none_for: [{reason: 都不去}]}", "[1]", "counties: [1]", "a: b: c"):
        (settings.home / "delivery.yaml").write_text(wrong)
        with pytest.raises(ContractProblem):
            delivery.load_delivery(settings)


def test_our_reasons_for_no_visit(shared_settings: Settings) -> None:
    why_not = delivery.load_delivery(shared_settings).visits.why_not
    assert why_not("X", "household", "export", "国家系统 → 户基础信息") == ""
    assert why_not("X", "person", "field", "按反馈单位的要求") == ""
    assert why_not("X", "person", "export", "人社局：养老保险待遇") == "只要部门或程序台账更正"
    assert why_not("X", "person", "acknowledged", "国家系统") == "已成事实、改不了的，写情况说明即可"
    assert why_not("X", "village", "acknowledged", "国家系统").startswith("村、县的账")
