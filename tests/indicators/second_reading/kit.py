"""Three-valued logic and comparisons over cells, as the register of rules uses them: None is unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from duizhang.core import functions as f

Row = Mapping[str, Any]
Truth = bool | None
Reader = Callable[[Row], Truth]


def by_code(names: Mapping[str, Any]) -> dict[str, Reader]:
    """Code → function, of a module's names: `aaa_001` reads AAA-001."""
    return {name.upper().replace("_", "-"): found for name, found in names.items() if re.fullmatch(r"[a-z]{3}_\d{3}", name)}


def all_of(*parts: Truth) -> Truth:
    """Kleene AND."""
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def any_of(*parts: Truth) -> Truth:
    """Kleene OR."""
    if any(part is True for part in parts):
        return True
    return None if any(part is None for part in parts) else False


def no(part: Truth) -> Truth:
    """Kleene NOT."""
    return None if part is None else not part


def sure(part: Truth) -> bool:
    """空值=命中 of an atom that should have been so: unknown counts as true."""
    return part is not False


def eq(a: Any, b: Any) -> Truth:
    return None if a is None or b is None else a == b


def ne(a: Any, b: Any) -> Truth:
    return no(eq(a, b))


def lt(a: Any, b: Any) -> Truth:
    return None if a is None or b is None else a < b


def le(a: Any, b: Any) -> Truth:
    return None if a is None or b is None else a <= b


def gt(a: Any, b: Any) -> Truth:
    return lt(b, a)


def ge(a: Any, b: Any) -> Truth:
    return le(b, a)


def among(a: Any, words: Collection[Any]) -> Truth:
    return None if a is None else a in words


def meets(items: str | None, words: Collection[str]) -> Truth:
    """The multi-valued cell and the words have one in common."""
    return any_of(*(f.has_item(items, word) for word in words))


def exact(value: Any) -> Decimal | None:
    """A figure as it is written, so that 0.1 is a tenth."""
    return None if value is None else Decimal(str(value))


def or_zero(value: Any) -> Decimal:
    return exact(value) or Decimal(0)


def off(a: Decimal | None, b: Decimal | None, by: str) -> Truth:
    """|a − b| > by."""
    return None if a is None or b is None else abs(a - b) > Decimal(by)


def at_risk(r: Row, *words: str) -> Truth:
    """任一风险=X, with the synonyms of CL-21."""
    return any_of(*(among(r[f"致贫/返贫风险{at}"], words) for at in range(1, 6)))


def one_of(value: Any, *words: Any) -> Truth:
    """value ∈ {words}."""
    return None if value is None else value in words


def yes(value: Any) -> bool:
    """∅ 按否."""
    return bool(value == "是")


def zero(value: Any) -> Any:
    """∅ 按 0."""
    return 0 if value is None else value


def some(count: Any, unclear: Any) -> Truth:
    """Some member is in the book, where `unclear` members cannot be compared with it."""
    return any_of(gt(count, 0), None if unclear is None or unclear > 0 else False)
