"""Several processes for work that falls into counties or files: each imports once and keeps what it has compiled."""

from __future__ import annotations

import multiprocessing
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

T = TypeVar("T")
R = TypeVar("R")
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]i?B)\s*", re.IGNORECASE)


class Crew:
    """`each` does a piece of work for every item; in this process where there is one worker, else in worker processes."""

    def __init__(self, settings: Settings, pool: ProcessPoolExecutor | None = None) -> None:
        self.settings = settings
        self._pool = pool

    def each(self, work: Callable[[Settings, T], R], items: Sequence[T]) -> Iterator[R]:
        """The answers in the order of `items`. `work` and what it takes and gives must pickle; its exception ends the rest."""
        if self._pool is None or len(items) < 2:
            yield from (work(self.settings, item) for item in items)
            return
        mine = share(self.settings)
        waiting = [self._pool.submit(work, mine, item) for item in items]
        try:
            for future in waiting:
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def crew(settings: Settings) -> Iterator[Crew]:
    """`settings.workers` processes, or none but this where that is 1. Threads and memory are divided among them."""
    if settings.workers < 2:
        yield Crew(settings)
        return
    umask = os.umask(0o077)  # what a worker writes is as private as what this process writes
    with ProcessPoolExecutor(settings.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield Crew(settings, pool)
    os.umask(umask)


def share(settings: Settings) -> Settings:
    """What one of `settings.workers` may use. ContractProblem where the memory limit is not a number with KB, MB, GB or TB."""
    size = _SIZE.fullmatch(settings.memory_limit)
    if size is None:
        raise ContractProblem(f"{settings.memory_limit!r} is not a size.", action="Write DUIZHANG_MEMORY_LIMIT as 4GB.")
    part = f"{float(size[1]) / settings.workers:.3f}{size[2]}"
    return replace(settings, threads=max(1, settings.threads // settings.workers), memory_limit=part, workers=1)
