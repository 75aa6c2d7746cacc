"""Which question stands for which: consequences are put under their root, so that one root cause is asked once.

A question is put under another only where that one is asked itself, or waits for what will mend both; it then stands in
the list beside its root, or among what waits. No open question stands nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duizhang.publish.asking import Item, Question, is_about_person, is_asked, subject_of
from duizhang.publish.history import answer_word, from_above

Questions = Mapping[str, Question]
MENDING = frozenset({"已整改", "属实待整改", "部门数据有误"})  # other answers wait for nothing that would mend a consequence


@dataclass(frozen=True)
class Placed:
    """Where each open item stands: asked by itself, beside an asked root (root's item_id → its consequences), or among what
    waits (with the answered roots it waits for; none of an item that waits by itself)."""

    asked: tuple[Item, ...]
    notes: Mapping[str, Sequence[Item]]
    waiting: tuple[tuple[Item, tuple[Item, ...]], ...]


def place(items: Sequence[Item], questions: Questions) -> Placed:
    """Place every one of the open `items`, in their order: each is once in `asked`, in `waiting`, or under asked roots.

    What those above ask for by themselves is asked, unless a root of it is asked and shows their deadline.
    """
    above, known = roots(items, questions), {item["item_id"]: item for item in items}
    asked: list[Item] = []
    notes: dict[str, list[Item]] = {}
    waiting: list[tuple[Item, tuple[Item, ...]]] = []
    for item in items:
        found = [known[root] for root in above[item["item_id"]]]
        under = [root["item_id"] for root in found if is_asked(root)]
        if not is_asked(item):
            waiting.append((item, ()))
        elif not found or (not under and from_above(item)):
            asked.append(item)
        elif under:
            for root in under:
                notes.setdefault(root, []).append(item)
        else:
            waiting.append((item, tuple(found)))
    return Placed(tuple(asked), notes, tuple(waiting))


def person(body: Mapping[str, object]) -> str:
    """What tells one person of a household from another; empty for a question about the whole household."""
    return str(body.get("人编号") or body.get("证件号码") or "")


def stands_with(root: Item, note: Item, questions: Questions) -> bool:
    """Whether two items stand on the same household and, where both speak of a person, on the same person.

    Two questions about records of monitoring stand on the same record.
    """
    one, two = root["body"], note["body"]
    kinds = [subject_of(item, questions[item["code"]]) for item in (root, note)]
    both = all(is_about_person(item, questions[item["code"]]) for item in (root, note))
    if kinds == ["monitoring", "monitoring"]:  # a household may have been taken in twice
        return bool(one.get("subject_key") == two.get("subject_key"))
    if one.get("户编号") and two.get("户编号"):
        return bool(one["户编号"] == two["户编号"] and (not both or person(one) == person(two)))
    if both:
        return bool(person(one)) and person(one) == person(two)
    return bool(kinds[0] == kinds[1] and one.get("subject_key") and one.get("subject_key") == two.get("subject_key"))


def stands_for(root: Item) -> bool:
    """Whether mending `root` is asked for, or promised: an answer that waits for nothing stands for no other question."""
    return is_asked(root) or (root["state"] == "answered" and answer_word(root) in MENDING)


def roots(items: Sequence[Item], questions: Questions) -> dict[str, tuple[str, ...]]:
    """item_id → ids of the items at the end of its chain of causes (empty where it is a root itself).

    A chain goes on through what is answered in any way, and ends only at what `stands_for` others. Items that name each
    other as causes and have no cause outside are all roots: no question may vanish.
    """
    ends = {item["item_id"] for item in items if stands_for(item)}
    above = _ancestors(_causes(items, questions))
    higher = {item_id: [end for end in found if end in ends and item_id not in above[end]] for item_id, found in above.items()}
    return {item_id: tuple(end for end in found if not higher[end]) for item_id, found in higher.items()}


def _causes(items: Sequence[Item], questions: Questions) -> dict[str, list[str]]:
    """item_id → ids of the items that its indicator names as causes and that stand where it stands.

    What is wrong with a file is asked of its sender, one by one: that sheet has no place for consequences.
    """
    places: dict[tuple[str, str], list[Item]] = {}
    files = {item["item_id"] for item in items if subject_of(item, questions[item["code"]]) == "delivery"}
    for item in items:
        if item["state"] != "gone" and item["item_id"] not in files:
            places.setdefault((item["code"], _place(item)), []).append(item)
    return {
        item["item_id"]: [
            cause["item_id"]
            for code in questions[item["code"]].consequence_of
            for cause in places.get((code, _place(item)), ())
            if cause["item_id"] != item["item_id"] and stands_with(cause, item, questions)
        ]
        if item["item_id"] not in files
        else []
        for item in items
    }


def _ancestors(causes: Mapping[str, Sequence[str]]) -> dict[str, dict[str, None]]:
    """item_id → all items its chains of causes lead to, itself only where a chain leads back; in the order they are met."""
    found: dict[str, dict[str, None]] = {}
    for item_id in causes:
        seen: dict[str, None] = {}
        todo = list(reversed(causes[item_id]))
        while todo:
            cause = todo.pop()
            if cause not in seen:
                seen[cause] = None
                todo += reversed(causes[cause])
        found[item_id] = seen
    return found


def _place(item: Item) -> str:
    body = item["body"]
    return str(body.get("户编号") or body.get("证件号码") or body.get("subject_key") or "")
