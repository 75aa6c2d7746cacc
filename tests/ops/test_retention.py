"""What is due is destroyed and nothing else: not what an open question stands on, and the chain says and survives it."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from duizhang import ledger, pull
from duizhang.core import postgres
from duizhang.core.errors import ContractProblem
from duizhang.core.lake import write_json
from duizhang.core.settings import Settings
from duizhang.ledger import db
from duizhang.ops import retention
from duizhang.ops.retention import back, load_policy

from tests.ledger.ledger_kit import D1, D2, D3, A, County, Hit, idkey, wipe
from tests.ledger.test_ledger_notices import Rule

OLD, LATER = "2026-10-25", date(2032, 6, 15)
LONG_AGO = datetime(2026, 10, 26, tzinfo=UTC).timestamp()
BESIDE = ("", "closing", "departments", "reminders")  # what lies in the folder of a cycle, its list first
CLOSED, OPEN = Hit("MON-101", "person", "P0"), Hit("MON-102", "person", "P1")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = Settings.load(tmp_path_factory.mktemp("retention") / "home")
    postgres.ensure(settings)
    yield settings
    postgres.destroy(settings)


@pytest.fixture
def home(server: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home of years ago: four files, two dates, four lists, a returned workbook; one item closed, one still open."""
    monkeypatch.setenv("DUIZHANG_KEY", "7e" * 32)
    monkeypatch.setenv("DUIZHANG_DATABASE_URL", postgres.ensure(server).url(""))
    wipe(server)
    home = replace(server, home=tmp_path / "home", database_url=postgres.ensure(server).url(""))
    ledger.migrate(home)
    box = tmp_path / "box"
    box.mkdir()
    for name in ("superseded", "asked", "standing", "older standing"):
        (box / f"{name}.csv").write_text(name)
    shas = {arrival.name.removesuffix(".csv"): arrival.sha256 for arrival in pull.pull(home, box)}
    for sha in shas.values():
        (home.raw / sha).mkdir(parents=True)
        write_json({"data_date": "2026-10-20"}, home.raw / sha / "meta.json")
        (home.norm / sha).mkdir(parents=True)
    for day, name in ((OLD, "older standing"), ("2026-11-20", "standing")):
        write_json([{"sha256": shas[name]}], home.at(day) / "books" / "standing.json")
        write_json({"counts": 1}, home.at(day) / "summary.json")
    county = County(home, tmp_path, A, [CLOSED, OPEN], {f"P{n}": idkey(n) for n in range(2)})
    monkeypatch.setattr("tests.ledger.ledger_kit.json.dumps", _lineage(shas["asked"]))
    county.merge(D1)
    county.issue("2026-10", D1)
    county.hits = [OPEN]
    county.merge(D2)
    for cycle in ("2026-08", "2026-10", "2026-11", "2026-12"):
        for part in BESIDE:
            write_json({}, home.out / A / cycle / part / "v1" / "manifest.json")
    home.returns.mkdir()
    (home.returns / "old.xlsx").write_text("x")
    for path in [*home.landing.iterdir(), *home.returns.iterdir()]:
        os.utime(path, (LONG_AGO, LONG_AGO))
    return home


def _lineage(sha: str):  # type: ignore[no-untyped-def]
    import json

    plain = json.dumps

    def dumps(value: object, **more: object) -> str:
        value = {"表": f"{sha[:12]}:页:7"} if isinstance(value, dict) and "表" in value else value
        return plain(value, **more)  # type: ignore[arg-type]

    return dumps


def landed(home: Settings) -> set[str]:
    """The names of what landed and is still there."""
    return {arrival.name.removesuffix(".csv") for arrival in pull.arrivals(home) if (home.landing / arrival.sha256).exists()}


def test_the_policy_is_marked_as_a_proposal(shared_settings: Settings) -> None:
    policy = load_policy(shared_settings)
    assert {period.nature for period in (policy.closed_values, policy.files, policy.partitions, policy.lists, policy.returns)} == {"推"}
    assert back(date(2027, 1, 31), 13) == date(2025, 12, 1)


def test_nothing_is_due_early_and_a_dry_run_changes_nothing(home: Settings) -> None:
    before = sorted(path for path in home.home.rglob("*") if "as_of" in str(path) or "landing" in str(path))
    assert retention(home, date(2026, 12, 1)) == {"values": 0, "files": 0, "partitions": 0, "lists": 0, "returns": 0}
    due = {"values": 1, "files": 2, "partitions": 1, "lists": 1, "returns": 1}
    assert retention(home, LATER, dry_run=True) == due
    assert sorted(path for path in home.home.rglob("*") if "as_of" in str(path) or "landing" in str(path)) == before
    assert ledger.destroyed(home) == {}
    assert retention(home, LATER) == due


def test_what_an_open_question_stands_on_stays(home: Settings) -> None:
    retention(home, LATER)
    assert landed(home) == {"asked", "standing"}
    assert {path.name for path in home.norm.iterdir()} == {a.sha256 for a in pull.arrivals(home)} == {path.name for path in home.raw.iterdir()}
    items = ledger.open_items(home, A)
    assert [(i["code"], i["body"]["姓名"]) for i in items] == [("MON-102", "测试人")]
    assert {path.name for path in (home.out / A).iterdir()} == {"2026-10", "2026-11", "2026-12"}  # 2026-10 asked what is open
    assert all((home.out / A / "2026-10" / part / "v1" / "manifest.json").exists() for part in BESIDE)
    assert (home.at(OLD) / "summary.json").exists() and not (home.at(OLD) / "books").exists()
    assert (home.at("2026-11-20") / "books" / "standing.json").exists()
    assert list(home.returns.glob("*.xlsx")) == []


def test_what_came_back_and_down_goes_but_for_what_an_open_question_or_the_present_list_needs(home: Settings, tmp_path: Path) -> None:
    county = County(home, tmp_path, A, [OPEN], {"P1": idkey(1)})
    asked, (done,) = next(iter(county.items().values())), ledger.closed_items(home, A, "")
    sha = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("closed", "open", "present", "above", "another", "whole")}

    def answer(item: dict[str, Any], cycle: str, name: str) -> None:
        given = ledger.Answer(item["item_id"], item["number"], A, cycle, "属实待整改", answered_by="测试干部")
        ledger.answer(home, A, [given], D2, sha[name], exemptible=())

    answer(done, "2026-10", "closed")
    answer(asked, "2026-10", "open")
    told = ledger.Notice("省", "1", "MON-102", "标题", "person", "P1", None, {})
    ledger.note_from_above(home, A, [told], D2, sha["above"], rules={"MON-102": Rule()})
    county.issue("2026-11", D2)
    answer(done, "2026-11", "present")
    kept = [home.returns / ".kept" / f"{sha['open']}.xlsx", home.returns / ".kept" / f"{sha['present']}.xlsx", home.returns / ".above" / sha["above"],
            home.receipts / A / "2026-10" / f"回执_{sha['open'][:12]}.xlsx", home.receipts / A / "2026-11" / f"回执_{sha['present'][:12]}.xlsx",
            home.receipts / A / "2026-11" / f"回执_{sha['whole'][:12]}.xlsx", home.receipts / A / f"反馈登记_{sha['above'][:12]}.xlsx",
            home.returns / ".received" / sha["closed"], home.returns / ".above" / "taken.jsonl"]  # fmt: skip
    gone = [home.returns / "closed.xlsx", home.returns / ".kept" / f"{sha['closed']}.xlsx", home.returns / ".above" / sha["another"],
            home.returns / ".above" / ".writing-x", home.receipts / A / "2026-10" / f"回执_{sha['closed'][:12]}.xlsx",
            home.receipts / A / f"反馈登记_{sha['another'][:12]}.xlsx",
            home.receipts / "未识别" / "2026-10" / f"回执_{sha['whole'][:12]}.xlsx"]  # fmt: skip
    (home.returns / "old.xlsx").unlink()
    for path in (*kept, *gone):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(next((name for name, digest in sha.items() if digest[:12] in path.name), path.stem))
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert retention(home, LATER, dry_run=True)["returns"] == len(gone)
    assert all(path.exists() for path in gone)
    assert retention(home, LATER)["returns"] == len(gone)
    there = {path for folder in (home.returns, home.receipts) for path in folder.rglob("*") if path.is_file()}
    assert there == set(kept)
    assert {path.name for path in home.receipts.iterdir()} == {A}
    county.hits = []
    county.merge(D3)
    county.issue("2026-12", D3)
    assert retention(home, LATER)["returns"] == len(kept) - 2  # but for hashes and days


def test_the_chain_verifies_and_says_how_many_values_went(home: Settings) -> None:
    heads = ledger.heads(home)
    retention(home, LATER)
    assert ledger.destroyed(home) == {A: 1}
    assert ledger.verify(home) == []
    assert ledger.heads(home) == heads
    assert retention(home, LATER) == dict.fromkeys(("values", "files", "partitions", "lists", "returns"), 0)
    with pytest.raises(ContractProblem, match="append-only"), db.transaction(home) as cursor:
        cursor.execute("DELETE FROM ledger.retention")


def test_a_value_emptied_past_the_schedule_is_a_problem_of_the_audit(home: Settings, server: Settings) -> None:
    retention(home, LATER)
    with db.transaction(home) as cursor:
        cursor.execute("ALTER TABLE ledger.value DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger.value SET body = NULL, destroyed_on = '2032-01-01' WHERE body IS NOT NULL")
        cursor.execute("ALTER TABLE ledger.value ENABLE TRIGGER USER")
    assert any("留存期限" in problem.what for problem in ledger.verify(home))


def test_what_was_destroyed_is_not_taken_in_again(home: Settings, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "box", tmp_path / "again")
    retention(home, LATER)
    assert {a.name for a in pull.pull(home, tmp_path / "again")} == {"asked.csv", "standing.csv"}
    assert landed(home) == {"asked", "standing"}
    spec = pull.SourceSpec(name="来源", url=f"file://{tmp_path / 'again'}", settle=0)
    assert {a.name for a in pull.pull_source(home, spec, pull.resolver(home))} == {"来源/asked.csv", "来源/standing.csv"}
    journal = (home.landing / "destroyed.jsonl").read_text()
    assert "superseded" not in journal and journal.count("\n") == 2


def test_without_a_policy_nothing_is_destroyed(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "root" / "include").mkdir(parents=True)
    with pytest.raises(ContractProblem, match="without a policy"):
        retention(replace(home, root=tmp_path / "root"), LATER)
