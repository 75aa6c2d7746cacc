"""`make demo`: two months of a made-up city through a real Airflow scheduler, in a fresh home.

Month 1: sync → reconcile → publish (with approval) → remind → the counties' answers → receive → remind → a list from above.
One county sends its workbook back sorted, with a row under another person's name and a row twice.
Month 2: sync → reconcile (what was answered is proven or comes back) → score (scores, certificates) → publish. Ends with
the table of what was read, found, asked, answered and proven, and where the outputs lie. Stops everything it started.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import answers as filling
from airflow_local import Local, environment, free_port, prepare
from closing_table import check, missing, show, show_outputs
from duizhang import pipeline, world
from duizhang.core import postgres
from duizhang.core.lake import read_json
from duizhang.core.settings import Settings
from duizhang.world import feedback as above

FEEDBACK_DUE = date(2026, 11, 30)
DAGS = ("sync", "reconcile", "publish", "remind", "receive", "score")
SPOILED = 1  # the county (by its place) that sends a spoiled workbook back
DEPARTMENTS = 4  # questions a county of which each county says that the department is wrong, and which are mended next month
RUN_SECONDS = 600
QUIET_SECONDS = 5
DONE = ("success", "failed")


@dataclass(frozen=True)
class Month:
    """One monthly round: where its exports are, the date of its books, when the counties are reminded and answer."""

    inbox: Path
    as_of: str
    remind_on: date | None = None
    received_on: date | None = None
    remind_again_on: date | None = None


class Clock:
    """Progress lines with the seconds since the start and of each step."""

    def __init__(self) -> None:
        self.began = self.step = time.monotonic()

    def say(self, text: str) -> None:
        now = time.monotonic()
        print(f"[{now - self.began:5.0f} s  +{now - self.step:4.1f}]  {text}", flush=True)
        self.step = now


class Demo:
    """The rounds, driven through Airflow's REST API alone."""

    def __init__(self, settings: Settings, local: Local, clock: Clock) -> None:
        self.settings, self.local, self.clock = settings, local, clock

    def start(self, dag: str, conf: dict[str, Any]) -> str:
        """Start a run of `dag` by hand; its run id."""
        body = {"logical_date": None, "conf": conf}
        return str(self.local.call("POST", f"/api/v2/dags/{dag}/dagRuns", body)["dag_run_id"])

    def wait(self, dag: str, run_id: str) -> None:
        """Until the run has ended; shows its tasks as they end, answers its approval, stops the demo if it failed."""
        until, shown, said = time.monotonic() + RUN_SECONDS, "", time.monotonic()
        path = f"/api/v2/dags/{dag}/dagRuns/{run_id}"
        while time.monotonic() < until:
            self.local.check_alive()
            state = self.local.call("GET", path)["state"]
            tasks = self.local.call("GET", f"{path}/taskInstances?limit=500")["task_instances"]
            line = self._progress(tasks)
            if line != shown and state not in DONE and time.monotonic() - said > QUIET_SECONDS:
                print(f"{'':18}{dag}: {line}", flush=True)
                shown, said = line, time.monotonic()
            if state == "failed":
                bad = sorted({each["task_id"] for each in tasks if each["state"] == "failed"})
                logs = self.settings.home / "logs" / "airflow" / f"dag_id={dag}"
                raise SystemExit(f"{dag} failed in {', '.join(bad) or '?'}. See {logs}.")
            if state == "success":
                self.clock.say(f"{dag} done: {line}")
                return
            self._approve(path, tasks)
            time.sleep(0.5)
        raise SystemExit(f"{dag} did not end within {RUN_SECONDS} s.")

    def _progress(self, tasks: list[dict[str, Any]]) -> str:
        names: dict[str, list[str]] = {}
        for each in sorted(tasks, key=lambda each: str(each["start_date"] or "9")):
            names.setdefault(each["task_id"], []).append(each["state"] or "waits")
        parts = [f"{name} {sum(s in ('success', 'skipped') for s in states)}/{len(states)}" for name, states in names.items()]
        return "  ".join(parts)

    def _approve(self, path: str, tasks: list[dict[str, Any]]) -> None:
        for each in tasks:
            if each["task_id"] == "approve" and each["state"] in ("awaiting_input", "deferred"):
                # A person reads first. An answer before the scheduler has noted that the task waits makes it ask again.
                self.local.wait_scheduler()
                choice = {"chosen_options": ["Approve"], "params_input": {}}
                self.local.call("PATCH", f"{path}/taskInstances/approve/{each['map_index']}/hitlDetails", choice)
                self.clock.say("publish waited for a person; approved through the REST API")

    def wait_asset_runs(self, known: set[str]) -> set[str]:
        """Wait for the runs of reconcile that the asset events start; all run ids afterwards."""
        until, quiet = time.monotonic() + RUN_SECONDS, 0
        while time.monotonic() < until:
            runs = self.local.call("GET", "/api/v2/dags/reconcile/dagRuns?limit=100")["dag_runs"]
            fresh = [run for run in runs if run["dag_run_id"] not in known]
            for run in fresh:
                self.wait("reconcile", run["dag_run_id"])
                known = known | {run["dag_run_id"]}
            # Events of one sync may start more than one run: done only when none follows for a moment.
            quiet = 0 if fresh or not known else quiet + 1
            if known and not fresh and quiet > 4 and self._reconciled():
                return known
            time.sleep(0.5)
        raise SystemExit("reconcile did not follow the asset events.")

    def _reconciled(self) -> bool:
        newest = max(self.settings.home.glob("as_of=*/books"), key=lambda path: path.parent.name).parent
        counties = read_json(newest / "books" / "regions.json")["counties"]
        return all((newest / "checks" / f"county={county}" / "done.json").exists() for county in counties)

    def round(self, month: Month, known: set[str]) -> set[str]:
        """One month: sync, reconcile by its asset, score of the month before, publish; where answers come back, receive."""
        self.clock.say(f"month {month.as_of[:7]}: {sum(1 for _ in month.inbox.iterdir())} files in {month.inbox}")
        self.wait("sync", self.start("sync", {"inbox": str(month.inbox), "as_of": month.as_of}))
        first = not known
        known = self.wait_asset_runs(known)
        if not first:
            self.wait("score", self.start("score", {"as_of": month.as_of}))
        self.wait("publish", self.start("publish", {"as_of": month.as_of, "approval": True}))
        if month.received_on is not None:
            self._remind(month.remind_on)
            self._answer(month.inbox.parents[1] / "answers.parquet", month.received_on)
            self.wait("receive", self.start("receive", {"received_on": month.received_on.isoformat(), "as_of": month.as_of}))
            self._remind(month.remind_again_on)
            self._from_above(month)
        return known

    def _remind(self, day: date | None) -> None:
        if day is not None:
            self.wait("remind", self.start("remind", {"day": day.isoformat()}))
            sheets = list(self.settings.out.glob(f"*/*/reminders/*{day.isoformat()}.txt"))
            self.clock.say(f"{day}: {len(sheets)} counties were reminded")

    def _answer(self, answers: Path, received_on: date) -> None:
        for place, pointer in enumerate(sorted(self.settings.out.glob("[0-9]*/current"))):
            county = pointer.parent.name
            target = self.settings.home / "filled" / f"{county}-{received_on:%Y%m%d}.xlsx"
            filled = filling.fill(self.settings, county, answers, received_on, target, departments=DEPARTMENTS)
            self.clock.say(f"county {county} answered {filled.answered} questions ({filled.not_asked} stand under others)")
            if place == SPOILED:
                spoiled = filling.spoil(target)
                self.clock.say(f"county {county} sorts its rows, {spoiled.tampered} now names another person, {spoiled.copied} stands twice")
            target.replace(self.settings.returns / target.name)

    def _from_above(self, month: Month) -> None:
        """The province sends a list of suspected problems down; the county's open questions are not asked twice."""
        path = self.settings.home / "above" / "省级反馈疑似问题清单.xlsx"
        path.parent.mkdir(mode=0o700)
        above.write(month.inbox.parents[1], self.settings.home, month.as_of, path)
        day = month.remind_again_on or month.received_on
        assert day is not None
        taken = pipeline.take_feedback(self.settings, path, "省", day, FEEDBACK_DUE)
        told = ", ".join(f"{name} {n}" for name, n in taken.items() if isinstance(n, int))
        self.clock.say(f"a list from the province was taken in: {told}")


def fresh_home(home: Path) -> Settings:
    """An empty home; what an earlier demo left there is deleted, its database included."""
    if home.exists():
        if not (home / ".demo-home").exists():
            raise SystemExit(f"{home} is no home of the demo. Give another --home.")
        postgres.destroy(Settings.load(home))
        shutil.rmtree(home)
    settings = Settings.load(home)
    (home / ".demo-home").touch()
    return settings


def main() -> None:
    """Run the demo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(__file__).resolve().parents[1] / ".demo")
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    clock = Clock()
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _: sys.exit(128 + number))  # so that what was started is stopped
    os.environ["DUIZHANG_TIMETABLES"] = "off"
    # Two heavy tasks at once on two cores: one thread each.
    os.environ.setdefault("DUIZHANG_THREADS", "1")
    os.environ.setdefault("DUIZHANG_MEMORY_LIMIT", "1500MB")
    os.environ.pop("DUIZHANG_DATABASE_URL", None)
    settings = fresh_home(options.home.resolve())
    settings.returns.mkdir(mode=0o700)
    city = settings.home / "city"
    made = world.make(city, options.people, options.seed)
    clock.say(f"a made-up city: {made.people} people, {made.households} households, {made.truth_rows} planted findings")
    env = environment(settings, port=free_port())
    clock.say("embedded PostgreSQL runs: warehouse and ledger, and Airflow's metadata")
    try:
        prepare(settings, env)
        clock.say("databases migrated")
        with Local(env) as local:
            local.wait_healthy()
            local.wait_dags(set(DAGS))
            for dag in DAGS:
                local.call("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False})
            clock.say(f"Airflow runs at {local.base} (operator's page: {local.base}/duizhang/)")
            demo = Demo(settings, local, clock)
            months = [
                Month(city / "inbox" / "2026-10", "2026-10-25", date(2026, 11, 3), date(2026, 11, 5), date(2026, 11, 9)),
                Month(city / "inbox" / "2026-11", "2026-11-20"),
            ]
            known: set[str] = set()
            for month in months:
                known = demo.round(month, known)
        clock.say("Airflow stopped")
        summary = read_json(settings.home / "summary.json")
        show(summary)
        show_outputs(settings.home)
        problems = [*check(summary), *missing(summary, settings.home)]
    finally:
        postgres.stop(settings)
    clock.say(f"everything stopped; outputs lie in {settings.home}")
    for problem in problems:
        print(f"NOT RIGHT: {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
