"""Subjects as data: the spines of `sql/subjects/`, the facts joined to them, and which feeds a column stands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from duizhang.contracts.load import Book
from duizhang.core import predicate
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

ORDER = ("person", "household", "monitoring", "village", "county", "case", "delivery")
JOIN_ON = {"person": "_person", "household": "_household", "monitoring": "_household", "village": "_key", "county": "_county"}


@dataclass(frozen=True)
class Spine:
    """A subject's spine: its SELECT, the feeds its own columns stand on, and titles of derived columns."""

    subject: str
    sql: str
    title: str
    feeds: tuple[str, ...]
    column_feeds: dict[str, str]
    titles: dict[str, str]


@lru_cache(maxsize=8)
def _load(folder: Path, stamp: tuple[tuple[str, int], ...]) -> dict[str, Spine]:
    spines = {}
    for name, _ in stamp:
        subject = name.removesuffix(".sql")
        about = yaml.safe_load((folder / f"{subject}.yaml").read_text(encoding="utf-8"))
        columns = about.get("columns") or {}
        spines[subject] = Spine(
            subject=subject, sql=(folder / name).read_text(encoding="utf-8"), title=about["title"], feeds=tuple(about["feeds"]),
            column_feeds={column: spec["feed"] for column, spec in columns.items() if spec.get("feed")},
            titles={column: spec["title"] for column, spec in columns.items() if spec.get("title")},
        )  # fmt: skip
    return spines


def load_spines(settings: Settings) -> dict[str, Spine]:
    """Subject → spine, in the order in which they are assembled."""
    folder = settings.sql / "subjects"
    found = _load(folder, tuple((path.name, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.sql"))))
    return {subject: found[subject] for subject in ORDER if subject in found}


@dataclass(frozen=True)
class Lineage:
    """For each subject: column → feeds it stands on, column → the book an officer sees it in, column → title."""

    feeds: dict[str, dict[str, frozenset[str]]]
    books: dict[str, dict[str, str]]
    titles: dict[str, dict[str, str]]
    spine_feeds: dict[str, frozenset[str]]

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


def lineage(settings: Settings, book: Book) -> Lineage:
    """Lineage of every subject column that is not the spine's plain own."""
    spines = load_spines(settings)
    feeds: dict[str, dict[str, frozenset[str]]] = {subject: {} for subject in ORDER}
    books: dict[str, dict[str, str]] = {subject: {} for subject in ORDER}
    titles: dict[str, dict[str, str]] = {subject: {} for subject in ORDER}
    for subject, spine in spines.items():
        unknown = [feed for feed in (*spine.feeds, *spine.column_feeds.values()) if feed not in book.by_feed]
        if unknown:
            raise ContractProblem(f"sql/subjects/{subject}.yaml names unknown feeds {unknown}.")
        feeds[subject] |= {column: frozenset({feed}) for column, feed in spine.column_feeds.items() if not column.startswith("参数_")}
        books[subject] |= {column: book.by_feed[feed].book for column, feed in spine.column_feeds.items()}
        books[subject][""] = book.by_feed[spine.feeds[0]].book if spine.feeds else "文件"
        titles[subject] |= spine.titles
    for contract in book.contracts:
        for case in contract.cases.values():
            for column in case.columns:
                feeds["case"].setdefault(column, frozenset({contract.feed}))
                books["case"].setdefault(column, contract.book)
    spine_feeds = {subject: frozenset(spine.feeds) for subject, spine in spines.items()}
    result = Lineage(feeds, books, titles, spine_feeds)
    for contract, fact in sorted(book.facts, key=lambda pair: pair[1].of is not None):
        stands: set[str] = {contract.feed, *fact.feeds}
        if fact.of:
            named = {part for text in (fact.where, fact.value) if text for part in predicate.columns(fact.name, text)}
            stands |= result.of(fact.of, named)
        feeds[fact.subject][fact.name] = frozenset(stands)
        books[fact.subject][fact.name] = contract.book
        if fact.title:
            titles[fact.subject][fact.name] = fact.title
    return result
