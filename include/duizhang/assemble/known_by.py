"""What a county's subjects are known by: the file subjects/keys, by which the ledger follows them through new numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from duizhang.core.kinds import kinds

# Numbers first; people who have none that is theirs alone are told from others by traits that outlive a new household number:
# 成员特征 (somebody of the household by number, then name, birth date and relation), 个人特征 and 户主特征 (town, name, birth date).
_SECONDARY = """
UNION SELECT 'person', _key, 'idkey', _idkey FROM subject_person WHERE _idkey IS NOT NULL
UNION SELECT 'household', _key, '户主idkey', _idkey FROM subject_household WHERE _idkey IS NOT NULL
UNION SELECT 'household', _household, '成员idkey', _idkey FROM subject_person WHERE _idkey IS NOT NULL AND _household IS NOT NULL
UNION SELECT 'person', _key, '成员特征', value FROM kin
UNION SELECT 'person', _key, '个人特征', _town || '|' || name || '|' || born || '|' || sex FROM people
  WHERE _town || name || born || sex IS NOT NULL AND (_idkey IS NULL OR bearers > 1)
UNION SELECT 'household', _household, '户主特征', value FROM (
  SELECT _household, _town || '|' || name || '|' || born AS value FROM people WHERE relation = '户主' AND _household IS NOT NULL
  QUALIFY count(*) OVER (PARTITION BY _household) = 1) WHERE value IS NOT NULL
"""
_PEOPLE = """
people AS (
  SELECT _key, _household, _town, _idkey, 规范姓名(_name) AS name, CAST({born} AS VARCHAR) AS born, CAST({relation} AS VARCHAR) AS relation,
    CAST({sex} AS VARCHAR) AS sex,
    count(_idkey) OVER (PARTITION BY _idkey) AS bearers
  FROM subject_person
),
-- by the head's number; the head, and people whose head has none, by those of the others
kin AS (
  SELECT DISTINCT p._key, p._household, o._idkey || '|' || p.name || '|' || coalesce(p.born, '') || '|' || coalesce(p.relation, '') AS value
  FROM people p
  LEFT JOIN subject_household h ON h._key = p._household
  JOIN people o ON o._household = p._household AND o._key <> p._key AND o._idkey IS DISTINCT FROM p._idkey
  WHERE o._idkey IS NOT NULL AND p.name IS NOT NULL AND (o._idkey = h._idkey OR p.relation = '户主' OR h._idkey IS NULL OR h._idkey = p._idkey)
  QUALIFY count(*) OVER (PARTITION BY p._household, value) = 1
)
"""


_TRAITS = {"born": "出生日期", "relation": "与户主关系", "sex": "性别"}


def keys_sql(subjects: Sequence[str], columns: Collection[str]) -> str:
    """The query over subject_<s> of each of `subjects`: subject_kind, subject_key, alias_kind, alias_value, ordered, each row once.

    alias_kind: natural (its own number), former (the key that earlier versions gave, of the kinds that say how) and, for
    people and households, what `_SECONDARY` lists; NULL values are left out.
    `columns`: those of subject_person. A spine need not have the traits; nobody is known by one that is not there.
    """
    people = _PEOPLE.format(**{name: column if column in columns else "NULL" for name, column in _TRAITS.items()})
    natural = " UNION ".join(
        f"SELECT '{s}' AS subject_kind, _key AS subject_key, 'natural' AS alias_kind, _key AS alias_value FROM subject_{s}" for s in subjects
    )
    given = {s: how for s in subjects if (how := kinds()[s].former)}
    former = "".join(f" UNION SELECT '{s}', _key, 'former', {how} AS value FROM subject_{s} WHERE value IS NOT NULL" for s, how in given.items())
    return f"WITH {people} SELECT * FROM ({natural}{former} {_SECONDARY}) ORDER BY ALL"
