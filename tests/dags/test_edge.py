"""The edge between Airflow and the package: what is retried, and that no engine text passes."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import psycopg2
import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from duizhang import airflow_edge as edge
from duizhang.core.errors import ContractProblem, FeedProblem, InfraProblem, RuleProblem
from duizhang.core.settings import Settings

MARK = "张标记99010119700101001X"


def _raised(error: Exception) -> BaseException:
    @edge.guarded
    def work() -> None:
        raise error

    with pytest.raises(Exception) as caught:  # noqa: PT011 - any kind: the test looks at it
        work()
    return caught.value


@pytest.mark.parametrize(
    "error", [FeedProblem("缺列"), ContractProblem("bad key"), RuleProblem("XXX-001", "lint", "bad"), ValueError("x"), KeyError("x")]
)
def test_what_a_retry_cannot_mend_fails_at_once(error: Exception) -> None:
    assert isinstance(_raised(error), AirflowFailException)


@pytest.mark.parametrize(
    "error", [InfraProblem("disk"), OSError(28, "no space"), MemoryError(), psycopg2.OperationalError("gone"), TimeoutError()]
)
def test_what_a_retry_may_mend_is_retried(error: Exception) -> None:
    found = _raised(error)
    assert isinstance(found, InfraProblem)
    assert not isinstance(found, AirflowFailException)


def test_a_missing_file_is_not_retried() -> None:
    assert isinstance(_raised(FileNotFoundError("x")), AirflowFailException)


def test_airflows_own_signals_pass() -> None:
    assert isinstance(_raised(AirflowSkipException("nothing to do")), AirflowSkipException)


def test_an_engines_text_does_not_pass() -> None:
    @edge.guarded
    def work() -> None:
        duckdb.sql(f"SELECT '{MARK}'::INTEGER").fetchall()

    with pytest.raises(AirflowFailException) as caught:
        work()
    shown = "".join(traceback.format_exception(caught.value))
    assert "ConversionException" in str(caught.value)
    assert MARK not in shown
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_our_own_sentences_pass_with_who_must_act() -> None:
    text = str(_raised(FeedProblem("《某表》缺列", action="请补列后重报")))
    assert "《某表》缺列" in text
    assert "请补列后重报" in text
    assert "the sender of the file" in text


def test_counts_leave_words_behind() -> None:
    assert edge.counts({"rows": 3, "name": "某某", "refused": True, "nested": {"a": 1}}) == {"rows": 3, "refused": True}


def test_batches_lose_and_repeat_nothing() -> None:
    keys = [str(n) for n in range(19)]
    found = edge.batches(keys, 8)
    assert [len(batch) for batch in found] == [8, 8, 3]
    assert [key for batch in found for key in batch] == keys
    assert edge.batches([]) == []


def test_the_date_is_the_param_or_the_day_in_china() -> None:
    evening = datetime(2026, 10, 25, 18, 0, tzinfo=UTC)  # 02:00 on the 26th in China
    assert edge.day_of({}, "as_of", evening) == "2026-10-26"
    assert edge.day_of({"as_of": "2026-10-25"}, "as_of", evening) == "2026-10-25"
    with pytest.raises(ValueError, match="Invalid isoformat"):
        edge.day_of({"as_of": "25.10.2026"}, "as_of", evening)


def _event(county: str, day: str, minute: int) -> SimpleNamespace:
    return SimpleNamespace(extra={"county": county, "as_of": day}, timestamp=datetime(2026, 11, 20, 12, minute, tzinfo=UTC))


def test_events_become_one_entry_per_county_with_its_days_in_order() -> None:
    events = [
        _event("990102", "2026-11-20", 1), _event("990101", "2026-11-20", 2), _event("990102", "2026-10-25", 4),
        _event("990102", "2026-11-20", 3),
    ]  # fmt: skip
    moment = "2026-11-20T12:"
    assert edge.changed(events) == [
        {"county": "990101", "days": {"2026-11-20": f"{moment}02:00.000000+00:00"}},
        {"county": "990102", "days": {"2026-10-25": f"{moment}04:00.000000+00:00", "2026-11-20": f"{moment}03:00.000000+00:00"}},
    ]
    assert [list(change["days"]) for change in edge.changed(events)] == [["2026-11-20"], ["2026-10-25", "2026-11-20"]]


def test_an_event_that_two_runs_see_is_reconciled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from duizhang import cycle

    asked: list[tuple[str, str]] = []

    def check(settings: Settings, county: str, day: str) -> dict[str, object]:
        asked.append((county, day))
        if len(asked) == 2:
            raise InfraProblem("the disk is full")
        return {"findings": 3, "county": county}

    monkeypatch.setenv("DUIZHANG_HOME", str(tmp_path))
    monkeypatch.setattr(cycle, "check", check)
    (change,) = edge.changed([_event("990101", "2026-10-25", 1), _event("990101", "2026-11-20", 1)])
    with pytest.raises(InfraProblem):
        edge.reconcile_changed(change)
    assert edge.reconcile_changed(change) == {"2026-11-20": {"findings": 3}}  # the retry: only what was not done
    assert edge.reconcile_changed(change) == {}
    # The next month's event, and the old one again: only the date with the new event is done.
    (later,) = edge.changed([_event("990101", "2026-10-25", 1), _event("990101", "2026-11-20", 2)])
    assert edge.reconcile_changed(later) == {"2026-11-20": {"findings": 3}}
    assert [day for _, day in asked] == ["2026-10-25", "2026-11-20", "2026-11-20", "2026-11-20"]


def test_returns_are_known_by_content_and_taken_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    settings.returns.mkdir()
    (settings.returns / "某某填.xlsx").write_bytes(b"one")
    (settings.returns / "copy.xlsx").write_bytes(b"one")
    (settings.returns / "~$open.xlsx").write_bytes(b"lock")
    (settings.returns / ".part.xlsx").write_bytes(b"half")
    (key,) = edge.waiting_returns(settings)
    assert edge.return_path(settings, key).read_bytes() == b"one"
    assert "某" not in key
    edge.mark_received(settings, key)
    assert edge.waiting_returns(settings) == []
    (settings.returns / "copy.xlsx").write_bytes(b"two")
    assert len(edge.waiting_returns(settings)) == 1
    with pytest.raises(ContractProblem):
        edge.return_path(settings, "0" * 64)


def test_newest_books(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(ContractProblem):
        edge.newest_books(settings)
    for day in ("2026-10-25", "2026-11-20"):
        (tmp_path / f"as_of={day}" / "books").mkdir(parents=True)
    (tmp_path / "as_of=2026-12-20").mkdir()
    assert edge.newest_books(settings) == "2026-11-20"


def test_the_home_must_be_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DUIZHANG_HOME", raising=False)
    with pytest.raises(ContractProblem, match="DUIZHANG_HOME"):
        edge.home_settings()
    monkeypatch.setenv("DUIZHANG_HOME", str(tmp_path))
    assert edge.home_settings().home == tmp_path.resolve()


@pytest.mark.parametrize("answer", [None, {"chosen_options": ["Approve"], "responded_by_user": None}])
def test_where_nobody_was_asked_nobody_approved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    monkeypatch.setenv("DUIZHANG_HOME", str(tmp_path))
    assert edge.approved_by(SimpleNamespace(xcom_pull=lambda task_ids: answer)) == "auto"


def test_who_approved_is_known_by_a_hash_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIZHANG_HOME", str(tmp_path))

    def approved(user: str) -> str:
        answer = {"responded_by_user": {"id": user, "name": "someone"}}
        return edge.approved_by(SimpleNamespace(xcom_pull=lambda task_ids: answer))

    assert approved("17") == approved("17") != approved("18")
    assert len(approved("17")) == 64
    assert "someone" not in approved("someone")
