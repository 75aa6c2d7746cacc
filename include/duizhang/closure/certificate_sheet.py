"""县级闭合证明: a page that a county can sign, the exemptions that remain, and where the evidence is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from duizhang.closure.certificate import FAILED, PASSED, UNDECIDED, Proof, conclusion
from duizhang.officer.page import BAD, GOOD, OPEN, Cell, Page, workbook

SHEET, EXEMPT, EVIDENCE = "闭合证明", "剩余豁免", "依据"
_COLOUR = {PASSED: GOOD, FAILED: BAD, UNDECIDED: OPEN}
_WIDTHS = (4, 22, 11, 14, 14, 14, 15, 15)
_MOST = 4  # reasons and indicators on the signed page; all of them stand on the sheet 依据


@dataclass(frozen=True)
class Source:
    """A book as it stood: its data dates, how its towns were covered, sha256 of its files (first 12)."""

    feed: str
    book: str
    dates: str
    state: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Certificate:
    """All that the workbook says. `head`: length and last hash of the county's chain of events."""

    county: str
    name: str
    cycle: str
    as_of: date
    run_id: str
    list_name: str
    proofs: tuple[Proof, ...]
    exemptions: Sequence[Mapping[str, Any]]
    titles: Mapping[str, str]  # code → title
    sources: tuple[Source, ...]
    head: tuple[int, str]
    basis: str


def write_certificate(report: Certificate, path: Path) -> None:
    """Write the workbook to `path`."""
    with workbook(path, f"县级闭合证明 {report.name} {report.cycle}", report.as_of) as book:
        _front(Page(book, SHEET, _WIDTHS), report)
        _exemptions(Page(book, EXEMPT, (5, 22, 10, 24, 22, 34, 10, 10, 12), landscape=True), report)
        _evidence(Page(book, EVIDENCE, (16, 26, 24, 22, 44), landscape=True), report)


def _front(page: Page, report: Certificate) -> None:
    page.wide("县级闭合证明", bold=True, font_size=20, align="center")
    page.wide(f"{report.name}（{report.county}）    {report.cycle} 期    数据截至 {report.as_of.isoformat()}", align="center", font_size=11)
    page.wide(f"运行号 {report.run_id}    对账清单 {report.list_name}", align="center", font_color="#52606D", font_size=9)
    outcome = {proof.verdict for proof in report.proofs}
    colour = BAD if FAILED in outcome else OPEN if UNDECIDED in outcome else GOOD
    page.wide(conclusion(report.proofs), bold=True, font_size=14, align="center", border=1, bg_color="#FFF9E5", font_color=colour)
    page.at += 1
    spans = (1, 1, 1, 3, 2)
    head: dict[str, Any] = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79", "align": "center"}
    page.row(("", "判什么", "判定", "数字", "还缺什么"), spans, **head)
    for proof in report.proofs:
        verdict = {"bold": True, "align": "center", "font_size": 12, "font_color": _COLOUR[proof.verdict]}
        looks: list[dict[str, Any]] = [{"align": "center", "bold": True}, {}, verdict]
        page.row(_cells(proof), spans, looks, font_size=10)
    page.wide(
        f"剩余豁免 {len(report.exemptions)} 条，逐条列在“{EXEMPT}”。每项的指标、文件和不能判定的全部原因列在“{EVIDENCE}”。判定口径：{report.basis}",
        font_size=9,
    )
    page.heading("核验")
    length, last = report.head
    page.wide(
        f"本县台账事件链共 {length} 条，链尾校验值 {last}。以后在平台运行 duizhang audit verify，可查这 {length} 条有没有被改动、"
        f"抽掉或调换（用同一文件夹里的 manifest.json 作 --against）。其后新增的记录不影响核验。", font_size=9,
    )  # fmt: skip
    page.heading("签字")
    for left, right in (("县级经办人：", "日期："), ("县级分管负责人：", "日期："), ("县级主要负责人（盖章）：", "日期：")):
        page.row((left, right), (5, 3), border=0, bottom=1, valign="bottom", font_size=11)
        page.sheet.set_row(page.at - 1, 34)


def _cells(proof: Proof) -> list[Cell]:
    codes = "、".join(f"{code}（{count}）" for code, count in proof.codes[:_MOST]) + ("……" if len(proof.codes) > _MOST else "")
    numbers = "\n".join(f"{label}：{value}" for label, value in (*proof.numbers, *((("未清零指标", codes),) if codes else ())))
    wants = [*proof.missing, *proof.lacking]
    told = wants[:_MOST] + ([f"……共 {len(wants)} 条原因，见“{EVIDENCE}”"] if len(wants) > _MOST else [])
    return [proof.number, f"{proof.title}\n{proof.meaning}", proof.verdict, numbers, "\n".join(told) or "无"]


def _exemptions(page: Page, report: Certificate) -> None:
    page.wide(f"{report.name} {report.cycle} 期：仍然有效的豁免（内部，含个人信息）", bold=True, font_size=14)
    rows = [
        [at, e["number"], e["code"], report.titles.get(e["code"], "（指标已停用）"), e["户编号"], e["reason"], e["asked_by"],
         e["approved_by"], e["exempt_until"].isoformat()]
        for at, e in enumerate(report.exemptions, 1)
    ]  # fmt: skip
    names = ("序号", "问题编号", "指标", "问题", "户编号", "豁免原因", "核查人", "批准人", "有效期至")
    page.table([(name, 1) for name in names], rows, "没有豁免。")


def _evidence(page: Page, report: Certificate) -> None:
    page.wide(f"{report.name} {report.cycle} 期：依据", bold=True, font_size=14)
    page.wide(f"对账清单 {report.list_name}；运行号 {report.run_id}；数据截至 {report.as_of.isoformat()}")
    for proof in report.proofs:
        page.heading(f"{proof.number} {proof.title}：{proof.verdict}")
        for reason in (*proof.missing, *proof.lacking):
            page.wide("· " + reason, font_size=9)
        rows: list[list[Cell]] = [[code, report.titles.get(code, "（指标已停用）"), count] for code, count in proof.codes]
        if rows:
            page.table((("指标", 1), ("问题", 3), ("未清零（条）", 1)), rows)
    page.heading("各账文件")
    page.table(
        (("账册", 2), ("数据日期", 1), ("收齐情况", 1), ("文件校验值（sha256 前 12 位）", 1)),
        [[source.book, source.dates, source.state, " ".join(source.files) or "—"] for source in report.sources],
    )
