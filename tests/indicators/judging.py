"""Verdicts of an entry and of all its mutants over many rows at once: each mutant is one column of one SELECT."""

from __future__ import annotations

import os
import pickle
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import yaml
from duizhang.assemble import schema
from duizhang.check.compiled import compile_rule
from duizhang.contracts.load import load_book
from duizhang.contracts.subjects import Lineage, lineage
from duizhang.core import predicate
from duizhang.core.catalogue import Rule
from duizhang.core.errors import ContractProblem, RuleProblem
from duizhang.core.lake import functions_sql
from duizhang.core.lake import quote_name as q
from duizhang.core.settings import Settings

from tests.indicators.grammar import Node, read, render
from tests.indicators.mutations import Mutant, mutants

CLEAR, HIT, UNKNOWN, NA, OUTSIDE = range(5)
LISTS = {HIT: "violates", CLEAR: "passes", OUTSIDE: "passes", UNKNOWN: "unknown"}
SAME, SCOPE, OPEN, OPPOSITE = range(4)  # how a mutant's verdict differs: not; only in whether the rule applies; one unknown; hit and pass
CITED = re.compile(r"规则\(\s*'([A-Z]{3}-\d{3})'\s*\)")
Row = dict[str, Any]
Verdicts = npt.NDArray[np.int8]
# optimising pays only where there are many rows; there are a dozen
QUICK = "SET threads = 1; SET disabled_optimizers = 'filter_pushdown,join_order,statistics_propagation,common_subexpressions,expression_rewriter'"


@dataclass(frozen=True)
class Entry:
    """One entry as it is written (citations as they are) and, as `rule`, with all of them expanded."""

    code: str
    raw: dict[str, Any]
    rule: Rule

    @property
    def rows(self) -> list[Row]:
        """All example rows."""
        examples = self.rule.examples
        return [*examples.violates, *examples.passes, *examples.unknown, *examples.outside]


@dataclass
class Shop:
    """The catalogue as it is in the files now, entry by entry (an entry that does not load is in `broken`), and what judges it."""

    settings: Settings
    types: dict[str, dict[str, str]]
    lines: Lineage
    entries: dict[str, Entry] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    @cached_property
    def con(self) -> duckdb.DuckDBPyConnection:
        """One connection with the functions of the predicate language."""
        con = duckdb.connect(":memory:")
        con.execute(functions_sql(self.settings))
        con.execute(QUICK)
        return con

    def expand(self, text: str, seen: tuple[str, ...] = ()) -> str:
        """`text` with every citation replaced by the cited entry's whole condition."""

        def cited(match: re.Match[str]) -> str:
            code = match.group(1)
            if code in seen or code not in self.raws:
                raise ValueError(f"cites {code}, which is not there or cites it")
            parts = (self.expand(str(self.raws[code].get(part, "TRUE")), (*seen, code)) for part in ("applies", "where"))
            return "(({}) AND ({}))".format(*parts)

        return CITED.sub(cited, text)

    raws: dict[str, dict[str, Any]] = field(default_factory=dict)


def _schema(settings: Settings) -> tuple[dict[str, dict[str, str]], Lineage]:
    """Columns of all subjects and where they come from; while a contract is being edited and does not load, as they last were."""
    kept = settings.home / "schema.pickle"
    try:
        book = load_book(settings)
        found = schema(settings, book), lineage(settings, book)
    except (ContractProblem, RuleProblem, duckdb.Error) as problem:
        if not kept.exists():
            raise
        warnings.warn(f"contracts or subjects do not load; columns as they last did ({str(problem)[:200]})", stacklevel=3)
        return cast(tuple[dict[str, dict[str, str]], Lineage], pickle.loads(kept.read_bytes()))
    settings.home.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(f".{os.getpid()}")
    part.write_bytes(pickle.dumps(found))
    part.replace(kept)
    return found


def open_shop(settings: Settings | None = None, codes: Iterable[str] = ()) -> Shop:
    """Everything needed to judge entries; with `codes`, only those entries are loaded (cited ones are found all the same)."""
    settings = settings or Settings.load("/tmp/duizhang-mutants")
    shop = Shop(settings, *_schema(settings))
    wanted = set(codes)
    for path in sorted(Path(settings.expectations).glob("*.yaml")):
        try:
            for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or ():
                shop.raws[str(entry["code"])] = entry
        except (yaml.YAMLError, KeyError, TypeError) as problem:
            shop.broken[path.name] = f"does not load: {problem}"
    for code in sorted(wanted or shop.raws):
        try:
            raw = shop.raws[code]
            expanded = {**raw, **{part: shop.expand(str(raw.get(part, "TRUE")), (code,)) for part in ("applies", "where")}}
            shop.entries[code] = Entry(code, raw, Rule.model_validate(expanded))
        except (KeyError, ValueError) as problem:
            shop.broken[code] = f"{type(problem).__name__}: {problem}"
    return shop


class Bench:
    """One entry, its mutants, and their verdicts on rows."""

    def __init__(self, shop: Shop, entry: Entry) -> None:
        self.shop, self.entry = shop, entry
        self.rule = entry.rule
        self.types = {**shop.types[entry.rule.subject], "as_of": "DATE"}
        self.compiled = compile_rule(entry.rule, shop.lines)
        self.trees = {part: read(entry.code, str(entry.raw.get(part, "TRUE"))) for part in ("applies", "where")}
        self.mutants = [mutant for part, tree in self.trees.items() for mutant in mutants(part, tree, self.types)]
        covers = {f"覆盖_{feed}" for feed in self.compiled.feeds}
        self.columns = tuple(sorted(entry.rule.columns | covers | {"as_of"}))

    @property
    def readable(self) -> tuple[str, ...]:
        """The columns that rows are made of: what the predicates read."""
        return tuple(name for name in self.columns if not name.startswith("覆盖_"))

    def node(self, part: str) -> Node:
        """The tree of `applies` or `where` with citations expanded."""
        return read(self.entry.code, str(getattr(self.rule, part)))

    def fill(self, rows: Sequence[Row]) -> None:
        """The temp table `r`: `rows` with the types of the subject; what is not given is NULL, coverage true, as_of 2026-10-31."""
        unknown = sorted({name for row in rows for name in row} - set(self.types))
        if unknown:
            raise ValueError(f"{self.entry.code}: examples name columns that {self.rule.subject} does not have: {', '.join(unknown)}")
        cells = {}
        for at, name in enumerate(self.columns):
            default = True if name.startswith("覆盖_") else "2026-10-31" if name == "as_of" else None
            values = [row.get(name, default) for row in rows]
            cells[f"c{at}"] = pa.array([None if value is None else str(value) for value in values], pa.string())
        con = self.shop.con
        con.register("r_text", pa.table(cells))
        casts = ", ".join(f"CAST(c{at} AS {self.types[name]}) AS {q(name)}" for at, name in enumerate(self.columns))
        con.execute(f"CREATE OR REPLACE TEMP TABLE r AS SELECT {casts} FROM r_text")
        con.unregister("r_text")

    def truth(self, texts: Sequence[str]) -> dict[str, Verdicts | None]:
        """Each boolean text over the rows of `r`: 1, 0, −1 (NULL); None where it cannot be computed."""
        if not texts:
            return {}
        columns = ", ".join(
            f"CASE WHEN x IS NULL THEN -1 WHEN x THEN 1 ELSE 0 END::TINYINT AS v{at}".replace("x", f"e{at}") for at in range(len(texts))
        )
        inner = ", ".join(f"({predicate.with_as_of(self.shop.expand(text))}) AS e{at}" for at, text in enumerate(texts))
        try:
            table = self.shop.con.execute(f"SELECT {columns} FROM (SELECT {inner} FROM r)").fetchnumpy()
        except duckdb.Error:
            if len(texts) == 1:
                return {texts[0]: None}
            half = len(texts) // 2
            return {**self.truth(texts[:half]), **self.truth(texts[half:])}
        return {text: np.asarray(table[f"v{at}"], dtype=np.int8) for at, text in enumerate(texts)}

    def number(self, text: str) -> list[float | None]:
        """A number over the rows of `r` (citations and as_of allowed); all None where it cannot be computed."""
        sql = predicate.with_as_of(self.shop.expand(text))
        try:
            return [None if row[0] is None else float(row[0]) for row in self.shop.con.execute(f"SELECT {sql} FROM r").fetchall()]
        except (duckdb.Error, TypeError, ValueError):
            return [None] * int((self.shop.con.execute("SELECT count(*) FROM r").fetchone() or (0,))[0])

    def judge(self, changed: Sequence[Mutant], rows: Sequence[Row]) -> tuple[Verdicts, list[Verdicts | None]]:
        """The rule's verdict on each row, and each mutant's (None: it cannot be computed, which no one would miss)."""
        self.fill(rows)
        applies, where = str(self.entry.raw.get("applies", "TRUE")), str(self.entry.raw["where"])
        texts = list(dict.fromkeys([applies, where, self.compiled.covered, *(mutant.text for mutant in changed)]))
        truth: dict[str, Verdicts | None] = {}
        for at in range(0, len(texts), 200):
            truth |= self.truth(texts[at : at + 200])
        a, w, covered = truth[applies], truth[where], truth[self.compiled.covered]
        if a is None or w is None or covered is None:
            raise ValueError(f"{self.entry.code}: does not bind")

        def verdict(a: Verdicts, w: Verdicts) -> Verdicts:
            judged = np.where(w == 1, HIT, np.where(w == -1, UNKNOWN, CLEAR))
            return np.where(covered != 1, NA, np.where(a != 1, OUTSIDE, judged)).astype(np.int8)

        given: list[Verdicts | None] = []
        for mutant in changed:
            other = truth[mutant.text]
            if other is None:
                given.append(None)
            else:
                given.append(verdict(other, w) if mutant.part == "applies" else verdict(a, other))
        return verdict(a, w), given

    def differ(self, changed: Sequence[Mutant], rows: Sequence[Row]) -> tuple[Verdicts, Verdicts]:
        """The rule's verdicts, and a matrix mutant × row: SAME, SCOPE (a row outside that the mutant passes), OPEN or OPPOSITE.

        A passing row that the mutant leaves outside is the same: `passes` holds both.
        """
        own, others = self.judge(changed, rows)
        heading = np.where(own == OUTSIDE, CLEAR, own)
        matrix = np.zeros((len(changed), len(rows)), dtype=np.int8)
        for at, given in enumerate(others):
            whole = given if given is not None else np.full(len(rows), NA, dtype=np.int8)
            other = np.where(whole == OUTSIDE, CLEAR, whole)
            differs = np.where((other == UNKNOWN) | (heading == UNKNOWN), OPEN, OPPOSITE)
            scope = np.where((own == OUTSIDE) & (whole != OUTSIDE), SCOPE, SAME)
            matrix[at] = np.where(own == NA, SAME, np.where(other == heading, scope, differs))
        return own, matrix

    def survivors(self) -> list[Mutant]:
        """Mutants that no example notices."""
        if not self.mutants:
            return []
        _, matrix = self.differ(self.mutants, self.entry.rows)
        noticed = matrix > SCOPE
        outside = len(self.rule.examples.outside)
        if outside:
            noticed[:, -outside:] = matrix[:, -outside:] > SAME
        return [mutant for mutant, seen in zip(self.mutants, noticed.any(axis=1), strict=True) if not seen]


def reads_back(bench: Bench) -> bool:
    """Whether the predicates, written back from their trees, parse to the same trees."""
    return all(read(bench.entry.code, render(tree)) == tree for tree in bench.trees.values())
