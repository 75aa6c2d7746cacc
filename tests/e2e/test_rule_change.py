"""A changed rule withdraws what it no longer finds and finds anew what it does; wording and examples change nothing; a
changed parameter changes the verdict, withdraws likewise, and not the rule."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from duizhang import ledger, pipeline
from duizhang.core import postgres
from duizhang.core.catalogue import by_code
from duizhang.core.settings import Settings
from duizhang.ledger import db
from duizhang.publish import model

from tests.e2e import city

pytestmark = pytest.mark.slow  # two whole runs; tests/ledger holds the events, tests/indicators the versions
COUNTY, NEXT = "990101", "2026-10-26"
LIMIT = "小额信贷单户上限"  # any parameter of indicators.yaml
ROW = {"耕地面积（亩）": 5}


def rule(code: str, where: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code, "title": f"测试 {code}", "subject": "household", "where": where, "evidence": ["耕地面积（亩）"],
        "stands_on": ["耕地面积（亩）"], "severity": "疑似", "kind": "单账", "dimension": "准确性", "authority": "国家系统", "basis": ["自编"],
        "question": "测试问题。", "remedy": "核实。", "fix_at": "国家系统", "examples": {"violates": [ROW], "passes": [{}]}, **more,
    }  # fmt: skip


BEFORE = [
    rule("AAA-001", '"耕地面积（亩）" >= 2'),  # will ask more
    rule("AAA-002", '"耕地面积（亩）" >= 4'),  # will ask less
    rule("AAA-003", '"耕地面积（亩）" >= 3'),  # only its words and examples will change
    rule("AAA-004", f'"耕地面积（亩）" * 10000 >= 参数_{LIMIT}'),  # only its parameter will change
    rule("AAA-005", '"耕地面积（亩）" >= 5'),  # will go
    rule("AAA-006", f'"耕地面积（亩）" * 10000 <= 参数_{LIMIT}'),  # will ask less, for its parameter alone
]
WORDS = {"title": "另一个标题", "question": "另一句话。", "remedy": "另一个办法。", "notes": "说明。", "severity": "疑似"}
AFTER = [
    rule("AAA-001", '"耕地面积（亩）" >= 4'),
    rule("AAA-002", '"耕地面积（亩）" >= 2'),
    rule("AAA-003", '"耕地面积（亩）" >= 3', **WORDS) | {"examples": {"violates": [ROW, {"耕地面积（亩）": 3}], "passes": [{"耕地面积（亩）": 2}]}},
    BEFORE[3],
    BEFORE[5],
]


class Change:
    """A county's list before and after its catalogue and one parameter changed, its books the same."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        catalogue = folder / "expectations"
        catalogue.mkdir()
        monkeypatch.setenv("DUIZHANG_EXPECTATIONS", str(catalogue))
        self.settings = Settings.load(folder / "home")
        world = city.make(folder, 120, 5, counties=1, mishaps=False)
        self._write(catalogue, BEFORE)
        self.versions = [{code: rule.version for code, rule in by_code(self.settings).items()}]
        inbox = folder / "inbox"  # what the rules read, and nothing else: the rest would cost half a minute
        inbox.mkdir()
        for name in ("监测对象信息", "行政区划", "年度口径参数"):
            shutil.copy(next((world / "inbox" / "2026-10").glob(f"*{name}*")), inbox)
        pipeline.run(self.settings, inbox, city.OCTOBER, docs=False)
        self.before = self._items()
        self._write(catalogue, AFTER)
        threshold = {"name": LIMIT, "value": 20000, "unit": "元", "from": "2014-12-01", "source": "测试", "nature": "推"}
        (self.settings.home / "indicators.yaml").write_text(yaml.safe_dump([threshold], allow_unicode=True), encoding="utf-8")
        self.versions.append({code: rule.version for code, rule in by_code(self.settings).items()})
        empty = folder / "empty"
        empty.mkdir()
        pipeline.run(self.settings, empty, NEXT, docs=False)
        self.after = self._items()

    @staticmethod
    def _write(catalogue: Path, rules: list[dict[str, Any]]) -> None:
        (catalogue / "AAA.yaml").write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")

    def _items(self) -> dict[str, dict[str, Any]]:
        with db.transaction(self.settings, read_only=True) as cursor:
            return {row["number"]: row for row in db.rows(cursor, "SELECT * FROM ledger.item")}

    def of(self, code: str, items: dict[str, dict[str, Any]], *states: str) -> set[str]:
        """Numbers of the items of `code` in one of `states`."""
        return {number for number, item in items.items() if item["code"] == code and item["state"] in states}

    def events(self, code: str) -> list[tuple[str, str | None]]:
        """(kind, reason) of all events of `code` as of the second date."""
        asked = "SELECT e.kind, e.reason FROM ledger.event e JOIN ledger.item i USING (item_id) WHERE i.code = %s AND e.as_of = %s"
        with db.transaction(self.settings, read_only=True) as cursor:
            return [(row["kind"], row["reason"]) for row in db.rows(cursor, asked, (code, NEXT))]


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Change]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUIZHANG_KEY", "11" * 32)
        made = Change(tmp_path_factory.mktemp("rules"), patch)
        yield made
        postgres.stop(made.settings)


OPEN = ("found", "issued")


def test_what_the_rule_no_longer_finds_is_withdrawn_and_never_proven(change: Change) -> None:
    asked, still = change.of("AAA-001", change.before, *OPEN), change.of("AAA-001", change.after, *OPEN)
    gone = change.of("AAA-001", change.after, "withdrawn")
    assert gone and still and gone | still == asked
    assert Counter(change.events("AAA-001"))["withdrawn", "rule_changed"] == len(gone)
    assert not [kind for kind, _ in change.events("AAA-001") if kind == "proven"]
    assert {change.after[number]["rule_version"].partition(".")[0] for number in still} == {change.versions[1]["AAA-001"]}


def test_a_rule_that_went_withdraws_all_it_asked(change: Change) -> None:
    asked = change.of("AAA-005", change.before, *OPEN)
    assert asked and change.of("AAA-005", change.after, "withdrawn") == asked
    assert Counter(change.events("AAA-005"))["withdrawn", "no_rule"] == len(asked)


def test_what_the_rule_finds_now_is_found_anew_and_the_old_items_stay(change: Change) -> None:
    asked, now = change.of("AAA-002", change.before, *OPEN), change.of("AAA-002", change.after, *OPEN)
    assert asked < now
    assert Counter(change.events("AAA-002"))["found", None] == len(now - asked)
    assert {change.after[number]["rule_version"].partition(".")[0] for number in now} == {change.versions[1]["AAA-002"]}


def test_other_words_and_examples_change_nothing(change: Change) -> None:
    assert change.versions[0]["AAA-003"] == change.versions[1]["AAA-003"]
    assert change.of("AAA-003", change.before, *OPEN) == change.of("AAA-003", change.after, *OPEN) != set()
    assert {kind for kind, _ in change.events("AAA-003")} <= {"issued"}


def test_a_changed_parameter_changes_the_verdict_and_not_the_rule(change: Change) -> None:
    """From 5 亩 to 2 亩: more is asked, what was asked keeps its number, the rule its version."""
    assert change.versions[0]["AAA-004"] == change.versions[1]["AAA-004"]
    asked, now = change.of("AAA-004", change.before, *OPEN), change.of("AAA-004", change.after, *OPEN)
    assert asked < now


def test_what_closes_for_another_parameter_alone_is_withdrawn_and_never_proven(change: Change) -> None:
    asked, still = change.of("AAA-006", change.before, *OPEN), change.of("AAA-006", change.after, *OPEN)
    gone = change.of("AAA-006", change.after, "withdrawn")
    assert gone and still and gone | still == asked and not gone & still
    assert Counter(change.events("AAA-006"))["withdrawn", "rule_changed"] == len(gone)


def test_the_list_and_its_cover_say_so(change: Change) -> None:
    path = next((change.settings.out / COUNTY / "current").glob("对账清单_*.xlsx"))
    book = openpyxl.load_workbook(path, read_only=True)
    closed = "\n".join("|".join(str(cell) for cell in row if cell is not None) for row in book["本期已销号"].iter_rows(values_only=True))
    asked = "\n".join("|".join(str(cell) for cell in row if cell is not None) for row in book[model.LIST_SHEET].iter_rows(values_only=True))
    cover = "\n".join("|".join(str(cell) for cell in row if cell is not None) for row in book["封面"].iter_rows(values_only=True))
    withdrawn = set().union(*(change.of(code, change.after, "withdrawn") for code in ("AAA-001", "AAA-005", "AAA-006")))
    assert all(number in closed and number not in asked for number in withdrawn)
    assert closed.count("检查口径调整，撤销") == len(withdrawn)
    new = change.of("AAA-002", change.after, *OPEN) - change.of("AAA-002", change.before, *OPEN)
    assert all(number in asked for number in new)
    assert "检查口径调整，撤销" in cover and str(len(withdrawn)) in cover


def test_the_roll_forward_closes_over_the_change(change: Change) -> None:
    rows = {row["code"]: row for row in ledger.roll_forward(change.settings, COUNTY, NEXT)}
    assert rows["AAA-001"]["withdrawn"] == len(change.of("AAA-001", change.after, "withdrawn"))
    assert ledger.verify(change.settings) == []
