"""People of whom nothing can be said: a masked or quarantined row of a book may be theirs, so its absence proves nothing."""

from __future__ import annotations

import duckdb

from duizhang.contracts.model import Contract, Match
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import quote_text, read_json, write_query
from duizhang.core.settings import Settings
from duizhang.core.wounds import REPEATED

# What a masked number (_number, with stars) may be: 18 places and more star by star; 15 places by what stands before the
# first star, as an old number has the year elsewhere; other lengths with stars for any digits (a mask of fixed length).
_PATTERN = """CASE WHEN length(_number) >= 18 THEN replace(translate(left(_number, 18), '%', '_'), '*', '_')
    WHEN length(_number) = 15 THEN left(regexp_extract(_number, '^[0-9]*'), 6) || '%'
    ELSE regexp_replace(translate(_number, '%', '_'), '[*]+', '%', 'g') END"""


def write_blocked(
    settings: Settings, con: duckdb.DuckDBPyConnection, as_of: str, contract: Contract, table: str, how: Match, counties: list[str]
) -> int:
    """Write links/_blocked/<表>/county=… (column _person) for the table whose rows lie in `rows`; how many persons."""
    _masked(con)
    _quarantined(settings, con, as_of, contract, table, how)
    for county in counties:
        write_query(
            con, f"SELECT DISTINCT _person FROM blocked WHERE _county = '{county}' ORDER BY _person",
            settings.at(as_of) / "links" / "_blocked" / table / f"county={county}" / "data.parquet",
        )  # fmt: skip
    return int((con.execute("SELECT count(DISTINCT _person) FROM blocked").fetchone() or (0,))[0])


def _masked(con: duckdb.DuckDBPyConnection) -> None:
    """Table `blocked`: by name and by what the mask leaves to see; where the name is masked or missing, by the number alone."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE masks AS SELECT DISTINCT {_PATTERN} AS pattern, nullif(replace(_plain, '*', ''), '') IS NULL
            OR contains(_plain, '*') AS open, regexp_replace(_plain, '[*]+', '%', 'g') AS name, _plain AS plain,
            CASE WHEN length(_number) >= 18 AND regexp_matches(_number, '^[0-9]{{6}}.{{8}}[0-9]{{3}}[0-9X]')
              THEN left(_number, 6) || substr(_number, 15, 4) END AS ends FROM rows WHERE contains(_number, '*')"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE blocked AS
        SELECT p._person, p._county FROM masks m JOIN persons p ON p._plain = m.plain AND p._idkey LIKE m.pattern WHERE NOT m.open
        UNION SELECT p._person, p._county FROM masks m JOIN persons p ON m.ends = left(p._idkey, 6) || right(p._idkey, 4)
          WHERE m.open AND p._idkey LIKE m.pattern AND (m.name IS NULL OR p._plain IS NULL OR p._plain LIKE m.name)
        UNION SELECT p._person, p._county FROM masks m JOIN persons p ON p._idkey LIKE m.pattern
          WHERE m.open AND m.ends IS NULL AND (m.name IS NULL OR p._plain IS NULL OR p._plain LIKE m.name)"""
    )


def _quarantined(settings: Settings, con: duckdb.DuckDBPyConnection, as_of: str, contract: Contract, table: str, how: Match) -> None:
    """Add whom a row set aside may mean. Quarantine keeps rows as they came, under the feed's own column names."""
    if not how.person:
        return
    mapping = contract.tables[table].mapping()
    number, name = mapping.get(how.person, how.person), mapping.get(how.name or "", how.name or "")
    standing = read_json(settings.at(as_of) / "books" / "standing.json")
    for sha in sorted({entry["sha256"] for entry in standing if entry["feed"] == contract.feed}):
        path = settings.norm / sha / "quarantine.parquet"
        source = f"read_parquet('{quote_text(path)}', hive_partitioning = false)"
        present = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        if number not in present:
            continue
        called = f"规范姓名({q(name)})" if name in present else "NULL::VARCHAR"
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE aside AS SELECT DISTINCT {called} AS n, nullif(regexp_extract({q(number)}, '^[0-9]{{14}}'), '') AS d
            FROM {source} WHERE _reason <> '{quote_text(REPEATED)}'"""  # the row that it repeats is loaded: no doubt is left
        )
        con.execute(
            """INSERT INTO blocked
            SELECT p._person, p._county FROM aside b JOIN persons p ON p._plain = b.n AND (b.d IS NULL OR left(p._idkey, 14) = b.d)
            UNION SELECT p._person, p._county FROM aside b JOIN persons p ON b.n IS NULL AND left(p._idkey, 14) = b.d"""
        )
