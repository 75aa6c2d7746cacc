"""Findings against the truth: recall and false alarms per indicator. Reads Parquet only; the pipeline never reads the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True)
class Score:
    """Of one date: per code (planted, found, missed, false alarms); and the pairs behind missed and false ones."""

    as_of: str
    by_code: dict[str, tuple[int, int, int, int]]
    missed: list[tuple[str, str, str]]
    false_alarms: list[tuple[str, str, str]]
    near_misses: int
    near_hits: list[tuple[str, str, str]]

    @property
    def recall(self) -> float:
        """Share of planted (code, subject) pairs that were found."""
        planted = sum(row[0] for row in self.by_code.values())
        return 1.0 if planted == 0 else sum(row[1] for row in self.by_code.values()) / planted

    def table(self) -> str:
        """One line per indicator."""
        lines = [f"{'code':<9}{'planted':>8}{'found':>7}{'missed':>8}{'false':>7}"]
        lines += [f"{code:<9}{p:>8}{f:>7}{m:>8}{x:>7}" for code, (p, f, m, x) in sorted(self.by_code.items())]
        total = [sum(row[i] for row in self.by_code.values()) for i in range(4)]
        lines.append(f"{'all':<9}{total[0]:>8}{total[1]:>7}{total[2]:>8}{total[3]:>7}   recall {self.recall:.4f}, near misses {self.near_misses}")
        return "\n".join(lines)


def score(world: Path, home: Path, as_of: str) -> Score:
    """Compare home/as_of=…/checks with world/truth.parquet and near_misses.parquet."""
    con = duckdb.connect(":memory:")
    found = f"read_parquet('{home}/as_of={as_of}/checks/*/findings.parquet', hive_partitioning = false)"
    con.execute(f"CREATE TABLE found AS SELECT DISTINCT code, subject_kind AS kind, subject_key AS key FROM {found}")
    for name, path in (("truth", "truth"), ("near", "near_misses")):
        con.execute(
            f"CREATE TABLE {name} AS SELECT DISTINCT code, subject_kind AS kind, subject_key AS key FROM read_parquet('{world}/{path}.parquet')"
            f" WHERE CAST(month AS VARCHAR) = '{as_of}'"
        )
    missed = con.execute("SELECT * FROM truth EXCEPT SELECT * FROM found ORDER BY ALL").fetchall()
    false = con.execute("SELECT * FROM found EXCEPT SELECT * FROM truth ORDER BY ALL").fetchall()
    hits = con.execute("SELECT * FROM near INTERSECT SELECT * FROM found EXCEPT SELECT * FROM truth ORDER BY ALL").fetchall()
    near = (con.execute("SELECT count(*) FROM near").fetchone() or (0,))[0]
    rows = con.execute(
        """SELECT code, count(*) FILTER (t), count(*) FILTER (t AND f), count(*) FILTER (t AND NOT f), count(*) FILTER (f AND NOT t) FROM
        (SELECT code, kind, key, bool_or(src = 't') AS t, bool_or(src = 'f') AS f FROM
          (SELECT *, 't' AS src FROM truth UNION ALL SELECT *, 'f' FROM found) GROUP BY ALL) GROUP BY code ORDER BY code"""
    ).fetchall()
    con.close()
    return Score(as_of, {r[0]: (r[1], r[2], r[3], r[4]) for r in rows}, missed, false, near, hits)
