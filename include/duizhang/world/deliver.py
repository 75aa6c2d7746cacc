"""Writes the files of one county and month in the forms of their senders."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from duizhang.world import books, files
from duizhang.world import sectors as further
from duizhang.world.columns import BOOKS, NATIONAL
from duizhang.world.files import Sheet
from duizhang.world.model import Cell, House, Month, Person, Row, Village
from duizhang.world.sectors import base as sector_base
from duizhang.world.wounds import Wounded

_GROUPED = {"残疾类别": "残疾情况", "残疾等级": "残疾情况"}


@dataclass(frozen=True)
class Sender:
    """One county in one month. `spreadsheets` False: CSV throughout, without titles."""

    folder: Path
    month: Month
    county: str
    county_name: str
    index: int
    counties: int
    spreadsheets: bool

    def date8(self, feed: str) -> str:
        return self.month.dates[feed].replace("-", "")


def rows_of(houses: list[House], others: list[Person], month: Month, sent_deaths: set[str]) -> dict[str, list[Row]]:
    """The departments' rows; of deaths only those not sent before (an increment), which are noted in `sent_deaths`."""
    rows = books.department(houses, others, month)
    limit = month.dates["死亡注销"]
    fresh = [
        row for row in rows["死亡注销"]
        if str(row["注销日期"]) <= limit and str(row["公民身份号码"]) not in sent_deaths
    ]
    sent_deaths |= {str(row["公民身份号码"]) for row in fresh}
    rows["死亡注销"] = fresh
    return rows


def _lines(columns: Iterable[str], rows: Iterable[Row]) -> list[list[Cell]]:
    names = list(columns)
    return [[row.get(name) for name in names] for row in rows]


def national(sender: Sender, houses: Iterable[House], *, serial: int, exported: str | None = None) -> Path:
    """The wide national table of `houses`; `serial` is the counter in the file's name, `exported` the time of export."""
    day = exported or sender.month.dates["监测对象信息"]
    sheet = Sheet(NATIONAL, books.national(houses))
    if not sender.spreadsheets:
        path = sender.folder / f"（自定义）监测对象信息_{sender.county_name}_{day.replace('-', '')} ({serial}).csv"
        files.write_csv(path, sheet)
        return path
    sheet.titles = ("监测对象信息（自定义导出）", f"导出单位：{sender.county_name}　导出时间：{day}")
    path = sender.folder / f"（自定义）监测对象信息 ({serial}).xlsx"
    files.write_xlsx(path, sheet)
    return path


def departments(sender: Sender, rows: dict[str, list[Row]], shapes: dict[str, Wounded], absent: str = "") -> dict[str, Path]:
    """The departments' files of the county but for the feed `absent`; feed → path."""
    writers = {
        "户籍人口": _register, "死亡注销": _deaths, "农村低保": _support, "残疾人证": _certificates, "医保参保": _insurance,
        "学籍": _schools,
    }
    return {feed: write(sender, rows[feed], shapes[feed]) for feed, write in writers.items() if feed != absent}


def _later(sender: Sender, feed: str) -> str:
    """The date of a copy that came two days after the good file."""
    return str(int(sender.date8(feed)) + 2)


def _sheet(rows: list[Row], shape: Wounded, columns: tuple[str, ...] | None = None) -> Sheet:
    names = columns or shape.columns
    sheet = Sheet(names, _lines(names, rows), numeric=shape.numeric, hidden=shape.hidden)
    sheet.further = "请勿改动表头，填报口径以通知为准" if shape.further else ""
    sheet.bare = shape.bare
    if shape.extra:
        sheet.header = (*names, shape.extra)
        sheet.rows = [[*line, "已核对"] for line in _lines(names, rows)]
    return sheet


def _register(sender: Sender, rows: list[Row], shape: Wounded) -> Path:
    stem = f"{sender.county_name}公安局户籍人口"
    path = sender.folder / f"{stem}_{sender.date8('户籍人口')}.csv"
    files.write_csv(path, _sheet(rows, shape), "gb18030")
    if shape.refused_copy == "header":
        few = files.csv_text(_sheet(rows[:20], shape)).partition("\r\n")[2]
        (sender.folder / f"{stem}_{_later(sender, '户籍人口')}.csv").write_bytes(few.encode("gb18030"))
    if shape.refused_copy == "encoding":  # two exports in one, each in an encoding of its own
        few = files.csv_text(_sheet(rows[:20], shape))
        (sender.folder / f"{stem}_{_later(sender, '户籍人口')}.csv").write_bytes(few.encode("gb18030") + few.encode())
    return path


def _deaths(sender: Sender, rows: list[Row], shape: Wounded) -> Path:
    stem = f"{sender.county_name}公安局死亡注销_{sender.date8('死亡注销')}"
    sheet = _sheet(rows, shape)
    if shape.totals:
        sheet.tail = (("合计", f"{len(rows)}人"), ("制表人：", "甲某"))
    if sender.index % 2:  # typed with blanks, so that it fills the cell
        sheet.header = [name.replace("姓名", "姓　名").replace("来源", "来 源") for name in sheet.header]
    if not sender.spreadsheets and not sheet.further and not sheet.bare:
        files.write_csv(sender.folder / f"{stem}.csv", sheet)
        return sender.folder / f"{stem}.csv"
    sheet.titles = (f"{sender.county_name}公安局死亡注销人员名单",)
    sheet.merged_header = True
    files.write_xlsx(sender.folder / f"{stem}.xlsx", sheet)
    return sender.folder / f"{stem}.xlsx"


def _support(sender: Sender, rows: list[Row], shape: Wounded) -> Path:
    month, day = sender.month.as_of, sender.month.dates["农村低保"]
    stem = f"{sender.county_name}{month.year}年{month.month}月份农村低保备案表"
    sheet = _sheet(rows, shape)
    if shape.totals:
        sheet.tail = (("合计", None, None, None, f"{len(rows)}人"), list(shape.columns))  # and the header once more, as when files are joined
    if shape.old_layout:
        _support_of_last_year(sender, rows, shape)
    if not sender.spreadsheets:
        path = sender.folder / f"{stem}_{day.replace('-', '')}.csv"
        files.write_csv(path, sheet)
        return path
    sheet.titles = (stem, f"填报日期：{day}")
    if len(rows) > 65_000:  # more than an old workbook's sheet can hold
        files.write_xlsx(sender.folder / f"{stem}.xlsx", sheet)
        return sender.folder / f"{stem}.xlsx"
    files.write_xls(sender.folder / f"{stem}.xls", sheet)
    return sender.folder / f"{stem}.xls"


_OLD_SUPPORT = {"身份证号": "成员证件号码", "户月保障金额": "月保障金（户）", "人月保障金额": "月保障金（人）", "起始保障年月": "批准年月"}


def _support_of_last_year(sender: Sender, rows: list[Row], shape: Wounded) -> None:
    """The file of a year ago, which lay in the same folder, with the names that columns had then."""
    year = sender.month.as_of.year - 1
    stem = f"{sender.county_name}{year}年{sender.month.as_of.month}月份农村低保备案表"
    sheet = _sheet([row | {"数据月份": int(str(row["数据月份"])) - 100} for row in rows], shape)
    sheet.header = [_OLD_SUPPORT.get(name, name) for name in sheet.header]
    day = f"{year}{sender.month.dates['农村低保'][4:]}"
    if sender.spreadsheets:
        sheet.titles = (stem, f"填报日期：{day}")
        files.write_xls(sender.folder / f"{stem}.xls", sheet)
    else:
        files.write_csv(sender.folder / f"{stem}_{day.replace('-', '')}.csv", sheet)


def _certificates(sender: Sender, rows: list[Row], shape: Wounded) -> Path:
    path = _certificate_file(sender, sender.date8("残疾人证"), _sheet(rows, shape))
    if shape.refused_copy == "column":  # a later export without the certificate number: nothing of it can be loaded
        columns = tuple(name for name in shape.columns if name != "残疾人证号")
        _certificate_file(sender, _later(sender, "残疾人证"), _sheet(rows, shape, columns))
    return path


def _certificate_file(sender: Sender, date8: str, sheet: Sheet) -> Path:
    stem = f"{sender.county_name}持证残疾人名单_{date8}"
    if not sender.spreadsheets and not sheet.hidden:
        files.write_csv(sender.folder / f"{stem}.csv", sheet)
        return sender.folder / f"{stem}.csv"
    sheet.two_level = _GROUPED
    files.write_xlsx(sender.folder / f"{stem}.xlsx", sheet)
    return sender.folder / f"{stem}.xlsx"


def _insurance(sender: Sender, rows: list[Row], shape: Wounded) -> Path:
    stem = f"{sender.county_name}医保参保_{sender.date8('医保参保')}"
    half = (len(rows) + 1) // 2
    files.write_zip(sender.folder / f"{stem}.zip", {
        f"{stem}_1.csv": _sheet(rows[:half], shape), f"{stem}_2.csv": _sheet(rows[half:], shape),
    })
    return sender.folder / f"{stem}.zip"


def _schools(sender: Sender, rows: list[Row], shape: Wounded) -> Path:
    stem = f"{sender.county_name}学籍_{sender.date8('学籍')}"
    sheet = _sheet(rows, shape)
    if shape.refused_copy == "password":
        files.write_locked(sender.folder / f"{sender.county_name}学籍_{_later(sender, '学籍')}.xlsx")
    if not sender.spreadsheets:
        path = sender.folder / f"{stem}.csv"
        files.write_csv(path, sheet)
    elif sender.index == sender.counties - 1:
        path = sender.folder / f"{stem}.xls"
        files.write_html(path, sheet)
    else:
        path = sender.folder / f"{stem}.xlsx"
        files.write_xlsx(path, sheet)
    return path


def visits(sender: Sender, houses: Iterable[House]) -> None:
    """入户核查 and 入户成员核对."""
    for feed, rows in zip(("入户核查", "入户成员核对"), books.visits(houses, sender.month), strict=True):
        sheet = Sheet(BOOKS[feed], _lines(BOOKS[feed], rows))
        _plain(sender, f"{feed}_{sender.county_name}_{sender.date8(feed)}", sheet)


def _plain(sender: Sender, stem: str, sheet: Sheet) -> None:
    if sender.spreadsheets:
        files.write_xlsx(sender.folder / f"{stem}.xlsx", sheet)
    else:
        files.write_csv(sender.folder / f"{stem}.csv", sheet)


def city(sender: Sender, villages: list[Village], regions: list[Row]) -> None:
    """行政区划 each month, 年度口径参数 in the first."""
    _plain(sender, f"行政区划_{sender.date8('行政区划')}", Sheet(BOOKS["行政区划"], _lines(BOOKS["行政区划"], regions)))
    if "年度口径参数" in sender.month.dates:
        rows = books.parameters(sorted({village.county for village in villages}))
        sheet = Sheet(BOOKS["年度口径参数"], _lines(BOOKS["年度口径参数"], rows))
        _plain(sender, f"年度口径参数_{sender.date8('年度口径参数')}", sheet)


def send_again(path: Path) -> Path:
    """The same bytes under another name."""
    copy = path.with_name(f"{path.stem} (1){path.suffix}")
    shutil.copyfile(path, copy)
    return copy


def sector_rows(
    houses: list[House], others: list[Person], month: Month, county: str, place_rows: dict[str, list[Row]],
    sent: dict[str, set[tuple[str, ...]]],
) -> dict[str, list[Row]]:
    """Rows of the books of `sectors` that are sent this month, by feed (those about places: the county's own)."""
    rows: dict[str, list[Row]] = {}
    for feed, book in further.BOOKS.items():
        if book.date(month) is None or book.scope == "city":
            continue
        if book.places:
            rows[feed] = [dict(row) for row in place_rows[feed] if str(row[str(book.place)]).startswith(county)]
        else:
            rows[feed] = sector_base.rows_of(book, houses, others, month, sent.setdefault(f"{feed}|{county}", set()))
    return rows


def sectors(sender: Sender, rows: dict[str, list[Row]], shapes: dict[str, Wounded], absent: str = "") -> dict[str, Path]:
    """Files of the books of `sectors`; feed → path."""
    return {
        feed: _sector_file(sender, book, _sheet(rows[feed], shapes[feed]))
        for feed, book in further.BOOKS.items() if feed in rows and feed != absent
    }


def sector_city(sender: Sender, place_rows: dict[str, list[Row]]) -> None:
    """City-wide books of `sectors`."""
    for feed, book in further.BOOKS.items():
        if book.scope == "city" and book.date(sender.month) is not None:
            _sector_file(sender, book, Sheet(book.columns, _lines(book.columns, place_rows[feed])))


def _sector_file(sender: Sender, book: further.Book, sheet: Sheet) -> Path:
    day = str(book.date(sender.month))
    date8, as_of = day.replace("-", ""), sender.month.as_of
    words = {"county": sender.county_name, "date": day, "date8": date8, "year": as_of.year, "month": as_of.month}
    form, stem = book.form, book.form.name.format(**words)
    lines = list(sheet.rows)
    if not lines and (sender.index % 2 or form.totals or date8 not in stem):  # some say so in the file's name above an empty table,
        stem += "（零报告）"
    elif not lines:  # the others in words
        path = sender.folder / f"{stem}.csv"
        path.write_text(f"{stem}\r\n本期无，零报告\r\n", encoding="utf-8")
        return path
    if form.totals:
        sheet.rows, sheet.tail = lines, (("合计", f"{len(lines)}条"), ("制表人：", "甲某"))
    if form.kind == "zip":
        path = sender.folder / f"{stem}.zip"
        half = (len(lines) + 1) // 2
        files.write_zip(path, {
            f"{stem}_{n + 1}.csv": Sheet(sheet.header, part, numeric=sheet.numeric) for n, part in enumerate((lines[:half], lines[half:]))
        })
        return path
    if form.kind == "csv" or not sender.spreadsheets:
        path = sender.folder / (f"{stem}.csv" if date8 in stem else f"{stem}_{date8}.csv")
        files.write_csv(path, sheet, form.encoding if form.kind == "csv" else "utf-8-sig")
        return path
    sheet.titles = tuple(title.format(**words) for title in form.titles)
    sheet.two_level, sheet.merged_header = form.two_level, form.merged_header
    write, suffix = {"xlsx": (files.write_xlsx, "xlsx"), "xls": (files.write_xls, "xls"), "html": (files.write_html, "xls")}[form.kind]
    path = sender.folder / f"{stem}.{suffix}"
    write(path, sheet)
    return path
