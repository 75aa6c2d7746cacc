"""The predicate language: what it lets through, what it stops, and what happens to the other rules when one breaks."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from duizhang.check.listing import FINDING
from duizhang.check.stage import _mismatches
from duizhang.check.verdicts import verdicts
from duizhang.core import predicate
from duizhang.core.catalogue import load_catalogue
from duizhang.core.errors import RuleProblem
from duizhang.core.lake import functions_sql, read_json
from duizhang.core.settings import Settings

from tests.generative.kit import A, City, number, rule

ALLOWED = [
    "a = 1", "a <> 1 AND NOT b OR c IS NULL", "a IS NOT DISTINCT FROM b", "a IN ('x', 'y')", "'x' IN (a, b)", "a NOT IN (1, 2)", "a BETWEEN 1 AND 2",
    "CASE WHEN a THEN b ELSE c END", "coalesce(a, b) > greatest(c, 1)", "a < DATE '2026-01-01'", "月差(a, b) < 参数_月数", "TRUE",
    '"致贫/返贫风险1" = \'因病\'', "加天(:as_of, -15) > a", "a = '--' AND b = '/* ; */' AND c = '$1'", "regexp_matches(a, '^[0-9]{3}$')",
    "a = 'it''s :as_of'", "-a + 2 * b < 3",
]  # fmt: skip

FORBIDDEN = [
    # casts, files, the environment, the clock, chance
    "CAST(a AS INT) = 1", "a::DATE = b", "TRY_CAST('x' AS DATE) = a", "a IS TRUE", "a IN (FROM read_csv('/etc/passwd'))", "read_parquet('x')",
    '"read_csv"(\'x\')', "getenv('HOME') = 'x'", "now() = a", "today() = a", "random() < 1",
    "INTERVAL 1 DAY = a", "strptime(a, '%Y') = b", "error('x')",
    "system.main.abs(a) = 1", "pg_catalog.abs(a) = 1", "current_setting('home_directory') = a", "query('SELECT 1')", "a AT TIME ZONE 'UTC' = b",
    # subqueries, windows, aggregates, lambdas, lists, structs
    "EXISTS (SELECT 1)", "a IN (SELECT 1)", "a = ALL (SELECT 1)", "a = ANY(['x'])", "row_number() OVER () = 1", "sum(a) = 1", "count(*) > 1",
    "list_filter([1], x -> x)", "lambda x: x", "[1] = a", "a[1] = 1", "{'x': 1}.x = 1", "a.b = 1", "(a).b = 1", "(a, b) = (1, 2)", "a->>'x' = 1",
    "length(a ORDER BY b) = 1", "abs(DISTINCT a) = 1", "abs(a) FILTER (WHERE TRUE) = 1", "COLUMNS(*) = 1", "*", "#1 = 1", "unnest(a)", "try(a)",
    # operators that raise or that other engines read otherwise
    "a / 2 = 1", "a // 2 = 1", "a % 2 = 1", "a ** 2 = 1", "a || b = 'x'", "a LIKE 'x'", "a ILIKE 'x'", "a SIMILAR TO 'x'", "a GLOB 'x'", "a ~ 'x'",
    "@a = 1", "a & 1 = 1", "a COLLATE NOCASE = 'x'",
    # parameters, comments, strings with an escape of their own
    "?", "$1 = 1", ":b = 1", "a = $$x$$", "a = E'\\''", "a = x'aa'", "a = 1 -- x", "a = 1 -- x\n", "a = 1 /* x */", "/* ' */ a = 1 /* ' */",
    # out of our brackets
    "TRUE) OR (TRUE", "a = 1) GROUP BY (b", "TRUE) LIMIT (1", "TRUE) QUALIFY (TRUE", "TRUE) HAVING (TRUE", "TRUE) WINDOW w AS (",
    "TRUE) USING SAMPLE (1", "TRUE) UNION (SELECT 1", "TRUE GROUP BY a", "TRUE ORDER BY a", "TRUE UNION SELECT 1", "TRUE; DROP TABLE x", "TRUE;",
    # not a text at all
    "", "  ", "'", "\x00", "a = '\x00'", "TRUE\x00", "a:b", "ａｂｓ(a) = 1", "a ⩵ 1",
    "NOT " * 1500 + "a", "a + " * 900 + "a = 1", "a + " * 20_000 + "a = 1", "CASE WHEN a THEN " * 400 + "b" + " END" * 400,
]  # fmt: skip


@pytest.mark.parametrize("text", ALLOWED)
def test_the_language_is_let_through(text: str) -> None:
    predicate.lint("AAA-001", text)


@pytest.mark.parametrize("text", FORBIDDEN, ids=lambda text: text[:30].encode("unicode_escape").decode())
def test_whatever_else_is_a_lint_problem_of_its_rule(text: str) -> None:
    with pytest.raises(RuleProblem) as raised:
        predicate.lint("AAA-001", text)
    assert (raised.value.code, raised.value.kind) == ("AAA-001", "lint")


def test_as_of_is_replaced_outside_of_strings_only() -> None:
    assert predicate.with_as_of("a < :as_of AND b = ':as_of'", "DATE '2026-10-25'") == "a < DATE '2026-10-25' AND b = ':as_of'"
    assert predicate.columns("AAA-001", "a < :as_of AND \"b c\" = ':d'") == {"a", "as_of", "b c"}


def test_every_function_of_the_language_is_there_and_total(shared_settings: Settings) -> None:
    """No function of sql/functions/ raises on text, numbers and dates that are as odd as cells are."""
    con = duckdb.connect(":memory:")
    con.execute(functions_sql(shared_settings))
    texts = ["NULL", "''", "'9'", "'9999999999999999999'", "'９９０１０１'", "'0000-00-00'", "'、、'", "'('", "repeat('9', 400)", "'' || chr(0)"]
    whole = ["NULL", "0", "-1", "9223372036854775807", "-9223372036854775807 - 1", "202613", "999912"]
    days = ["NULL", "DATE '0001-01-01'", "DATE '9999-12-31'", "DATE 'infinity'", "DATE '-infinity'", "DATE '0044-03-15 (BC)'"]
    reals = ["NULL", "0", "-180", "180.0000001", "-90", "1e308", "'nan'", "'inf'", "'-inf'"]
    kinds = (("texts", "VARCHAR", texts), ("whole", "BIGINT", whole), ("days", "DATE", days), ("reals", "DOUBLE", reals))
    for name, kind, values in kinds:
        con.execute(f"CREATE TABLE {name} AS SELECT unnest([{', '.join(f'CAST({v} AS {kind})' for v in values)}]) AS v")
    signatures = {
        ("texts",): ("idkey", "号码位数", "校验合格", "证件生日", "证件性别", "规范姓名", "规范地名", "项数", "文本"),
        ("texts", "texts"): ("含", "同县"),
        ("whole",): ("月首", "月末", "文本"), ("whole", "whole"): ("月差", "加月", "比"), ("days",): ("月", "年", "文本"),
        ("days", "days"): ("周岁", "天差", "工作日差"), ("days", "whole"): ("加天",), ("reals",) * 4: ("距离米",),
    }  # fmt: skip
    called = set()
    for taken, names in signatures.items():
        for name in names:
            arguments = ", ".join(f"t{place}.v" for place in range(len(taken)))
            con.execute(f"SELECT {name}({arguments}) FROM {', '.join(f'{table} t{place}' for place, table in enumerate(taken))}").fetchall()
            called.add(name)
    assert called == predicate.DOMAIN_FUNCTIONS


# --- a broken rule among sound ones ---

OCTOBER = "2026-10-20"
HOSTILE = "9223372036854775807"
SECRET = "夏侯无名"

BROKEN = {
    "BBB-001": ("cannot_bind", {"where": "没有这一列 = 1"}),
    "BBB-002": ("engine", {"where": "岁数 = DATE '2026-01-01'"}),
    "BBB-003": ("lint", {"where": "CAST(姓名 AS BIGINT) = 1"}),
    "BBB-004": ("lint", {"where": "TRUE) OR (TRUE"}),
    "BBB-005": ("engine", {"where": "岁数 + 岁数 > 0"}),
    "BBB-006": ("engine", {"where": "岁数 * 岁数 > 0"}),
    "BBB-007": ("engine", {"where": "regexp_matches('x', 姓名)"}),
    "BBB-008": ("engine", {"applies": "abs(岁数 - 1 + 2) > 0", "where": "TRUE"}),
    "BBB-009": ("missing_parameter", {"where": "岁数 > 参数_缺"}),
    "BBB-010": ("cannot_bind", {"where": "岁数 > 参数_没有"}),
    "BBB-011": ("cannot_bind", {"where": "TRUE", "evidence": ["没有这一列"]}),
    "BBB-012": ("cannot_bind", {"where": "TRUE", "feeds": ["没有这本账"]}),
    "BBB-013": ("cannot_bind", {"where": "TRUE", "subject": "work_spell"}),
    "BBB-014": ("cannot_bind", {"where": "abs(姓名) > 1"}),
}  # fmt: skip
SOUND = {"AAA-001": "整_有", "AAA-002": "NOT 整_有", "AAA-003": "岁数 > 0", "AAA-004": "参数_线 > 0"}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, list[str]]]:
    """A county in which one member's cells make an unguarded operation raise, checked once with every log caught."""
    rules = [rule(code, where=where) for code, where in SOUND.items()] + [rule(code, **more) for code, (_, more) in BROKEN.items()]  # type: ignore[arg-type]
    city = City(tmp_path_factory.mktemp("broken"), rules=rules)
    people = [("p1", "h1", "张三", number(1), "甲县", "东乡"), ("p2", "h1", f"{SECRET}(", number(2), "甲县", "东乡")]
    full = [(p, h, n, i, "户主甲", 9007199254740992 if p == "p2" else 30, county, town, "一村") for p, h, n, i, county, town in people]
    header = ("人号", "户号", "姓名", "号码", "户主", "岁数", "县", "乡", "村")
    city.put("名册_20261010.csv", "".join(",".join(map(str, row)) + "\n" for row in [header, *full]))
    city.people("整册", "甲县", "20261012", [(number(1), "张三", 5)])
    city.subjects(OCTOBER)
    path = city.settings.at(OCTOBER) / "subjects" / "person" / f"county={A}" / "data.parquet"
    # a value that no reader lets in any more: the check must stand it all the same
    con = duckdb.connect(":memory:")
    hostile = f"* REPLACE (CASE WHEN _key = 'p2' THEN {HOSTILE} ELSE 岁数 END AS 岁数)"
    con.execute(f"CREATE TABLE s AS SELECT {hostile} FROM read_parquet('{path}', hive_partitioning = false)")
    con.execute(f"COPY s TO '{path}' (FORMAT parquet)")
    caught: list[str] = []

    class Catcher(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            caught.append(record.getMessage() + (logging.Formatter().formatException(record.exc_info) if record.exc_info else ""))

    root, handler = logging.getLogger(), Catcher(level=logging.DEBUG)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        city.check(OCTOBER, docs=True)
        watch = [
            {"item_id": f"{code}|{key}", "code": code, "subject_kind": "person", "subject_key": key}
            for code in [*SOUND, *BROKEN] for key in ("p1", "p2")
        ]  # fmt: skip
        answers = verdicts(city.settings, OCTOBER, A, city.book, pa.Table.from_pylist(watch))
        (city.folder / "answers.json").write_text(json.dumps({row["item_id"]: row["verdict"] for row in answers.to_pylist()}), encoding="utf-8")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    yield city, caught


def test_each_broken_rule_is_reported_by_code_and_kind(checked: tuple[City, list[str]]) -> None:
    city, _ = checked
    problems = read_json(city.settings.at(OCTOBER) / "checks" / f"county={A}" / "problems.json")
    assert {p["code"]: p["kind"] for p in problems} == {code: kind for code, (kind, _) in BROKEN.items()}


def test_the_other_rules_still_count(checked: tuple[City, list[str]]) -> None:
    city, _ = checked
    results = {row["code"]: row for row in city.rows(OCTOBER, f"checks/county={A}/results.parquet")}
    counted = {code: results[code]["hits"] for code in SOUND}
    assert counted == {"AAA-001": 1, "AAA-002": 1, "AAA-003": 2, "AAA-004": 2}
    listed = [row["code"] for row in city.rows(OCTOBER, f"checks/county={A}/findings.parquet")]
    assert {code: listed.count(code) for code in SOUND} == counted


def test_a_rule_without_a_count_has_no_result_and_never_zero(checked: tuple[City, list[str]]) -> None:
    city, _ = checked
    codes = {row["code"] for row in city.rows(OCTOBER, f"checks/county={A}/results.parquet")}
    assert codes == {*SOUND, "BBB-009"}


def test_a_missing_parameter_is_not_applicable_and_says_why(checked: tuple[City, list[str]]) -> None:
    city, _ = checked
    row = next(row for row in city.rows(OCTOBER, f"checks/county={A}/results.parquet") if row["code"] == "BBB-009")
    assert (row["rows"], row["na"], row["applicable"], row["hits"]) == (2, 2, 0, 0)
    assert "缺少口径参数“缺”" in row["na_reason"]


def test_no_verdict_of_a_broken_rule_closes_anything(checked: tuple[City, list[str]]) -> None:
    city, _ = checked
    answers = json.loads((city.folder / "answers.json").read_text(encoding="utf-8"))
    assert {code: answers[f"{code}|p1"] for code in BROKEN} == dict.fromkeys(BROKEN, "na")
    assert (answers["AAA-001|p1"], answers["AAA-001|p2"]) == ("hit", "clear")


def test_no_cell_value_in_any_log_or_data_docs_page(checked: tuple[City, list[str]]) -> None:
    city, caught = checked
    assert caught, "nothing was logged: the catcher does not work"
    pages = [path.read_text(encoding="utf-8", errors="replace") for path in (city.settings.at(OCTOBER) / "data_docs").rglob("*.html")]
    assert pages, "no Data Docs were made"
    for secret in (HOSTILE, SECRET, "张三", number(1), number(2)):
        assert not [line for line in caught if secret in line], "a cell value is in a log"
        assert not [page for page in pages if secret in page], "a cell value is on a Data Docs page"
    texts = [path.read_text(encoding="utf-8") for path in (city.settings.at(OCTOBER) / "checks").rglob("*.json")]
    assert not [text for text in texts if SECRET in text or HOSTILE in text]


def test_a_count_that_differs_from_the_list_is_a_problem() -> None:
    con = duckdb.connect(":memory:")
    con.execute(f"CREATE TABLE findings ({FINDING})")
    con.execute("INSERT INTO findings (code, subject_key) VALUES ('AAA-001', 'a'), ('AAA-001', 'b'), ('AAA-002', 'a')")
    counts = {"AAA-001": {"hit": 2}, "AAA-002": {"hit": 2}, "AAA-003": {"hit": 1}, "AAA-004": {"hit": 0}}
    assert [(p.code, p.kind) for p in _mismatches(con, counts)] == [("AAA-002", "count_mismatch"), ("AAA-003", "count_mismatch")]


def test_verdicts_of_a_row(tmp_path: Path) -> None:
    """na, not applicable, hit, unknown and clear are exclusive, and hits + unknown ≤ applicable."""
    rules = [
        rule("AAA-001", applies="岁数 > 10", where="整_金额 > 3"), rule("AAA-002", applies="岁数 IS NULL", where="TRUE"),
        rule("AAA-003", where="整_最大 > 3"), rule("AAA-004", where="增_有"),
    ]  # fmt: skip
    city = City(tmp_path, rules=rules)
    city.national("20261010", [(f"p{i}", "h1", f"人{i}", number(i), "甲县", "东乡") for i in range(4)])
    city.people("整册", "甲县", "20261012", [(number(0), "人0", 5), (number(1), "人1", 1), (number(2), "人2", "约五")])
    city.subjects(OCTOBER)
    assert city.check(OCTOBER).problems == []
    results = city.rows(OCTOBER, f"checks/county={A}/results.parquet")
    rows = {row["code"]: tuple(row[name] for name in ("rows", "na", "applicable", "hits", "unknown")) for row in results}
    assert rows["AAA-001"] == (4, 0, 4, 1, 1)  # p2's amount cannot be read: unknown, not nothing
    assert rows["AAA-002"] == (4, 0, 0, 0, 0)
    assert rows["AAA-003"] == (4, 0, 4, 1, 2)  # p2 and p3: no amount is not 'at most 3'
    assert rows["AAA-004"] == (4, 4, 0, 0, 0)  # the feed never came


def test_a_rule_that_cites_itself_is_stopped(tmp_path: Path) -> None:
    city = City(tmp_path, rules=[rule("AAA-001", where="规则('AAA-002')"), rule("AAA-002", where="规则('AAA-001')")])
    with pytest.raises(RuleProblem, match="cites itself"):
        load_catalogue(city.settings)
