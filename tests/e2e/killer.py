"""Run the pipeline and die by SIGKILL inside one stage: `python killer.py HOME INBOX AS_OF STAGE`.

The first writes of a stage are let through, so that it dies half way; `merge` dies inside its transaction.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from duizhang import assemble, check, ledger, match, normalise, pipeline, publish, pull, read, snapshot
from duizhang.core.settings import Settings

LET_THROUGH = 2


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _dying(stage: Callable[..., Any]) -> Callable[..., Any]:
    """`stage`, but the third file that it moves into place kills the process before it is moved."""
    moved = 0
    real = os.replace

    def replace(*args: Any, **kwargs: Any) -> None:
        nonlocal moved
        moved += 1
        if moved > LET_THROUGH:
            _die()
        real(*args, **kwargs)

    def run(*args: Any, **kwargs: Any) -> Any:
        os.replace = replace
        try:
            result = stage(*args, **kwargs)
        finally:
            os.replace = real
        if stage.__name__ not in ("read", "normalise"):
            _die()  # few writes: die at its end, before anything after it
        return result

    return run


def main(home: str, inbox: str, as_of: str, stage: str) -> None:
    settings = Settings.load(home)
    modules = {"pull": pull, "read": read, "normalise": normalise, "snapshot": snapshot, "match": match, "assemble": assemble, "check": check,
               "publish": publish}  # fmt: skip
    if stage in modules:
        setattr(modules[stage], stage, _dying(getattr(modules[stage], stage)))
    elif stage in ("merge", "issue"):
        module = sys.modules[f"duizhang.ledger.{stage}"]  # the package's attribute of that name is the function
        real = module.append  # type: ignore[attr-defined]
        module.append = lambda *args, **kwargs: (real(*args, **kwargs), _die())[0]  # type: ignore[attr-defined]
    elif stage == "warehouse":
        ledger.load_warehouse = lambda *args, **kwargs: _die()
    else:
        raise SystemExit(f"no stage {stage}")
    pipeline.run(settings, inbox, as_of, docs=False)
    raise SystemExit("it did not die")


if __name__ == "__main__":
    main(*sys.argv[1:5])
