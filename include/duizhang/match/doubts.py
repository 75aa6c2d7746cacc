"""People of whom nothing can be said: a masked or quarantined row of a book may be theirs, so its absence proves nothing."""

from __future__ import annotations

from pathlib import Path

import duckdb

from duizhang.contracts.model import Match
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import quote_text, write_query

# What a masked number (_number, with stars) may be: 18 places and more star by star; 15 places by what stands before the
# first star, as an old number has the year elsewhere; other lengths with stars for any digits (a mask of fixed length).
_PATTERN = """CASE WHEN length(_number) >= 18 THEN replace(translate(left(_number, 18), '%', '_'), '*', '_')
    WHEN length(_number) = 15 THEN left(regexp_extract(_number, '^[0-9]*'), 6) || '%'
    ELSE regexp_replace(translate(_number, '%', '_'), '[*]+', '%', 'g') END"""

# aside: a row of quarantine, whose pattern is its first 14 digits; open: the name says nothing
MASK_COLUMNS = {"t": "VARCHAR", "aside": "BOOLEAN", "pattern": "VARCHAR", "open": "BOOLEAN", "name": "VARCHAR", "plain": "VARCHAR", "ends": "VARCHAR"}


def masks_sql(table: str, how: Match, source: str) -> str:
    """SELECT of MASK_COLUMNS: what the masked rows of `source` (a FROM clause) leave to see."""
    name = f"规范姓名({q(how.name)})" if how.name else "NULL::VARCHAR"
    told = f" AND {q(how.household)} IS NULL" if how.heads and how.household else ""  # whose it is needs no number
    return f"""SELECT DISTINCT '{quote_text(table)}' AS t, false AS aside, {_PATTERN} AS pattern, nullif(replace(_plain, '*', ''), '') IS NULL
        OR contains(_plain, '*') AS open, regexp_replace(_plain, '[*]+', '%', 'g') AS name, _plain AS plain,
        CASE WHEN length(_number) >= 18 AND regexp_matches(_number, '^[0-9]{{6}}.{{8}}[0-9]{{3}}[0-9X]')
          THEN left(_number, 6) || substr(_number, 15, 4) END AS ends
        FROM (SELECT {q(str(how.person))} AS _number, {name} AS _plain FROM {source} WHERE contains({q(str(how.person))}, '*'){told})"""


def write_blocked(con: duckdb.DuckDBPyConnection, table: str, county: str, target: Path) -> int:
    """Write the people of `county` (of the table `persons`) whom a row of `all_masks` for `table` may mean; how many.

    By name and by what the mask leaves to see; where the name is masked or missing, by the number alone.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE masks AS SELECT * FROM all_masks WHERE t = '{quote_text(table)}'")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE blocked AS WITH own AS (SELECT * FROM persons WHERE _county = '{county}'),
        seen AS (SELECT * FROM masks WHERE NOT aside), rest AS (SELECT plain AS n, pattern AS d FROM masks WHERE aside)
        SELECT p._person FROM seen m JOIN own p ON p._plain = m.plain AND p._idkey LIKE m.pattern WHERE NOT m.open
        UNION SELECT p._person FROM seen m JOIN own p ON m.ends = left(p._idkey, 6) || right(p._idkey, 4)
          WHERE m.open AND p._idkey LIKE m.pattern AND (m.name IS NULL OR p._plain IS NULL OR p._plain LIKE m.name)
        UNION SELECT p._person FROM seen m JOIN own p ON p._idkey LIKE m.pattern
          WHERE m.open AND m.ends IS NULL AND (m.name IS NULL OR p._plain IS NULL OR p._plain LIKE m.name)
        UNION SELECT p._person FROM rest b JOIN own p ON p._plain = b.n AND (b.d IS NULL OR left(p._idkey, 14) = b.d)
        UNION SELECT p._person FROM rest b JOIN own p ON b.n IS NULL AND left(p._idkey, 14) = b.d"""
    )
    write_query(con, "SELECT _person FROM blocked ORDER BY _person", target)
    return int((con.execute("SELECT count(*) FROM blocked").fetchone() or (0,))[0])
