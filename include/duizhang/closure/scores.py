"""The data quality score of a county, by the formulas of domain/outputs.md §4; weights and bands are configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duizhang.closure.config import Ranking, Scoring
from duizhang.core.catalogue import Rule

TOO_SMALL = "样本过小，不参与"
NO_SCORE = "不适用，不参与"


@dataclass(frozen=True)
class RuleScore:
    """One indicator: n rows that could be judged, `counted` hits that count, w its weight; `points` of the total that it costs."""

    code: str
    title: str
    dimension: str
    severity: str
    n: int
    hits: int
    settled: int
    weight: float
    points: float

    @property
    def counted(self) -> int:
        """h(r): hits without those that an exemption or a verdict settles."""
        return self.hits - self.settled

    @property
    def rate(self) -> float | None:
        """h ÷ n; None (不适用) where n is 0."""
        return self.counted / self.n if self.n else None


@dataclass(frozen=True)
class DimensionScore:
    """A dimension: 100 × (1 − Σ w·h/n ÷ Σ w) over its `rules` applicable indicators; None where there is none."""

    name: str
    weight: float
    rules: int
    n: int
    counted: int
    score: float | None


@dataclass(frozen=True)
class Score:
    """The score of a county: `gross` before, `total` after the deduction; None (不适用) where no dimension is applicable."""

    gross: float | None
    overdue: int
    relapsed: int
    deduction: float
    total: float | None
    grade: str | None
    dimensions: tuple[DimensionScore, ...]
    rules: tuple[RuleScore, ...]

    def top(self, count: int) -> tuple[RuleScore, ...]:
        """The indicators that would raise the score most if they were mended: by points, then weight × hits."""
        costly = [rule for rule in self.rules if rule.points > 0]
        return tuple(sorted(costly, key=lambda rule: (-rule.points, -rule.weight * rule.counted, rule.code))[:count])


def score(codes: Mapping[str, Mapping[str, int]], rules: Mapping[str, Rule], overdue: int, relapsed: int, config: Scoring) -> Score:
    """Score the indicators in `codes` (as `ledger.measures` gives them: n, hits and the settled hits by word).

    A code that the catalogue does not have is left out. Dimensions without an applicable indicator are left out and the
    weights of the others stand for the whole: what could not be judged is neither 0 nor 100.
    """
    known = {code: row for code, row in sorted(codes.items()) if code in rules}
    sums = {name: _sums(name, known, rules, config) for name in config.dimensions}
    whole = sum(config.dimensions[name] for name, (weight, _) in sums.items() if weight)
    dimensions = tuple(_dimension(name, sums[name], known, rules, config) for name in config.dimensions)
    scored = [(d.weight, d.score) for d in dimensions if d.score is not None]
    gross = sum(weight * points for weight, points in scored) / whole if scored and whole else None
    deduction = min(config.deduction_cap, overdue * config.overdue_each + relapsed * config.relapse_each)
    total = None if gross is None else max(0.0, gross - deduction)
    each = tuple(_rule(code, row, rules[code], sums, whole, config) for code, row in known.items())
    return Score(gross, overdue, relapsed, deduction, total, grade(total, config), dimensions, each)


def grade(total: float | None, config: Scoring) -> str | None:
    """The band of a total; None where there is none. A total is not rounded up into a band."""
    return None if total is None else next(band.word for band in config.bands if total >= band.from_)


def _counted(row: Mapping[str, int], config: Scoring) -> int:
    return max(0, row["hits"] - sum(row[word] for word in config.not_counted))


def _sums(name: str, codes: Mapping[str, Mapping[str, int]], rules: Mapping[str, Rule], config: Scoring) -> tuple[float, float]:
    """(Σ w, Σ w·h/n) over the applicable indicators of a dimension."""
    mine = [(config.weights[rules[code].severity], row) for code, row in codes.items() if rules[code].dimension == name and row["n"]]
    return sum(w for w, _ in mine), sum(w * _counted(row, config) / row["n"] for w, row in mine)


def _dimension(
    name: str, sums: tuple[float, float], codes: Mapping[str, Mapping[str, int]], rules: Mapping[str, Rule], config: Scoring
) -> DimensionScore:
    mine = [row for code, row in codes.items() if rules[code].dimension == name and row["n"]]
    found = 100 * (1 - sums[1] / sums[0]) if sums[0] else None
    counted = sum(_counted(row, config) for row in mine)
    return DimensionScore(name, config.dimensions[name], len(mine), sum(row["n"] for row in mine), counted, found)


def _rule(
    code: str, row: Mapping[str, int], rule: Rule, sums: Mapping[str, tuple[float, float]], whole: float, config: Scoring
) -> RuleScore:
    weight, counted = config.weights[rule.severity], _counted(row, config)
    total = sums[rule.dimension][0] if rule.dimension in sums else 0.0
    points = 100 * config.dimensions[rule.dimension] / whole * weight * counted / row["n"] / total if row["n"] and total and whole else 0.0
    return RuleScore(code, rule.title, rule.dimension, rule.severity, row["n"], row["hits"], row["hits"] - counted, weight, points)


@dataclass(frozen=True)
class Entry:
    """A county in a ranking."""

    county: str
    name: str
    households: int
    total: float | None


@dataclass(frozen=True)
class Ranked:
    """A row of the ranking: `place` None with `note` where the county takes no part; `board` 红 or 黑 only where configured."""

    place: int | None
    entry: Entry
    note: str = ""
    board: str = ""


def ranking(entries: Iterable[Entry], config: Ranking) -> tuple[Ranked, ...]:
    """Counties by their total, equal totals on one place; empty where ranking is off (the default).

    Left out, and listed after the others: counties under `min_households` households, and those without a score.
    """
    if not config.enabled:
        return ()
    found = sorted(entries, key=lambda entry: entry.county)
    small = [entry for entry in found if entry.households < config.min_households]
    without = [entry for entry in found if entry not in small and entry.total is None]
    taking = sorted((entry for entry in found if entry not in small and entry not in without), key=lambda entry: -(entry.total or 0.0))
    rows = []
    for at, entry in enumerate(taking):
        place = 1 + sum((other.total or 0.0) > (entry.total or 0.0) for other in taking)
        rows.append(Ranked(place, entry, board=_board(at, place, len(taking), config)))
    return (*rows, *(Ranked(None, entry, TOO_SMALL) for entry in small), *(Ranked(None, entry, NO_SCORE) for entry in without))


def _board(at: int, place: int, of: int, config: Ranking) -> str:
    if config.red and place <= config.red:
        return "红"
    return "黑" if config.black and at >= of - config.black else ""


def history(manifests: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, float | None, str | None], ...]:
    """(cycle, total, grade) of a county's own closings, oldest first, out of their manifests."""
    found = {str(m["cycle"]): (m["score"]["total"], m["score"]["grade"]) for m in manifests}
    return tuple((cycle, *found[cycle]) for cycle in sorted(found))
