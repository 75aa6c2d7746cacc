"""Who writes in a home: steps of the pipeline share a lock, and what needs the home at rest (a backup) has it alone."""

from __future__ import annotations

import fcntl
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from duizhang.core.errors import InfraProblem
from duizhang.core.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")
_LOCK = ".writing.lock"


def writes(step: Callable[Concatenate[Settings, P], R]) -> Callable[Concatenate[Settings, P], R]:
    """`step(settings, …)` that holds the home as one of its writers; it waits while the home is at rest."""

    @functools.wraps(step)
    def run(settings: Settings, /, *args: P.args, **kwargs: P.kwargs) -> R:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (settings.home / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            return step(settings, *args, **kwargs)

    return run


@contextmanager
def at_rest(settings: Settings) -> Iterator[None]:
    """Hold the home without writers. Raises InfraProblem (worth a retry) at once where a step is writing."""
    with (settings.home / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InfraProblem("A run is writing in this home.", action="Try again when it has ended.") from None
        yield
