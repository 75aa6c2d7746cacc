"""The closing table of a demo, out of summary.json: what was read, found, asked, answered, proven; and its sums checked."""

from __future__ import annotations

from typing import Any
from unicodedata import east_asian_width

ROLL_IN = ("opening", "new", "reopened", "moved_in")
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
    _print("Seconds by stage, last month", ("stage", "seconds", "peak MiB"), _stages(last["stages"]))
    print("\nWhere it lies")
    for code, body in last["counties"].items():
        print(f"  {code} {body['name']}: {body['publication']}")
    for name, path in last["paths"].items():
        print(f"  {name}: {path}")


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


def _sum(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_sum(each) for each in value.values())
    return int(value)


def _stages(stages: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(each["stage"], f"{each['seconds']:.1f}", f"{each['peak_mib']:.0f}") for each in stages]
