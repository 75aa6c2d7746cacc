"""Why a file is refused: a FeedProblem of a stated kind. Its sentences are Chinese and hold no cell value."""

from __future__ import annotations

from duizhang.core.errors import FeedProblem
from duizhang.read.report import RefusedKind


class Refusal(FeedProblem):
    """The file (or member) cannot be taken in; `message` says why, `action` what to do, `missing` which columns lack."""

    def __init__(self, kind: RefusedKind, message: str, action: str, *, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message, action=action)
        self.kind: RefusedKind = kind
        self.missing = missing
