"""One list from above in its transaction: lines → items, events and rows of ledger.notice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from duizhang.ledger import db, ids, watch
from duizhang.ledger.events import OPEN, Event, Values, append, subject_steps
from duizhang.ledger.judge import CLOSED
from duizhang.ledger.roster import Roster
from duizhang.ledger.subjects import Resolver

if TYPE_CHECKING:
    from duizhang.ledger.notices import NoticeLike, RuleLike

Outcome = tuple[str, str, str]  # outcome, number, reason
_SHOWN = ("town_name", "village_name", "户编号", "户主姓名", "人编号", "姓名", "证件号码")
_STATE = {"found": "待下发", "issued": "已下发", "answered": "已回复", "returned": "已退回", "gone": "对象已不在账上"}
JOINED = "并入本县已有的同一问题（{}），不再重复下发。"
OPENED = "已登记为本县新问题，列入下一期清单。"
EXTERNAL = "不在本系统指标之内，已按上级问题登记，列入下一期清单；须凭入户核查结果，或上级下一份完整清单不再列出，方可销号。"
AGAIN = "该问题曾于{}销号，上级清单再次列出，已重新登记。"
STILL = "县里报已整改，上级清单仍列出，已退回。"
ANSWERED = "该问题已于{}{}，所依据的数据未变，只作记录，不再重复询问。"
REPEATED = "同一来源的这一行以前已登记，不再重复。"
BEFORE = "该问题已于{}{}，不再登记。"
_INSERT = (
    "INSERT INTO ledger.item (item_id, number, code, severity, closes, subject_id, subject_kind, county, town, opened_on, "
    "first_found, last_hit, rule_version, stands_hash, value_hash, household_key_hash, origin) VALUES %s"
)
_UPDATE = (
    "UPDATE ledger.item i SET last_hit = greatest(i.last_hit, u.last_hit), value_hash = u.value_hash, "
    "due_on = CASE WHEN u.fresh THEN NULL WHEN i.due_on IS NULL THEN NULL ELSE least(i.due_on, u.due_on) END "
    "FROM (VALUES %s) AS u (item_id, last_hit, value_hash, due_on, fresh) WHERE i.item_id = u.item_id"
)


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _is_external(item: Mapping[str, Any]) -> bool:
    return bool(item["code"].startswith(ids.EXTERNAL))


class Noting:
    """The subjects, items and earlier notices that a list touches, and what it makes of them."""

    def __init__(
        self, cursor: Any, key: bytes, county: str, received_on: date, file_sha: str, notices: Sequence[NoticeLike], roster: Roster
    ) -> None:
        self._cursor = cursor
        self._key = key
        self._county = county
        self._on = received_on
        self._sha = file_sha
        self._notices = notices
        self._values = Values(key, received_on)
        self._events: list[Event] = []
        self._rows: list[tuple[Any, ...]] = []
        self._inserts: list[tuple[Any, ...]] = []
        self._changed: dict[str, tuple[Any, ...]] = {}
        self._named: set[str] = set()
        cursor.execute("SELECT max(as_of) FROM ledger.merged WHERE county = %s", (county,))
        # subjects are dated by the books they were looked up in, not by the later day on which the list came
        seen = min(cursor.fetchone()[0] or received_on, received_on)
        self._resolver = Resolver(cursor, key, county, seen, roster, follow=False)
        self._resolver.resolve((notice.subject_kind, notice.subject_key) for notice in notices)

    @property
    def counties(self) -> set[str]:
        """The counties whose locks the list needs: its own, and those that subjects leave for it."""
        return {self._county, *self._resolver.plan.moved.values()}

    def begin(self) -> None:
        """Load what the lines may touch; subjects that are new here, or come from another county, are stored."""
        moved = self._resolver.plan.moved
        found = db.rows(
            self._cursor,
            "SELECT * FROM ledger.item WHERE item_id = ANY(%s) OR subject_id = ANY(%s) "
            "OR (county = %s AND ledger.is_open(state) AND starts_with(code, %s))",
            (sorted({self._item_id(notice) for notice in self._notices}), sorted(moved), self._county, ids.EXTERNAL),
        )
        self._items = {item["item_id"]: item for item in found}
        self._cursor.execute(
            "SELECT source, ref, item_id, file_sha FROM ledger.notice WHERE item_id = ANY(%s)", (sorted(self._items),)
        )
        self._taken: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        self._senders: dict[str, set[str]] = defaultdict(set)
        for source, ref, item_id, sha in self._cursor.fetchall():
            self._taken[source, ref, item_id].add(sha)
            self._senders[item_id].add(source)
        self._cursor.execute(
            "SELECT least(min(received_on), %s) FROM ledger.received_list WHERE county = %s AND file_sha = %s",
            (self._on, self._county, self._sha),
        )
        self._since = self._cursor.fetchone()[0]  # when this file first came: taken again later, it is no newer
        self._events += subject_steps(self._items.values(), moved, (), self._county, self._on)
        self._resolver.write()
        if moved:
            watch.copy_values(self._cursor, self._county, [event.item_id for event in self._events if event.kind == "moved_in"])

    def _code(self, notice: NoticeLike) -> str:
        return notice.code or ids.external_code(self._key, notice.source, ids.folded_title(notice.title))

    def _item_id(self, notice: NoticeLike) -> str:
        subject = self._resolver.plan.of_finding[notice.subject_kind, notice.subject_key]
        return ids.item_id(self._key, self._code(notice), notice.subject_kind, subject)

    # -- lines -----------------------------------------------------------------------------------------------------------

    def take(self, notice: NoticeLike, rules: Mapping[str, RuleLike]) -> Outcome:
        """Join one line, or open an item for it."""
        item_id = self._item_id(notice)
        item = self._items.get(item_id)
        self._named.add(item_id)
        if item is None:
            item = self._open(item_id, notice, rules)
            self._note(item, notice)
            return "opened", item["number"], OPENED if notice.code else EXTERNAL
        line = (notice.source, notice.ref, item_id)
        if self._sha in self._taken[line]:
            return "repeated", item["number"], REPEATED
        if item["state"] in ("proven", "withdrawn"):
            return self._closed(item, notice)
        known = bool(self._taken[line])
        if item["state"] not in OPEN:
            reason = ANSWERED.format(_words(item["closed_on"]), CLOSED[item["state"]])
        elif self._claimed(item):
            self._note(item, notice)
            self._emit(item, "returned", "returned", "still_listed", self._show(item, notice))
            return "repeated" if known else "joined", item["number"], STILL
        else:
            reason = JOINED.format(_STATE[item["state"]])
        self._note(item, notice)
        return ("repeated", item["number"], REPEATED) if known else ("joined", item["number"], reason)

    def _closed(self, item: dict[str, Any], notice: NoticeLike) -> Outcome:
        """A line about what is closed by proof: ours stands on books and is not asked again, theirs is whatever they list."""
        day = _words(item["closed_on"])
        if not _is_external(item):
            return "proven_before", item["number"], BEFORE.format(day, CLOSED[item["state"]])
        self._emit(item, "reopened", "found", "listed_again", self._show(item, notice))
        self._note(item, notice)
        return "opened", item["number"], AGAIN.format(day)

    def _claimed(self, item: Mapping[str, Any]) -> bool:
        """A question of theirs alone that the county reported fixed before this list came."""
        fixed = _is_external(item) and item["state"] == "answered" and item["answer"] == "fixed"
        return fixed and bool(item["answered_on"] < self._since)

    def _open(self, item_id: str, notice: NoticeLike, rules: Mapping[str, RuleLike]) -> dict[str, Any]:
        code, body = self._code(notice), notice.body
        rule = rules[code] if notice.code else None
        severity, closes, version = (rule.severity, rule.closes, rule.version) if rule else ("疑似", "field", "external")
        home = body.get("户编号")
        stands = ids.digest(self._key, "stands", notice.source, ids.folded_title(notice.title), code)
        item: dict[str, Any] = {
            "item_id": item_id, "number": ids.number(code, item_id), "code": code, "state": "new", "answer": None, "closed_on": None,
            "value_hash": self._values.add(self._county, "finding", _shown(notice)), "due_on": None,
        }  # fmt: skip
        self._inserts.append(
            (item_id, item["number"], code, severity, closes, self._resolver.plan.of_finding[notice.subject_kind, notice.subject_key],
             notice.subject_kind, self._county, body.get("town"), self._on, self._on, self._on, version, stands, item["value_hash"],
             ids.alias(self._key, "household", home) if home else None, "upper")
        )  # fmt: skip
        self._items[item_id] = item
        self._emit(item, "found", "found", None, item["value_hash"])
        return item

    def _show(self, item: dict[str, Any], notice: NoticeLike) -> str:
        """From now on the item shows what this line says, and is asked afresh."""
        item["value_hash"] = self._values.add(self._county, "finding", _shown(notice))
        self._changed[item["item_id"]] = (item["item_id"], self._on, item["value_hash"], None, True)
        return str(item["value_hash"])

    def _note(self, item: dict[str, Any], notice: NoticeLike) -> None:
        line = (notice.source, notice.ref, item["item_id"])
        if self._sha in self._taken[line]:
            return
        due = notice.due_on.isoformat() if notice.due_on else None
        value = self._values.add(
            self._county,
            "notice",
            {**notice.body, "item_id": item["item_id"], "source": notice.source, "ref": notice.ref, "code": notice.code,
             "title": notice.title, "received_on": self._on.isoformat(), "due_on": due},
        )  # fmt: skip
        self._taken[line].add(self._sha)
        self._senders[item["item_id"]].add(notice.source)
        self._rows.append(
            (self._county, notice.source, notice.ref, item["item_id"], self._on, notice.due_on, self._sha, value)
        )
        self._emit(item, "noted", item["state"], None, value)
        if item["state"] in OPEN and item["item_id"] not in self._changed:
            # what they say is no finding of ours: last_hit stays
            self._changed[item["item_id"]] = (item["item_id"], None, item["value_hash"], notice.due_on, False)
        elif item["state"] in OPEN and notice.due_on and not self._changed[item["item_id"]][4]:
            old = self._changed[item["item_id"]]
            self._changed[item["item_id"]] = (*old[:3], min(old[3] or notice.due_on, notice.due_on), False)

    def _emit(self, item: dict[str, Any], kind: str, to_state: str, reason: str | None, value: str | None) -> None:
        self._events.append(
            Event(self._county, item["item_id"], item["number"], kind, item["state"], to_state, self._on, "upper", None, reason, value)
        )
        item["state"] = to_state

    # -- a complete list, and storage --------------------------------------------------------------------------------------

    def close(self, sources: Collection[str]) -> None:
        """What one of `sources` alone asks, and no longer lists, is proven where it was reported fixed before."""
        for item_id, item in sorted(self._items.items()):
            if item_id not in self._named and self._claimed(item) and self._senders[item_id] & set(sources):
                self._emit(item, "proven", "proven", "off_list", None)

    def write(self, run_id: str, sources: Collection[str]) -> dict[str, int]:
        """Store values, items, events and notices, and that the list of `sources` came; gives events by kind."""
        self._values.write(self._cursor)
        db.insert(self._cursor, _INSERT, self._inserts)
        counts = append(self._cursor, self._key, self._events, run_id)
        fresh = {row[0] for row in self._inserts}
        db.insert(
            self._cursor, _UPDATE, [row for row in self._changed.values() if row[0] not in fresh],
            template="(%s, %s::date, %s, %s::date, %s::boolean)",
        )  # fmt: skip
        db.insert(
            self._cursor,
            "INSERT INTO ledger.notice (county, source, ref, item_id, received_on, due_on, file_sha, value_hash) VALUES %s",
            self._rows,
        )
        # also where no line of it stands: fed again it is no newer than on the day it first came
        db.insert(
            self._cursor,
            "INSERT INTO ledger.received_list (county, source, file_sha, received_on) VALUES %s ON CONFLICT DO NOTHING",
            [(self._county, source, self._sha, self._on) for source in sorted(sources)],
        )
        return counts


def _shown(notice: NoticeLike) -> dict[str, Any]:
    """The body of an item that a list from above opened: as a finding's, with what is asked and by whom."""
    body = notice.body
    return {
        "subject_kind": notice.subject_kind,
        "subject_key": notice.subject_key,
        **{name: body.get(name) for name in _SHOWN},
        "evidence": list(body.get("evidence") or ()),
        "stands_on": {},
        "lineage": dict(body.get("lineage") or {}),
        "问题": notice.title,
        "来源": notice.source,
    }
