"""Between Airflow's tasks and the package: who is retried, what an error may say, which date a run stands for.

Airflow knows when and retry, not how. A task calls one function of `duizhang.pipeline` through `guarded`; nothing but
keys and counts goes back. This module is imported by DAG files: it imports nothing heavy at its top.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from duizhang.core.errors import ContractProblem, DuizhangError, FeedProblem, InfraProblem, RuleProblem
from duizhang.core.logs import logger

if TYPE_CHECKING:
    from duizhang import pull
    from duizhang.core.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

ZONE = ZoneInfo("Asia/Shanghai")
BOOKS_URI = "duizhang://books"
HEAVY = "heavy"
BATCH = 8
_PROBLEM = re.compile(r"^(FeedProblem|ContractProblem|RuleProblem|InfraProblem|[A-Za-z_]{1,60}(?= at ))")


def alarm(context: Mapping[str, Any]) -> None:
    """Tell of a task that failed for good: which, of which run and county, and who must act. The error's text stays here."""
    from duizhang import pull
    from duizhang.ops.alerts import Alert, tell

    try:
        settings = home_settings()
        ti, error = context["ti"], context.get("exception")
        kinds = {kind.__name__: kind.who for kind in (FeedProblem, ContractProblem, RuleProblem, InfraProblem)}
        told = _PROBLEM.match(f"{type(error).__name__} at " if isinstance(error, InfraProblem) else str(error))
        problem = told.group(1) if told else ""
        county, index = str(getattr(ti, "rendered_map_index", None) or ""), getattr(ti, "map_index", None)
        source = county if county in pull.load_sources(settings) else ""  # a word of our own settings
        alert = Alert(
            "task", kinds.get(problem, "the operator: see the task's log"), source, (county,), dag=ti.dag_id, task=ti.task_id,
            run=ti.run_id, problem=problem, counts={"map_index": index} if index is not None and index >= 0 else {},
        )  # fmt: skip
        tell(settings, [alert])
    except Exception as problem:  # noqa: BLE001 - an alarm that fails must not add to the failure
        logger("edge").error("an alarm failed (%s)", type(problem).__name__)


DEFAULT_ARGS: dict[str, Any] = {
    "on_failure_callback": alarm,
    "owner": "duizhang",
    "retries": 2,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": True,
    "execution_timeout": timedelta(hours=3),
}
DAG_ARGS: dict[str, Any] = {
    "start_date": datetime(2026, 1, 1, tzinfo=ZONE),
    "catchup": False,
    "max_active_runs": 1,
    "default_args": DEFAULT_ARGS,
}
A_DAY: dict[str, Any] = {"type": ["null", "string"], "format": "date"}
# By name, so that this module needs no import of theirs: what a moment later may go well.
_TRANSIENT = frozenset(
    {"builtins.OSError", "builtins.MemoryError", "psycopg2.OperationalError", "psycopg2.InterfaceError"}
)


def when(timetable: T) -> T | None:
    """`timetable`, or None (runs are started by hand only) where DUIZHANG_TIMETABLES=off: demos live in other months."""
    return None if os.environ.get("DUIZHANG_TIMETABLES") == "off" else timetable


def guarded(work: Callable[P, R]) -> Callable[P, R]:
    """`work` with its errors turned into what Airflow should do with them.

    `InfraProblem`, and engine errors of connection and disk, are raised for a retry; every other error fails the task
    at once. An engine's own text never passes, for it may hold cell values: type and place in our code stand for it.
    """

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from airflow.sdk.exceptions import AirflowException, AirflowFailException

        outcome: Exception
        try:
            return work(*args, **kwargs)
        except AirflowException:
            raise
        except InfraProblem as problem:
            outcome = InfraProblem(problem.message, action=problem.action)
        except DuizhangError as problem:
            outcome = AirflowFailException(f"{type(problem).__name__} – {problem.who}: {problem}")
        except Exception as problem:  # noqa: BLE001 - the edge: whatever it is, its text must not pass
            text = f"{type(problem).__name__} at {_place(problem)}"
            outcome = InfraProblem(text) if _is_transient(problem) else AirflowFailException(text)
        # Raised here, outside of the handlers: the first error is neither its cause nor its context, and not logged.
        raise outcome

    return run


def counts(result: Mapping[str, Any]) -> dict[str, int]:
    """The whole numbers of `result`: all that a task may leave in XCom besides keys."""
    return {key: value for key, value in result.items() if isinstance(value, int)}


def home_settings() -> Settings:
    """The settings of DUIZHANG_HOME, which must be set where Airflow runs (a worker's folder is no home)."""
    from duizhang.core.settings import Settings

    if not os.environ.get("DUIZHANG_HOME"):
        raise ContractProblem("DUIZHANG_HOME is not set.", action="Set it in the environment of every Airflow process.")
    return Settings.load()


def inbox_of(params: Mapping[str, Any]) -> str:
    """Where the exports are: the run's param `inbox`, else DUIZHANG_INBOX."""
    inbox = params.get("inbox") or os.environ.get("DUIZHANG_INBOX")
    if not inbox:
        raise ContractProblem("No inbox.", action="Give the param inbox, or set DUIZHANG_INBOX.")
    return str(inbox)


@guarded
def places(params: Any) -> list[dict[str, str]]:
    """Where exports come from: the inbox where one is given, and every declared source. ContractProblem where neither is.

    Each has `source`, the name to show, and `inbox`, its folder ('' for a declared source).
    """
    from duizhang import pull

    found = [{"source": name, "inbox": ""} for name in sorted(pull.load_sources(home_settings()))]
    if params.get("inbox") or os.environ.get("DUIZHANG_INBOX") or not found:
        found.insert(0, {"source": "inbox", "inbox": inbox_of(params)})
    return found


@guarded
def pull_place(place: dict[str, str], params: Any, dag_run: Any) -> int:
    """Pull one of `places`; how many files wait afterwards. The run's day dates queries that ask for it."""
    from duizhang import pipeline

    settings, day = home_settings(), day_of(params, "as_of", dag_run.run_after)
    if place["inbox"]:
        return len(pipeline.pull_inbox(settings, place["inbox"]))
    return len(pipeline.pull_source(settings, place["source"], day, _airflow_connection))


@guarded
def waiting_batches() -> list[list[str]]:
    """Keys of the landed files that are to be read, in batches."""
    from duizhang import pipeline

    return batches(pipeline.pending(home_settings()))


def _airflow_connection(conn_id: str) -> pull.Connection:
    """The connection `conn_id` of Airflow; where it has none, of the connections file. Nothing of it is logged."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    from duizhang import pull
    from duizhang.pull.connections import of_fields

    try:
        found = Connection.get(conn_id)
    except AirflowNotFoundException:
        return pull.resolver(home_settings())(conn_id)
    names = ("conn_type", "host", "port", "login", "password", "schema", "extra")
    return of_fields(conn_id, {name: getattr(found, name) for name in names})


def look_around(today: str) -> dict[str, int]:
    """Tell of what is wrong though no task failed, as of the newest books on the day `today` (ISO)."""
    from duizhang.ops.alerts import tell
    from duizhang.ops.watch import alarms

    settings = home_settings()
    found = alarms(settings, newest_books(settings), date.fromisoformat(today))
    return {"alarms": len(found), **tell(settings, found)}


def batches(keys: list[str], size: int = BATCH) -> list[list[str]]:
    """`keys` in lists of at most `size`: a task costs some two seconds before it does any work."""
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def day_of(params: Mapping[str, Any], name: str, run_after: datetime) -> str:
    """The date (ISO) in the param `name`, else the day in China for which Airflow planned the run; never the clock."""
    given = params.get(name)
    return date.fromisoformat(str(given) if given else run_after.astimezone(ZONE).date().isoformat()).isoformat()


def newest_books(settings: Settings) -> str:
    """The newest date (ISO) that has books in the lake."""
    days = sorted(path.parent.name.removeprefix("as_of=") for path in settings.home.glob("as_of=*/books"))
    if not days:
        raise ContractProblem("There are no books yet.", action="Run sync first.")
    return days[-1]


def changed(events: Iterable[Any]) -> list[dict[str, Any]]:
    """Asset events of the books → one entry per county: its dates in order, each with the moment of its last event.

    The dates of one county stay together: the ledger takes them one after the other.
    """
    told: dict[str, dict[str, str]] = {}
    for event in events:
        day = date.fromisoformat(event.extra["as_of"]).isoformat()
        moment = event.timestamp.astimezone(UTC).isoformat(timespec="microseconds")
        days = told.setdefault(str(event.extra["county"]), {})
        days[day] = max(moment, days.get(day, ""))
    return [{"county": county, "days": dict(sorted(days.items()))} for county, days in sorted(told.items())]


@guarded
def reconcile_changed(change: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Reconcile one entry of `changed`; a date done since its last event is left out.

    Two runs may see one event: the run that looked for events which started none, and the run Airflow ties it to later.
    """
    from duizhang import cycle
    from duizhang.core.lake import read_json, write_json

    settings, done = home_settings(), {}
    for day, told in sorted(change["days"].items()):
        mark = settings.at(day) / "told" / f"{change['county']}.json"
        if mark.exists() and read_json(mark)["told"] >= told:
            continue
        done[day] = counts(cycle.check(settings, change["county"], day))
        write_json({"told": told}, mark)
    return done


@guarded
def summarise(params: Any) -> dict[str, int]:
    """Write summary.json for the run's param `as_of`, else for the newest books."""
    from duizhang import pipeline

    settings = home_settings()
    return counts(pipeline.summarise(settings, params.get("as_of") or newest_books(settings)))


@guarded
def to_issue(params: Any) -> list[dict[str, str]]:
    """Open the cycle of every county that has books as of the run's param `as_of` (else the newest): {county, as_of, state} each,
    `state` being what is approved: the books and rules as they are now."""
    from duizhang import cycle, pipeline

    settings = home_settings()
    as_of = params.get("as_of") or newest_books(settings)
    found = [{"county": each, "as_of": as_of} for each in pipeline.counties(settings, as_of)]
    for item in found:
        cycle.open_cycle(settings, item["county"], item["as_of"])
        item["state"] = cycle.state(settings, item["county"], item["as_of"])
    return found


@guarded
def approved_by(ti: Any) -> str:
    """Who answered the task `approve`: a keyed hash of the user's id, or "auto" where nobody was asked."""
    from duizhang.ledger import steps

    user = (ti.xcom_pull(task_ids="approve") or {}).get("responded_by_user") or {}
    return steps.person(home_settings(), str(user["id"])) if user.get("id") else steps.AUTO


@guarded
def issue(item: dict[str, str], who: str) -> dict[str, int]:
    """Note the approval of one of `to_issue`, and issue its list."""
    from duizhang import cycle

    settings = home_settings()
    cycle.approve(settings, item["county"], item["as_of"], who, on=item["state"])
    return counts(cycle.issue(settings, item["county"], item["as_of"]))


@guarded
def receive(file: dict[str, str]) -> dict[str, int]:
    """Take back the returned file `key`, received on `received_on` (ISO)."""
    from duizhang import cycle

    settings = home_settings()
    result = cycle.receive(settings, return_path(settings, file["key"]), file["received_on"])
    mark_received(settings, file["key"])
    return counts(result)


@guarded
def to_remind(params: Any, dag_run: Any) -> list[dict[str, str]]:
    """The counties with an open cycle, and the day of the run: {county, today} each."""
    from duizhang import reminders

    today = day_of(params, "day", dag_run.run_after)
    return [{"county": each, "today": today} for each in reminders.due(home_settings())]


@guarded
def remind(item: dict[str, str]) -> dict[str, int]:
    """Remind one of `to_remind`."""
    from duizhang import reminders

    return reminders.remind(home_settings(), item["county"], item["today"])


@guarded
def to_score(params: Any) -> list[dict[str, str]]:
    """The counties whose last list the books as of the param `as_of` (else the newest) have re-verified: {county, as_of} each."""
    from duizhang import cycle

    settings = home_settings()
    as_of = params.get("as_of") or newest_books(settings)
    return [{"county": each, "as_of": as_of} for each in cycle.to_score(settings, as_of)]


@guarded
def score(item: dict[str, str]) -> dict[str, int]:
    """Score one of `to_score` and write its certificate."""
    from duizhang import cycle

    return counts(cycle.score(home_settings(), item["county"], item["as_of"]))


@guarded
def departments(params: Any) -> dict[str, int]:
    """Write the departments' lists as of the run's param `as_of`, else of the newest books."""
    from duizhang import pipeline

    settings = home_settings()
    return counts(pipeline.department_lists(settings, params.get("as_of") or newest_books(settings)))


def waiting_returns(settings: Settings) -> list[str]:
    """Keys (sha256) of the files in returns/ that have not been received; a file's name may hold a person's name."""
    done = _done(settings)
    return sorted(key for key in _returns(settings) if not (done / key).exists())


def return_path(settings: Settings, key: str) -> Path:
    """The file in returns/ whose bytes have the sha256 `key`."""
    found = _returns(settings).get(key)
    if found is None:
        raise ContractProblem(f"No file {key[:12]} in returns/ any more.", action="Put it there again.")
    return found


def mark_received(settings: Settings, key: str) -> None:
    """Remember that the file `key` has been received, so that later runs leave it out."""
    done = _done(settings)
    done.mkdir(parents=True, exist_ok=True, mode=0o700)
    (done / key).touch(mode=0o600)


def _done(settings: Settings) -> Path:
    return settings.returns / ".received"


def _returns(settings: Settings) -> dict[str, Path]:
    # A name that begins with ~$ is the lock file of an open workbook, one with a dot a file still being copied.
    files = [path for path in sorted(settings.returns.glob("*")) if path.is_file() and path.name[0] not in ".~"]
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in files}


def _is_transient(problem: BaseException) -> bool:
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(problem).__mro__}
    lasting = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
    return bool(names & _TRANSIENT) and not isinstance(problem, lasting)


def _place(problem: BaseException) -> str:
    """File and line of the innermost frame in this package."""
    here = Path(__file__).parent
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if Path(frame.filename).is_relative_to(here)]
    frames = [frame for frame in frames if frame.filename != __file__] or frames
    return f"{Path(frames[-1].filename).relative_to(here)}:{frames[-1].lineno}" if frames else "an unknown place"
