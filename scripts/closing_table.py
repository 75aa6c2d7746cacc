"""The closing table of a demo, out of summary.json: what was read, found, asked, answered, proven; and its sums checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

STEPS = ("open", "check", "approve", "issue", "remind", "receive", "reverify", "score")
ROLL_IN = ("opening", "new", "reopened", "moved_in")
# What a month of closure leaves behind: words of the table → where it lies below the home.
OUTPUTS = {
    "对账清单 list": "out/[0-9]*/*/latest/对账清单_*.xlsx",
    "入户单 visit sheets": "out/[0-9]*/*/latest/入户单_*.xlsx",
    "未通过指标报告 report": "out/[0-9]*/*/latest/*.html",
    "催办提醒 reminders": "out/[0-9]*/*/reminders/*.txt",
    "回执 receipts": "receipts/**/回执_*.xlsx",
    "反馈登记 list from above": "receipts/**/反馈登记_*.xlsx",
    "部门更正单 departments' lists": "out/[0-9]*/*/departments/*/部门更正单_*.xlsx",
    "县级闭合证明 certificates": "out/[0-9]*/*/closing/*/县级闭合证明_*.xlsx",
    "数据质量评分 scores": "out/[0-9]*/*/closing/*/数据质量评分_*.xlsx",
}
# What the counties' answers must have come to, all told.
STORY = ("answered", "proven", "returned", "verified_not_so", "acknowledged", "exempted", "noted")
ROLL_OUT = ("proven", "verified_not_so", "acknowledged", "exempted", "withdrawn", "moved_out")


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _print(title: str, heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """A plain table; Chinese characters count two columns."""
    texts = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    widths = [max(_width(text) for text in column) for column in zip(heads, *texts, strict=True)]
    print(f"\n{title}")
    for line in (heads, *texts):
        cells = []
        for at, text in enumerate(line):
            pad = " " * (widths[at] - _width(text))
            cells.append(text + pad if at == 0 else pad + text)
        print("  " + "  ".join(cells))


def show(summary: dict[str, Any]) -> None:
    """Print the tables of every month in `summary`, then where the outputs lie."""
    for day, run in sorted(summary["runs"].items()):
        print(f"\n{'═' * 30} {day} {'═' * 30}")
        keys = ("files", "refused", "rows_in", "loaded", "quarantined", "not_data")
        feeds = [(feed, *(body[key] for key in keys)) for feed, body in run["feeds"].items()]
        total = ("all", *(sum(body[key] for body in run["feeds"].values()) for key in keys))
        _print("Files, and rows in = loaded + quarantined + not data", ("feed", *keys), [*feeds, total])
        match = run["match"]
        print(f"\nLinks: {_sum(match['linked']):,} linked, {_sum(match['unlinked']):,} not, "
              f"{_sum(match['cannot_compare']):,} cannot be compared; indicators run: {len(run['indicators'])}")
        heads = ("county", "findings", "opening", "new", "answered", "proven", "returned", "not so", "acknowledged", "exempted", "closing")
        counties = [_county(code, body) for code, body in run["counties"].items()]
        _print("Ledger (roll-forward checked)", heads, counties)
    last = summary["runs"][summary["latest"]]
    steps = [_steps(code, cycle, done) for code, body in last["counties"].items() for cycle, done in body.get("cycles", {}).items()]
    if steps:
        _print("Steps of the cycles, the day each stands for, and how often", ("county, cycle", *STEPS), steps)
    _print("Seconds by stage, last month", ("stage", "seconds", "peak MiB"), _stages(last["stages"]))
    print("\nWhere it lies")
    for code, body in last["counties"].items():
        print(f"  {code} {body['name']}: {body['publication']}")
    for name, path in last["paths"].items():
        print(f"  {name}: {path}")


def show_outputs(home: Path) -> None:
    """Print what lies in `home` for the counties and departments: how many files of each kind, and one of them."""
    rows = []
    for name, pattern in OUTPUTS.items():
        found = _found(home, pattern)
        rows.append((name, len(found), str(found[-1].relative_to(home)) if found else "–"))
    print("\nOutputs, and one of each")
    width = max(_width(name) for name, _, _ in rows)
    for name, count, one in rows:
        print(f"  {name}{' ' * (width - _width(name))}  {count:>4}  {one}")


def missing(summary: dict[str, Any], home: Path) -> list[str]:
    """Kinds of outputs that `home` does not hold, and turns of the story that no county has had, as sentences."""
    problems = [f"no {name} in {pattern}" for name, pattern in OUTPUTS.items() if not _found(home, pattern)]
    events: dict[str, int] = {}
    for body in summary["runs"][summary["latest"]]["counties"].values():
        for kind, n in body.get("events", {}).items():
            events[kind] = events.get(kind, 0) + n
    return problems + [f"nothing was {kind}" for kind in STORY if not events.get(kind)]


def _found(home: Path, pattern: str) -> list[Path]:
    found = {path.resolve(): path for path in sorted(home.glob(pattern)) if path.is_file() and not path.name.startswith(".")}
    return sorted(found.values())  # `latest` is another name of a version


def check(summary: dict[str, Any]) -> list[str]:
    """Sums of `summary` that do not add up, as sentences; [] when all is right."""
    problems = []
    for day, run in sorted(summary["runs"].items()):
        for feed, body in run["feeds"].items():
            if body["rows_in"] != body["loaded"] + body["quarantined"] + body["not_data"]:
                problems.append(f"{day} {feed}: rows in are not loaded + quarantined + not data")
        for code, body in run["counties"].items():
            roll = body["roll_forward"]
            if not roll:
                problems.append(f"{day} {code}: no roll-forward")
            elif sum(roll[key] for key in ROLL_IN) - sum(roll[key] for key in ROLL_OUT) != roll["closing"]:
                problems.append(f"{day} {code}: the roll-forward does not add up")
            problems += [f"{day} {code}: {each['code']} {each['kind']}" for each in body["problems"]]
    return problems


def _county(code: str, body: dict[str, Any]) -> tuple[Any, ...]:
    roll, states = body["roll_forward"], body.get("states", {})
    events = body.get("events", {})
    answered = events.get("answered", states.get("answered", 0))
    returned = events.get("returned", states.get("returned", 0))
    return (
        f"{code} {body['name']}", body["findings"], roll["opening"], roll["new"], answered, roll["proven"], returned,
        roll["verified_not_so"], roll["acknowledged"], roll["exempted"], roll["closing"],
    )  # fmt: skip


def _steps(code: str, cycle: str, done: dict[str, Any]) -> tuple[Any, ...]:
    cells = []
    for step in STEPS:
        times = f" ×{done[step]['times']}" if step in done and done[step]["times"] > 1 else ""
        cells.append(f"{done[step]['on'][5:]}{times}" if step in done else "–")
    return (f"{code} {cycle}", *cells)


def _sum(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_sum(each) for each in value.values())
    return int(value)


def _stages(stages: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(each["stage"], f"{each['seconds']:.1f}", f"{each['peak_mib']:.0f}") for each in stages]
