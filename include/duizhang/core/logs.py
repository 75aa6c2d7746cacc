"""Logging: counts, codes, files and row numbers only. A filter masks whatever looks like a number of a person."""

from __future__ import annotations

import logging
import re

_PERSONAL = re.compile(r"(?<!\d)(\d{6})\d{8,12}[\dXx](?![0-9a-f])|(?<!\d)1[3-9]\d{9}(?!\d)")


class Redact(logging.Filter):
    """Masks identity and phone numbers in a log record: the second wall; the first is not to log them."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = _PERSONAL.sub("[…]", message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True


def logger(name: str) -> logging.Logger:
    """The package's logger `name`, with redaction."""
    log = logging.getLogger(f"duizhang.{name}")
    if not any(isinstance(existing, Redact) for existing in log.filters):
        log.addFilter(Redact())
    return log
