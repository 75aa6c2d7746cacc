"""A made-up county on disk: contracts, catalogue, results, coverage and ledger items, as the other stages leave them."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from duizhang.core.settings import Settings

COUNTY, NAME = "990101", "青石县"
TOWNS = {"990101001": "松岭镇", "990101002": "柳河乡", "990101003": "石桥镇"}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(rng: random.Random) -> str:
    """A made-up identity number of region 99xxxx with a right check digit."""
    stem = f"99010{rng.randint(1, 9)}{rng.randint(1940, 2018)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{rng.randint(0, 999):03}"
    return stem + "10X98765432"[sum(int(d) * w for d, w in zip(stem, WEIGHTS, strict=True)) % 11]


def _contract(feed: str, book: str, department: str, role: str, tables: dict[str, list[str]]) -> dict[str, Any]:
    columns = sorted({name for names in tables.values() for name in names})
    return {
        "feed": feed, "title": book, "department": department, "owner": department, "book": book, "role": role,
        "cadence": "每月", "max_age": 25, "files": [f"*{feed}*"], "header": {"anchors": [[columns[0]]]},
        "volume": {"min": 1, "max": 9}, "columns": [{"name": name} for name in columns],
        "tables": {name: {"key": [names[0]], "columns": names} for name, names in tables.items()},
    }  # fmt: skip


CONTRACTS = (
    _contract("国册", "全国防返贫监测信息系统", "县乡村振兴局", "national", {"户": ["户编号", "户联系电话"], "人": ["人编号", "姓名"]}),
    _contract("死册", "死亡注销名单", "县公安局", "department", {"死": ["公民身份号码", "死亡日期"]}),
    _contract("保册", "农村低保备案表", "县民政局", "department", {"低": ["身份证号", "是否保障对象"]}),
    _contract("医册", "居民医保参保名单", "县医保局", "department", {"医": ["证件号", "参保状态"]}),
    _contract("访册", "入户核查表", "乡镇（入户）", "field", {"访": ["户编号 ", "家庭人口数"]}),
)


def _rule(code: str, title: str, subject: str, severity: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code, "title": title, "subject": subject, "where": "甲 = 1", "evidence": ["甲"], "stands_on": ["甲"],
        "severity": severity, "kind": "账账", "dimension": "一致性", "authority": "部门", "basis": ["自编"],
        "examples": {"violates": [{"甲": 1}], "passes": [{"甲": 2}]}, **more,
    }  # fmt: skip


RULES = (
    _rule("AAA-001", "已死亡未减员", "person", "错误", question="公安已登记死亡注销，国家系统里还在册。",
          remedy="核实后在国家系统做自然减少，变动原因选“死亡”。", fix_at="国家系统→动态管理→自然减少"),
    _rule("AAA-002", "有已死亡成员的户人口数不符", "household", "错误", consequence_of=["AAA-001"],
          question="户内有已死亡成员，家庭人口数多算。", remedy="减员后系统自动重算。", fix_at="国家系统→户信息"),
    _rule("AAA-003", "民政在保而系统未标低保", "person", "错误", question="民政低保名单里在保，国家系统“享受低保政策情况”为空或未享受。",
          remedy="核对本月低保名单，在国家系统改为对应的低保类型；不在保的请民政更正。", fix_at="国家系统→保障信息"),
    _rule("AAA-004", "系统标参保而医保无正常参保", "person", "错误", consequence_of=["AAA-001"],
          question="国家系统标为已参加居民医保，医保局当年没有正常参保记录。",
          remedy="查医保局参保状态：没参保的动员参保，外省参保的附佐证，标错的改国家系统。", fix_at="国家系统→保障信息；县医保局"),
    _rule("AAA-005", "户联系电话为空或非 11 位", "household", "疑似", question="户联系电话空着或不是 11 位。",
          remedy="入户核实后补录手机号；没有电话的填包户干部电话。", fix_at="国家系统→户信息→基础信息", exemptible=True),
    _rule("AAA-006", "家庭人口数与入户不一致", "household", "疑似", question="入户看到的家庭人口数与国家系统不一致。",
          remedy="以入户为准核对成员增减。", fix_at="国家系统→户信息→家庭成员"),
    _rule("AAA-007", "村户数与区划不符", "village", "疑似", question="村里在册户数与村信息不一致。", remedy="核对村信息。", fix_at="国家系统→村信息"),
    _rule("AAA-008", "长数字被转成数值", "delivery", "错误", question="证件号码列被 Excel 转成了数值，末几位已经丢失，这些行没有接收。",
          remedy="请从业务系统重新导出，证件号码列存成文本，再报一次。", fix_at="报送部门"),
    _rule("AAA-009", "人均纯收入算错", "household", "错误", question="人均纯收入与收入合计对不上。", remedy="重算后改录。",
          fix_at="国家系统→收入信息"),
)  # fmt: skip


@dataclass
class County:
    """The made-up county: settings on its home, and what the ledger would hand to publish."""

    settings: Settings
    as_of: str
    cycle: str
    items: list[dict[str, Any]] = field(default_factory=list)
    flow: list[dict[str, Any]] = field(default_factory=list)

    def lookup(self, numbers: Collection[str]) -> dict[str, list[dict[str, Any]]]:
        """What the ledger knows of published rows, in the shape of `ledger.published`."""
        return {
            item["number"]: [
                {"item_id": item["item_id"], "number": item["number"], "county": item["county"], "cycle": self.cycle,
                 "value_hash": item["value_hash"], **{name: item["body"].get(name) for name in ("户编号", "姓名", "证件号码")}}
            ]
            for item in self.items
            if item["number"] in numbers
        }  # fmt: skip


def code_root(root: Path) -> dict[str, str]:
    """Contracts and catalogue below `root`; gives the environment that points to them."""
    contracts, expectations = root / "contracts", root / "expectations"
    contracts.mkdir(parents=True)
    expectations.mkdir()
    for contract in CONTRACTS:
        (contracts / f"{contract['feed']}.yaml").write_text(yaml.safe_dump(contract, allow_unicode=True))
    (contracts / "codes.yaml").write_text("{}")
    (expectations / "AAA.yaml").write_text(yaml.safe_dump(list(RULES), allow_unicode=True))
    key = hashlib.sha256(b"made-up").hexdigest()
    return {"DUIZHANG_CONTRACTS": str(contracts), "DUIZHANG_EXPECTATIONS": str(expectations), "DUIZHANG_KEY": key}


def build(root: Path, *, households: int = 40, as_of: str = "2026-10-25", cycle: str = "2026-10") -> County:
    """A county with about one question a household, its results and coverage; deterministic.

    The environment of `code_root(root)` must be set.
    """
    (root / "home").mkdir(mode=0o700)
    county = County(Settings(home=root / "home"), as_of, cycle)
    rng = random.Random(7)
    for number in range(households):
        county.items += _household(number, rng, cycle)
    town = next(iter(TOWNS))
    county.items.append(_item("AAA-008", town, rng, {"subject_key": f"保册|{COUNTY}", "evidence": [_e("长数字转数值行数", "农村低保备案表", 4)]}))
    village = {"subject_key": f"{town}201", "evidence": [_e("户数", "全国防返贫监测信息系统", 31)]}
    county.items.append(_item("AAA-007", town, rng, {**village, "village_name": "大坪村", "town_name": TOWNS[town]}))
    write_partitions(county)
    county.flow = [_flow(code, county.items) for code in sorted({item["code"] for item in county.items})]
    return county


def _e(column: str, book: str, value: object) -> dict[str, object]:
    return {"列": column, "账": book, "值": value}


def _item(code: str, town: str, rng: random.Random, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    rule = next(rule for rule in RULES if rule["code"] == code)
    item_id = hashlib.sha256(f"{code}{rng.random()}".encode()).hexdigest()
    return {
        "item_id": item_id, "number": f"{code}-{item_id[:10].upper()}", "code": code, "severity": rule["severity"],
        "closes": "export", "county": COUNTY, "town": town, "state": "found", "opened_on": "2026-10-25",
        "last_hit": "2026-10-25", "issued_cycle": None, "due_on": None, "times_returned": 0, "answer": None,
        "answered_on": None, "na_since": None, "value_hash": hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(),
        "body": body, **more,
    }  # fmt: skip


SURNAMES, GIVEN = "甄贾闻人司空百里东郭南宫", ("大山", "小禾", "桂香", "有田", "春生", "秀英", "满仓", "石头", "阿妹", "长顺")


def _household(number: int, rng: random.Random, cycle: str) -> list[dict[str, Any]]:
    town = sorted(TOWNS)[number % 3]
    head, number18 = rng.choice(SURNAMES) + rng.choice(GIVEN), id_number(rng)
    base = {
        "town_name": TOWNS[town], "village_name": ("大坪村", "上湾村", "新田村")[number % 2], "户编号": f"9901{number:012}",
        "户主姓名": head, "人编号": None, "姓名": head, "证件号码": number18,
    }  # fmt: skip
    one = {**base, "人编号": f"P{number:06}1", "姓名": head, "证件号码": number18}
    two = {**base, "人编号": f"P{number:06}2", "姓名": head[0] + rng.choice(GIVEN), "证件号码": id_number(rng)}
    states: dict[str, Any] = {
        1: {"state": "issued", "issued_cycle": "2026-09", "due_on": "2026-10-02"},
        2: {"state": "returned", "issued_cycle": "2026-09", "due_on": "2026-10-02", "times_returned": 1},
        3: {"state": "answered", "issued_cycle": "2026-09", "answer": "已整改", "answered_on": "2026-10-08"},
        4: {"state": "gone", "issued_cycle": "2026-09"},
    }.get(number % 9, {})
    national = "全国防返贫监测信息系统"
    kind = number % 4
    if kind == 0:
        dead = {**two, "evidence": [_e("姓名", national, two["姓名"]),
                                    _e("人口状态", national, "在册"), _e("死亡_日期", "死亡注销名单", "2026-08-11")]}
        whole = {**base, "evidence": [_e("家庭人口数", national, 4)]}
        insured = {**two, "evidence": [_e("是否参加城乡居民基本医疗保险", national, "是"), _e("参保_正常", "居民医保参保名单", False)]}
        return [
            _item("AAA-001", town, rng, dead, **states),
            _item("AAA-002", town, rng, whole),
            _item("AAA-004", town, rng, insured),
        ]
    if kind == 1:
        body = {**one, "evidence": [_e("享受低保政策情况", national, None),
                                    _e("低保_在享", "农村低保备案表", True), _e("低保_类型", "农村低保备案表", "B类")]}
        phone = {**base, "evidence": [_e("户联系电话", national, "=1380000")]}
        return [_item("AAA-003", town, rng, body, **states), _item("AAA-005", town, rng, phone)]
    if kind == 2:
        body = {**one, "evidence": [_e("是否参加城乡居民基本医疗保险", national, "是"), _e("参保_正常", "居民医保参保名单", False)]}
        return [_item("AAA-004", town, rng, body, **states)]
    body = {**base, "evidence": [_e("家庭人口数", national, 5.0), _e("入户_家庭人口数", "入户核查表", 4)]}
    return [_item("AAA-006", town, rng, body, **states)]


def write_partitions(county: County) -> None:
    """checks/ and books/ of the county as of its date, counts agreeing with the items."""
    base = county.settings.at(county.as_of)
    checks, books = base / "checks" / f"county={COUNTY}", base / "books"
    checks.mkdir(parents=True, exist_ok=True)
    books.mkdir(parents=True, exist_ok=True)
    hits = Counter(item["code"] for item in county.items)
    town_hits = Counter((item["code"], item["town"]) for item in county.items)
    results, by_town = [], []
    for rule in RULES:
        code = rule["code"]
        na = {"AAA-006": 60, "AAA-009": 180}.get(code, 0)
        row = {"code": code, "subject": rule["subject"], "county": COUNTY, "rows": 180, "na": na, "applicable": 180 - na,
               "hits": hits[code], "unknown": 2 if code == "AAA-003" else 0,
               "na_reason": {"AAA-006": "石桥镇的“入户核查表”本期未收到", "AAA-009": "缺口径参数：监测范围线"}.get(code, "")}  # fmt: skip
        results.append(row)
        for town, name in TOWNS.items():
            away = 60 if na == 180 or (na and town.endswith("3")) else 0
            by_town.append({**row, "town": town, "town_name": name, "rows": 60, "na": away, "applicable": 60 - away,
                            "hits": town_hits[code, town], "unknown": 0})  # fmt: skip
    coverage = [
        {"feed": c["feed"], "book": c["book"], "county": COUNTY, "town": town, "town_name": name,
         "status": "missing" if c["feed"] == "访册" and town.endswith("3") else "full",
         "data_date": None if c["feed"] == "访册" and town.endswith("3") else "2026-10-20", "file": "0" * 12}
        for c in CONTRACTS for town, name in TOWNS.items()
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(results), checks / "results.parquet")
    pq.write_table(pa.Table.from_pylist(by_town), checks / "results_by_town.parquet")
    pq.write_table(pa.Table.from_pylist(coverage), books / "coverage.parquet")
    regions = [{"county": COUNTY, "county_name": NAME, "town": t, "town_name": n} for t, n in TOWNS.items()]
    pq.write_table(pa.Table.from_pylist(regions), books / "regions.parquet")
    write_households(county)
    problem = {"code": "AAA-009", "kind": "missing_parameter", "message": "参数_监测范围线 没有本县本年度的值"}
    (checks / "problems.json").write_text(json.dumps([problem], ensure_ascii=False))


HAMLETS = ("十组", "2组", None, "一组", "坡上")


def write_households(county: County) -> None:
    """subjects/household of the county: every household of the items, some in no hamlet."""
    bodies = {i["body"]["户编号"]: (i["town"], i["body"]) for i in county.items if i["body"].get("户编号")}
    rows = [
        {"_key": number, "_household": number, "_head": body["户主姓名"], "_town": town, "_village_name": body["village_name"],
         "自然村": HAMLETS[int(number) // 3 % len(HAMLETS)], "当前家庭人口数": 2 + int(number) % 5}
        for number, (town, body) in sorted(bodies.items())
    ]  # fmt: skip
    path = county.settings.at(county.as_of) / "subjects" / "household" / f"county={COUNTY}" / "data.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = {"_key": "", "_household": "", "_head": "", "_town": "", "_village_name": "", "自然村": "", "当前家庭人口数": 0}
    table = pa.Table.from_pylist(rows or [schema])
    pq.write_table(table if rows else table.slice(0, 0), path)


def _flow(code: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    mine = [item for item in items if item["code"] == code]
    new = sum(item["state"] == "found" for item in mine)
    gone = sum(item["state"] == "gone" for item in mine)
    zeros = dict.fromkeys(("reopened", "moved_in", "verified_not_so", "acknowledged", "exempted", "withdrawn", "moved_out", "na"), 0)
    return {"code": code, "opening": len(mine) - new + 2, "new": new, "proven": 2, "closing": len(mine), "gone": gone, **zeros}
