"""Dying in the middle: a step runs in a forked child that kills itself (SIGKILL) at one of the points it passes.

Points are every file that is moved into place, every write transaction just before and just after its commit, and the end
of the step. Nothing is cleaned up, nothing is caught: what is left behind is what a power cut would leave.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from duizhang.core.settings import Settings
from duizhang.ledger import db


def die_in(step: Callable[[], Any], point: int) -> None:
    """Run `step` in a child that dies at its `point`-th point (its end, if it has fewer). AssertionError where it did not."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _run(step, point)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"the child ended with {status}"


def _run(step: Callable[[], Any], point: int) -> None:
    passed = 0

    def pass_by() -> None:
        nonlocal passed
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    _hook(pass_by)
    try:
        step()
    except BaseException:  # noqa: BLE001 - the parent must see it, and must not go on in two processes
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(3)
    os.kill(os.getpid(), signal.SIGKILL)


def _hook(pass_by: Callable[[], None]) -> None:
    """Call `pass_by` at every point. Only ever in a child: nothing is put back."""
    for name in ("replace", "rename"):
        setattr(os, name, _moving(getattr(os, name), pass_by))
    real = db.transaction

    @contextlib.contextmanager
    def transaction(settings: Settings, *, read_only: bool = False) -> Iterator[Any]:
        with real(settings, read_only=read_only) as cursor:
            yield cursor
            if not read_only:
                pass_by()
        if not read_only:
            pass_by()

    db.transaction = transaction


def _moving(real: Callable[..., Any], pass_by: Callable[[], None]) -> Callable[..., Any]:
    def move(*args: Any, **kwargs: Any) -> Any:
        pass_by()
        return real(*args, **kwargs)

    return move
