"""The ledger's PostgreSQL for the tests of closure, too."""

from tests.ledger.conftest import files, server, settings, sql

__all__ = ["files", "server", "settings", "sql"]
