"""A tiny oracle of its own: some rules computed straight from the written CSV, in the plainest way.

It shares nothing with the planters: it reads the files as a county would send them.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

Row = dict[str, str]
Found = set[tuple[str, str, str]]
CHECKS = "10X98765432"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
OVER_15 = ("普通劳动力", "技能劳动力")


def read(folder: Path, pattern: str, encoding: str = "utf-8-sig", needs: str = "") -> list[Row]:
    """All rows of the CSV files of `pattern`.

    Files that are wounded whole give none: one that cannot be decoded, one without the column `needs` in its first line (a zero
    report, a copy without header, last year's layout).
    """
    rows: list[Row] = []
    for path in sorted(folder.glob(pattern)):
        try:
            text = path.read_text(encoding=encoding)
        except UnicodeDecodeError:
            continue
        found = list(csv.DictReader(io.StringIO(text)))
        if found and (not needs or needs in found[0]):
            rows += [row | {"证件号码": row["证件号码"].replace(" ", "")} if row.get("证件号码") else row for row in found]
    return rows


def upgraded(number: str) -> str:
    """Eighteen characters of a number of the old fifteen."""
    body = number[:6] + "19" + number[6:]
    return body + CHECKS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11] if len(number) == 15 else number


def insurance(folder: Path) -> Iterator[Row]:
    """Rows of the zipped insurance books."""
    for path in sorted(folder.glob("*医保参保*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                for row in csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))):
                    yield row | {"证件号码": upgraded(row["证件号码"])}


def good(number: str) -> bool:
    """The GB 11643 check of 18 characters or more."""
    number = number.upper()
    if len(number) < 18 or not number[:17].isdigit():
        return False
    return CHECKS[sum(int(d) * w for d, w in zip(number[:17], WEIGHTS, strict=True)) % 11] == number[17]


def months(first: str, last: str) -> int:
    """Months from YYYYMM to YYYYMM."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[4:]) - int(first[4:])


def findings(folder: Path, ym: int) -> Found:
    """(code, kind, key) of the rules in CODES over the month's folder; `ym` is the month of the books."""
    people = read(folder, "（自定义）*.csv")
    houses: dict[str, list[Row]] = defaultdict(list)
    for row in people:
        houses[row["户编号"]].append(row)
    found: Found = set()
    for row in people:
        found |= {(code, "person", row["人编号"]) for code in _of_person(row)}
    for members in houses.values():
        first = members[0]
        found |= {(code, "household", first["户编号"]) for code in _of_house(first, members)}
        if first["监测对象类别"]:
            key = f"{first['户编号']}|{first['识别监测时间']}"
            found |= {(code, "monitoring", key) for code in _of_record(first, members, ym)}
    found |= _repeated(people)
    found |= _support(folder, people, ym)
    found |= _insured(folder, people)
    found |= _destitute(folder, people, ym)
    found |= _pensions(folder, people)
    return found


CODES = frozenset((
    "PID-001", "PID-002", "PID-003", "PID-008", "PID-010", "PID-013", "PID-018", "GAX-022", "HHD-001", "HHD-002", "HHD-003", "HHD-005",
    "HHD-030", "MEM-007", "MED-001", "MED-002", "EDU-003", "MON-005", "MON-006", "MON-013", "MON-026", "MON-029", "MON-030", "MON-031",
    "MON-036", "MON-037", "MON-047", "INC-004", "INC-005", "INC-006", "INC-007", "INC-009", "INC-016", "MZX-001", "MZX-002", "YBX-001",
    "MZX-005", "MZX-006", "RSX-001",
))


def _of_person(row: Row) -> Iterator[str]:
    number = row["证件号码"].upper()
    if not number:
        yield "PID-001"
    if number and len(number) not in (18, 20, 22):
        yield "PID-002"
    if len(number) == 15:
        yield "PID-008"
    if len(number) == 18 and not good(number):
        yield "PID-003"
    if len(number) >= 18 and row["性别"] and row["性别"][0] != ("男" if int(number[16]) % 2 else "女"):
        yield "PID-013"
    born = row["出生日期"][:8]
    if born and born > "20101120" and row["劳动技能"] not in ("", "无劳动力"):
        yield "MEM-007"
    unsure = ("", "否")
    if row["是否参加城乡居民基本医疗保险"] in unsure and row["是否参加城镇职工基本医疗保险"] in unsure:
        yield "MED-001"
    if row["是否参加城乡居民基本医疗保险"] == row["是否参加城镇职工基本医疗保险"] == "是":
        yield "MED-002"
    if row["在校生状况"] and row["义务教育阶段未上学原因"]:
        yield "EDU-003"


def _of_house(row: Row, members: list[Row]) -> Iterator[str]:
    relations = Counter(m["与户主关系"] for m in members)
    heads = [m for m in members if m["与户主关系"] == "户主"]
    if not heads:
        yield "HHD-001"
    if len(heads) > 1:
        yield "HHD-002"
    if relations["配偶"] > 1:
        yield "HHD-003"
    if heads and row["户主姓名"].partition("（")[0].replace(" ", "") not in [m["姓名"] for m in heads]:
        yield "PID-018"
    if int(row["当前家庭人口数"]) != len(members):
        yield "HHD-005"
    if not row["住房面积"] or float(row["住房面积"]) <= 0:
        yield "HHD-030"
    yield from _of_income(row, members)


def _of_income(row: Row, members: list[Row]) -> Iterator[str]:
    def yuan(column: str) -> float:
        return float(row[column] or 0)

    total = yuan("工资性收入") + yuan("生产经营性收入") + yuan("财产性收入") + yuan("转移性收入")
    if row["年收入（元）"] and row["财产性收入"] and abs(yuan("年收入（元）") - total) > 1:
        yield "INC-004"
    if abs(yuan("纯收入（元）") - (total - yuan("生产经营性支出（合计）"))) > 1:
        yield "INC-005"
    per_head = row["人均纯收入（元）"]
    size = row["年度家庭人口数"]
    if not size or (per_head and abs(float(per_head) - yuan("纯收入（元）") / int(size)) > 1):
        yield "INC-006"
    if any(yuan(c) < 0 for c in ("工资性收入", "生产经营性收入", "财产性收入", "其他财产性收入", "转移性收入", "年收入（元）")):
        yield "INC-007"
    if per_head and float(per_head) < 4000:
        yield "INC-009"
    if per_head and float(per_head) < 8500 and row["风险是否已消除"] != "否":
        yield "MON-047"
    if any(m["享受低保政策情况"] in ("农村低保", "城市低保") for m in members) and yuan("最低生活保障金") == 0:
        yield "INC-016"


LINES = {"2022": 7000, "2023": 7400, "2024": 7800, "2025": 8200, "2026": 8500}


def _of_record(row: Row, members: list[Row], ym: int) -> Iterator[str]:
    start, end, how, gone = row["识别监测时间"], row["消除监测时间"], row["风险消除方式"], row["风险是否已消除"] == "是"
    risks = [row[f"致贫/返贫风险{n}"] for n in range(1, 6) if row[f"致贫/返贫风险{n}"]]
    unable = all(m["劳动技能"] in ("无劳动力", "丧失劳动力") for m in members)
    supported = any(m["享受低保政策情况"] in ("农村低保", "城市低保") for m in members)
    poor = row["户类型"] == "脱贫户"
    if (row["监测对象类别"], poor) in (("脱贫不稳定户", False), ("边缘易致贫户", True)):
        yield "MON-005"
    if len(set(risks)) < len(risks):
        yield "MON-006"
    if not gone and "缺劳动力" in risks and all(m["劳动技能"] in OVER_15 for m in members):
        yield "MON-013"
    if gone and how != "自然消除" and end and months(start, end) < 12:
        yield "MON-026"
    if gone and how != "自然消除" and unable:
        yield "MON-029"
    if not gone and unable and supported and row["整户无劳动能力兜底保障户"] != "是":
        yield "MON-030"
    if row["整户无劳动能力兜底保障户"] == "是" and any(m["劳动技能"] in (*OVER_15, "弱劳动力或半劳动力") for m in members):
        yield "MON-031"
    if how == "帮扶消除" and end and float(row["风险消除后家庭人均纯收入"]) < LINES[end[:4]]:
        yield "MON-036"
    if end and (int(end) < int(start) or int(end) > ym):
        yield "MON-037"


def _repeated(people: list[Row]) -> Found:
    at: dict[str, list[Row]] = defaultdict(list)
    for row in people:  # of the whole city: each county is told its own side
        if good(row["证件号码"]):
            at[row["证件号码"].upper()[:18]].append(row)
    found: Found = set()
    for rows in at.values():
        if len(rows) > 1:
            found |= {("PID-010", "person", row["人编号"]) for row in rows}
        if len({row["户编号"] for row in rows}) > 1:
            found |= {("GAX-022", "person", row["人编号"]) for row in rows}
    return found


def _keys(people: list[Row]) -> Iterator[tuple[Row, str]]:
    """Every person whose number can be compared, with the 18-character key (old numbers upgraded)."""
    for row in people:
        number = row["证件号码"].upper()
        if len(number) == 15:
            body = number[:6] + "19" + number[6:]
            number = body + CHECKS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]
        if good(number) and "01" <= number[10:12] <= "12":
            yield row, number[:18]


def _support(folder: Path, people: list[Row], ym: int) -> Found:
    supported = {r["身份证号"] for r in read(folder, "*低保备案表*.csv", needs="身份证号") if r["是否保障对象"] == "是" and r["数据月份"] == str(ym)}
    found: Found = set()
    for row, key in _keys(people):
        marked = row["享受低保政策情况"] in ("农村低保", "城市低保")
        if key in supported and not marked:
            found.add(("MZX-001", "person", row["人编号"]))
        if marked and key not in supported:
            found.add(("MZX-002", "person", row["人编号"]))
    return found


def _destitute(folder: Path, people: list[Row], ym: int) -> Found:
    listed = {r["身份证号"]: r["停发年月"] for r in read(folder, "*特困人员备案表*.csv", needs="数据月份") if r["数据月份"] == str(ym)}
    found: Found = set()
    for row, key in _keys(people):
        marked = row["享受特困供养政策情况"] in ("农村特困", "城市特困")
        stopped = key in listed and listed[key] != "" and int(listed[key]) < ym
        if key in listed and not stopped and not marked:
            found.add(("MZX-005", "person", row["人编号"]))
        if marked and key not in listed:
            found.add(("MZX-006", "person", row["人编号"]))
    return found


def _pensions(folder: Path, people: list[Row]) -> Found:
    rows = read(folder, "*养老保险*.csv", "gb18030")
    active = {r["证件号码"] for r in rows if r["险种"].startswith("城乡居民") and r["参保状态"] in ("参保缴费", "领取待遇")}
    return {
        ("RSX-001", "person", row["人编号"]) for row, key in _keys(people)
        if (row["是否参加城乡居民基本养老保险"] == "是") != (key in active)
    }


def _insured(folder: Path, people: list[Row]) -> Found:
    insured: set[str] = set()
    hidden: set[str] = set()
    for row in insurance(folder):
        if row["参保状态"] == "正常参保":
            (hidden if "*" in row["证件号码"] else insured).add(row["证件号码"])
    found: Found = set()
    for row, key in _keys(people):
        says = "是" in (row["是否参加城乡居民基本医疗保险"], row["是否参加城镇职工基本医疗保险"])
        if says and key not in insured and key[:4] + "*" * 10 + key[-4:] not in hidden:
            found.add(("YBX-001", "person", row["人编号"]))
    return found
