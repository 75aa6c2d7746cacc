"""make bench: the suite, the reader, the whole run, and the run at growing sizes (docs/benchmarks.md).

Everything is made here, in a temporary folder that is removed at the end: a world of made-up people, a home, an
embedded PostgreSQL.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import bench_city
import bench_kit

PARTS = ("suite", "catalogue", "xlsx", "city", "sizes")


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Run the parts asked for and print their tables; what they found, by part."""
    options = _options().parse_args(arguments)
    if options.quick:
        options.people, options.city, options.rounds = min(options.people, 1_500), min(options.city, 500), 1  # so many people that every sort of rule finds somebody
        options.million = min(options.million, options.people / 1e6)
    started = time.perf_counter()
    print(bench_kit.machine(), flush=True)
    found: dict[str, Any] = {}
    if {"suite", "catalogue", "xlsx"} & set(options.only):
        with tempfile.TemporaryDirectory(prefix="duizhang-bench-") as folder:
            found |= _one_county(Path(folder), options)
    if "city" in options.only:
        found["city"] = bench_city.run_city(options.city, options.seed)
    if "sizes" in options.only and not (options.quick and options.only == PARTS):
        import bench_sizes

        sizes, tile = ([400], 200) if options.quick else ([round(float(size) * 1e6) for size in options.sizes.split(",")], options.tile)
        found["sizes"] = bench_sizes.run_sizes(sizes, options.seed, tile, options.workers, options.folder)
    print(f"\nall of it in {time.perf_counter() - started:.0f} s")
    return found


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Side-by-side benchmarks; see docs/benchmarks.md.")
    parser.add_argument("--people", type=int, default=20_000, help="people of the one county that the suite judges and the reader reads")
    parser.add_argument("--city", type=int, default=100_000, help="people of the city of the whole run")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds; the median counts")
    parser.add_argument("--times", type=int, default=1, help="judge every row this many times over: what larger counties cost")
    parser.add_argument("--million", type=float, default=1.0, help="million people whose rows the whole catalogue judges (the county's, many times over)")
    parser.add_argument("--sizes", default="0.1,1", help="million people of the runs at growing sizes: 0.1,1,10 is a province too (hours, 45 GB of disk)")
    parser.add_argument("--tile", type=int, default=200_000, help="people of the city of two counties that the sizes are copies of")
    parser.add_argument("--workers", type=int, default=2, help="processes of the runs at growing sizes")
    parser.add_argument("--folder", default=None, help="where the homes of the sizes lie meanwhile (default: the temporary folder)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--quick", action="store_true", help="tiny, one round, without the sizes unless asked for: shows that it runs and that counts agree, times nothing")
    return parser


def _one_county(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """A county of `options.people` in spreadsheets, brought as far as its subject tables; the suite and the reader on it."""
    import bench_suite
    import bench_xlsx
    from duizhang import assemble, pipeline, world
    from duizhang.contracts.load import load_book
    from duizhang.core import postgres
    from duizhang.core.settings import Settings

    world.make(folder / "world", options.people, options.seed, months=1, counties=1, spreadsheets=True, mishaps=False)
    inbox = folder / "world" / "inbox" / bench_city.MONTH
    settings = Settings.load(folder / "home")
    found: dict[str, Any] = {}
    try:
        if {"suite", "catalogue"} & set(options.only):
            for key in pipeline.pull_inbox(settings, inbox):
                pipeline.ingest(settings, key)
            pipeline.build_books(settings, bench_city.AS_OF)
            (county,) = pipeline.counties(settings, bench_city.AS_OF)
            assemble.assemble(settings, bench_city.AS_OF, county, load_book(settings))
            if "suite" in options.only:
                found["suite"] = _judged(lambda rows: bench_suite.compare(settings, rows, options.rounds), settings, county, options.times)
            if "catalogue" in options.only:
                million = max(1, round(options.million * 1_000_000 / options.people))
                found["catalogue"] = _judged(lambda rows: bench_suite.compare_whole(rows, options.rounds), settings, county, million, None)
        if "xlsx" in options.only:
            found["xlsx"] = bench_xlsx.compare(settings, inbox, options.rounds)
    finally:
        postgres.destroy(settings)
    return found


def _judged(compare: Any, settings: Any, county: str, times: int, *subjects: None) -> dict[str, Any]:
    """What `compare` says of the county's rows, each `times` over; the rules of three subjects, of all with `None`."""
    import bench_suite

    rows = bench_suite.load(settings, bench_city.AS_OF, county, times, *subjects)
    try:
        return dict(compare(rows))
    finally:
        rows.engine.dispose()


if __name__ == "__main__":
    main()
