"""Where the households that are asked about live: from the assembled households of the county."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from duizhang.core.errors import InfraProblem
from duizhang.publish.model import Home, Line
from duizhang.publish.texts import shown

HAMLET = "自然村"
MEMBERS = "当前家庭人口数"
_NEEDED = ("_household", "_head", "_town", "_village_name")


def homes(base: Path, county: str, lines: Sequence[Line]) -> tuple[Home, ...]:
    """The households of `lines` that the national book has, by number; `base` is as_of=<D>/.

    自然村 and 当前家庭人口数 are '' and None where the national export did not bring them. Raises InfraProblem where the
    county has not been assembled.
    """
    path = base / "subjects" / "household" / f"county={county}" / "data.parquet"
    if not path.is_file():
        raise InfraProblem("The households of this county are not there.", action="Run assemble for this county first.")
    wanted = {line.household for line in lines if line.household}
    if not wanted:
        return ()
    columns = [*_NEEDED, *(name for name in (HAMLET, MEMBERS) if name in pq.read_schema(path).names)]
    found = pq.read_table(path, columns=columns, partitioning=None, filters=pc.field("_household").isin(sorted(wanted)))
    rows = sorted(found.to_pylist(), key=lambda row: str(row["_household"]))
    return tuple(_home(row) for row in rows)


def _home(row: dict[str, Any]) -> Home:
    members = row.get(MEMBERS)
    return Home(
        household=str(row["_household"]),
        head_name=shown(row["_head"]),
        town=str(row["_town"] or ""),
        village_name=shown(row["_village_name"]),
        hamlet=shown(row.get(HAMLET)).strip(),
        members=None if members is None else int(members),
    )
