"""The ways an alert can go. A channel is a function of the alert's fields that raises where it does not get through.

To add one: a function `from_environment() -> Channel | None`, listed in `_WAYS`.
"""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from duizhang.core.errors import ContractProblem

Channel = Callable[[Mapping[str, Any]], None]
SECONDS = 10  # a channel that does not answer must not hold a task
_TEMPLATES: dict[str, Any] = {
    "generic": {
        "kind": "{kind}", "title": "{title}", "feed": "{feed}", "counties": "{counties}", "dag": "{dag}", "task": "{task}", "run": "{run}",
        "problem": "{problem}", "who": "{who}", "runbook": "{runbook}", "text": "{text}",
    },
    # the robots of 企业微信 and 钉钉 take the same message
    "robot": {"msgtype": "text", "text": {"content": "对账\n{text}"}},
}  # fmt: skip


def configured() -> list[Channel]:
    """The channels that the environment configures. ContractProblem (never repeating it) where it does so wrongly."""
    return [channel for way in _WAYS if (channel := way()) is not None]


def _mail() -> Channel | None:
    address = os.environ.get("DUIZHANG_ALERT_SMTP")
    if not address:
        return None
    parts = urlsplit(address)
    sender, to = os.environ.get("DUIZHANG_ALERT_MAIL_FROM", ""), os.environ.get("DUIZHANG_ALERT_MAIL_TO", "")
    if parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname or not sender or not to:
        raise ContractProblem("DUIZHANG_ALERT_SMTP, DUIZHANG_ALERT_MAIL_FROM and DUIZHANG_ALERT_MAIL_TO do not say where mail goes.")
    host, port, tls = parts.hostname, parts.port or (465 if parts.scheme == "smtps" else 25), ssl.create_default_context()

    def send(fields: Mapping[str, Any]) -> None:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = f"对账 {fields['title']}", sender, to
        message.set_content(fields["text"])
        secure = parts.scheme == "smtps"
        with smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=tls) if secure else smtplib.SMTP(host, port, timeout=SECONDS) as server:
            if parts.scheme == "smtp+starttls":
                server.starttls(context=tls)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)

    return send


def _webhook() -> Channel | None:
    address = os.environ.get("DUIZHANG_ALERT_WEBHOOK")
    if not address:
        return None
    if urlsplit(address).scheme not in ("http", "https"):
        raise ContractProblem("DUIZHANG_ALERT_WEBHOOK is no http(s) address.")
    template = _template(os.environ.get("DUIZHANG_ALERT_TEMPLATE") or "generic")

    def send(fields: Mapping[str, Any]) -> None:
        body = json.dumps(filled(template, fields), ensure_ascii=False).encode()
        request = urllib.request.Request(address, body, {"Content-Type": "application/json; charset=utf-8"})
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            text = answer.read(65536)
        # the robots answer 200 even when they refuse; their errcode says so
        if text.lstrip().startswith(b"{") and json.loads(text).get("errcode", 0) != 0:
            raise OSError("the robot refused the message")

    return send


def _template(name: str) -> Any:
    if name in _TEMPLATES:
        return _TEMPLATES[name]
    try:
        return json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ContractProblem("DUIZHANG_ALERT_TEMPLATE is none of generic, robot, and no JSON file.") from None


def filled(template: Any, fields: Mapping[str, Any]) -> Any:
    """`template` with `{name}` in its texts replaced by the alert's fields; lists are joined."""
    if isinstance(template, dict):
        return {key: filled(value, fields) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, fields) for value in template]
    if not isinstance(template, str):
        return template
    for name, value in fields.items():
        template = template.replace(f"{{{name}}}", "、".join(value) if isinstance(value, list | tuple) else str(value))
    return template


_WAYS: tuple[Callable[[], Channel | None], ...] = (_mail, _webhook)
