"""The folders that closure writes: what is in them, that twice is once, and that the sheets read back."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import python_calamine
from duizhang import closure, ledger
from duizhang.cli import app
from duizhang.core import versions
from duizhang.core.catalogue import load_catalogue
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.ledger.audit_tables import read_heads
from typer.testing import CliRunner

from tests.ledger.ledger_kit import D1, D2, A, County, Hit, idkey

AS_OF = D2.isoformat()
TOWNS = {"990101100": "北山镇", "990101201": "龙山乡"}


def table(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)


def lake(settings: Settings, county: County, hits: dict[str, int]) -> None:
    """What check, assemble and snapshot leave as of 20 November: two towns, a village each, four households of two."""
    base = settings.at(AS_OF)
    rules = load_catalogue(settings)
    results = [
        {"code": r.code, "subject": r.subject, "county": A, "rows": 8, "na": 0, "applicable": 8, "hits": hits.get(r.code, 0),
         "unknown": 0, "na_reason": ""}
        for r in rules
    ]  # fmt: skip
    table(base / "checks" / f"county={A}" / "results.parquet", results)
    homes = [{"_key": f"H{n}", "_town": list(TOWNS)[n % 2], "_village": list(TOWNS)[n % 2] + "201"} for n in range(4)]
    table(base / "subjects" / "household" / f"county={A}" / "data.parquet", homes)
    table(base / "subjects" / "person" / f"county={A}" / "data.parquet", [{"_household": f"H{n % 4}"} for n in range(8)])
    table(base / "subjects" / "village" / f"county={A}" / "data.parquet", [{"_key": town + "201"} for town in TOWNS])
    regions = [{"county": A, "county_name": "青石县", "town": town, "town_name": name} for town, name in TOWNS.items()]
    table(base / "books" / "regions.parquet", regions)
    (base / "books" / "regions.json").write_text(json.dumps({"counties": {A: "青石县"}, "towns": TOWNS}))
    (base / "books" / "standing.json").write_text(json.dumps([{"county": A, "feed": "监测对象信息", "sha256": "ab" * 32, "town": None}]))
    (base / "books" / "snapshot.json").write_text(
        json.dumps({"as_of": AS_OF, "counties": {A: "青石县"}, "fingerprints": {}, "problems": []})
    )
    (settings.norm / ("ab" * 32)).mkdir(parents=True, exist_ok=True)
    (settings.norm / ("ab" * 32) / "meta.json").write_text(json.dumps({"quarantined": 0}))
    coverage = [
        {"feed": "监测对象信息", "book": "国家系统", "county": A, "town": town, "town_name": name, "status": "full", "data_date": date(2026, 11, 18)}
        for town, name in TOWNS.items()
    ]
    table(base / "books" / "coverage.parquet", coverage)


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    """One claim proven, one seen again, one exempted; an empty out/."""
    code = load_catalogue(settings)[-1].code
    hits = [Hit("MON-101", "person", "P1"), Hit(code, "person", "P2"), Hit(code, "household", "H1")]
    shutil.rmtree(settings.out, ignore_errors=True)
    made = County(settings, files, hits=hits, persons={"P1": idkey(1), "P2": idkey(2)}, households={"H1": (idkey(1), ())})
    made.merge(D1)
    made.issue("2026-10", D1)
    for found in made.items().values():
        approved = {"approved_by": "另一干部"} if found["code"] == "MON-101" else {}
        made.answer(found, "情况说明" if approved else "已整改", date(2026, 10, 28), note="县里定的", **approved)
    made.hits = hits[:2]
    made.merge(D2)
    lake(settings, made, {code: 1})
    return made


def write(county: County) -> closure.Closing:
    settings = county.settings
    found = ledger.measures(settings, A, "2026-10", D2, clocks=ledger.clocks(settings, A, D2))
    return closure.write_closing(
        settings, A, AS_OF, "2026-10", measures=found, items=ledger.open_items(settings, A), exemptions=ledger.exemptions(settings, A),
        head=ledger.heads(settings)[A],
    )  # fmt: skip


def cells(path: Path, sheet: str) -> str:
    rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()
    return "\n".join(str(cell) for row in rows for cell in row if cell != "")


def test_the_closing_says_what_it_stands_on_and_can_be_checked_later(county: County) -> None:
    closing = write(county)
    assert {path.name for path in closing.path.iterdir()} == {
        "数据质量评分_青石县_2026-10.xlsx", "县级闭合证明_青石县_2026-10.xlsx", versions.MANIFEST
    }  # fmt: skip
    assert (closing.path.parent / versions.LATEST).resolve() == closing.path
    length, last = ledger.heads(county.settings)[A]
    front = cells(closing.certificate_file, "闭合证明")
    assert all(text in front for text in ("青石县", "2026-10", AS_OF, last, f"共 {length} 条", "县级经办人", "日期", "剩余豁免 1 条"))
    exempt = cells(closing.certificate_file, "剩余豁免")
    assert all(text in exempt for text in ("MON-101", "县里定的", "测试干部", "另一干部", "2027-09-30"))
    assert "abababababab" in cells(closing.certificate_file, "依据")
    # the manifest's heads are what `audit verify --against` compares with
    noted = read_heads(closing.path / versions.MANIFEST)
    assert noted == {A: [length, last]}
    assert ledger.verify(county.settings, noted) == []
    changed = {A: [length, "0" * 64]}
    assert ledger.verify(county.settings, changed) != []


def test_the_score_sheet_has_the_footnote_and_both_rates(county: County) -> None:
    closing = write(county)
    front = cells(closing.score_file, "评分")
    for text in ("推定", "没有换算关系", "run", AS_OF, "有效豁免 1 条", "自报整改率", "只认复跑", "部门推送得分", "本县各期得分"):
        assert text in front
    # two claims, one of them seen again: half is repaired, all is claimed
    assert "100.0%（2/2）" in front
    assert "50.0%（1/2）" in front


def test_twice_is_once_and_another_ledger_is_another_version(county: County) -> None:
    first, second = write(county), write(county)
    assert (first.changed, second.changed, first.version) == (True, False, second.version)
    county.issue("2026-11", D2)
    third = write(county)
    assert third.changed
    assert third.version != first.version
    assert first.path.exists()


def test_the_manifest_holds_no_name_and_no_number_of_a_person(county: County) -> None:
    text = (write(county).path / versions.MANIFEST).read_text(encoding="utf-8")
    assert all(word not in text for word in ("测试人", "测试户主", "测试干部", "另一干部", "县里定的", idkey(1), idkey(7)))


def test_the_commands(county: County) -> None:
    home = ["--home", str(county.settings.home)]

    def said(*words: str) -> Any:
        done = CliRunner().invoke(app, [*words, *home])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout) if words[0] != "audit" else done.stdout

    score = said("score", "--as-of", AS_OF)
    assert "ranking" not in score
    assert score["counties"][A]["cycle"] == "2026-10"
    certified = said("certify", "--as-of", AS_OF)
    assert (certified["changed"], certified["score"], set(certified["verdicts"])) == (True, score["counties"][A]["score"], set("12345"))
    assert said("departments", "--as-of", AS_OF)["departments"] == 0
    manifest = county.settings.out / A / "2026-10" / "closing" / "latest" / "manifest.json"
    assert "0 problems" in said("audit", "verify", "--against", str(manifest))


def test_an_own_history_grows_by_month(county: County) -> None:
    write(county)
    settings = county.settings
    county.issue("2026-11", D2)
    found = ledger.measures(settings, A, "2026-11", D2)
    later = closure.write_closing(settings, A, AS_OF, "2026-11", measures=found, items=(), exemptions=(), head=(1, "0" * 64))
    front = cells(later.score_file, "评分")
    assert front.index("2026-10\n") < front.index("2026-11\n")


def test_an_unknown_county_is_refused(county: County) -> None:
    found = ledger.measures(county.settings, A, "2026-10", D2)
    with pytest.raises(ContractProblem):
        closure.write_closing(county.settings, "990199", AS_OF, "2026-10", measures=found, items=(), exemptions=(), head=(0, ""))


def test_a_failed_run_leaves_the_last_version(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(county)
    county.issue("2026-11", D2)

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(closure, "write_certificate", fail)
    with pytest.raises(RuntimeError):
        write(county)
    folder = first.path.parent
    assert versions.latest(folder) is not None
    assert {path.name for path in folder.iterdir()} == {first.version, versions.LATEST}


def claimed(number: str, name: str) -> dict[str, Any]:
    """A row of ledger.department_items: the county says that the civil affairs book is wrong."""
    shown = {"evidence": [{"列": "低保_在享", "账": "民政低保", "值": "是"}], "姓名": name, "证件号码": "x", "town_name": "", "village_name": ""}
    return {"number": number, "code": "MON-101", "answered_on": D2, "deliveries": 0, "body": shown, "claim": {"核查说明": "错"}}


def departments(settings: Settings, county: str, *items: dict[str, Any]) -> closure.Departments:
    return closure.write_departments(settings, county, AS_OF, "2026-11", items=items, files=[])


def test_an_empty_list_takes_the_place_of_one_that_was_sent(county: County) -> None:
    settings = county.settings
    assert departments(settings, A).version == ""
    assert not (settings.out / A / "2026-11" / "departments").exists()
    one = departments(settings, A, claimed("MON-101-A", "甄大山"))
    assert [(d.owner, d.lines) for d in one.departments] == [("县民政局", 1)]
    assert (one.changed, departments(settings, A, claimed("MON-101-A", "甄大山")).changed) == (True, False)
    none = departments(settings, A)
    assert [(d.owner, d.lines) for d in none.departments] == [("县民政局", 0)]
    assert none.changed
    assert none.departments[0].path.name == "部门更正单_县民政局_青石县_2026-11.xlsx"
    assert python_calamine.CalamineWorkbook.from_path(str(none.departments[0].path)).sheet_names == ["说明"]


def test_a_county_s_folder_holds_its_own_people_only(county: County) -> None:
    settings, other = county.settings, "990102"
    (settings.at(AS_OF) / "books" / "regions.json").write_text(json.dumps({"counties": {A: "青石县", other: "白河县"}, "towns": TOWNS}))
    departments(settings, A, claimed("MON-101-A", "甄大山"))
    departments(settings, other, claimed("MON-101-B", "乔小河"))
    people = {A: "甄大山", other: "乔小河"}
    for code in people:
        files = sorted(path for path in (settings.out / code).rglob("*") if path.is_file())
        assert any("部门更正单" in path.name for path in files)
        text = "".join(_text(path) for path in files)
        assert {name for name in people.values() if name in text} == {people[code]}
    assert {path.name for path in settings.out.iterdir()} == {A, other}


def _text(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
