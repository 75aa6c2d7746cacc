"""Telling somebody: an alert says what happened, which feed, county, DAG and run, who must act, and where the runbook is.

Channels, each by environment, none by default:

    DUIZHANG_ALERT_SMTP        smtp://[user:password@]host[:port]  (smtps:// for TLS, smtp+starttls:// for STARTTLS)
    DUIZHANG_ALERT_MAIL_FROM, DUIZHANG_ALERT_MAIL_TO (several: commas)
    DUIZHANG_ALERT_WEBHOOK     an address that takes a JSON POST
    DUIZHANG_ALERT_TEMPLATE    generic (default) | robot (企业微信, 钉钉) | a JSON file with "{text}", "{kind}", … in its texts
    DUIZHANG_ALERT_HOURS       hours during which the same alert is not sent again (default 6; for feeds 72)
    DUIZHANG_RUNBOOKS          where the runbooks can be read (default docs/runbooks)

An alert can hold no personal value: every field is a code, an id, a name out of a contract or a count, and what does not
look like one is left out. An error's own text is never taken. A channel that fails never fails the caller.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from duizhang.core.lake import read_json, write_json
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.ops.channels import Channel, configured

log = logger("ops.alerts")
Clock = Callable[[], float]


@dataclass(frozen=True)
class Kind:
    """A kind of alert: its title, its runbook, the hours in which the same one is sent once."""

    title: str
    runbook: str
    hours: float = 6


KINDS = {
    "task": Kind("任务失败 A task failed", "airflow.md"),
    "feed": Kind("数据未按期报送 A feed did not come", "feed-did-not-come.md", 72),
    "volume": Kind("行数超出限度 A volume limit is broken", "volume-limit.md", 72),
    "list": Kind("清单未下发 A county's list was not published", "airflow.md", 24),
    "ledger": Kind("台账校验不通过 The ledger does not verify", "restore.md"),
    "remind": Kind("整改时限将到或已过 Questions are due", "reminders.md", 20),
    "test": Kind("告警测试 A test of the alerts", "alerts.md", 0),
}
_ID = re.compile(r"[A-Za-z0-9_.:+-]{1,120}")
_COUNTY = re.compile(r"\d{6}")
_NUMBERS = re.compile(r"\d{8,}")  # no code of ours that an alert names is so long; a day and a time are written with marks


@dataclass(frozen=True)
class Alert:
    """What happened. `feed` and `who` are words out of contracts and of the exception tree; the rest are ids and codes."""

    kind: str
    who: str
    feed: str = ""
    counties: tuple[str, ...] = ()
    dag: str = ""
    task: str = ""
    run: str = ""
    problem: str = ""  # a class of the exception tree
    counts: Mapping[str, int] = field(default_factory=dict)

    def clean(self) -> Alert:
        """Without what is no id, code or count."""
        ids = {name: value if _ID.fullmatch(value := getattr(self, name)) else "" for name in ("dag", "task", "run", "problem")}
        counts = {name: int(n) for name, n in self.counts.items() if _ID.fullmatch(name)}
        words = {name: _NUMBERS.sub("…", getattr(self, name)) for name in ("feed", "who")}
        return Alert(self.kind, counties=tuple(sorted(c for c in self.counties if _COUNTY.fullmatch(c))), counts=counts, **words, **ids)

    def fingerprint(self) -> str:
        """The same for the same thing happening again, whatever the run and the counts."""
        told = [self.kind, self.feed, *self.counties, self.dag, self.task, self.problem]
        return hashlib.sha256("\x1f".join(told).encode()).hexdigest()

    def link(self) -> str:
        """Where its runbook is."""
        return f"{os.environ.get('DUIZHANG_RUNBOOKS') or 'docs/runbooks'}/{KINDS[self.kind].runbook}"

    def text(self, held: int = 0) -> str:
        """The message: lines of `name: value`."""
        run = " / ".join(part for part in (self.dag, self.task, self.run) if part)
        lines = [
            ("", KINDS[self.kind].title), ("数据 feed", self.feed), ("县 county", "、".join(self.counties)), ("任务 run", run),
            ("问题 problem", self.problem), ("数量 counts", ", ".join(f"{name} {n}" for name, n in self.counts.items())),
            ("处理人 who", self.who), ("手册 runbook", self.link()), ("期间未重复发送 held back", str(held) if held else ""),
        ]  # fmt: skip
        return "\n".join(f"{name}: {value}" if name else value for name, value in lines if value)


def tell(settings: Settings, alerts: Iterable[Alert], *, channels: list[Channel] | None = None, clock: Clock = time.time) -> dict[str, int]:
    """Send each alert through every configured channel, the same one once in its hours; counts of sent, held, failed.

    Never raises: what goes wrong is logged by type.
    """
    outcome = {"sent": 0, "held": 0, "failed": 0}
    try:
        chosen = configured() if channels is None else channels
        if not chosen:
            return outcome
        with _journal(settings) as journal:
            for alert in alerts:
                outcome[_send(alert.clean(), chosen, journal, clock())] += 1
    except Exception as problem:  # noqa: BLE001 - an alarm that fails must not fail what it tells of
        log.error("alerts failed (%s)", type(problem).__name__)
        outcome["failed"] += 1
    return outcome


def _send(alert: Alert, channels: list[Channel], journal: dict[str, Any], now: float) -> str:
    mark = alert.fingerprint()
    before = journal.get(mark, {"at": 0.0, "held": 0})
    hours = float(os.environ.get("DUIZHANG_ALERT_HOURS") or KINDS[alert.kind].hours)
    if now - before["at"] < hours * 3600:
        journal[mark] = {**before, "held": before["held"] + 1}
        return "held"
    fields = {**asdict(alert), "text": alert.text(before["held"]), "title": KINDS[alert.kind].title, "runbook": alert.link()}
    delivered = [_try(channel, fields) for channel in channels]
    if not any(delivered):
        return "failed"  # not noted as told: the next occasion tries again
    journal[mark] = {"at": now, "held": 0}
    return "sent" if all(delivered) else "failed"


def _try(channel: Channel, fields: dict[str, Any]) -> bool:
    try:
        channel(fields)
    except Exception as problem:  # noqa: BLE001 - whatever a channel does; its text may hold a token
        log.error("an alert channel failed (%s)", type(problem).__name__)
        return False
    return True


@contextmanager
def _journal(settings: Settings) -> Iterator[dict[str, Any]]:
    """What was told when: fingerprint → {at, held}; what is a month old is dropped."""
    folder = settings.home / "alerts"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = Path(folder / "sent.json")
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known: dict[str, Any] = read_json(path) if path.exists() else {}
        yield known
        newest = max((entry["at"] for entry in known.values()), default=0.0)
        write_json({mark: entry for mark, entry in known.items() if newest - entry["at"] < 31 * 86400}, path)
