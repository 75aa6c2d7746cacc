"""A made-up city of two counties: own contracts, own spines, files written as CSV and taken through the real stages.

Nothing of the project's contracts or catalogue is used, so what these tests say holds for any feed. IDs are of region
99xxxx. Counties 甲县 (990101) and 乙县 (990102), towns 东乡 and 西乡 in each.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml
from duizhang import assemble, check, match, pipeline, snapshot
from duizhang.contracts.load import Book, load_book
from duizhang.contracts.model import Contract
from duizhang.core.functions import check_character
from duizhang.core.lake import content_hash
from duizhang.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
A, B = "990101", "990102"
TOWNS = {"东乡": "100", "西乡": "101"}
COUNTY = {"甲县": A, "乙县": B}

NOTHING = "CAST(NULL AS VARCHAR)"
SPINES = {
    "person": (
        "SELECT 人号 AS _key, _county, _town, _town_name, _village_name, 户号 AS _household, 姓名 AS _head, 人号 AS _person, 姓名 AS _name,"
        " idkey(号码) AS _idkey, 号码 AS _idno, 户号, 姓名, 号码, 岁数, _ref AS 来源_员 FROM 员"
    ),
    "household": (
        f"SELECT 户号 AS _key, _county, _town, _town_name, _village_name, 户号 AS _household, 户主 AS _head, {NOTHING} AS _person, 户主 AS _name,"
        f" {NOTHING} AS _idkey, {NOTHING} AS _idno, 户号, 户主, _ref AS 来源_家 FROM 家"
    ),
    "case": (
        f"SELECT r.表 || '|' || r._idkey || '|' || r._household AS _key, h._county, h._town, h._town_name, h._village_name, r._household,"
        f" h.户主 AS _head, {NOTHING} AS _person, r._name, r._idkey, r._idkey AS _idno, r._ref AS 来源_另 FROM case_rows r"
        " LEFT JOIN 家 h ON h.户号 = r._household QUALIFY row_number() OVER (PARTITION BY r.表, r._idkey, r._household ORDER BY r._ref) = 1"
    ),
}
EMPTY = SPINES["household"] + " WHERE false"
FEEDS = {"person": ["名册"], "household": ["名册"], "case": ["名册"], "monitoring": ["名册"], "village": ["区划表"]}


def number(serial: int, born: str = "19900101", region: str = A) -> str:
    """A well-formed identity number of the made-up region."""
    first = f"{region}{born}{serial:03d}"
    return first + check_character(first)


def contract(feed: str, columns: Sequence[Mapping[str, Any]], tables: Mapping[str, Any], **more: Any) -> Contract:
    """A contract of a made-up feed whose files are named `<feed>` somewhere; `more` adds or replaces keys."""
    body: dict[str, Any] = {
        "feed": feed, "title": feed, "department": "试验", "owner": "试验局", "book": feed, "max_age": 25, "files": [f"*{feed}*"],
        "header": {"anchors": [[str(columns[0]["name"])], [str(columns[1]["name"])]]}, "scope": {"county": "filename"},
        "volume": {"min": 0, "max": 1000}, "columns": list(columns), "tables": dict(tables),
    }  # fmt: skip
    return Contract.model_validate(body | more)


REGIONS = contract(
    "区划表", [{"name": "编码", "required": True}, {"name": "名称"}, {"name": "级别"}, {"name": "状态"}, {"name": "生效", "type": "date"}],
    {"区": {"key": ["编码", "生效"], "columns": ["编码", "名称", "级别", "状态", "生效"]}},
    role="regions", max_age=400, scope={"county": "city", "columns": {"code": "编码"}},
    maps={"code": "编码", "name": "名称", "level": "级别", "status": "状态", "from": "生效"},
)  # fmt: skip
PARAMETERS = contract(
    "参数表", [{"name": "县编码", "required": True}, {"name": "年度", "type": "year"}, {"name": "线", "type": "dec"}, {"name": "缺", "type": "dec"}],
    {"参": {"key": ["县编码", "年度"], "columns": ["县编码", "年度", "线", "缺"]}},
    role="parameters", max_age=400, scope={"county": "city", "columns": {"code": "县编码"}}, maps={"county": "县编码", "year": "年度"},
)  # fmt: skip
NATIONAL_COLUMNS = [
    {"name": "人号", "required": True}, {"name": "户号", "required": True}, {"name": "姓名"}, {"name": "号码", "type": "id"}, {"name": "户主"},
    {"name": "岁数", "type": "int"}, {"name": "县"}, {"name": "乡"}, {"name": "村"},
]  # fmt: skip
NATIONAL = contract(
    "名册", NATIONAL_COLUMNS,
    {
        "家": {"key": ["户号"], "grain": "first", "columns": ["县", "乡", "户号", "户主"]},
        "员": {"key": ["人号"], "grain": "row", "columns": ["人号", "户号", "姓名", "号码", "岁数"]},
    },
    role="national", delivery="by_town", scope={"county": "column", "columns": {"county": "县", "town": "乡", "village": "村"}},
    volume={"min": 1, "max": 1000}, not_data={"人号": ["合计", "制表人"]},
    match={"员": {"person": "号码", "name": "姓名", "household": "户号"}},
)  # fmt: skip
PEOPLE = [
    {"name": "号码", "type": "id", "required": True}, {"name": "姓名"}, {"name": "金额", "type": "dec"}, {"name": "日期", "type": "date"},
    {"name": "类别", "type": "str"},
]  # fmt: skip
WHOLE = contract(
    "整册", PEOPLE, {"整": {"key": ["号码"], "columns": ["号码", "姓名", "金额", "日期", "类别"]}},
    match={"整": {"person": "号码", "name": "姓名"}}, not_data={"*": ["合计"]},
    facts=[
        {"name": "整_有", "subject": "person", "table": "整", "take": "any"},
        {"name": "整_金额", "subject": "person", "table": "整", "take": "sum", "value": "金额"},
        {"name": "整_最大", "subject": "person", "table": "整", "take": "max", "value": "金额"},
        {"name": "户_有人数", "subject": "household", "of": "person", "where": "整_有", "take": "count"},
    ],
)  # fmt: skip
INCREMENT = contract(
    "增册", PEOPLE, {"增": {"key": ["号码"], "columns": ["号码", "姓名", "金额", "日期", "类别"]}}, delivery="increment",
    match={"增": {"person": "号码", "name": "姓名"}}, facts=[{"name": "增_有", "subject": "person", "table": "增", "take": "any"}],
)  # fmt: skip
STANDARD = (REGIONS, PARAMETERS, NATIONAL, WHOLE, INCREMENT)
CODES_YAML = "CL-01: {title: 是否, values: [{value: 是}, {value: 否}]}\n"


def book(*contracts: Contract) -> Book:
    """The standard feeds, replaced and joined by `contracts`."""
    named = {c.feed: c for c in (*STANDARD, *contracts)}
    return Book(tuple(sorted(named.values(), key=lambda c: c.feed)), {})


def csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV text; None is an empty cell."""
    return "".join(",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in [header, *rows])


def rule(code: str, subject: str = "person", **more: Any) -> dict[str, Any]:
    """A catalogue entry; `where` and whatever else in `more`."""
    return {
        "code": code, "title": code, "subject": subject, "where": "TRUE", "evidence": ["户号"], "stands_on": ["户号"], "severity": "错误",
        "kind": "单账", "dimension": "准确性", "authority": "试验局", "basis": ["试验"], "question": "问", "remedy": "改", "fix_at": "处",
        "examples": {"violates": [], "passes": []},
    } | more  # fmt: skip


class City:
    """A home and an inbox of its own."""

    def __init__(self, folder: Path, books: Book | None = None, *, threads: int = 2, rules: Sequence[Mapping[str, Any]] = ()) -> None:
        self.folder, self.book, self.inbox = folder, books or book(), folder / "inbox"
        root = folder / "root"
        (root / "expectations").mkdir(parents=True)
        (root / "sql" / "subjects").mkdir(parents=True)
        (root / "sql" / "functions").mkdir(parents=True)
        shutil.copy(ROOT / "sql" / "functions" / "duckdb.sql", root / "sql" / "functions" / "duckdb.sql")
        for subject, feeds in FEEDS.items():
            (root / "sql" / "subjects" / f"{subject}.sql").write_text(SPINES.get(subject, EMPTY), encoding="utf-8")
            about = {"title": subject, "feeds": feeds}
            (root / "sql" / "subjects" / f"{subject}.yaml").write_text(yaml.safe_dump(about, allow_unicode=True), encoding="utf-8")
        groups: dict[str, list[Mapping[str, Any]]] = {}
        for entry in rules:
            groups.setdefault(entry["code"][:3], []).append(dict(entry))
        for name, entries in groups.items():
            (root / "expectations" / f"{name}.yaml").write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
        home = folder / "home"
        home.mkdir()
        self.settings = Settings(home=home, root=root, threads=threads, memory_limit="1GB")
        self.inbox.mkdir()
        self.base()

    def base(self) -> None:
        """Regions and parameters, dated long before everything else."""
        rows: list[tuple[object, ...]] = []
        for county, code in COUNTY.items():
            rows.append((code, county, "县", "有效", "2020-01-01"))
            rows += [(code + tail, town, "乡", "有效", "2020-01-01") for town, tail in TOWNS.items()]
        self.put("区划表_20260101.csv", csv(("编码", "名称", "级别", "状态", "生效"), rows))
        lines = [(code, 2026, 8000, None) for code in COUNTY.values()]
        self.put("参数表_20260101.csv", csv(("县编码", "年度", "线", "缺"), lines))

    def put(self, name: str, text: str) -> None:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def national(self, day: str, rows: Iterable[tuple[object, ...]], name: str = "") -> None:
        """Rows (人号, 户号, 姓名, 号码, 县, 乡); `name` makes the file's name another."""
        full = [(p, h, n, i, "户主甲", 30, county, town, "一村") for p, h, n, i, county, town in rows]
        self.put(f"名册{name}_{day}.csv", csv([str(c["name"]) for c in NATIONAL_COLUMNS], full))

    def people(self, feed: str, county: str, day: str, rows: Iterable[tuple[object, ...]], name: str = "") -> None:
        """Rows (号码, 姓名, 金额, 日期, 类别), as many as are given."""
        full = [(*row, *(None,) * (5 - len(row))) for row in rows]
        text = csv([str(c["name"]) for c in PEOPLE], full) if full else "本月无\n"
        title = f"{county}{feed}{day}\n"  # without it files of two counties could be of the same bytes: see test_snapshot_deliveries
        self.put(f"{county}{feed}{name}_{day}.csv", title + text)

    def take(self) -> None:
        """Pull, read and normalise all that lies in the inbox, as the pipeline does it."""
        folder = self.settings.contracts
        folder.mkdir(parents=True, exist_ok=True)
        for one in self.book.contracts:
            text = yaml.safe_dump(one.model_dump(mode="json"), allow_unicode=True, sort_keys=False)
            path = folder / f"{one.feed}.yaml"
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
        (folder / "codes.yaml").write_text(CODES_YAML, encoding="utf-8")
        for key in pipeline.pull_inbox(self.settings, self.inbox):
            assert not pipeline.ingest(self.settings, key)["refused"]
        self.book = load_book(self.settings)

    def books(self, as_of: str) -> snapshot.Snapshot:
        self.take()
        return snapshot.snapshot(self.settings, as_of, self.book)

    def links(self, as_of: str) -> match.MatchReport:
        self.books(as_of)
        return match.match(self.settings, as_of, self.book)

    def subjects(self, as_of: str, counties: Sequence[str] = (A, B)) -> None:
        self.links(as_of)
        for county in counties:
            assemble.assemble(self.settings, as_of, county, self.book)

    def check(self, as_of: str, county: str = A, *, docs: bool = False) -> check.CheckReport:
        return check.check(self.settings, as_of, county, self.book, docs=docs)

    def rows(self, as_of: str, path: str) -> list[dict[str, Any]]:
        """Rows of a partition file below the as-of root; none where it is not there."""
        found = self.settings.at(as_of) / path
        return pq.ParquetFile(found).read().to_pylist() if found.exists() else []

    def table(self, as_of: str, table: str, county: str = A) -> list[dict[str, Any]]:
        return self.rows(as_of, f"books/{table}/county={county}/data.parquet")

    def subject(self, as_of: str, subject: str = "person", county: str = A) -> dict[str, dict[str, Any]]:
        return {row["_key"]: row for row in self.rows(as_of, f"subjects/{subject}/county={county}/data.parquet")}

    def coverage(self, as_of: str, feed: str) -> dict[str, str]:
        """Town code → status."""
        return {row["town"]: row["status"] for row in self.rows(as_of, "books/coverage.parquet") if row["feed"] == feed}

    def hashes(self) -> dict[str, str]:
        """Every Parquet partition of the home → content hash."""
        home = self.settings.home
        return {str(path.relative_to(home)): content_hash(path) for path in sorted(home.rglob("*.parquet"))}
