"""Recipes of the ledger's identities and hashes. Changing one is a recorded re-key migration.

Each is HMAC-SHA256 under the installation key over a purpose and length-prefixed parts: no two lists of parts collide,
and without the key nobody can guess a number behind a hash or forge a link of the chain.
"""

from __future__ import annotations

import base64
import hmac
import json
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

NO_VALUE = b"\xff\xff\xff\xff"  # stands for NULL, which differs from empty text


def _message(purpose: str, parts: tuple[str | None, ...]) -> bytes:
    encoded = [purpose.encode()] + [None if part is None else part.encode() for part in parts]
    return b"".join(NO_VALUE if part is None else len(part).to_bytes(4, "big") + part for part in encoded)


def digest(key: bytes, purpose: str, *parts: str | None) -> str:
    """64 hex characters for `parts` under `key`."""
    return hmac.digest(key, _message(purpose, parts), "sha256").hex()


def alias(key: bytes, subject_kind: str, value: str) -> str:
    """The hash of a subject's own number in its book (natural key)."""
    return digest(key, "alias", subject_kind, value)


def secondary(key: bytes, alias_kind: str, value: str) -> str:
    """The hash of an idkey; head and member aliases of one person differ by their kind."""
    return digest(key, "secondary", alias_kind, value)


def spell(key: bytes, parent_subject: str, suffix: str) -> str:
    """The alias of a spell: the subject of its household (monitoring) or person (work) and the suffix, so that it follows them."""
    return digest(key, "spell", parent_subject, suffix)


def subject_id(key: bytes, subject_kind: str, alias_hash: str, generation: int) -> str:
    """A subject's id. `generation` counts subjects that began under the same number (a number given again)."""
    return digest(key, "subject", subject_kind, alias_hash, str(generation))


def item_id(key: bytes, code: str, subject_kind: str, subject: str) -> str:
    """A discrepancy's id: what is wrong (`code`) with whom (`subject`, our id). Never a value, date, file or run."""
    return digest(key, "item", code, subject_kind, subject)


def who(key: bytes, folded_name: str) -> str:
    """The hash of a person who answered or approved: tells one from another, and nobody's name (`rights.fold`)."""
    return digest(key, "who", folded_name)


EXTERNAL = "EXT-"  # begins the code of a question from above that no indicator of ours is


def folded_title(title: str) -> str:
    """A question's title as it is compared: NFKC, letters, digits and Chinese characters only, case folded."""
    return "".join(c for c in unicodedata.normalize("NFKC", title) if c.isalnum()).casefold()


def external_code(key: bytes, source: str, folded_title: str) -> str:
    """The code of a question that `source` asks under a title of its own: the same title is the same code next time."""
    found = bytes.fromhex(digest(key, "external", source, folded_title))
    return EXTERNAL + base64.b32encode(found).decode()[:6]


def number(code: str, item: str) -> str:
    """The number officers see: the code and the first 10 base32 characters of the item's id."""
    return f"{code}-{base64.b32encode(bytes.fromhex(item)).decode()[:10]}"


def plain(value: Any) -> Any:
    """`value` as it comes back from jsonb: whole floats as integers, no NUL characters, keys as text."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(plain(name)): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value


def canonical(body: Mapping[str, Any]) -> str:
    """The one JSON text of `body`: sorted keys, no spaces, no NaN (ValueError)."""
    return json.dumps(plain(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def value_hash(key: bytes, body: Mapping[str, Any]) -> str:
    """The hash that stands for `body` in the chain."""
    return digest(key, "value", canonical(body))


def event_hash(
    key: bytes,
    county: str,
    seq: int,
    item: str,
    kind: str,
    to_state: str,
    as_of: date,
    cycle: str | None,
    actor: str,
    reason: str | None,
    value: str | None,
    prev: str,
    who: str | None = None,
) -> str:
    """A link of a county's chain. Wall-clock and run id are not in it: a repeated history gives the same chain.

    `who` adds two parts and only where it is known: an event without it has the hash it had before there was a `who`, and
    as parts are length-prefixed no event with it has the message of one without.
    """
    day = as_of.isoformat()
    person = () if who is None else ("who", who)
    return digest(key, "event", county, str(seq), item, kind, to_state, day, cycle, actor, reason, value, prev, *person)
