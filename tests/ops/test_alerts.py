"""Alerts over real SMTP and HTTP: what they say, that they never hold a name or number, and that failing they fail nobody."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from airflow.sdk.exceptions import AirflowFailException
from duizhang import airflow_edge as edge
from duizhang.core.errors import FeedProblem, InfraProblem
from duizhang.core.settings import Settings
from duizhang.ops.alerts import KINDS, Alert, tell

from tests.sources.servers import free_port

NEEDLES = ("张标记", "99010119700101001X", "13800000000")
TOKEN = "robot-token-nobody-may-see"


class Inbox:
    """What an SMTP server took."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        import email
        import email.policy

        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body()
        assert body is not None
        self.mails.append(f"{message['Subject']}\n{message['To']}\n{body.get_content()}")
        return "250 OK"


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    monkeypatch.setenv("DUIZHANG_ALERT_SMTP", f"smtp://127.0.0.1:{controller.port}")
    monkeypatch.setenv("DUIZHANG_ALERT_MAIL_FROM", "duizhang@example.org")
    monkeypatch.setenv("DUIZHANG_ALERT_MAIL_TO", "duty@example.org, second@example.org")
    yield inbox
    controller.stop()


class Robot:
    """What a web hook was sent, and how it answers."""

    def __init__(self) -> None:
        self.posts: list[Any] = []
        self.answer: tuple[int, bytes] = (200, b'{"errcode": 0}')


@pytest.fixture
def robot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    found = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - http.server's name
            found.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(found.answer[0])
            self.end_headers()
            self.wfile.write(found.answer[1])

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("DUIZHANG_ALERT_WEBHOOK", f"http://127.0.0.1:{server.server_port}/send?key={TOKEN}")
    yield found
    server.shutdown()
    server.server_close()


LATE = Alert("feed", "县医保局（每月）", "医保参保", ("990102", "990101"), counts={"towns_missing": 3})


def test_an_alert_says_what_where_who_and_how(settings: Settings, mail: Inbox, robot: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIZHANG_RUNBOOKS", "https://docs.example.org/runbooks")
    assert tell(settings, [LATE]) == {"sent": 1, "held": 0, "failed": 0}
    for words in ("数据未按期报送", "医保参保", "990101、990102", "towns_missing 3", "县医保局", "https://docs.example.org/runbooks/feed-did-not-come.md"):
        assert words in mail.mails[0]
        assert words in robot.posts[0]["text"]
    assert "duty@example.org, second@example.org" in mail.mails[0]
    assert robot.posts[0]["kind"] == "feed" and robot.posts[0]["counties"] == "990101、990102"


def test_a_robot_gets_its_own_form_and_may_have_a_template_of_its_own(
    settings: Settings, robot: Robot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DUIZHANG_ALERT_TEMPLATE", "robot")
    tell(settings, [LATE])
    assert robot.posts[0]["msgtype"] == "text" and "医保参保" in robot.posts[0]["text"]["content"]
    (tmp_path / "own.json").write_text('{"alarm": ["{title}", {"at": "{counties}"}], "n": 1}')
    monkeypatch.setenv("DUIZHANG_ALERT_TEMPLATE", str(tmp_path / "own.json"))
    tell(settings, [Alert("ledger", "x", counties=("990103",))])
    assert robot.posts[1] == {"alarm": [KINDS["ledger"].title, {"at": "990103"}], "n": 1}


def test_the_same_alert_is_held_back_for_its_hours_and_then_says_so(settings: Settings, robot: Robot) -> None:
    for hours, outcome in ((0, "sent"), (1, "held"), (71, "held"), (73, "sent"), (74, "held")):
        assert tell(settings, [LATE], clock=lambda at=hours: 1e9 + at * 3600)[outcome] == 1  # type: ignore[misc]
    assert len(robot.posts) == 2
    assert "held back: 2" in robot.posts[1]["text"]
    other = Alert("feed", LATE.who, LATE.feed, ("990103",))
    assert tell(settings, [other], clock=lambda: 1e9)["sent"] == 1


@pytest.mark.parametrize("answer", [(500, b"boom"), (200, b'{"errcode": 93000, "errmsg": "invalid"}'), (200, b"{not json")])
def test_a_channel_that_refuses_fails_nobody_and_the_other_still_gets_through(
    settings: Settings, mail: Inbox, robot: Robot, answer: tuple[int, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    robot.answer = answer
    with caplog.at_level(logging.DEBUG):
        assert tell(settings, [LATE])["failed"] == 1
    assert len(mail.mails) == 1
    assert TOKEN not in caplog.text and "an alert channel failed" in caplog.text


def test_nothing_reachable_or_wrongly_configured_raises_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert tell(settings, [LATE]) == {"sent": 0, "held": 0, "failed": 0}
    monkeypatch.setenv("DUIZHANG_ALERT_WEBHOOK", f"http://127.0.0.1:{free_port()}/?key={TOKEN}")
    assert tell(settings, [LATE])["failed"] == 1
    assert tell(settings, [LATE])["failed"] == 1  # not noted as told
    monkeypatch.setenv("DUIZHANG_ALERT_WEBHOOK", f"nonsense-{TOKEN}")
    assert tell(settings, [LATE])["failed"] == 1
    assert TOKEN not in caplog.text


def _context(error: BaseException, **more: Any) -> dict[str, Any]:
    fields = {"dag_id": "reconcile", "task_id": "county", "run_id": "manual__2026-11-20T08:00:00+00:00", "map_index": 0,
              "rendered_map_index": "990101", **more}  # fmt: skip
    return {"ti": SimpleNamespace(**fields), "exception": error}


def _failure(error: Exception) -> Exception:
    """`error` as a task of ours raises it."""

    @edge.guarded
    def work() -> None:
        raise error

    try:
        work()
    except Exception as raised:  # noqa: BLE001 - whatever it became
        return raised
    raise AssertionError


def test_a_failed_task_is_told_without_a_word_of_its_error(
    settings: Settings, mail: Inbox, robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIZHANG_HOME", str(settings.home))
    needles = " ".join(NEEDLES)
    edge.alarm(_context(_failure(FeedProblem(f"《{needles}》缺列", action=needles))))
    edge.alarm(_context(_failure(ValueError(needles)), task_id="merge"))
    edge.alarm(_context(_failure(InfraProblem(needles)), task_id="pull", rendered_map_index=NEEDLES[0], run_id=f"manual {needles}"))
    edge.alarm(_context(AirflowFailException(needles), task_id="other"))
    told = "\n".join(mail.mails) + json.dumps(robot.posts, ensure_ascii=False)
    assert len(mail.mails) == 4
    for needle in NEEDLES:
        assert needle not in told
    assert "reconcile / county / manual__2026-11-20T08:00:00+00:00" in mail.mails[0]
    assert "county: 990101" in mail.mails[0] and "FeedProblem" in mail.mails[0] and FeedProblem.who in mail.mails[0]
    assert "problem: ValueError" in mail.mails[1]
    assert "problem: InfraProblem" in mail.mails[2] and InfraProblem.who in mail.mails[2]


def test_two_sources_that_fail_in_one_night_are_both_told(
    settings: Settings, robot: Robot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DUIZHANG_HOME", str(settings.home))
    (tmp_path / "sources.yaml").write_text("sources: [{name: 前置机, url: 'file:///a'}, {name: 业务库, url: 'file:///b'}]")
    monkeypatch.setenv("DUIZHANG_SOURCES", str(tmp_path / "sources.yaml"))
    for index, name in enumerate(("前置机", "业务库", "前置机", NEEDLES[0])):
        edge.alarm(_context(_failure(InfraProblem("x")), task_id="pull", map_index=index, rendered_map_index=name))
    assert [post["feed"] for post in robot.posts] == ["前置机", "业务库", ""]
    assert "map_index 0" in robot.posts[0]["text"]


def test_every_field_is_cleaned_whoever_fills_it(settings: Settings, robot: Robot) -> None:
    mark = NEEDLES[0]
    tell(settings, [Alert("task", f"owner {NEEDLES[2]}", f"feed {NEEDLES[1]}", (mark, "990101"), mark, mark, mark, mark, {mark: 1, "rows": 2})])
    said = json.dumps(robot.posts, ensure_ascii=False)
    assert "990101" in said and "rows 2" in said
    for needle in (mark, "19700101", NEEDLES[2]):
        assert needle not in said


def test_an_alarm_that_fails_does_not_add_to_the_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUIZHANG_HOME", raising=False)
    edge.alarm(_context(ValueError("x")))
    edge.alarm({})


def test_each_kind_has_a_runbook() -> None:
    runbooks = Path(__file__).resolve().parents[2] / "docs" / "runbooks"
    assert [kind.runbook for kind in KINDS.values() if not (runbooks / kind.runbook).is_file()] == []
