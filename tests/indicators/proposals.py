"""Propose example rows for what the mutants of an entry show to be missing (`scripts/examples.py CODE… [--write]`)."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from duizhang.core.errors import RuleProblem

from tests.indicators import example_files
from tests.indicators.judging import Bench, Row, Shop, open_shop
from tests.indicators.mutants import known, survivors
from tests.indicators.search import Search
from tests.indicators.values import Pool, pool_of


def propose(shop: Shop, pool: Pool, code: str, write: bool, effort: int = 1) -> tuple[int, int]:
    """Print (and write) rows for one entry; returns how many mutants survived before, and for how many no row was found."""
    bench = Bench(shop, shop.entries[code])
    explained = known().get(code, {})
    wanted = [mutant for mutant in survivors(shop, code, explained).left if mutant.name not in explained]
    if not wanted:
        return 0, 0
    proposals, left = Search(bench, pool, effort).run(wanted)
    print(f"## {code} {bench.rule.title}\n   applies: {bench.entry.raw.get('applies', 'TRUE')}\n   where: {bench.entry.raw['where']}")
    rows: dict[str, list[Row]] = {}
    for proposal in proposals:
        rows.setdefault(proposal.heading, []).append(proposal.row)
        print(f"  {proposal.heading:8} {example_files.line_of(proposal.row)}   # {'; '.join(m.name for m in proposal.kills)[:200]}")
    for mutant in left:
        print(f"  LEFT     {mutant.name}")
    if write and rows:
        for _ in range(3):
            try:
                example_files.add(Path(shop.settings.expectations) / f"{code[:3]}.yaml", code, rows)
                break
            except ValueError as problem:
                print(f"  not written: {problem}")
                if "meanwhile" not in str(problem):
                    break
    return len(wanted), len(left)


def main(arguments: list[str]) -> int:
    """Codes, or groups (`MON`), or nothing for the whole catalogue; `--write` puts the rows into the files, `--hard` tries ten times as many."""
    words = [word for word in arguments if not word.startswith("-")]
    shop = open_shop()
    codes = [code for code in shop.entries if not words or code in words or code[:3] in words]
    pool, started, before, after = pool_of(shop), time.monotonic(), 0, 0
    for code in codes:
        try:
            wanted, left = propose(shop, pool, code, "--write" in arguments, 10 if "--hard" in arguments else 1)
        except (RuleProblem, ValueError) as problem:
            print(f"{code}: {problem}")
            continue
        before, after = before + wanted, after + left
    print(f"{len(codes)} entries, {before} survivors, {after} left, {time.monotonic() - started:.1f} s")
    return 1 if after else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
