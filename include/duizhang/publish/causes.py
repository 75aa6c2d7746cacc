"""Which question stands for which: consequences are put under their root, so that one root cause is asked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from duizhang.publish.asking import Item, Question, is_about_person, subject_of

Questions = Mapping[str, Question]


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


def roots(items: Sequence[Item], questions: Questions) -> dict[str, tuple[str, ...]]:
    """item_id → ids of the items at the end of its chain of causes (empty where it is a root itself).

    Items that name each other as causes and have no cause outside are all roots: no question may vanish.
    """
    places: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        if item["state"] != "gone":
            places.setdefault((item["code"], _place(item)), []).append(item)
    causes = {
        item["item_id"]: [
            cause
            for code in questions[item["code"]].consequence_of
            for cause in places.get((code, _place(item)), ())
            if cause["item_id"] != item["item_id"] and stands_with(cause, item, questions)
        ]
        for item in items
    }

    def climb(item_id: str, seen: frozenset[str]) -> tuple[str, ...]:
        above = [cause["item_id"] for cause in causes[item_id] if cause["item_id"] not in seen]
        if not causes[item_id]:
            return (item_id,)
        ends = [end for cause in above for end in climb(cause, seen | {item_id})]
        return tuple(dict.fromkeys(ends))

    return {item_id: climb(item_id, frozenset()) if above else () for item_id, above in causes.items()}


def _place(item: Item) -> str:
    body = item["body"]
    return str(body.get("户编号") or body.get("证件号码") or body.get("subject_key") or "")
