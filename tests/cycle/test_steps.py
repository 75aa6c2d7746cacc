"""What was done of a cycle is noted once, in order, and cannot be changed afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.ledger import steps

from tests.ledger.ledger_kit import A, B, connect

DAY = date(2026, 10, 25)


def _note(settings: Settings, step: Any, run_id: str, county: str = A, **more: Any) -> bool:
    return steps.record(settings, county, "2026-10", step, DAY, run_id, {"n": 1}, **more)


def test_the_same_again_is_not_noted_and_other_inputs_are(settings: Settings) -> None:
    assert _note(settings, "check", "a")
    assert not _note(settings, "check", "a")
    assert _note(settings, "check", "b")
    assert _note(settings, "check", "a")  # back to what it was: done again
    assert _note(settings, "check", "a", B)
    assert [done.run_id for done in steps.steps(settings, A)] == ["a", "b", "a"]
    assert steps.last(settings, A, "2026-10", "check") == steps.Done(A, "2026-10", "check", DAY, "a", {"n": 1})
    assert steps.last(settings, A, "2026-11", "check") is None


def test_a_file_or_a_day_is_noted_once_however_much_lies_between(settings: Settings) -> None:
    assert [_note(settings, "receive", run, once=True) for run in ("f1", "f2", "f1", "f2")] == [True, True, False, False]


def test_an_approval_and_nothing_else_says_who(settings: Settings) -> None:
    person = steps.person(settings, "some-user")
    assert person == steps.person(settings, "some-user") != steps.person(settings, "another")
    assert "some-user" not in person
    assert _note(settings, "approve", "x", who=person)
    assert steps.steps(settings)[0].who == person
    for step, who in (("approve", None), ("check", person), ("approve", "某某")):
        with pytest.raises(ContractProblem):
            _note(settings, step, "y", who=who)


def test_a_step_the_cycle_does_not_have_is_refused(settings: Settings) -> None:
    with pytest.raises(ContractProblem):
        _note(settings, "celebrate", "x")
    with pytest.raises(ContractProblem):
        steps.record(settings, A, "October", "check", DAY, "x", {})


def test_what_was_done_stays(settings: Settings) -> None:
    _note(settings, "check", "a")
    connection = connect(settings)
    with connection.cursor() as cursor:
        for statement in ("UPDATE ledger.cycle_step SET done_on = '2026-01-01'", "DELETE FROM ledger.cycle_step", "TRUNCATE ledger.cycle_step"):
            with pytest.raises(Exception, match="append-only"):
                cursor.execute(statement)
    connection.close()
    assert len(steps.steps(settings)) == 1


def test_a_reader_sees_the_steps_of_its_region_alone(settings: Settings) -> None:
    _note(settings, "check", "a")
    _note(settings, "check", "a", B)
    connection = connect(settings, "reader")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger.cycle_step")
        assert cursor.fetchone() == (0,)
        cursor.execute("SET duizhang.region = '990102'")
        cursor.execute("SELECT DISTINCT county FROM ledger.cycle_step")
        assert cursor.fetchall() == [(B,)]
    connection.close()


def test_the_steps_of_the_program_and_of_the_database_are_one(settings: Settings) -> None:
    connection = connect(settings)
    with connection.cursor() as cursor:
        cursor.execute("SELECT step FROM ledger.step ORDER BY place")
        assert [row[0] for row in cursor.fetchall()] == list(steps.STEPS)
    connection.close()
