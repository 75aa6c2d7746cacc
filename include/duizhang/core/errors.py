"""The exception tree. Its classes say who must act; only `InfraProblem` is worth a retry.

No message may hold a cell value: names, counts, columns, files and row numbers only.
"""

from __future__ import annotations

from typing import Any


class DuizhangError(Exception):
    """Base of all errors this package raises on purpose."""

    who = "the operator"

    def __init__(self, message: str, *, action: str = "") -> None:
        self.message = message
        self.action = action
        super().__init__(f"{message} {action}".strip())

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is, whatever its constructor asks for: a worker process hands it on."""
        return _again, (type(self), self.args), self.__dict__


class FeedProblem(DuizhangError):
    """The sender must repair or send again. `message` and `action` are Chinese sentences an officer can follow."""

    who = "the sender of the file"


class ContractProblem(DuizhangError):
    """A contract, parameter file or setting of ours is wrong: the platform engineer must mend it."""

    who = "the platform engineer"


class RuleProblem(DuizhangError):
    """A catalogue entry is wrong or cannot run: the owner of the catalogue must mend it."""

    who = "the owner of the catalogue"

    def __init__(self, code: str, kind: str, message: str, *, action: str = "") -> None:
        self.code = code
        self.kind = kind
        super().__init__(f"{code}: {message}", action=action)


class InfraProblem(DuizhangError):
    """Disk, database or network: worth a retry."""

    who = "the platform engineer (retry)"


def _again(kind: type[DuizhangError], args: tuple[Any, ...]) -> DuizhangError:
    problem = kind.__new__(kind)
    problem.args = args
    return problem
