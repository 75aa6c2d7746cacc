"""Planters that make cells of one row other than they were, and nothing more: what differs is a line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from duizhang.world.model import Row
from duizhang.world.planters import base
from duizhang.world.planters.base import Plant, Raise, Site
from duizhang.world.sectors.process import PROCEDURES
from duizhang.world.sectors.support import LEDGER

Register = Callable[[str, str], Callable[[Plant], Plant]]
"""`plants` or `nears`."""


def enter(register: Register, code: str, shape: str, what: str, plant: Plant) -> None:
    """Registers a planter (or near miss) of `code` on households of `shape` that was made from its parts; `what`: its name in words."""
    plant.__doc__ = what
    register(code, shape)(plant)


@dataclass(frozen=True)
class Cells:
    """Planters on one `row` of the household; `on` makes raises of codes (`Site.house`, `Site.record`)."""

    row: Callable[[Site], Row]
    on: Callable[..., list[Raise]]

    def plants(self, code: str, shape: str, what: str, cells: Row, *, raises: tuple[str, ...] = ()) -> None:
        """Registers a planter of `code`: `cells` (column → value) are put into the row. `what`: its name in words;
        `raises`: all codes that must be raised, where that is not `code` alone."""
        enter(base.plants, code, shape, what, self._put(cells, raises or (code,)))

    def nears(self, code: str, shape: str, what: str, cells: Row, *, raises: tuple[str, ...] = ()) -> None:
        """Registers a near miss of `code`, in the same way; `raises`: all that must not be raised."""
        enter(base.nears, code, shape, what, self._put(cells, raises or (code,)))

    def _put(self, cells: Row, codes: tuple[str, ...]) -> Plant:
        def plant(s: Site) -> list[Raise]:
            self.row(s).update(cells)
            return self.on(s, *codes)

        return plant


OF_HOUSE = Cells(lambda s: s.nat, Site.house)
OF_RECORD = Cells(lambda s: s.nat, Site.record)
AT_DOOR = Cells(lambda s: s.visit, Site.house)
IN_PROCEDURE = Cells(lambda s: s.rows(PROCEDURES)[0], Site.house)
IN_PROCEDURE_OF_RECORD = Cells(lambda s: s.rows(PROCEDURES)[0], Site.record)
IN_LEDGER = Cells(lambda s: s.rows(LEDGER)[0], Site.house)
