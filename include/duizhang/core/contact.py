"""Whom a county may ask about what it was sent."""

from __future__ import annotations

import os

from duizhang.core.settings import Settings

NO_CONTACT = "（尚未配置联系人，请向发件单位询问）"


def who_to_ask(settings: Settings) -> str:
    """Who to ask, as configured: DUIZHANG_CONTACT, else <home>/contact.txt; a sentence that says so where neither is set."""
    configured = os.environ.get("DUIZHANG_CONTACT", "").strip()
    path = settings.home / "contact.txt"
    if not configured and path.is_file():
        configured = path.read_text(encoding="utf-8").strip()
    return configured or NO_CONTACT
