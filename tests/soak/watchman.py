"""What must hold every month. Every expectation comes from the living world and from plain replays of the events."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from duizhang import ledger
from duizhang.core import returns

from tests.soak.above import Sent
from tests.soak.ledgers import ONCE, OPEN, Event, Ledger
from tests.soak.officers import Paper, Upload
from tests.soak.shapes import Month, Row, month_of

ASKED = {"found", "issued", "returned"}
EXTERNAL = "EXT-"
BY_CHECK = {"found", "restated", "returned", "proven", "withdrawn", "gone", "reappeared", "reopened"}


def folded(name: object) -> str:
    """A name without white space, as one person writes it in two ways."""
    return "".join(unicodedata.normalize("NFKC", str(name or "")).split())


class Watchman(Ledger):
    """Looks at a ledger month by month. Each method asserts; messages name seed, month and county."""

    # -- after the merges --------------------------------------------------------------------------------------------

    def after_merges(self, month: Month) -> None:
        """What the check may and may not have done."""
        self.load()
        for county in self.living.counties:
            for event in self.events[county]:
                if event["as_of"] == month.as_of and event["actor"] == "check" and event["kind"] in BY_CHECK:
                    self._proof(month, event)
        self._one_open_item(month)

    def _word(self, event: Event) -> str:
        """What the books of the event's county say of its item this month."""
        code, sid = row = self.row_of[event["item_id"]]
        seen = self.living.history[row][self.living.index]
        if event["kind"] == "gone" and self.living.traceless & self._whose(row):
            word = self.living.verdict(event["county"], code, sid[0], self.items[event["item_id"]]["body"]["subject_key"])[0]
        elif seen.county == event["county"]:
            return seen.word
        else:
            word = self.living.verdict(event["county"], code, sid[0], self.living.key_of(sid))[0]
        # whom another book names there no more, where the household is not: nobody said that it was mended
        return "absent" if sid[0] == "case" and word == "clear" and self.living.went(row, event["county"]) else word

    def _proof(self, month: Month, event: Event) -> None:
        row, kind, word = self.row_of[event["item_id"]], event["kind"], self._word(event)
        where = f"{self.where(month, event['county'])}: {event['kind']} of {row}, books say {word}"
        assert not row[0].startswith(EXTERNAL), f"{where}: our check knows nothing of it"
        history = self.living.history[row]
        last = next((history[k] for k in range(month.index - 1, -1, -1) if history[k].word == "hit"), None)
        last = last or history.get(self.opened_above.get(event["item_id"], -1))
        now = history[month.index]
        assert word not in ("na", "unknown"), f"{where}: nothing can be said, so nothing may open or close"
        if kind == "proven":
            assert word == "clear", f"{where}: proof is a covered month without the finding"
            assert last is not None and last.version == now.version, f"{where}: another version of the rule proves nothing"
        elif kind == "withdrawn":
            joined = event["reason"] == "joined" and self._moved_in(event)
            changed = word == "clear" and last is not None and last.version != now.version
            assert joined or changed or word == "no_rule", f"{where}: no reason to withdraw"
        elif kind == "gone":
            assert word == "absent", f"{where}: it is not gone"
        else:
            assert word == "hit", f"{where}: not found this month"
            if kind == "returned":
                said = self.answers[event["item_id"]][-1]
                assert said["reason"] == "fixed" and month.data_date > said["as_of"], f"{where}: nobody claimed it before these data"
            if kind == "restated":
                above = event["item_id"] in self.opened_above  # what those above told is not what our check sees
                assert above or (last is not None and last.turn != now.turn), f"{where}: what it stands on is the same"

    def _one_open_item(self, month: Month) -> None:
        """One household's one defect is one open item, whatever number the household has."""
        by_row: dict[Row, list[dict[str, Any]]] = defaultdict(list)
        for item_id, item in self.items.items():
            if item["state"] in OPEN:
                by_row[self.row_of[item_id]].append(item)
        for row, items in by_row.items():
            shown = [(i["number"], i["county"], i["state"]) for i in items]
            if self.living.traceless & self._whose(row):
                here = self.living.county_of(row[1])
                items = [i for i in items if i["state"] != "gone" and i["county"] == here] or items[:1]
            assert len(items) == 1, f"{self.where(month)}: {row} ({self.living.key_of(row[1])}) is open more than once: {shown}"
        for row, history in self.living.history.items():
            seen = history[month.index]
            if seen.word == "hit":
                mine = [i for i in self.items.values() if self.row_of[i["item_id"]] == row]
                assert mine, f"{self.where(month, seen.county)}: {row} stands in the books and has no item"

    def _moved_in(self, event: Event) -> bool:
        """Whether the question that a twin was opened beside came to its county (or was opened there) in the same breath."""
        row = self.row_of[event["item_id"]]
        here = (e for e in self.events[event["county"]] if e["as_of"] == event["as_of"] and e["kind"] in ("moved_in", "found"))
        return any(e["item_id"] != event["item_id"] and self.row_of[e["item_id"]] == row for e in here)

    def _whose(self, row: Row) -> set[str]:
        """The household and person that a row is about."""
        kind, key = row[1]
        home = self.living.home_of(row[1])
        return {home.sid if home else "", key.partition("|")[0] if kind in ("person", "work_spell") else ""}

    # -- after issuing -----------------------------------------------------------------------------------------------

    def after_issue(self, month: Month) -> None:
        """What is asked, and what is not."""
        self.load()
        for county, paper in self.papers.items():
            where = self.where(month, county)
            numbers = [shown.number for shown in paper.shown]
            assert len(numbers) == len(set(numbers)), f"{where}: a question stands twice on the list"
            by_number = {item["number"]: item for item in self.items.values()}
            for number in numbers:
                item = by_number[number]
                assert item["county"] == county, f"{where}: {number} is another county's"
                assert item["state"] in ASKED, f"{where}: {number} is asked in state {item['state']}"
                self._asked_once(month, item)
            for shown in paper.shown:
                limit = self.deadlines.get(by_number[shown.number]["item_id"])
                assert limit is None or shown.due <= limit.isoformat(), f"{where}: {shown.number} is due {shown.due}, above wants {limit}"
            for item in self.items.values():
                if item["county"] == county and item["code"].startswith(EXTERNAL) and item["state"] in ASKED:
                    assert item["number"] in numbers, f"{where}: {item['number']} of those above is asked nowhere"
            self._nothing_forgotten(month, county, paper)

    # -- those above -------------------------------------------------------------------------------------------------

    def noted(self, month: Month, sent: Sent, results: list[Any]) -> None:
        """Every line is joined to the one item of its subject, or opens it; nothing else moves but what the sender may close."""
        new, where = self.load(), self.where(month, sent.county)
        assert len(results) == len(sent.lines), f"{where}: lines of the list are lost"
        numbers = {item["number"]: item for item in self.items.values()}
        for row, result in zip(sent.rows, results, strict=True):
            item = numbers[result.number]
            found = self.row_of[item["item_id"]]
            assert found[1] == row[1] and (found[0] == row[0] or (not row[0] and found[0].startswith(EXTERNAL))), f"{where}: {result} for {row}"
            self.seen[f"line {result.outcome}"] += 1
        for line, result in zip(sent.lines, results, strict=True):
            item = numbers[result.number]
            if line.due_on and item["state"] in OPEN:
                self.deadlines[item["item_id"]] = min(line.due_on, self.deadlines.get(item["item_id"], line.due_on))
        for event in new:
            code = self.row_of[event["item_id"]][0]
            said = self.answers[event["item_id"]][-1:]
            assert event["actor"] in ("upper", "check"), f"{where}: {event['kind']} of {code} by {event['actor']}"
            if event["kind"] == "found":
                self.opened_above[event["item_id"]] = month.index
            if event["kind"] in ("proven", "returned"):
                assert code.startswith(EXTERNAL), f"{where}: those above close or return {code}"
                assert said and said[0]["reason"] == "fixed" and said[0]["as_of"] < sent.on, f"{where}: nobody claimed it"
                assert sent.complete or event["kind"] == "returned", f"{where}: not the whole list"

    def _asked_once(self, month: Month, item: dict[str, Any]) -> None:
        """An answered question is on no later list while what the answer stands on stands."""
        row, answers = self.row_of[item["item_id"]], self.answers[item["item_id"]]
        if row[0].startswith(EXTERNAL):
            told = [e for e in self.events[item["county"]] if e["item_id"] == item["item_id"] and e["kind"] not in ("issued", "noted")]
            assert told[-1]["kind"] != "answered", f"{self.where(month, item['county'])}: {item['number']} was answered and is asked again"
            return
        earlier = [a for a in answers if a["cycle"] != month.cycle]
        if not earlier:
            return
        said, history = earlier[-1], self.living.history[row]
        at = max(k for k in history if Month(k, *self._calendar(k)).as_of <= said["as_of"])
        later = [history[k] for k in range(at, month.index + 1)]
        known = next((history[k].turn for k in range(at, -1, -1) if history[k].word == "hit"), None)
        why = {
            "changed": any(seen.turn != known for seen in later if seen.word == "hit"),
            "vanished": any(seen.word in ("clear", "no_rule") for seen in later),
            "traceless": bool(self.living.traceless & self._whose(row)),
            "expired": said["kind"] == "exempted" and item["first_found"] < month.as_of and (month.as_of - said["as_of"]).days > 300,
            "returned": said["reason"] == "fixed" and month.data_date > said["as_of"],
            # nothing could be said of it in a month between, and the claim was then seen to be false
        }
        words = [(seen.word, seen.turn) for seen in later]
        assert any(why.values()), (
            f"{self.where(month, item['county'])}: {item['number']} {row} was answered {said['reason']} on {said['as_of']} "
            f"and is asked again; {words}"
        )

    def _calendar(self, index: int) -> tuple[int, int]:
        return month_of(index, self.living.first)

    def _nothing_forgotten(self, month: Month, county: str, paper: Paper) -> None:
        """Every open defect that the books show is asked, waits, is a note under a root, or was answered for good."""
        listed = {shown.number for shown in paper.shown}
        items = {self.row_of[i["item_id"]]: i for i in self._latest()}
        for row, history in self.living.history.items():
            seen = history[month.index]
            if seen.county != county or seen.word not in ("hit", "na", "unknown") or not self.living.standing(row):
                continue
            where, item = f"{self.where(month, county)}: {row}", items.get(row)
            if item is None:
                assert seen.word != "hit", f"{where}: planted, covered, and not in the ledger"
                continue
            if seen.word == "hit":
                assert item["county"] == county, f"{where}: lives in {county}, its item in {item['county']}"
                assert item["state"] != "gone", f"{where}: found this month and gone"
            if item["state"] in ASKED and item["county"] == county:
                assert item["number"] in listed or self._is_note(item, paper), f"{where}: {item['number']} ({item['state']}, {seen}) is asked nowhere"
            elif item["state"] in ("answered", "gone") and item["county"] == county:
                assert item["number"] in paper.waiting, f"{where}: {item['number']} ({item['state']}) is not among what waits"
            elif seen.word == "hit":
                assert item["state"] in ONCE, f"{where}: {item['number']} is {item['state']} and the defect stands"

    def _is_note(self, item: dict[str, Any], paper: Paper) -> bool:
        """Whether it stands under another question of its household: on the list, or one that waits."""
        home, causes = item["body"]["户编号"] or "", self._causes(item["code"])
        if any(f"（{item['code']}）" in shown.notes and shown.household == home for shown in paper.shown):
            return True
        above = (i for i in self.items.values() if i["code"] in causes and i["state"] == "answered" and i["county"] == item["county"])
        return any((i["body"]["户编号"] or "") == home for i in above)

    def _causes(self, code: str) -> set[str]:
        """Codes that may stand above `code`, step by step."""
        found, new = set(), {code}
        while new:
            new = {cause for each in new if each in self.living.all_rules for cause in self.living.all_rules[each].consequence_of} - found
            found |= new
        return found

    def _latest(self) -> Iterable[dict[str, Any]]:
        return sorted(self.items.values(), key=lambda item: (item["state"] in OPEN, item["last_hit"]))

    # -- answers -----------------------------------------------------------------------------------------------------

    def sent(self, upload: Upload) -> None:
        """Remember what the officer wrote."""
        for number, cells in upload.filled.items():
            self.meant[number].add((cells[returns.ANSWER], cells.get(returns.NOTE), folded(cells.get(returns.ANSWERED_BY)), upload.on))

    def received(self, upload: Upload, read: Any, result: dict[str, Any]) -> None:
        """Every filled row is accepted, a repetition, or refused with a reason."""
        where = f"seed {self.living.seed}, {upload.path.name}"
        assert not read.refused_file, f"{where}: refused as a whole: {read.refused_file}"
        filled = len(upload.filled) + upload.strangers
        assert len(read.answers) + len(read.refused) + read.doubled == filled, f"{where}: {filled} rows filled, receipt tells of others"
        done = {name: result[name] for name in ("accepted", "repeated", "refused")}
        assert sum(done.values()) in (len(read.answers), filled), f"{where}: {len(read.answers)} answers read, {done}"
        assert all(refused.reason for refused in read.refused), f"{where}: refused without a reason"
        own = {answer.county for answer in read.answers}
        assert own <= {upload.county} or upload.strangers >= len(upload.filled), f"{where}: rows of {own} taken"
        self.seen.update({f"rows {name}": n for name, n in done.items()})
        self.seen["rows sent back"] += len(read.refused)
        if upload.why == "again":
            assert not done["accepted"], f"{where}: the same upload counted twice"

    def after_answers(self, month: Month) -> None:
        """What the answers did."""
        for event in self.load():
            where = f"{self.where(month, event['county'])}: {event['kind']} of {self.items[event['item_id']]['number']}"
            if event["kind"] not in ("answered", *ONCE):
                assert event["kind"] in ("issued", "noted"), f"{where}: no officer can do this"
                continue
            self._own_words(where, event)
            if event["kind"] in ONCE:
                self._closed_by_answer(where, event)
        problems = ledger.verify(self.settings)
        assert problems == [], f"{self.where(month)}: {[str(problem) for problem in problems[:3]]}"

    def _own_words(self, where: str, event: Event) -> None:
        """The answer stands on the item that the officer answered, in the officer's words."""
        body, number = event["body"], self.items[event["item_id"]]["number"]
        said = (body["核查结果"], body["核查说明"], folded(body["核查人"]), event["as_of"])
        assert said in self.meant[number] or body["核查人"] is None, f"{where}: nobody answered this"
        assert body["item_id"] == event["item_id"], f"{where}: the answer names another item"

    def _closed_by_answer(self, where: str, event: Event) -> None:
        item, body = self.items[event["item_id"]], event["body"]
        assert (body["核查说明"] or "").strip(), f"{where}: closed without a note"
        if event["kind"] == "verified_not_so":
            assert item["severity"] == "疑似" or item["closes"] == "field", f"{where}: an error is not closed by a word"
            if item["closes"] == "field":
                assert body["核查人"] and body["核查日期"], f"{where}: a field verdict without a person and a day"
        elif event["kind"] == "acknowledged":
            assert item["closes"] == "acknowledged" or item["code"].startswith(EXTERNAL), f"{where}: this kind is not closed by an explanation"
        else:
            assert folded(body["批准人"]) not in ("", folded(body["核查人"])), f"{where}: nobody else approved"
            assert self.living.all_rules[item["code"]].exemptible, f"{where}: cannot be exempted"
            until = self.items[event["item_id"]]["exempt_until"]
            assert until is None or isinstance(until, date)
