"""Random histories against a plain model of the states: hits, books that go missing, people that vanish, answers."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from duizhang import ledger
from duizhang.core.settings import Settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.ledger.ledger_kit import A, County, Hit, idkey, wipe

PEOPLE = ("P0", "P1", "P2")
CODES = {"PID-101": "错误", "MON-101": "疑似"}
WORDS = ("已整改", "属实待整改", "不属实", "情况说明", "无法核实")
PAIRS = [(code, key) for code in CODES for key in PEOPLE]
OPEN = {"found", "issued", "answered", "returned", "gone"}


@dataclass
class Expected:
    """What the model thinks of one item."""

    state: str
    stands: str
    answer: str | None = None
    answered_on: date | None = None
    stood_on: str | None = None


class Machine(RuleBasedStateMachine):
    """One county, merged, issued and answered in any order."""

    server: ClassVar[Settings]

    def __init__(self) -> None:
        super().__init__()
        wipe(self.server)
        ledger.migrate(self.server)
        self.folder = tempfile.TemporaryDirectory()
        self.county = County(self.server, Path(self.folder.name))
        self.day = date(2026, 1, 1)
        self.model: dict[tuple[str, str], Expected] = {}
        self.sent: dict[tuple[str, str], set[str]] = {}
        self.cycle = 0

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(
        hits=st.dictionaries(st.sampled_from(PAIRS), st.sampled_from("12"), max_size=6),
        na=st.sets(st.sampled_from(sorted(CODES)), max_size=1),
        away=st.sets(st.sampled_from(PEOPLE), max_size=1),
        days=st.integers(0, 30),
    )
    def merge(self, hits: dict[tuple[str, str], str], na: set[str], away: set[str], days: int) -> None:
        self.day += timedelta(days=days)
        hits = {pair: stands for pair, stands in hits.items() if pair[0] not in na and pair[1] not in away}
        self.county.hits = [Hit(code, "person", key, stands, CODES[code]) for (code, key), stands in hits.items()]
        self.county.persons = {key: idkey(n) for n, key in enumerate(PEOPLE) if key not in away}
        self.county.na = na
        self.county.merge(self.day)
        for pair in PAIRS:
            self._expect(pair, hits.get(pair), pair[0] in na, pair[1] in away)
        assert self.county.merge(self.day).events == {}

    def _expect(self, pair: tuple[str, str], stands: str | None, na: bool, away: bool) -> None:
        item = self.model.get(pair)
        if stands is not None:
            if item is None:
                self.model[pair] = Expected("found", stands)
            elif item.state not in OPEN:
                once = item.state in ("verified_not_so", "exempted") and item.stood_on == stands
                expired = item.state == "exempted" and item.answered_on is not None and self.day >= ledger_expiry(item.answered_on)
                if not once or expired:
                    self.model[pair] = Expected("found", stands)
                else:
                    item.stands = stands
            elif item.state == "gone":
                self.model[pair] = Expected("found", stands)
            elif item.state == "answered" and item.answer == "已整改":
                item.state = "returned" if item.answered_on is not None and self.day > item.answered_on else "answered"
                item.stands = stands
            elif item.state == "answered" and item.stands != stands:
                self.model[pair] = Expected("found", stands)
            else:
                item.stands = stands
        elif item is not None and item.state in OPEN and not na:
            item.state = "gone" if away else "proven"

    @rule()
    def issue(self) -> None:
        self.cycle += 1
        self.county.issue(f"{self.cycle:04d}", self.day)
        for pair, item in self.model.items():
            if item.state in OPEN:
                self.sent[pair] = self.sent.get(pair, set()) | {f"{self.cycle:04d}"}
                self.sent_stands = getattr(self, "sent_stands", {}) | {(pair, f"{self.cycle:04d}"): item.stands}
                item.state = "issued" if item.state == "found" else item.state

    @rule(pair=st.sampled_from(PAIRS), word=st.sampled_from(WORDS), noted=st.booleans(), days=st.integers(0, 3), n=st.integers(0, 9))
    def answer(self, pair: tuple[str, str], word: str, noted: bool, days: int, n: int) -> None:
        item, cycle = self.model.get(pair), f"{self.cycle:04d}"
        if item is None or cycle not in self.sent.get(pair, ()):
            return
        self.day += timedelta(days=days)
        known = self._known(pair)
        note = f"说明{n}{self.day}" if noted else None
        repeat = (word, note, self.day, cycle) in getattr(self, "said", {}).setdefault(pair, set()) if hasattr(self, "said") else False
        result = self.county.answer(known, word, self.day, cycle, note=note, checked_on=self.day, approved_by="另一干部")
        self._expect_answer(pair, item, word, noted, result.outcome, repeat)
        self.said = getattr(self, "said", {})
        if result.outcome == "accepted":
            self.said.setdefault(pair, set()).add((word, note, self.day, cycle))

    def _known(self, pair: tuple[str, str]) -> dict[str, Any]:
        items = [*ledger.open_items(self.server, A), *ledger.closed_items(self.server, A, "0000")]
        return next(i for i in items if (i["code"], i["body"]["subject_key"]) == pair)

    def _expect_answer(self, pair: tuple[str, str], item: Expected, word: str, noted: bool, outcome: str, repeat: bool) -> None:
        if repeat:
            assert outcome == "repeated"
            return
        if item.state not in OPEN:
            assert outcome == "refused"
            return
        closing = {"不属实": "verified_not_so"} if CODES[pair[0]] == "疑似" else {}
        closing |= {"情况说明": "exempted"} if pair[0] == "MON-101" else {}
        state = closing.get(word) if noted else None
        if state and self.sent_stands[pair, f"{self.cycle:04d}"] != item.stands:
            assert outcome == "refused"
            return
        assert outcome == "accepted"
        item.state = state or ("gone" if item.state == "gone" else "answered")
        item.answer, item.answered_on, item.stood_on = word, self.day, item.stands

    @invariant()
    def ledger_and_model_agree(self) -> None:
        states: dict[str, int] = {}
        for item in self.model.values():
            states[item.state] = states.get(item.state, 0) + 1
        assert ledger.states(self.server, A) == states
        shown = {pair: item["state"] for pair, item in self.county.items().items()}
        assert shown == {pair: item.state for pair, item in self.model.items() if item.state in OPEN}

    @invariant()
    def ledger_adds_up(self) -> None:
        assert ledger.verify(self.server) == []
        if ledger.last_merged(self.server, A):
            ledger.roll_forward(self.server, A)


def ledger_expiry(answered_on: date) -> date:
    """First day on which an exemption of `answered_on` no longer holds."""
    from duizhang.ledger.answers import expiry

    return expiry(answered_on) + timedelta(days=1)


def test_random_histories(server: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIZHANG_KEY", "3c" * 32)
    Machine.server = server
    run_state_machine_as_test(
        Machine,
        settings=settings(max_examples=12, stateful_step_count=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)),
    )
