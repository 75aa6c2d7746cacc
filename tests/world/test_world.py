"""The known-answer world keeps its word: same seed same world, made-up numbers, and a truth that the files bear out."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from duizhang.world import make
from duizhang.world.planters import REGISTRY
from duizhang.world.planters.places import PLACES
from python_calamine import CalamineWorkbook

from tests.world import oracle

MONTHS = (("2026-10", "2026-10-25", 202610), ("2026-11", "2026-11-20", 202611))
CATALOGUE = """
FMT 001–017 · PID 001–018 · HHD 001–041 · MEM 001–031 · EDU 001–004 · MED 001–008 · HSW 001–004 · MON 001–055
INC 001–032 · GAX 001–023 · MZX 001–016 · CLX 001–010 · YBX 001–011 · REG 001–008 · SUR 001–028 · JYX 001–010
JOB 001–024 · RSX 001–010 · CCX 001–015 · VIL 001–017 · ZSX 001–014 · PRC 001–021 · LON 001–010 · XFX 001–007
AID 001–034 · HLP 001–008 · APP 001–010 · PSH 001–018 · TPB 001–008 011–014 021–029 · CLS 001–011 · RPT 001–009
"""  # written out here so that the world is not its own witness


def catalogue() -> set[str]:
    group, codes = "", set()
    for word, first, last in re.findall(r"([A-Z]{3})|(\d{3})(?:–(\d{3}))?", CATALOGUE):
        if word:
            group = word
        else:
            codes |= {f"{group}-{n:03d}" for n in range(int(first), int(last or first) + 1)}
    return codes


def rows(path: Path) -> list[dict[str, object]]:
    return pq.read_table(path).to_pylist()


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture(scope="module", params=[(200, 1), (5000, 2)], ids=["200", "5000"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    people, seed = request.param
    out = tmp_path_factory.mktemp(f"world{people}")
    make(out, people, seed, spreadsheets=False, mishaps=False)
    return out


def test_oracle_agrees(world: Path) -> None:
    """Rules computed from the written rows find exactly what the truth says, on untouched households nothing."""
    for folder, as_of, ym in MONTHS:
        found = {f for f in oracle.findings(world / "inbox" / folder, ym) if f[0] in oracle.CODES}
        truth = {
            (row["code"], row["subject_kind"], row["subject_key"]) for row in rows(world / "truth.parquet")
            if row["month"] == as_of and row["code"] in oracle.CODES
        }
        assert found - truth == set()
        assert truth - found == set()
        assert len({code for code, _, _ in truth}) >= (15 if "5000" in world.name else 5)


def test_subjects_exist(world: Path) -> None:
    """Every truth row is about somebody or something that the month's files hold."""
    for folder, as_of, _ in MONTHS:
        there = world / "inbox" / folder
        people = oracle.read(there, "（自定义）*.csv")
        register = {row["公民身份号码"] for row in oracle.read(there, "*户籍人口*.csv", "gb18030", "公民身份号码")}
        visited = {(row["证件号码"], row["户编号"]) for row in oracle.read(there, "入户成员核对*.csv")}
        persons, homes = {row["人编号"] for row in people}, {row["户编号"] for row in people}
        records = {f"{row['户编号']}|{row['识别监测时间']}" for row in people if row["监测对象类别"]}
        villages = {row["区划编码"] for row in oracle.read(there, "行政区划*.csv") if row["级别"] == "村"}
        villages |= {row["区划编码"] for row in oracle.read(there, "民政区划清单*.csv") if row["级别"] == "村"}
        counties = {code[:6] for code in villages}
        changes = {(row.get("证件号码"), row.get("户编号")) for row in oracle.read(there, "*家庭成员增减*.csv")}
        applications = {row.get("申报编号") for row in oracle.read(there, "*自主申报*.csv")}
        lines = [path.read_text(encoding="utf-8-sig", errors="replace") for path in sorted(there.glob("*.csv"))]
        births = {row.get("公民身份号码") for sent in sorted((world / "inbox").iterdir()) for row in oracle.read(sent, "*出生登记*.csv")}
        for row in [*rows(world / "truth.parquet"), *rows(world / "near_misses.parquet")]:
            key = str(row["subject_key"])
            if row["month"] != as_of or row["subject_kind"] == "delivery":
                continue
            if row["subject_kind"] == "case":
                table, number, household = key.split("|")
                if row in rows(world / "near_misses.parquet"):
                    continue
                assert household in homes
                booked = {"户籍": number in register, "出生": number in births, "增减": (number, household) in changes}
                assert booked.get(table, (number, household) in visited)
            elif row["subject_kind"] == "work_spell":
                assert key.split("|")[0] in persons
            elif row["subject_kind"] == "application":
                assert key.split("|")[1] in applications
            elif row["subject_kind"] in ("loan", "clue", "problem", "payout"):
                assert any(key.split("|")[-1] in said for said in lines)
            elif row["subject_kind"] in ("push", "period", "task"):
                assert key.split("|")[0] in counties
            elif row["subject_kind"] == "county":
                assert any(village.startswith(key) for village in villages)
            else:
                there_is = {"person": persons, "household": homes, "monitoring": records, "village": villages, "county": counties}
                assert key in there_is[str(row["subject_kind"])]


def test_numbers_are_made_up(world: Path) -> None:
    """Every identity number begins with 99; those of the register pass their check, those of 人 unless planted otherwise."""
    wrong = {"PID-001", "PID-002", "PID-003", "PID-004", "PID-005", "PID-008"}
    for folder, as_of, _ in MONTHS:
        there = world / "inbox" / folder
        planted = {row["subject_key"] for row in rows(world / "truth.parquet") if row["month"] == as_of and row["code"] in wrong}
        for row in oracle.read(there, "（自定义）*.csv"):
            number = row["证件号码"]
            assert number[:2] in ("99", "")
            assert oracle.good(number) or row["人编号"] in planted
        assert all(oracle.good(row["公民身份号码"]) for row in oracle.read(there, "*户籍人口*.csv", "gb18030", "公民身份号码"))
        for path in there.iterdir():
            data = path.read_bytes() if path.suffix == ".csv" else b""
            assert not re.findall(rb"(?<![\d.])(?!99|9[123]99)\d{17}[\dXx](?!\d)", data)


def test_only_catalogue_codes(world: Path) -> None:
    planted = {row["code"] for row in rows(world / "truth.parquet")}
    assert planted <= catalogue()
    assert {row["code"] for row in rows(world / "near_misses.parquet")} <= catalogue()
    people = json.loads((world / "world.json").read_text(encoding="utf-8"))["people"]
    if people >= 5000:
        mishaps = {"FMT-006", "FMT-007", "FMT-010", "HHD-006", "HHD-007"}  # files sent again, rows astray: this world has none
        assert catalogue() - planted == mishaps
    else:
        assert len(planted) >= 60


def test_three_cases_of_each(tmp_path: Path) -> None:
    """At 5,000 people every code has three cases or more over the two months, near misses included."""
    make(tmp_path, 5000, 7, spreadsheets=False)
    cases: dict[str, set[object]] = {}
    for name in ("truth", "near_misses"):
        for row in rows(tmp_path / f"{name}.parquet"):
            cases.setdefault(str(row["code"]), set()).add((row["month"], row["subject_key"]))
    places = {planter.code for planter in PLACES}  # a village or county of its own for each case: they are fewer
    places |= {"INC-031", "YBX-011"}
    few = {code for code in catalogue() - places if len(cases.get(code, ())) < 3 and not code.startswith("FMT")}
    assert few == set()
    assert {code for code in catalogue() if code not in cases} == set()


def test_near_misses_are_no_truth(world: Path) -> None:
    def keys(name: str) -> set[tuple[object, ...]]:
        return {(r["month"], r["code"], r["subject_kind"], r["subject_key"]) for r in rows(world / f"{name}.parquet")}

    assert keys("near_misses")
    assert keys("near_misses") & keys("truth") == set()


def test_answers_follow_the_fates(world: Path) -> None:
    """What is proven is gone from the truth of the second month, what is returned or not so is still there."""
    truth = rows(world / "truth.parquet")
    first, second = ({(r["code"], r["subject_key"]) for r in truth if r["month"] == as_of} for _, as_of, _ in MONTHS)
    answers = rows(world / "answers.parquet")
    assert {row["expect"] for row in answers} >= {"proven", "returned", "verified_not_so", "answered"}
    for row in answers:
        key = (row["code"], row["subject_key"])
        assert key in first
        if row["expect"] != "acknowledged":  # a fact of the past is closed by its explanation, whatever the next books say
            assert (key in second) == (row["expect"] != "proven")
        assert row["answer"] in ("已整改", "属实待整改", "不属实", "部门数据有误", "无法核实", "情况说明")
    assert second - first


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    """In another process with another hash seed, too."""
    make(tmp_path / "a", 200, 5, spreadsheets=False)
    code = f"from pathlib import Path; from duizhang.world import make; make(Path({str(tmp_path / 'b')!r}), 200, 5, spreadsheets=False)"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONHASHSEED": "77"})
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    make(tmp_path / "c", 200, 6, spreadsheets=False)
    assert digest(tmp_path / "a") != digest(tmp_path / "c")


def test_spreadsheets_hold_the_same_world(tmp_path: Path) -> None:
    """The workbook of the national table has the cells of the CSV; the truth is the same file."""
    make(tmp_path / "x", 200, 5)
    make(tmp_path / "c", 200, 5, spreadsheets=False)
    for name in ("truth", "near_misses", "answers"):
        assert rows(tmp_path / "x" / f"{name}.parquet") == rows(tmp_path / "c" / f"{name}.parquet")
    book = CalamineWorkbook.from_path(tmp_path / "x/inbox/2026-10/（自定义）监测对象信息 (7).xlsx")
    table = book.get_sheet_by_index(0).to_python()
    assert "导出单位：青石县" in str(table[1][0])
    plain = oracle.read(tmp_path / "c/inbox/2026-10", "（自定义）*(7).csv")
    assert table[2] == list(plain[0])
    assert [str(row[8]) for row in table[3:]] == [row["户编号"] for row in plain]
    assert [str(row[33]) for row in table[3:]] == [row["证件号码"] for row in plain]


def test_mishaps(tmp_path: Path) -> None:
    """The missing town is in no file of the second month and in no truth row; the absent feed has no file."""
    make(tmp_path, 2000, 3, spreadsheets=False)
    told = json.loads((tmp_path / "world.json").read_text(encoding="utf-8"))["mishaps"]
    there = tmp_path / "inbox/2026-11"
    people = oracle.read(there, "（自定义）*.csv")
    names = {row["区划编码"]: row["区划名称"] for row in oracle.read(there, "行政区划*.csv")}
    town, county = told["missing_town"], names[told["missing_town"][:6]]
    assert not [row for row in people if (row["县"], row["乡"]) == (county, names[town])]
    october = oracle.read(tmp_path / "inbox/2026-10", "（自定义）*.csv")
    lost = {row["户编号"] for row in october if (row["县"], row["乡"]) == (county, names[town])}
    assert lost
    for row in rows(tmp_path / "truth.parquet"):
        if row["month"] == "2026-11-20" and row["subject_kind"] in ("household", "person"):
            assert str(row["subject_key"])[:12] not in lost
            assert not (row["county"] == told["absent_feed"]["county"] and row["code"] in told["absent_feed"]["codes"])
    for row in rows(tmp_path / "answers.parquet"):
        if str(row["subject_key"])[:12] in lost:
            assert row["expect"] not in ("proven", "returned")
    assert not list(there.glob(f"{names[told['absent_feed']['county']]}持证残疾人名单*"))
    again = there / told["sent_again"][0]
    assert again.read_bytes() == (there / told["sent_again"][0].replace(" (1)", "")).read_bytes()
    twice = [row for row in people if (row["县"], row["乡"]) == (names[told["delivered_twice"][:6]], names[told["delivered_twice"]])]
    again_there = Counter(row["人编号"] for row in twice)
    assert sum(n == 2 for n in again_there.values()) >= len(again_there) - 12  # but for the few whose rows went astray


def test_renumbered_household(world: Path) -> None:
    """One household has other keys in the second month, its open defect with it."""
    old, new = (
        {row["证件号码"]: row["户编号"] for row in oracle.read(world / "inbox" / folder, "（自定义）*.csv") if row["证件号码"]}
        for folder, _, _ in MONTHS
    )
    gone = set(old.values()) - set(new.values())
    moved = {(old[number], new[number]) for number in old.keys() & new.keys() if old[number] in gone}
    assert len(moved) == 1
    (before, after), = moved
    truth = {(row["month"], row["code"], row["subject_key"]) for row in rows(world / "truth.parquet")}
    assert {(MONTHS[0][1], "HHD-030", before), (MONTHS[1][1], "HHD-030", after)} <= truth
    assert {(MONTHS[0][1], "MED-003", f"{before}01"), (MONTHS[1][1], "MED-003", f"{after}01")} <= truth
    assert (MONTHS[1][1], "HHD-030", before) not in truth


def test_every_code_has_a_planter() -> None:
    planted = {planter.code for planter in (*REGISTRY, *PLACES) if not planter.near}
    elsewhere = {code for code in catalogue() if code.startswith("FMT")} | {"REG-002"}
    elsewhere |= {"HHD-006", "HHD-007", "INC-031", "YBX-011", "CLS-006", "JOB-023"}  # rows astray between files; what oracles reckon of a county
    assert catalogue() - planted - elsewhere == set()


def test_refuses_nonsense(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="people"):
        make(tmp_path, 5, 1)


def test_imports_no_stage() -> None:
    """The world reasons by itself: it imports nothing of the package but itself."""
    code = (
        "import sys, duizhang.world; "
        "print([m for m in sys.modules if m.startswith('duizhang.') and not m.startswith('duizhang.world')])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
