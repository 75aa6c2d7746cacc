"""Who lives in a household: drawn compositions of one to seven people, and named shapes for planters."""

from __future__ import annotations

import random
from dataclasses import replace

from duizhang.world.people import Member, Spec

_CHRONIC = "长期慢性病"


def draw(rng: random.Random) -> Spec:
    """A random household of one to seven people."""
    age = rng.choice((30, 34, 38, 42, 46, 50, 54, 58, 62, 66, 70, 76))
    members = [_adult(rng, "户主", rng.choice("男男男女"), age)]
    if rng.random() < 0.75:
        members.append(_adult(rng, "配偶", "女" if members[0].sex == "男" else "男", age - rng.randrange(0, 4)))
    if age >= 58 and rng.random() < 0.6:
        _younger_family(rng, members, age)
    elif age < 58 and len(members) == 2:
        _children(rng, members, age)
    if age < 52 and rng.random() < 0.25:
        sex = rng.choice("男女")
        members.append(_adult(rng, "之父" if sex == "男" else "之母", sex, age + rng.randrange(22, 28)))
    if rng.random() < 0.08:
        head = members[0]
        members[0] = Member(head.relation, head.sex, head.age, head.school, _CHRONIC, dibao=True)
    elif len(members) == 1 and age >= 62 and rng.random() < 0.4:
        members[0] = replace(members[0], tekun=True)
    return Spec(members[:7], rng.choice(("", "", "", "", "", "open", "gone", "gone")))


def _adult(rng: random.Random, relation: str, sex: str, age: int) -> Member:
    fate = rng.random()
    if fate < 0.07:
        cert = rng.choice("1234567") + rng.choice("1234")
        return Member(relation, sex, age, cert=cert, cert_reissued=rng.random() < 0.25, labour=_disabled_labour(cert))
    return Member(relation, sex, age, health=_CHRONIC if fate < 0.22 else "患有大病" if fate < 0.235 else "健康")


def _disabled_labour(cert: str) -> str:
    return "无劳动力" if cert[1] in "12" else "弱劳动力或半劳动力"


def _children(rng: random.Random, members: list[Member], age: int) -> None:
    for _ in range(rng.choice((0, 1, 1, 2, 2, 3))):
        sex = rng.choice("男女")
        child = age - rng.randrange(22, 30)
        if child >= 0:
            members.append(Member("之子" if sex == "男" else "之女", sex, child, school=6 <= child <= 17))


def _younger_family(rng: random.Random, members: list[Member], age: int) -> None:
    son = age - rng.randrange(23, 28)
    members.append(_adult(rng, "之子", "男", son))
    if rng.random() < 0.8:
        members.append(_adult(rng, "之儿媳", "女", son - rng.randrange(0, 4)))
        for _ in range(rng.choice((0, 1, 2))):
            sex, grandchild = rng.choice("男女"), son - rng.randrange(24, 30)
            if grandchild >= 0:
                relation = "之孙子" if sex == "男" else "之孙女"
                members.append(Member(relation, sex, grandchild, school=6 <= grandchild <= 17))


def _pair(sex: str = "男") -> list[Member]:
    other = "女" if sex == "男" else "男"
    return [Member("户主", sex, 46), Member("配偶", other, 44)]


def _with_child(age: int, *, school: bool | None = None, relation: str = "之子") -> list[Member]:
    return [Member("户主", "男", 41), Member(relation, "男" if relation == "之子" else "女", age, school=school)]


SHAPES: dict[str, Spec] = {
    "single": Spec([Member("户主", "男", 45)], poor=True),
    "single_general": Spec([Member("户主", "女", 47)], poor=False),
    "pair": Spec(_pair(), poor=True),
    "trio": Spec([*_pair(), Member("之子", "男", 22, school=False)], poor=False),
    "child_infant": Spec(_with_child(4), poor=True),
    "child_primary": Spec(_with_child(8), poor=True),
    "child_junior": Spec(_with_child(13, relation="之女"), poor=True),
    "child_senior": Spec(_with_child(16, school=True), poor=True),
    "teen_home": Spec(_with_child(17, school=False), poor=True),
    "youth": Spec(_with_child(24, school=False), poor=True),
    "old_father": Spec([Member("户主", "男", 79), Member("之子", "男", 40, school=False)], poor=True),
    "elder_weak": Spec([Member("户主", "男", 72, labour="弱劳动力或半劳动力")], poor=True),
    "disabled_mind": Spec([Member("户主", "男", 50), Member("配偶", "女", 48, cert="52", labour="无劳动力")], poor=True),
    "disabled_mind_light": Spec([Member("户主", "男", 50), Member("配偶", "女", 48, cert="53")], poor=True),
    "elder": Spec([Member("户主", "男", 66)], poor=True),
    "brothers": Spec([Member("户主", "男", 45), Member("之兄弟姐妹", "男", 42)], poor=True),
    "dibao": Spec([Member("户主", "男", 55, health=_CHRONIC, dibao=True)], poor=True),
    "dibao_pair": Spec([Member("户主", "男", 55), Member("配偶", "女", 54, health=_CHRONIC, dibao=True)], poor=True),
    "disabled": Spec([Member("户主", "男", 50), Member("配偶", "女", 48, cert="43")], poor=True),
    "disabled_heavy": Spec([Member("户主", "男", 50), Member("配偶", "女", 48, cert="42", labour="无劳动力")], poor=True),
    "open": Spec([Member("户主", "男", 46), Member("配偶", "女", 44, health=_CHRONIC)], "open", "脱贫不稳定户", True, "因病"),
    "open_edge": Spec([Member("户主", "男", 46), Member("配偶", "女", 44, health=_CHRONIC)], "open", "边缘易致贫户", False, "因病"),
    "open_able": Spec(_pair(), "open", "边缘易致贫户", False, "因意外事故"),
    "open_disabled": Spec([Member("户主", "男", 50), Member("配偶", "女", 48, cert="63")], "open", "脱贫不稳定户", True, "因意外事故"),
    "open_elder_dibao": Spec([Member("户主", "男", 77, dibao=True, health=_CHRONIC)], "open", "脱贫不稳定户", True, "缺劳动力"),
    "open_child": Spec(_with_child(13, relation="之女"), "open", "脱贫不稳定户", True, "因意外事故"),
    "gone_child": Spec(_with_child(13, relation="之女"), "gone", "边缘易致贫户", False, "因意外事故"),
    "gone": Spec(_pair(), "gone", "脱贫不稳定户", True, "因意外事故"),
    "gone_edge": Spec(_pair("女"), "gone", "边缘易致贫户", False, "因意外事故"),
    "gone_elder": Spec([Member("户主", "男", 66, labour="弱劳动力或半劳动力")], "gone", "脱贫不稳定户", True, "因意外事故"),
    "with_father": Spec([Member("户主", "男", 50), Member("之父", "男", 76, labour="无劳动力")], poor=True),
    "with_grandson": Spec([Member("户主", "男", 66), Member("之孙子", "男", 30, school=False)], poor=True),
    "with_elders": Spec(
        [Member("户主", "男", 50), Member("之父", "男", 76, labour="无劳动力"), Member("之岳父", "男", 77, labour="无劳动力")], poor=True
    ),
    "ill_single": Spec([Member("户主", "男", 52, health=_CHRONIC, labour="无劳动力")], poor=True),
    "young_pair": Spec([Member("户主", "男", 26), Member("配偶", "女", 24)], poor=True),
    "old_pair": Spec([Member("户主", "男", 76), Member("配偶", "女", 58)], poor=True),
    "open_weak": Spec(
        [Member("户主", "男", 66), Member("配偶", "女", 65), Member("之子", "男", 41), Member("之孙子", "男", 13)],
        "open", "边缘易致贫户", False, "因意外事故"),
    "open_four": Spec([*_pair(), Member("之父", "男", 71), Member("之女", "女", 8)], "open", "边缘易致贫户", False, "因意外事故"),
    "open_five": Spec(
        [*_pair(), Member("之父", "男", 71), Member("之母", "女", 70), Member("之女", "女", 9)], "open", "边缘易致贫户", False, "因意外事故"),
    "open_school": Spec([Member("户主", "男", 41), Member("之女", "女", 13)], "open", "边缘易致贫户", False, "因意外事故"),
    "open_unable": Spec([Member("户主", "男", 77), Member("配偶", "女", 76)], "open", "边缘易致贫户", False, "因意外事故"),
    "open_single": Spec([Member("户主", "男", 47)], "open", "边缘易致贫户", False, "因意外事故"),
    "open_long": Spec(
        [Member("户主", "男", 46, health=_CHRONIC), Member("配偶", "女", 44, health=_CHRONIC)], "open", "边缘易致贫户", False, "因病",
        {"start": "202409"}),
    "open_two_years": Spec(_pair(), "open", "边缘易致贫户", False, "因意外事故", {"start": "202411"}),
    "open_recent": Spec([Member("户主", "男", 47)], "open", "边缘易致贫户", False, "因意外事故", {"start": "202512"}),
    "open_fresh": Spec(_pair(), "open", "边缘易致贫户", False, "因意外事故", {"start": "202609"}),
    "open_late": Spec(_pair(), "open", "边缘易致贫户", False, "因意外事故", {"start": "202603"}),
    "open_in_time": Spec(_pair(), "open", "边缘易致贫户", False, "因意外事故", {"start": "202602"}),
    "open_elder": Spec([Member("户主", "男", 66)], "open", "脱贫不稳定户", True, "因意外事故"),
    "open_disabled_heavy": Spec(
        [Member("户主", "男", 50), Member("配偶", "女", 48, cert="42", labour="无劳动力")], "open", "脱贫不稳定户", True, "因意外事故"),
    "open_dibao_pair": Spec([Member("户主", "男", 46), Member("配偶", "女", 44, health=_CHRONIC, dibao=True)], "open", "脱贫不稳定户", True, "因病"),
    "open_sudden": Spec(_pair(), "open", "突发严重困难户", False, "因意外事故"),
    "chronic": Spec([Member("户主", "男", 52, health=_CHRONIC)], poor=True),
    "ill": Spec([Member("户主", "男", 50, health="患有大病")], poor=True),
    "tekun": Spec([Member("户主", "男", 68, tekun=True)], poor=True),
    "tekun_sixty": Spec([Member("户主", "男", 60, tekun=True)], poor=True),
    "tekun_ill": Spec([Member("户主", "男", 45, health=_CHRONIC, labour="弱劳动力或半劳动力", tekun=True)], poor=True),
    "disabled_again": Spec([Member("户主", "男", 50), Member("配偶", "女", 48, cert="43", cert_reissued=True)], poor=True),
    "disabled_dibao": Spec([Member("户主", "男", 50), Member("配偶", "女", 48, cert="43", dibao=True)], poor=True),
    "open_elder_tekun": Spec([Member("户主", "男", 77, tekun=True)], "open", "脱贫不稳定户", True, "缺劳动力"),
    "teen_sixteen": Spec(_with_child(16, school=False), poor=True),
    "sixty": Spec([Member("户主", "男", 60)], poor=True),
    "sixty_one": Spec([Member("户主", "男", 61)], poor=True),
}
