"""The county's 未通过指标报告: one self-contained HTML page, counts only, no script."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from duizhang.publish import charts, words
from duizhang.publish.model import CountyReport, Indicator, RollForward

_MOST_BARS = 15
FLOW = (
    "opening", "new", "reopened", "moved_in", "proven", "verified_not_so", "acknowledged", "exempted", "withdrawn",
    "moved_out", "closing", "na", "gone",
)  # fmt: skip
FLOW_TITLES = ("期初", "新增", "再现", "转入", "证实", "核实不符", "说明", "豁免", "撤销", "转出", "期末", "未复核", "查无")


@lru_cache(maxsize=1)
def _template() -> Template:
    folder = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["rate"] = rate
    return environment.get_template("page.html.j2")


def rate(value: float | None) -> str:
    """A share as per cent; 不适用 where nothing was judged; never 0 for a share that is not 0."""
    if value is None:
        return "不适用"
    return "<0.01%" if 0 < value < 0.0001 else f"{value:.2%}"


def render_page(report: CountyReport, workbook: str) -> str:
    """The page as HTML text; `workbook` is the file name of the list it points to. Holds counts, no person."""
    failed = sorted((i for i in report.indicators if i.hits), key=lambda i: (-i.hits, i.code))
    clean = [i for i in report.indicators if not i.hits and i.applicable]
    idle = [i for i in report.indicators if not i.hits and not i.applicable and not i.na_reason]
    towns = [name for _, name in report.towns]
    most = max((hits for i in failed for _, _, hits in i.by_town), default=0)
    return _template().render(
        report=report,
        workbook=workbook,
        words=words,
        failed=failed,
        clean=clean,
        idle=idle,
        towns=towns,
        matrix=[(i, _cells(i, towns, max(most, 4))) for i in failed],
        town_chart=_town_chart(report),
        code_chart=charts.bars(
            [(i.title, [(i.severity, i.hits)]) for i in failed[:_MOST_BARS]], "命中最多的指标"
        ),
        most_bars=_MOST_BARS,
        flow_titles=FLOW_TITLES,
        flow=[(row, [getattr(row, name) for name in FLOW]) for row in report.roll_forward],
        flow_total=[sum(getattr(row, name) or 0 for row in report.roll_forward) for name in FLOW],
        total=_total(report),
    )


def _cells(indicator: Indicator, towns: list[str], most: int) -> list[tuple[str, int]]:
    """By town: (hits, or 不适用, or nothing where the indicator knows no towns; depth 0–4 of its shade)."""
    found = {town: (applicable, hits) for town, applicable, hits in indicator.by_town}
    cells: list[tuple[str, int]] = []
    for town in towns:
        applicable, hits = found.get(town, (0, 0))
        word = str(hits) if applicable or hits else "不适用" if found else ""
        cells.append((word, -(-4 * hits // most)))
    return cells


def _town_chart(report: CountyReport) -> str:
    names = dict(report.towns)
    rows = []
    for town, name in names.items():
        found = [line.severity for line in report.lines if line.town == town]
        rows.append((name, [(word, found.count(word)) for word in ("错误", "疑似")]))
    return charts.bars(rows if report.lines else [], "各乡镇要回答的条数")


def _total(report: CountyReport) -> dict[str, int]:
    """The numbers at the head of the page."""
    flow: tuple[RollForward, ...] = report.roll_forward
    return {
        "indicators": len(report.indicators),
        "failed": sum(i.hits > 0 for i in report.indicators),
        "na": sum(bool(i.na_reason) for i in report.indicators),
        "hits": sum(i.hits for i in report.indicators),
        "errors": sum(line.severity == "错误" for line in report.asked),
        "suspicions": sum(line.severity == "疑似" for line in report.asked),
        "consequences": len({(line.household, note) for line in report.lines for note in line.notes})
        + len(report.waiting) - len(report.replied),
        "households": len({line.household for line in report.lines if line.household}),
        "waiting": len(report.replied),
        "closed": sum(r.proven + r.verified_not_so + r.acknowledged + r.exempted + r.withdrawn for r in flow),
        "closing": sum(row.closing for row in flow),
    }
