"""Subjects as data: the spines of `sql/subjects/`, the facts joined to them, and which feeds a column stands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract, Derived, Fact
from duizhang.core import predicate
from duizhang.core.errors import ContractProblem
from duizhang.core.kinds import kinds
from duizhang.core.settings import Settings
from duizhang.core.yamls import load_yaml


@dataclass(frozen=True)
class Spine:
    """A subject's spine: its SELECT, the feeds its own columns stand on, and titles of derived columns."""

    subject: str
    sql: str
    title: str
    feeds: tuple[str, ...]
    column_feeds: dict[str, str]
    titles: dict[str, str]
    origins: dict[str, tuple[str, ...]]  # derived column → columns of its feed (or `feed|column`) that it is made from


@lru_cache(maxsize=8)
def _load(folder: Path, stamp: tuple[tuple[str, int], ...]) -> dict[str, Spine]:
    spines = {}
    for name, _ in stamp:
        subject = name.removesuffix(".sql")
        about = load_yaml((folder / f"{subject}.yaml").read_text(encoding="utf-8"))
        columns = about.get("columns") or {}
        spines[subject] = Spine(
            subject=subject, sql=(folder / name).read_text(encoding="utf-8"), title=about["title"], feeds=tuple(about["feeds"]),
            column_feeds={column: spec["feed"] for column, spec in columns.items() if spec.get("feed")},
            titles={column: spec["title"] for column, spec in columns.items() if spec.get("title")},
            origins={column: tuple(spec["from"]) for column, spec in columns.items() if "from" in spec},
        )  # fmt: skip
    return spines


def load_spines(settings: Settings) -> dict[str, Spine]:
    """Subject → spine, in the order in which they are assembled."""
    folder = settings.sql / "subjects"
    found = _load(folder, tuple((path.name, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.sql"))))
    return {subject: found[subject] for subject in kinds() if subject in found}


@dataclass(frozen=True)
class Lineage:
    """For each subject: column → feeds it stands on, column → the book an officer sees it in, column → title."""

    feeds: dict[str, dict[str, frozenset[str]]]
    books: dict[str, dict[str, str]]
    titles: dict[str, dict[str, str]]
    spine_feeds: dict[str, frozenset[str]]
    origins: dict[str, dict[str, frozenset[str]]]  # column → `feed|column` of the exports that it is made from

    def made_of(self, subject: str, columns: Iterable[str]) -> frozenset[str]:
        """`feed|column` of all exported columns that `columns` of `subject` are made from."""
        known = self.origins.get(subject, {})
        return frozenset().union(*(known.get(column, frozenset()) for column in columns))

    def of(self, subject: str, columns: Iterable[str]) -> frozenset[str]:
        """Feeds that `columns` of `subject` stand on, the spine's own included."""
        known = self.feeds.get(subject, {})
        spine = self.spine_feeds.get(subject, frozenset())
        return spine.union(*(known.get(column, frozenset()) for column in columns))

    def book_of(self, subject: str, column: str) -> str:
        """The book that says `column`."""
        return self.books.get(subject, {}).get(column, self.books.get(subject, {}).get("", "文件"))

    def title_of(self, subject: str, column: str) -> str:
        """What a list calls `column`."""
        return self.titles.get(subject, {}).get(column, column)


def joined_by(fact: Fact) -> str:
    """The column of the fact's subject that rows of a book are joined by."""
    join = fact.to or kinds()[fact.subject].join
    if not join:
        raise ContractProblem(f"fact {fact.name}: the subject {fact.subject} has no column by which books join it; name one in `to`.")
    return join


def folded_by(fact: Fact) -> tuple[str, str]:
    """(column of the rows of `fact.of`, column of the fact's subject) by which they meet."""
    fold = kinds()[fact.subject].fold
    if not fold:
        raise ContractProblem(f"fact {fact.name}: no rows of other subjects can be folded for {fact.subject}.")
    return fold


def named(fact: Fact) -> frozenset[str]:
    """Columns that the expressions of a fact read."""
    texts = (fact.where, fact.value, fact.peers)
    found: frozenset[str] = frozenset().union(*(predicate.columns(fact.name, text) for text in texts if text))
    return found | frozenset(part.group(1) or part.group(2) for part in predicate.NAME.finditer(fact.by or ""))


def ordered(book: Book) -> list[tuple[Contract, Fact]]:
    """All facts, each after those it stands on; facts that stand on one another are a ContractProblem."""
    by_name = {(fact.subject, fact.name): (contract, fact) for contract, fact in book.facts}
    done: dict[tuple[str, str], tuple[Contract, Fact]] = {}
    waiting = dict(by_name)
    while waiting:
        ready = [key for key, (_, fact) in waiting.items() if not fact.of or not any((fact.of, name) in waiting for name in named(fact))]
        if not ready:
            raise ContractProblem(f"facts stand on one another: {', '.join(sorted(name for _, name in waiting))}.")
        for key in ready:
            done[key] = waiting.pop(key)
    return list(done.values())


def _table_origins(contract: Contract, table: str) -> dict[str, frozenset[str]]:
    """Column of a narrow table → `feed|column` of the export."""
    spec = contract.tables[table]
    wide: dict[str, set[str]] = {name: {column} for name, column in spec.mapping().items()}
    for group in (spec.unpivot.groups.values() if spec.unpivot else ()):
        for name, column in group.items():
            wide.setdefault(name, set()).add(column)
    if spec.list_columns:  # a list that was not sent has no item, and so no row
        wide |= {name: set(spec.list_columns.columns) for name in (spec.list_columns.label, spec.list_columns.item)}
    return {name: frozenset(f"{contract.feed}|{column}" for column in columns) for name, columns in wide.items()}


def _row_origins(contract: Contract, table: str, on: str | None = None) -> frozenset[str]:
    """`feed|column` of what decides which rows a narrow table has and whose they are: without it there is no row, or nobody's."""
    spec, known, link = contract.tables[table], _table_origins(contract, table), contract.match.get(table)
    found: set[str] = {f"{contract.feed}|{spec.when}"} if spec.when else set()
    if spec.list_columns:
        found |= known[spec.list_columns.item]
    key = on if on in known else (link.person or link.household) if link else None
    return frozenset(found | known.get(key or "", frozenset()))


def table_fact_origins(contract: Contract, fact: Fact, table: str) -> frozenset[str]:
    """`feed|column` of what a fact over a table reads, the columns that its rows are found by included."""
    known = _table_origins(contract, table)
    rows = frozenset() if fact.within == "city" else _row_origins(contract, table, fact.on)
    return rows.union(*(known.get(name, frozenset()) for name in named(fact)))


def derived_fact_origins(derived: Derived, fact: Fact) -> frozenset[str]:
    """The same of a fact over a derived table."""
    return frozenset(derived.rows).union(*(derived.columns[name].made_from for name in named(fact) if name in derived.columns))


def case_origins(book: Book, feeds: Iterable[str]) -> frozenset[str]:
    """`feed|column` of what makes the cases of `feeds`: without it there are none, and that proves nothing."""
    found: set[str] = set()
    for contract in (book.by_feed[feed] for feed in feeds):
        for case in contract.cases.values():
            known = _table_origins(contract, case.table)
            given = next(iter(case.household.values()))
            columns = set((given,) if isinstance(given, str) else given)
            columns |= predicate.columns(contract.feed, case.where) if case.where else set()
            found |= _row_origins(contract, case.table).union(*(known.get(column, frozenset()) for column in columns))
    return frozenset(found)


def lineage(settings: Settings, book: Book) -> Lineage:
    """Lineage of every subject column that is not the spine's plain own."""
    spines = load_spines(settings)
    feeds: dict[str, dict[str, frozenset[str]]] = {subject: {} for subject in kinds()}
    books: dict[str, dict[str, str]] = {subject: {} for subject in kinds()}
    titles: dict[str, dict[str, str]] = {subject: {} for subject in kinds()}
    origins: dict[str, dict[str, frozenset[str]]] = {subject: {} for subject in kinds()}
    for subject, spine in spines.items():
        unknown = [feed for feed in (*spine.feeds, *spine.column_feeds.values()) if feed not in book.by_feed]
        if unknown:
            raise ContractProblem(f"sql/subjects/{subject}.yaml names unknown feeds {unknown}.")
        feeds[subject] |= {column: frozenset({feed}) for column, feed in spine.column_feeds.items() if not column.startswith("参数_")}
        books[subject] |= {column: book.by_feed[feed].book for column, feed in spine.column_feeds.items()}
        books[subject][""] = book.by_feed[spine.feeds[0]].book if spine.feeds else "文件"
        titles[subject] |= spine.titles
        for feed in spine.feeds:
            origins[subject] |= {column.name: frozenset({f"{feed}|{column.name}"}) for column in book.by_feed[feed].columns}
        for column, made_from in spine.origins.items():
            feed = spine.column_feeds.get(column) or (spine.feeds[0] if spine.feeds else "")  # of several books: each column its own
            origins[subject][column] = frozenset(name if "|" in name else f"{feed}|{name}" for name in made_from)
            other = frozenset(name.split("|")[0] for name in made_from if "|" in name)  # a book that it is looked up in, it stands on
            if other - set(book.by_feed):
                raise ContractProblem(f"sql/subjects/{subject}.yaml: {column} is made from unknown feeds {sorted(other - set(book.by_feed))}.")
            feeds[subject][column] = feeds[subject].get(column, frozenset()) | other
    for contract in book.contracts:
        for case in contract.cases.values():
            known = _table_origins(contract, case.table)
            for column, source in case.columns.items():
                feeds["case"].setdefault(column, frozenset({contract.feed}))
                books["case"].setdefault(column, contract.book)
                origins["case"].setdefault(column, known.get(source, frozenset()))
    spine_feeds = {subject: frozenset(spine.feeds) for subject, spine in spines.items()}
    result = Lineage(feeds, books, titles, spine_feeds, origins)
    for contract, fact in ordered(book):
        stands, reads = {contract.feed, *fact.feeds}, named(fact)
        if fact.of:
            stands |= result.of(fact.of, reads)
            origins[fact.subject][fact.name] = result.made_of(fact.of, reads if fact.peers else reads | {folded_by(fact)[0]})
        elif fact.table:
            derived = book.derived_by_name.get(fact.table)
            made = derived_fact_origins(derived, fact) if derived else table_fact_origins(contract, fact, fact.table)
            origins[fact.subject][fact.name] = made
        feeds[fact.subject][fact.name] = frozenset(stands)
        books[fact.subject][fact.name] = (book.derived_by_name[fact.table].book if fact.table in book.derived_by_name else "") or contract.book
        if fact.title:
            titles[fact.subject][fact.name] = fact.title
    return result
