"""Lists of suspected problems from nation, province or city: each line joined to one item of the county, or opening one.

What an indicator of ours knows is then treated as any other item. What none knows is an item of its own (`EXT-…`), which
no merge judges: a visit's verdict closes it, or the sender's next complete list without it after the county reported it fixed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from duizhang.core.catalogue import load_catalogue
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.ledger import db, ids
from duizhang.ledger.noting import Noting
from duizhang.ledger.roster import Roster

_LOG = logger("ledger.notices")
_ATTEMPTS = 5


class RuleLike(Protocol):
    """What opening an item needs of an indicator."""

    @property
    def severity(self) -> Any: ...
    @property
    def closes(self) -> Any: ...
    @property
    def version(self) -> str: ...


class NoticeLike(Protocol):
    """A line from above, as `Notice` has it."""

    @property
    def source(self) -> str: ...
    @property
    def ref(self) -> str: ...
    @property
    def code(self) -> str | None: ...
    @property
    def title(self) -> str: ...
    @property
    def subject_kind(self) -> str: ...
    @property
    def subject_key(self) -> str: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def body(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Notice:
    """One line from above. `ref` names it in its source's lists (the same line next time has the same); `code` is an
    indicator of ours or None (then `title` says what is asked); the subject is one of the county; `body`: what is shown
    of it – town (9 digits), town_name, village_name, 户编号, 户主姓名, 人编号, 姓名, 证件号码, evidence [{列, 账, 值}], lineage;
    whatever else it holds is kept with the notice.
    """

    source: str
    ref: str
    code: str | None
    title: str
    subject_kind: str
    subject_key: str
    due_on: date | None = None
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class NoticeResult:
    """What became of a line: joined | opened | repeated (this source sent this line before) | proven_before (closed by
    proof, nothing is asked). `number`: the item's; `reason`: one Chinese sentence."""

    outcome: str
    number: str
    reason: str


def note_from_above(
    settings: Settings,
    county: str,
    notices: Sequence[NoticeLike],
    received_on: date,
    file_sha: str,
    complete: bool = False,
    *,
    source: str | None = None,
    rules: Mapping[str, RuleLike] | None = None,
    keys: Path | None = None,
) -> list[NoticeResult]:
    """Join `notices` to the county's items, in their order, in one transaction; a result a line, in the same order.

    The same file twice changes nothing; another file that has a line again is noted and `repeated`. `complete`: the list
    holds all that its source asks of the county (`source` names it where no line is left), so a question of that source
    alone which it no longer has, and which was reported fixed before, is proven. A line about an item that the county has
    answered for good (not so, explained, exempted) is noted on it and not asked again.
    `rules`: code → what opening an item needs (None: the catalogue). `keys`: the keys of the county's newest date
    (subjects/keys/county=…/data.parquet; None or no such file: there are none): by them whoever the ledger first hears of
    here is found again under a new number. Raises `ContractProblem` for a line without source,
    ref or subject, and for a code that is no rule; `InfraProblem` for failures of the database.
    """
    known = rules if rules is not None else {rule.code: rule for rule in load_catalogue(settings)}
    for place, notice in enumerate(notices, 1):
        if not (notice.source and notice.ref and notice.subject_kind and notice.subject_key and (notice.code or ids.folded_title(notice.title))):
            raise ContractProblem(f"Line {place} of a list for {county} lacks its source, reference, subject or title.")
        if notice.code is not None and notice.code not in known:
            raise ContractProblem(f"Line {place} of a list for {county} names an indicator that is not in the catalogue.")
    roster = Roster(keys if keys is not None and keys.exists() else None, settings.installation_key())
    sources = {notice.source for notice in notices} | ({source} if source else set())
    locked = {county}
    for _ in range(_ATTEMPTS):
        with db.transaction(settings) as cursor:
            for name in sorted(locked):
                db.lock(cursor, name)
            run = Noting(cursor, settings.installation_key(), county, received_on, file_sha, notices, roster)
            if not run.counties <= locked:
                locked |= run.counties
                continue
            run.begin()
            found = [NoticeResult(*run.take(notice, known)) for notice in notices]
            if complete:
                run.close(sources)
            counts = run.write(f"notice {file_sha[:12]}", sources)
        outcomes = [result.outcome for result in found]
        _LOG.info("notices of %s: %s, %s", county, {word: outcomes.count(word) for word in sorted(set(outcomes))}, counts)
        return found
    raise InfraProblem(f"Taking a list for {county} kept meeting other counties' merges.")


def external_code(settings: Settings, source: str, title: str) -> str:
    """The code under which a question of `source` that no indicator knows is kept: EXT- and 6 letters of its folded title."""
    return ids.external_code(settings.installation_key(), source, ids.folded_title(title))
