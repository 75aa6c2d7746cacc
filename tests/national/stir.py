"""Makes the county's rules hit: households of a made-up inbox are rewritten, per code, until its own predicate finds them.

A search over each rule's own columns and constants: two households that it hits and one that it just does not. Only the five
exports are rewritten; every number stays in the made-up region 990101.
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.national.exports import FEEDS, NAMES, Row, gather, judge, predicate, settled
from tests.national.reader import WEIGHTS

PATTERNS = dict(
    zip(
        FEEDS,
        ("*监测对象信息*", "（乡村建设）户信息*", "*已外出务工信息*", "*计划外出务工信息*", "*行政村信息*"),
        strict=True,
    )
)
MONITORED = ("监测对象类别", "整户无劳动能力兜底保障户")
OF_MONITORING = ("识别", "风险", "致贫/返贫", "消除", "监测", "发现", "纳入", "因自然", "实施")
TRIES, HITS, HOUSES = 500, 2, 12
NUMBERS = ("", "-5", "0", "0.5", "6", "50", "99", "150", "250", "350", "3500", "25000", "31000")
MONTHS = (
    "202011",
    "202106",
    "202203",
    "202205",
    "202211",
    "202302",
    "202305",
    "202511",
    "202602",
    "202606",
    "202609",
    "202610",
)
SPELLS = ("", "2020年5月", "2021年11月", "2024年3月", "2026年2月", "2026年10月", "2027年1月")
PHONES = ("", "1990000", "29900000001", "19900000001", "19900000002")
AGES = (2, 5, 7, 11, 14, 15, 16, 17, 18, 19, 21, 30, 59, 60, 69, 70, 75)
WORDS = {  # of the code lists, where the texts of a rule are of several columns, or only the beginning of a word
    "公益性岗位": ("保洁员", "护林员,保洁员", "护林员,保洁员,护路员"),
    "健康状况": ("健康", "患有大病", "残疾", "长期慢性病"),
    "务工所在县": ("临港区", "海丰县"),
    "务工所在地": ("海东省", "海东省海宁市临港区"),
    "在校生状况": (
        "学龄前儿童",
        "学前教育",
        "小学",
        "七年级",
        "普通高中一年级",
        "中职二年级",
        "高职高专一年级",
        "本科一年级",
        "硕士研究生及以上",
    ),
    "文化程度": ("小学", "文盲或半文盲", "大专", "本科及以上"),
    "劳动技能": ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力"),
    "享受低保政策情况": ("未享受", "农村低保", "城市低保"),
    "享受特困供养政策情况": ("未享受", "农村特困", "城市特困"),
    "与户主关系": ("户主", "配偶", "之子", "之女", "之父", "之儿媳"),
    "性别": ("男", "女"),
    "证件类型": ("居民身份证", "残疾人证"),
    "就业渠道": ("公益性岗位", "帮扶车间", "自主就业"),
    "就业渠道（易地搬迁后扶使用）": ("务工",),
    "健康帮扶": ("参加城乡居民基本医疗保险个人缴费补贴",),
    "就业帮扶": ("劳务输出", "外出务工补贴", "技能培训", "其他", "其他,技能培训"),
    "产业帮扶": ("其他", "生产项目"),
    "金融帮扶": ("其他", "小额信贷"),
    "综合保障": ("低保", "特困供养", "残疾人补贴", "低保,残疾人补贴"),
    "教育帮扶": ("雨露计划", "其他"),
    "实施开发式帮扶措施情况": ("已实施", "尚未实施"),
    "风险消除方式": ("帮扶消除", "自然消除"),
    "义务教育阶段未上学原因": ("因病", "因残"),
    "因自然灾害子项": ("洪涝",),
}

Sent = dict[str, list[Row]]


def load(inbox: Path) -> tuple[Sent, dict[str, Path]]:
    """The five exports of an inbox that is all CSV, and their files."""
    paths = {feed: next(inbox.glob(pattern + ".csv")) for feed, pattern in PATTERNS.items()}
    sent = {}
    for feed, path in paths.items():
        with path.open(encoding="utf-8-sig", newline="") as lines:
            sent[feed] = list(csv.DictReader(lines))
    return sent, paths


def save(sent: Sent, paths: dict[str, Path], columns: dict[str, list[str]]) -> None:
    """Write the exports back, columns as they were."""
    for feed, path in paths.items():
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, columns[feed], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(sent[feed])


def identity(rng: random.Random) -> str:
    """A made-up number: of 18 characters, now and then wrong, or of 20 with a kind and grade of disability."""
    years = rng.choice(AGES)
    body = f"990101{2026 - years}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randint(1, 999):03d}"
    last = "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]
    kind = rng.random()
    if kind < 0.7:
        return body + last
    wrong = "1" if last != "1" else "2"
    whole = body + last
    return (body + wrong, body, whole + "41", whole + "42", whole + "93", "999999" + whole[6:])[rng.randrange(6)]


def candidates(rng: random.Random, column: str, texts: list[str]) -> str:
    """A value for `column`: what may stand there, mostly a constant of the rule."""
    if column in ("开始时间", "结束时间"):
        return rng.choice(SPELLS)
    if column in ("识别监测时间", "消除监测时间"):
        return rng.choice(MONTHS)
    if "电话" in column:
        return rng.choice(PHONES)
    if (
        re.search("面积|收入|支出|距离|月数|补助|供养金|户数|人数|总人口|个数|人口数|（人）", column)
        and "是否" not in column
    ):
        return rng.choice(NUMBERS)
    if column.startswith("是否") or "是否" in column:
        return rng.choice(("是", "否", ""))
    if column.startswith("致贫/返贫风险"):
        return rng.choice(
            ["", "", *([t for t in texts if t.startswith("因") or t in ("缺劳动力", "其他")] or ["因病"])]
        )
    return rng.choice(["", *WORDS.get(column, texts)])


class Stirrer:
    """One search over one inbox; `used` households are left alone afterwards."""

    def __init__(self, sent: Sent, seed: int) -> None:
        self.sent, self.rng = sent, random.Random(seed)
        self.columns = {feed: list(rows[0]) for feed, rows in sent.items()}
        base = self.columns[FEEDS[0]]
        self.personal = set(base[base.index("人编号") : base.index("人员识别时间") + 1])
        aids = base[base.index("识别监测时间") :]
        self.monitoring = [*MONITORED, *(c for c in aids if c.startswith(OF_MONITORING))]
        self.monitoring += base[base.index("是否义务教育阶段适龄儿童少年失学辍学") : base.index("其他帮扶") + 1]
        self.by_house: dict[str, Sent] = defaultdict(lambda: {feed: [] for feed in FEEDS})
        for feed in FEEDS[:4]:
            for row in sent[feed]:
                self.by_house[row["户编号"]][feed].append(row)
        self.houses = [key for key, rows in sorted(self.by_house.items()) if rows[FEEDS[0]]]
        self.donors = [
            self.by_house[k][FEEDS[0]][0] for k in self.houses if self.by_house[k][FEEDS[0]][0]["监测对象类别"]
        ]
        self.rng.shuffle(self.houses)
        newest = max(row["年度"] for row in sent[FEEDS[4]])
        self.villages = [row for row in sent[FEEDS[4]] if row["是否出列"] == "是" and row["年度"] == newest]
        self.rng.shuffle(self.villages)

    def all(
        self, rules: dict[str, dict[str, str]], given: dict[str, dict[str, Any]], reads: dict[str, dict[str, str]]
    ) -> dict[str, int]:
        """Code → households or villages made to hit."""
        made = {}
        for code, row in rules.items():
            if row["predicate"] == "FALSE":
                continue
            node = predicate(row, reads.get(code, {}))
            values = settled(row["parameters"], given.get(code, {}))
            made[code] = (
                self.places(row, node, values)
                if row["grain"] == "村"
                else self.one(row, node, values, reads.get(code, {}))
            )
        return made

    def one(self, row: dict[str, str], node: Any, values: dict[str, Any], reads: dict[str, str]) -> int:
        hits, near = 0, 0
        for _ in range(HOUSES):
            key = self.pick(row)
            if (hits >= HITS and near) or key is None:
                break
            original, before, found = self.by_house[key], None, None
            for _ in range(TRIES):
                tried = self.changed(row, original, reads)
                hit = bool(
                    judge(
                        gather({feed: [dict(r) for r in rows] for feed, rows in tried.items()}),
                        node,
                        row["grain"],
                        values,
                    )
                )
                if hit and hits < HITS:
                    found = tried
                    break
                before = before if hit else tried
            if found:
                hits += 1
            elif before and not near:
                found, near = before, 1
            if found:
                self.put(original, found)
                self.houses.remove(key)
        return hits

    def pick(self, row: dict[str, str]) -> str | None:
        """A household that has the exports which the rule asks for; two members or more where it looks at members."""
        work, plans, members = (
            "EXISTS(w IN" in row["predicate"],
            "EXISTS(p IN" in row["predicate"],
            "COUNT(" in row["predicate"],
        )
        fit = []
        for key in self.houses:
            rows = self.by_house[key]
            if (
                (work and not rows[FEEDS[2]])
                or (plans and not work and not rows[FEEDS[3]])
                or (members and len(rows[FEEDS[0]]) < 2)
            ):
                continue
            fit.append(key)
            if len(fit) == 30:
                break
        return self.rng.choice(fit) if fit else None

    def put(self, original: Sent, found: Sent) -> None:
        for feed in FEEDS[:4]:
            for old, new in zip(original[feed], found[feed], strict=False):
                old.clear()
                old.update(new)
            for gone in original[feed][len(found[feed]) :]:
                self.sent[feed] = [r for r in self.sent[feed] if r is not gone]

    def changed(self, rule: dict[str, str], original: Sent, reads: dict[str, str]) -> Sent:
        """A copy of a household's rows with some of the rule's columns set."""
        rng, texts = self.rng, [t for t in re.findall(r"'([^']*)'", rule["predicate"]) if t]
        rows = {feed: [dict(r) for r in original[feed]] for feed in FEEDS}
        base = rows[FEEDS[0]]
        if "[监测对象类别] <> ''" in rule["predicate"] and not base[0]["监测对象类别"]:
            donor = rng.choice(self.donors)
            for row in base:
                row.update({column: donor[column] for column in self.monitoring})
        if "已外出" in rule["tables"] and rng.random() < 0.35:
            rows[FEEDS[2]] = []
        for written in rule["columns"].split(";"):
            owner, _, column = written.partition(".") if written.startswith(("务工.", "计划.")) else ("", "", written)
            column = NAMES.get(reads.get(column, column), reads.get(column, column))
            chosen = rows[FEEDS[2]] if owner == "务工" else rows[FEEDS[3]] if owner == "计划" else base
            if not chosen or rng.random() < 0.25 or (column == "监测对象类别" and not owner) or column == "户类型":
                continue
            if column == "证件号码" and not owner:
                self.renumber(rows, rng.choice(base))
            elif column in chosen[0]:
                alone = owner or (column in self.personal and rng.random() < 0.5)
                value = candidates(rng, column, texts)
                for row in [rng.choice(chosen)] if alone else chosen:
                    row[column] = value
        return rows

    def renumber(self, rows: Sent, person: Row) -> None:
        old, new = person["证件号码"], identity(self.rng)
        for feed in FEEDS[:4]:
            for row in rows[feed]:
                if row["证件号码"] == old and row.get("人编号", person["人编号"]) == person["人编号"]:
                    row["证件号码"] = new
        person["出生日期"] = new[6:14]
        person["证件类型"] = "残疾人证" if len(new) > 18 else "居民身份证"

    def places(self, row: dict[str, str], node: Any, values: dict[str, Any]) -> int:
        """A village whose row is changed until the rule finds it."""
        if "村内人口" in row["predicate"] or not self.villages:
            return 0
        place = self.villages.pop()
        for _ in range(TRIES):
            tried = dict(place)
            for written in row["columns"].split(";"):
                column = NAMES.get(written, written)
                if column in tried and column != "是否出列" and self.rng.random() < 0.8:
                    tried[column] = (
                        self.rng.choice(("是", "否", ""))
                        if "是否" in column
                        else self.rng.choice(("", "0", "7", "900"))
                    )
            if judge(gather({feed: [dict(tried)] if feed == FEEDS[4] else [] for feed in FEEDS}), node, "村", values):
                place.update(tried)
                return 1
        return 0


def stir(
    inbox: Path, rules: dict[str, dict[str, str]], given: dict[str, Any], reads: dict[str, Any], seed: int
) -> dict[str, int]:
    """Rewrite the exports of `inbox` so that as many rules as can be hit; code → how many units were made to."""
    sent, paths = load(inbox)
    stirrer = Stirrer(sent, seed)
    made = stirrer.all(rules, given, reads)
    save(stirrer.sent, paths, stirrer.columns)
    return made
