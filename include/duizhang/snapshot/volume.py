"""How many rows a county's book has now and had in the delivery before, out of the counts that normalise left behind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from duizhang.contracts.model import Contract
from duizhang.snapshot.deliveries import Delivery
from duizhang.snapshot.regions import Regions
from duizhang.snapshot.standing import Standing, Unit, fixed_county

_BLANKS = re.compile("[\\s\u00a0\u3000]")


class Volumes:
    """Rows of deliveries by unit. Each delivery is counted once."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions
        self._names = {(r["county_name"], r["town_name"]): (r["county"], r["town"]) for r in regions.places().to_pylist()}
        self._counts = lru_cache(maxsize=None)(self._count)
        self._deliveries: dict[tuple[str, str], Delivery] = {}

    def now_and_before(self, contract: Contract, county: str, standing: Standing, deliveries: Sequence[Delivery]) -> tuple[int | None, int | None]:
        """(rows that stand, rows of the delivery before), over the towns that have both; before is NULL where there was none.

        Increments are not compared: each brings what is new. `deliveries` are those of the feed; NULL where nothing stands.
        """
        units = {unit: found[-1] for unit, found in standing.items() if unit[0] == county and found and (unit[1] or contract.delivery != "by_town")}
        if not units:
            return None, None
        now = {unit: self._rows(contract, delivery, unit) for unit, delivery in units.items()}
        if contract.delivery == "increment":
            return sum(now.values()), None
        before = {unit: self._before(contract, unit, delivery, deliveries) for unit, delivery in units.items()}
        both = [unit for unit in units if before[unit] is not None]
        if not both:
            return sum(now.values()), None
        return sum(now[unit] for unit in both), sum(before[unit] or 0 for unit in both)

    def _before(self, contract: Contract, unit: Unit, current: Delivery, deliveries: Sequence[Delivery]) -> int | None:
        """Rows for `unit` in the newest delivery of an earlier date that speaks of it."""
        assert current.data_date is not None
        for delivery in sorted(deliveries, key=lambda d: d.order, reverse=True):
            if not delivery.norm or not delivery.data_date or delivery.data_date >= current.data_date:
                continue
            if contract.delivery == "by_town" and delivery.from_county not in (None, self._regions.counties.get(unit[0])):
                continue  # another county's file that has a few rows from here
            if contract.scope.county == "filename" and self._regions.county_in(delivery.hint) != unit[0]:
                continue
            if contract.delivery == "by_town" and delivery.from_county not in (None, self._regions.counties.get(unit[0])):
                continue  # a stray row in another county's file is no delivery of this one
            rows = self._rows(contract, delivery, unit)
            if rows or contract.scope.county == "filename":
                return rows
        return None

    def _rows(self, contract: Contract, delivery: Delivery, unit: Unit) -> int:
        if contract.scope.county == "filename" and contract.delivery != "by_town":
            return int(delivery.norm["loaded"])
        key = (delivery.sha256, delivery.order[0])
        self._deliveries[key] = delivery
        counts = self._counts(key, fixed_county(contract, unit))
        return counts[unit] if unit[1] else sum(n for (county, _), n in counts.items() if county == unit[0])

    def _count(self, key: tuple[str, str], fixed: str | None) -> Counter[Unit]:
        """Rows of a delivery by county and town, found as the rows are placed."""
        counts: Counter[Unit] = Counter()
        own = self._regions.counties.get(fixed or "")
        for in_county, in_town, code, rows in self._deliveries[key].norm["places"]:
            name = own if fixed else in_county
            place = self._names.get((_plain(name), _plain(in_town)), (None, None)) if in_town else (None, None)
            town = place[1] or (code if code in self._regions.towns else None)
            county = fixed or place[0] or self._names.get((_plain(name), None), (None, None))[0] or (code or "")[:6]
            counts[county, town] += rows
        return counts


def _plain(name: str | None) -> str | None:
    return None if name is None else _BLANKS.sub("", name)
