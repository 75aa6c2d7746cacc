"""Which column of the contract each header is; every header is accounted for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from duizhang.contracts.model import Contract
from duizhang.read.names import bare_key, base_name, name_key, shown
from duizhang.read.problems import Refusal
from duizhang.read.sheet import Sheet

SYSTEM = ("_part", "_sheet", "_row", "_long")


@dataclass(frozen=True)
class Mapping:
    """For each position the column's name in raw (None: no header), and the account of all headers."""

    names: tuple[str | None, ...]
    unknown: tuple[str, ...]
    ignored: tuple[str, ...]
    missing: tuple[str, ...]
    missing_optional: tuple[str, ...]
    duplicates: tuple[str, ...]
    renamed: dict[str, str]  # header as found → contract column, where they differ


def map_columns(headers: tuple[tuple[str, ...], ...], contract: Contract, day: date | None) -> Mapping:
    """Give each header (its parts, group titles first) its name.

    Full names go before last parts, names before aliases, and these before the names of an earlier layout, which count
    while its `valid_until` is not passed on `day` (or no day is known). Of several headers that fit one column the
    first is it; a header that repeats another gets 0, 1 … behind its name.
    """
    registered = _registered(contract, day)
    chosen: dict[int, str] = {}
    taken: set[str] = set()
    for last_part_only in (False, True):
        for lookup in registered:
            for position, parts in enumerate(headers):
                if position in chosen or not parts:
                    continue
                text = parts[-1] if last_part_only else "/".join(parts)
                column = lookup.get(name_key(text)) or lookup.get(bare_key(text))
                if column is not None and column not in taken:
                    chosen[position] = column
                    taken.add(column)
    return _account(headers, contract, chosen, registered)


def cover(headers: tuple[tuple[str, ...], ...], contract: Contract) -> tuple[float, int]:
    """(share of the required columns – of all, where none is – in `headers`, number of known columns): how well a header fits."""
    mapping = map_columns(headers, contract, None)
    columns = {column.name for column in contract.columns}
    required = {column.name for column in contract.columns if column.required} or columns
    present = {name for name in mapping.names if name}
    return len(required & present) / len(required), len(columns & present)


def missing_columns(
    sheet: Sheet, headers: tuple[tuple[str, ...], ...], mapping: Mapping, contract: Contract, name: str
) -> Refusal:
    """The refusal of the file `name` because of `mapping.missing`; it names what lacks, what is unknown, what is there."""

    def listed(columns: tuple[str, ...]) -> str:
        return "、".join(f"「{shown(column)}」" for column in columns) or "无"

    place = "/".join(text for text in (sheet.part, sheet.name) if text)
    old = _expired(mapping.unknown, contract)
    former = f"其中{listed(tuple(old))}是 {max(old.values())} 以前的旧版列名，已停用；" if old else ""
    available = tuple("/".join(parts) for parts in headers if parts)
    return Refusal(
        "missing_columns",
        f"文件「{base_name(name)}」{f'工作表「{shown(place)}」' if place else ''}缺少「{contract.title}」必需的列：{listed(mapping.missing)}；"
        f"未登记的列：{listed(mapping.unknown)}；{former}现有的列：{listed(available)}。",
        "请按系统原样导出，列名不要改动，补齐缺少的列后重新报送。", missing=mapping.missing,
    )


def _expired(headers: tuple[str, ...], contract: Contract) -> dict[str, date]:
    """Those of `headers` that are column names of an earlier layout → the day until which they counted."""
    until = {name_key(old): layout.valid_until for layout in contract.layouts for old in layout.rename}
    return {header: until[name_key(header)] for header in headers if name_key(header) in until}


def _registered(contract: Contract, day: date | None) -> list[dict[str, str]]:
    names = {name_key(column.name): column.name for column in contract.columns}
    aliases: dict[str, str] = {}
    for column in contract.columns:
        for alias in column.aliases:
            aliases.setdefault(name_key(alias), column.name)
    layouts: dict[str, str] = {}
    for layout in sorted(contract.layouts, key=lambda layout: layout.valid_until, reverse=True):
        if day is None or day <= layout.valid_until:
            for old, new in layout.rename.items():
                layouts.setdefault(name_key(old), new)
    return [names, aliases, layouts]


def _account(
    headers: tuple[tuple[str, ...], ...], contract: Contract, chosen: dict[int, str], registered: list[dict[str, str]]
) -> Mapping:
    ignore = {name_key(name): name for name in contract.ignore}
    names: list[str | None] = []
    used = {name.casefold() for name in chosen.values()} | set(SYSTEM)
    unknown, ignored, duplicates, renamed = [], [], [], {}
    for position, parts in enumerate(headers):
        if position in chosen:
            names.append(chosen[position])
            if "/".join(parts) != chosen[position]:
                renamed["/".join(parts)] = chosen[position]
            continue
        if not parts:
            names.append(None)
            continue
        known = ignore.get(bare_key("/".join(parts))) or ignore.get(bare_key(parts[-1]))
        name, repeated = _unique(known or "/".join(parts), used)
        used.add(name.casefold())
        names.append(name)
        if repeated:
            duplicates.append(name)
        if known:
            ignored.append(name)
        elif not (repeated and name_key(name) in registered[0]):  # 风险是否已消除0 may be a column of the contract
            unknown.append(name)
    missing = [column for column in contract.columns if column.name not in names]
    return Mapping(
        tuple(names), tuple(unknown), tuple(ignored),
        tuple(column.name for column in missing if column.required),
        tuple(column.name for column in missing if not column.required),
        tuple(duplicates), renamed,
    )


def _unique(name: str, used: Iterable[str]) -> tuple[str, bool]:
    """`name`, or with 0, 1 … behind it where it is used: as the national system names repeated columns."""
    taken = set(used)
    if name.casefold() not in taken:
        return name, False
    number = 0
    while f"{name}{number}".casefold() in taken:
        number += 1
    return f"{name}{number}", True
