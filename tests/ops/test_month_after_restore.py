"""The month after a restore: the restored home makes of it what the original does."""

from __future__ import annotations

from pathlib import Path

import pytest
from duizhang import ledger, pipeline
from duizhang.core import postgres
from duizhang.core.settings import Settings
from duizhang.ops import backup, restore

from tests.e2e import city
from tests.ops.conftest import live
from tests.ops.test_backup import lists


@pytest.mark.slow
def test_a_further_month_on_the_restored_home_is_that_of_the_original(tmp_path: Path) -> None:
    lived = live(tmp_path)
    original = lived.settings
    backup(original, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "elsewhere" / "home")
    restored = Settings.load(tmp_path / "elsewhere" / "home")
    try:
        for settings in (original, restored):
            pipeline.run(settings, lived.inbox("2026-11"), city.NOVEMBER, docs=False)
        assert ledger.content_digest(restored) == ledger.content_digest(original)
        assert lists(restored) == lists(original) and any("2026-11" in name for name in lists(original))
        assert ledger.verify(restored) == []
    finally:
        postgres.destroy(original)
        postgres.destroy(restored)
