"""Do the examples of an entry pin its predicate down?  `python -m tests.indicators.mutants CODE…` lists what they would miss.

Without codes: the whole catalogue. A mutant is killed where on some example it gives another heading (violates,
passes, unknown, or outside: the rule does not apply) than the entry. What is proven to be the same rule
(tests/indicators/proof.py) is no mutant; what a reader found to be the same stands in survivors.yaml with the reason
(`-a` lists those, too). `scripts/examples.py CODE…` proposes rows that kill the rest.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml
from duizhang.core.errors import RuleProblem

from tests.indicators.judging import Bench, Shop, open_shop
from tests.indicators.mutations import Mutant
from tests.indicators.proof import proven

KNOWN = Path(__file__).with_name("survivors.yaml")


def known() -> dict[str, dict[str, str]]:
    """survivors.yaml: code → mutant → why it is equivalent."""
    return yaml.safe_load(KNOWN.read_text(encoding="utf-8")) or {} if KNOWN.exists() else {}


@dataclass(frozen=True)
class Result:
    """What became of the mutants of one entry: how many there are, which no example notices, and which of these are proven the same rule."""

    count: int
    alive: list[Mutant]
    same: list[Mutant]

    @property
    def left(self) -> list[Mutant]:
        """What a reader has to explain, or an example to kill."""
        return [mutant for mutant in self.alive if mutant not in self.same]

    def stale(self, reasons: Iterable[str]) -> list[str]:
        """Names in survivors.yaml that an example notices by now, or that are no mutants any more."""
        return sorted(set(reasons) - {mutant.name for mutant in self.alive})


def survivors(shop: Shop, code: str, explained: Iterable[str] = ()) -> Result:
    """Try the examples of one entry. What is `explained` in survivors.yaml is not put to the proof again."""
    bench, known_names = Bench(shop, shop.entries[code]), set(explained)
    alive = bench.survivors()
    unknown = [mutant for mutant in alive if mutant.name not in known_names]
    return Result(len(bench.mutants), alive, proven(bench, unknown) if unknown else [])


def main(arguments: list[str]) -> int:
    """List surviving mutants; 1 where one is not explained or an entry does not load."""
    codes = [word for word in arguments if not word.startswith("-")]
    everything = "-a" in arguments
    shop, explained = open_shop(codes=codes), known()
    started, cpu, total, left, excused, same = time.monotonic(), time.process_time(), 0, 0, 0, 0
    for name, problem in shop.broken.items():
        print(f"{name}: {problem}")
    for code in shop.entries:
        reasons = explained.get(code, {})
        try:
            result = survivors(shop, code, reasons)
        except (RuleProblem, ValueError, KeyError) as problem:
            shop.broken[code] = str(problem)
            print(f"{code}: {problem}")
            continue
        total, same = total + result.count, same + len(result.same)
        for mutant in result.left:
            reason = reasons.get(mutant.name)
            excused += reason is not None
            left += reason is None
            if reason is None or everything:
                print(f"{code}  {mutant.name}" + (f"   # {reason}" if reason else ""))
        for stale in result.stale(reasons):
            print(f"{code}  no longer survives (take it out of survivors.yaml): {stale}")
    spent = f"{time.monotonic() - started:.1f} s, {time.process_time() - cpu:.1f} s of CPU"
    print(f"{len(shop.entries)} entries, {total} mutants: {left} survive, {excused} explained, {same} proven to be the same rule; {spent}")
    return 1 if left or shop.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
