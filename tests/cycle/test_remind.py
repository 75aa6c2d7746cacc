"""A county is reminded of what is due, on working days, once a day, until it has answered."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duizhang import reminders
from duizhang.core.settings import Settings
from duizhang.ledger import steps
from duizhang.ops import alerts

from tests.ledger.ledger_kit import D1, A, B, County, Hit, idkey

# the kit gives seven days from 2026-10-25: Sunday, 1 November
SOON, AFTER, SUNDAY = date(2026, 10, 29), date(2026, 11, 3), date(2026, 11, 1)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a channel gets."""
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(alerts, "configured", lambda: [told.append])
    return told


@pytest.fixture
def county(settings: Settings, tmp_path: Path) -> County:
    """A county whose list of October asks three questions."""
    made = County(settings, tmp_path)
    made.persons = {f"P{n}": idkey(n) for n in range(3)}
    made.households = {"H0": (idkey(0), tuple(idkey(n) for n in range(3)))}
    made.hits = [Hit("MON-101", "person", f"P{n}", household="H0") for n in range(3)]
    made.merge(D1)
    made.issue("2026-10", D1)
    return made


def _sheets(settings: Settings, county: str = A) -> list[Path]:
    return sorted((settings.out / county / "2026-10" / "reminders").glob("*"))


@pytest.fixture(autouse=True)
def clean(settings: Settings) -> None:
    """No sheets and no journal of an earlier test: the home serves all of them."""
    for path in [*settings.out.rglob("*.txt"), settings.home / "alerts" / "sent.json"]:
        path.unlink(missing_ok=True)


def test_due_soon_and_overdue_are_told_with_counts_alone(settings: Settings, county: County, sent: list[dict[str, Any]]) -> None:
    assert reminders.due(settings) == [A]
    assert reminders.remind(settings, A, SOON) == {"overdue": 0, "due_soon": 3, "later": 0, "departments_owe": 0, "sent": 1, "held": 0, "failed": 0}
    (sheet,) = _sheets(settings)
    text = sheet.read_text(encoding="utf-8")
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    assert "甲镇" in text
    assert "3个工作日内到期 3 条" in text
    assert not any(word in text for word in ("测试户主", "测试人", "9901011950", "P0", "H0"))
    assert sent[0]["counties"] == (A,)
    assert sent[0]["counts"]["due_soon"] == 3
    later = reminders.remind(settings, A, AFTER)
    assert (later["overdue"], later["sent"]) == (3, 1)  # another day, told again
    assert len(_sheets(settings)) == 2


def test_nothing_twice_a_day_and_nothing_on_a_day_off(settings: Settings, county: County, sent: list[dict[str, Any]]) -> None:
    assert reminders.remind(settings, A, AFTER)
    assert reminders.remind(settings, A, AFTER) == {}
    assert reminders.remind(settings, A, SUNDAY) == {}
    assert len(sent) == 1
    assert len(_sheets(settings)) == 1


def test_nothing_where_nothing_is_due(settings: Settings, county: County, sent: list[dict[str, Any]]) -> None:
    assert reminders.remind(settings, A, date(2026, 10, 26)) == {}
    assert reminders.remind(settings, B, AFTER) == {}  # no list at all
    assert sent == []
    assert _sheets(settings) == []


def test_it_stops_when_all_is_answered(settings: Settings, county: County, sent: list[dict[str, Any]]) -> None:
    items = list(county.items().values())
    county.answer(items[0], "已整改", date(2026, 10, 28))
    assert reminders.remind(settings, A, SOON)["due_soon"] == 2
    for item in items[1:]:
        county.answer(item, "属实待整改", date(2026, 10, 30))
    assert reminders.remind(settings, A, AFTER) == {}


def test_a_department_that_owes_stops_the_countys_clock_and_stands_on_the_sheet(
    settings: Settings, county: County, sent: list[dict[str, Any]]
) -> None:
    county.answer(next(iter(county.items().values())), "部门数据有误", date(2026, 10, 28))
    told = reminders.remind(settings, A, AFTER)
    assert (told["overdue"], told["departments_owe"]) == (2, 1)
    text = _sheets(settings)[0].read_text(encoding="utf-8")
    assert "等部门更正的 1 条" in text
    assert "2026-10-28" in text


def test_a_channel_that_fails_is_tried_again_and_one_that_was_told_is_not(
    settings: Settings, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(fields: Any) -> None:
        raise OSError("no way out")

    monkeypatch.setattr(alerts, "configured", lambda: [broken])
    assert reminders.remind(settings, A, AFTER)["failed"] == 1
    told: list[Any] = []
    monkeypatch.setattr(alerts, "configured", lambda: [told.append])
    assert reminders.remind(settings, A, AFTER)["sent"] == 1
    assert reminders.remind(settings, A, AFTER) == {}
    assert len(told) == 1


def test_one_list_after_the_other_only_the_open_one_is_told_of(settings: Settings, county: County, sent: list[dict[str, Any]]) -> None:
    county.issue("2026-11", date(2026, 11, 20))
    assert [(each.cycle, each.is_open) for each in steps.issued(settings, A)] == [("2026-10", False), ("2026-11", True)]
    told = reminders.remind(settings, A, date(2026, 11, 26))
    assert told["overdue"] == 3  # asked in October, and still not answered
    assert (settings.out / A / "2026-11" / "reminders").is_dir()
    assert _sheets(settings) == []
