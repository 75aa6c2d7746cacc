"""The functions of the predicate language in plain Python: the reference that `sql/functions/duckdb.sql` must equal.

Program code uses them where a single value is at hand. Each is total: None in gives None out, and no text, date or
number raises. Months are integers YYYYMM. Sources: GB 11643 (check digit, 15-digit upgrade), `domain/standards.md` §1.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta

_SPACES = "".join(
    map(chr, [0x20, *range(0x09, 0x0E), 0xA0, 0x1680, *range(0x2000, 0x200E), 0x2028, 0x2029, 0x202F, 0x205F, 0x2060])
) + chr(0x3000) + chr(0xFEFF)
_DOTS = "".join(
    map(chr, [0xB7, 0x2022, 0x30FB, 0xFF0E, 0x2E, 0x2027, 0x25CF, 0xFF65, 0x22C5, 0x387, 0x2219, 0x26AB, 0x26AC])
)
_FOLD = str.maketrans("０１２３４５６７８９xｘＸbｂＢ＊", "0123456789XXXBBB*", _SPACES + "'\"`‘’“”＇＂＝=")
_DROP = str.maketrans("", "", _SPACES + _DOTS)
_REMARK = re.compile(r"[(（\[［【〔][^()（）\[\]［］【】〔〕]*[)）\]］】〕]")
_PLACE = re.compile(r"(.+?)(村民委员会|居民委员会|村委会|居委会|社区|村|街道办事处|办事处|街道|镇|乡)+", re.DOTALL)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


def fold_number(text: str | None) -> str | None:
    """折号: a number as it should have been typed (width, case, spaces, quotes, `="…"`; 17 digits and `*` mean X)."""
    if text is None:
        return None
    folded = re.sub(r"\A([0-9]{17})[*]", r"\1X", text.translate(_FOLD))
    return folded or None


def check_character(first17: str) -> str:
    """校验字: the GB 11643 check character of 17 ASCII digits."""
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True)) % 11]


def _upgrade(old: str) -> str | None:
    """升位: 15 digits to 18; None where no digits, or the order is 996–999 (born before 1900)."""
    if not re.fullmatch(r"[0-9]{15}", old) or old[12:] in {"996", "997", "998", "999"}:
        return None
    first17 = old[:6] + "19" + old[6:]
    return first17 + check_character(first17)


def idkey(text: str | None) -> str | None:
    """The key of a person across books: 18 characters, or None where the number cannot be compared."""
    folded = fold_number(text)
    if folded is None:
        return None
    if len(folded) == 15:
        return _upgrade(folded)
    return folded[:18] if re.match(r"[0-9]{17}[0-9X]", folded) else None


def number_length(text: str | None) -> int | None:
    """号码位数: characters of the folded number."""
    folded = fold_number(text)
    return None if folded is None else len(folded)


def check_passes(text: str | None) -> bool | None:
    """校验合格: the first 18 characters are 17 digits and their GB 11643 check character; False when malformed."""
    folded = fold_number(text)
    if folded is None:
        return None
    return bool(re.match(r"[0-9]{17}[0-9X]", folded)) and folded[17] == check_character(folded[:17])


def _calendar(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def number_birth(text: str | None) -> date | None:
    """证件生日: digits 7–14 (15-digit numbers: 19 and digits 7–12) as a calendar date."""
    folded = fold_number(text)
    if folded is None:
        return None
    if len(folded) >= 18:
        return _calendar(folded[6:14]) if re.fullmatch(r"[0-9]{8}", folded[6:14]) else None
    upgraded = _upgrade(folded)
    return None if upgraded is None else _calendar(upgraded[6:14])


def number_sex(text: str | None) -> str | None:
    """证件性别: 男 where the 17th digit (15th of 15) is odd, else 女; None where it is no digit."""
    folded = fold_number(text)
    if folded is None:
        return None
    if len(folded) >= 18:
        digit = folded[16]
    elif re.fullmatch(r"[0-9]{15}", folded):
        digit = folded[14]
    else:
        return None
    if digit not in "0123456789":
        return None
    return "男" if int(digit) % 2 else "女"


def plain_name(text: str | None) -> str | None:
    """规范姓名: without bracketed remarks, spaces and middle dots."""
    if text is None:
        return None
    return _REMARK.sub("", text).translate(_DROP) or None


def plain_place(text: str | None) -> str | None:
    """规范地名: `plain_name` without the words for village and town at the end (one character stays)."""
    name = plain_name(text)
    if name is None:
        return None
    match = _PLACE.fullmatch(name)
    return match.group(1) if match else name


def same_county(place: str | None, county: str | None) -> bool | None:
    """同县: `place` names `county`, by itself or after the names of its province and city."""
    given, own = plain_name(place), plain_name(county)
    if given is None or own is None:
        return None
    return given == own or (given.endswith(own) and given[: -len(own)].endswith(("省", "自治区", "市", "州", "盟", "地区")))


def _is_month(month: int | None) -> bool:
    return month is not None and 101 <= month <= 999912 and 1 <= month % 100 <= 12


def months_between(a: int | None, b: int | None) -> int | None:
    """月差: b − a in months."""
    if a is None or b is None or not (_is_month(a) and _is_month(b)):
        return None
    return (b // 100 - a // 100) * 12 + b % 100 - a % 100


def month_of(day: date | None) -> int | None:
    """月: YYYYMM of a date."""
    return None if day is None else day.year * 100 + day.month


def year_of(day: date | None) -> int | None:
    """年: the year of a date."""
    return None if day is None else day.year


def full_years(born: date | None, day: date | None) -> int | None:
    """周岁: completed years from `born` to `day`; 29 February completes on 1 March; None where `day` is earlier."""
    if born is None or day is None or day < born:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def has_item(items: str | None, word: str | None) -> bool | None:
    """含: `word` is one of the 、-joined items."""
    if items is None or word is None:
        return None
    return f"、{word}、" in f"、{items}、"


def item_count(items: str | None) -> int | None:
    """项数: number of 、-joined items."""
    if items is None:
        return None
    return items.count("、") + 1 if items else 0


def add_days(day: date | None, days: int | None) -> date | None:
    """加天: the date `days` later; None outside the years 1–9999."""
    if day is None or days is None or not (_FIRST - day).days <= days <= (_LAST - day).days:
        return None
    return day + timedelta(days=days)


def days_between(a: date | None, b: date | None) -> int | None:
    """天差: b − a in days."""
    return None if a is None or b is None else (b - a).days


def ratio(a: float | None, b: float | None) -> float | None:
    """比: a ÷ b; None where b is 0 or the quotient is no finite number."""
    if a is None or b is None or float(b) == 0:
        return None
    quotient = float(a) / float(b)
    return quotient if math.isfinite(quotient) else None


def month_start(month: int | None) -> date | None:
    """月首: first day of YYYYMM."""
    return date(month // 100, month % 100, 1) if month is not None and _is_month(month) else None


def month_end(month: int | None) -> date | None:
    """月末: last day of YYYYMM."""
    start = month_start(month)
    if start is None or month is None:
        return None
    following = add_months(month, 1)
    return _LAST if following is None else date(following // 100, following % 100, 1) - timedelta(days=1)


def add_months(month: int | None, months: int | None) -> int | None:
    """加月: YYYYMM `months` later; None outside the years 1–9999."""
    if month is None or months is None or not _is_month(month):
        return None
    count = month // 100 * 12 + month % 100 - 1 + months
    return count // 12 * 100 + count % 12 + 1 if 12 <= count <= 119_999 else None


def as_text(value: object) -> str | None:
    """文本: text, whole numbers, dates and truth values as DuckDB spells them."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def metres_between(x1: float | None, y1: float | None, x2: float | None, y2: float | None) -> float | None:
    """距离米: whole metres between two points (longitude, latitude in degrees, one coordinate system); None where none is one."""
    if x1 is None or y1 is None or x2 is None or y2 is None:
        return None
    if not (-180 <= x1 <= 180 and -180 <= x2 <= 180 and -90 <= y1 <= 90 and -90 <= y2 <= 90):
        return None
    half, degree = 0.008726646259971648, 0.017453292519943295
    a, b = math.sin((y2 - y1) * half), math.sin((x2 - x1) * half)
    chord = math.sqrt(a * a + math.cos(y1 * degree) * math.cos(y2 * degree) * b * b)
    return float(math.floor(12742017.6 * math.asin(min(1.0, chord)) + 0.5))


REFERENCE = {
    "idkey": idkey,
    "号码位数": number_length,
    "校验合格": check_passes,
    "证件生日": number_birth,
    "证件性别": number_sex,
    "规范姓名": plain_name,
    "规范地名": plain_place,
    "同县": same_county,
    "月差": months_between,
    "月": month_of,
    "年": year_of,
    "周岁": full_years,
    "含": has_item,
    "项数": item_count,
    "加天": add_days,
    "天差": days_between,
    "比": ratio,
    "月首": month_start,
    "月末": month_end,
    "加月": add_months,
    "文本": as_text,
    "距离米": metres_between,
}
"""Name in a predicate → its Python twin: the whole vocabulary of functions."""
