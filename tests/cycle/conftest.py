"""The ledger's server and empty schemas serve here, too."""

from __future__ import annotations

from tests.ledger.conftest import files, server, settings  # noqa: F401
