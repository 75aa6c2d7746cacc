"""A province out of one generated city: county by county the same people again, in counties of their own.

Everything that names a place or a person moves together, and by its form, not by feed: codes that begin with the city's
four digits, identity numbers (their check digit moves with them, so that a right one stays right and a wrong one wrong),
certificates, household and person numbers, the telephone block of people, the names of counties. Every length stays, so
a file is moved where it lies in memory. Files of the whole city become one file of all. All numbers stay in region 99.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from duizhang.contracts.load import Book, load_book
from duizhang.core.settings import Settings
from duizhang.read.recognise import candidates

CITY = "9901"
MOST = 69  # telephone blocks that a city can be given
_SIGNS = (
    "天地玄黄宇宙洪荒盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光果珍李柰菜重芥姜海咸河淡鳞潜羽翔"
    "龙师火帝鸟官人皇始制文字乃服衣裳"
)
_CHECKS = np.frombuffer(b"0123456789X", dtype=np.uint8)
_WEIGHTS = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))  # GB 11643
_NINE, _ZERO = ord("9"), ord("0")


@dataclass(frozen=True)
class Move:
    """The way of the tile's city to city number `place` (0: where it is); `counties` are the names in the tile."""

    place: int
    counties: tuple[str, ...]
    names: dict[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if self.place:
            self.names.update({name: _SIGNS[self.place] + name[1:] for name in self.counties})

    @property
    def city(self) -> str:
        return f"99{self.place + 1:02d}"

    def name(self, text: str) -> str:
        """`text` with the names of counties moved."""
        for old, new in self.names.items():
            text = text.replace(old, new)
        return text

    def data(self, content: bytes) -> bytes:
        """A delimited text moved: UTF-8 or GB18030, the length unchanged."""
        if not self.place:
            return content
        for old, new in self.names.items():
            for encoding in ("utf-8", "gb18030"):
                content = content.replace(old.encode(encoding), new.encode(encoding))
        content = self._plain(content)
        for wide in _WIDE:  # a wound of files: figures in full width
            if wide.one in content:
                content = wide.run.sub(lambda found, wide=wide: wide.widen(self._plain(wide.narrow(found[0]))), content)
        return content

    def _plain(self, content: bytes) -> bytes:
        letters = np.frombuffer(bytearray(b"\n" + content + b"\n" * 24), dtype=np.uint8)
        self._codes(letters)
        self._registers(letters)
        self._phones(letters)
        return letters.tobytes()[1:-24]

    def text(self, value: str) -> str:
        """One value moved."""
        return self.data(value.encode()).decode()

    def _codes(self, letters: np.ndarray) -> None:
        ones, tens = (self.place + 1) % 10, (self.place + 1) // 10
        found = _starts(letters, CITY.encode())
        found = found[_digit(letters[found + 4]) & _digit(letters[found + 5])]
        whole = np.ones(len(found), dtype=bool)
        for step in range(6, 17):
            whole &= _digit(letters[found + step])
        people = _numbers(letters, found[whole])
        sign, right = letters[people + 17], _check(letters, people)
        value = np.where(_is_x(sign), 10, sign.astype(np.int64) - _ZERO)
        moved = 10 * tens + 5 * (ones - 1)  # the weights of the third and fourth digit (GB 11643)
        letters[found + 2], letters[found + 3] = _ZERO + tens, _ZERO + ones
        valid = value == right
        letters[people[valid] + 17] = _CHECKS[(value[valid] - moved) % 11]
        self._stay_wrong(letters, people[~valid])
        self._masked(letters, moved)
        self._nobody(letters)

    def _masked(self, letters: np.ndarray, moved: int) -> None:
        """Numbers of which the first and last four signs are shown: those behind the stars are right, so the last sign follows the place."""
        found = _starts(letters, CITY.encode() + b"*" * 10)
        sign = letters[found + 17]
        value = np.where(_is_x(sign), 10, sign.astype(np.int64) - _ZERO)
        letters[found + 17] = _CHECKS[(value - moved) % 11]
        letters[found + 2], letters[found + 3] = _ZERO + (self.place + 1) // 10, _ZERO + (self.place + 1) % 10

    def _stay_wrong(self, letters: np.ndarray, people: np.ndarray) -> None:
        """A number that fails its check keeps its last figures (a number given to who has none ends in 0000) and goes on failing."""
        sign = letters[people + 17]
        people = people[np.where(_is_x(sign), 10, sign.astype(np.int64) - _ZERO) == _check(letters, people)]
        noughts = np.ones(len(people), dtype=bool)
        for step in range(14, 18):
            noughts &= letters[people + step] == _ZERO
        county = people[noughts] + 5  # the other county of the city exists as well
        letters[county] = np.where(letters[county] == _ZERO + 1, _ZERO + 2, _ZERO + 1)
        others = people[~noughts] + 17
        letters[others] = np.where(_digit(letters[others]), _ZERO + (letters[others] - _ZERO + 1) % 10, _ZERO)

    def _nobody(self, letters: np.ndarray) -> None:
        """Numbers of no region (999999…), given to people who have none: another serial in each city, of the same sex."""
        found = _starts(letters, b"999999")
        for step in range(6, 17):
            found = found[_digit(letters[found + step])]
        people = _numbers(letters, found)
        figures = letters[people[:, None] + np.arange(14, 17)].astype(np.int64) - _ZERO
        serial = (figures @ np.array([100, 10, 1]) + 2 * self.place) % 1000
        for step, unit in ((14, 100), (15, 10), (16, 1)):
            letters[people + step] = _ZERO + serial // unit % 10
        self._stay_wrong(letters, people)

    def _registers(self, letters: np.ndarray) -> None:
        """Numbers of the household register: the code of city and county without its 99, and a serial; 9 to 11 digits."""
        found = _starts(letters, CITY[2:].encode())
        for step in range(2, 9):
            found = found[_digit(letters[found + step])]
        more = _sign(letters[found + 9]).astype(int)
        more += (more == 1) & _sign(letters[found + 10])
        more += (more == 2) & _sign(letters[found + 11])
        found = found[more < 3]
        letters[found], letters[found + 1] = _ZERO + (self.place + 1) // 10, _ZERO + (self.place + 1) % 10

    def _phones(self, letters: np.ndarray) -> None:
        """Mobile numbers of the block 154 (a wrong one may begin with 054), and lines of the area 0990."""
        blocks = [54, *(block for block in range(30, 99) if block != 54)]
        for word in (b"154", b"054"):
            found = _starts(letters, word)
            for step in range(3, 11):
                found = found[_digit(letters[found + step])]
            found = found[~_digit(letters[found + 11])]
            letters[found + 1], letters[found + 2] = _ZERO + blocks[self.place] // 10, _ZERO + blocks[self.place] % 10
        found = _starts(letters, b"0990-")
        letters[found + 1], letters[found + 2] = _ZERO + (99 - self.place) // 10, _ZERO + (99 - self.place) % 10


@dataclass(frozen=True)
class Wide:
    """Figures in full width, as one encoding writes them."""

    one: bytes
    run: re.Pattern[bytes]
    encoding: str

    def narrow(self, content: bytes) -> bytes:
        return unicodedata.normalize("NFKC", content.decode(self.encoding)).encode()

    def widen(self, content: bytes) -> bytes:
        return "".join(chr(letter + 0xFEE0) for letter in content).encode(self.encoding)


_WIDE = (
    Wide("９９０１".encode(), re.compile(rb"(?:\xef\xbc[\x90-\x99\xb8])+"), "utf-8"),
    Wide("９９０１".encode("gb18030"), re.compile(rb"(?:\xa3[\xb0-\xb9\xd8])+"), "gb18030"),
)


def _digit(letters: np.ndarray) -> np.ndarray:
    return (letters >= _ZERO) & (letters <= _NINE)


def _sign(letters: np.ndarray) -> np.ndarray:
    return _digit(letters) | (letters == ord("X"))


def _is_x(letters: np.ndarray) -> np.ndarray:
    return (letters == ord("X")) | (letters == ord("x"))


def _numbers(letters: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Those of `found` (17 figures each) that are identity numbers: a sign behind, and nothing more or a certificate's two figures."""
    small = letters[found + 17] == ord("x")
    found = found[_sign(letters[found + 17]) | small]
    ends18 = ~_sign(letters[found + 18])
    ends20 = _digit(letters[found + 18]) & _digit(letters[found + 19]) & ~_sign(letters[found + 20])
    return found[ends18 | ends20]


def _check(letters: np.ndarray, people: np.ndarray) -> np.ndarray:
    """The right last sign of each number, as 0–10 (10: X)."""
    figures = letters[people[:, None] + np.arange(17)].astype(np.int64) - _ZERO
    return (12 - figures @ _WEIGHTS % 11) % 11


def _starts(letters: np.ndarray, word: bytes) -> np.ndarray:
    """Where a number (not the rest of one, nor decimals) begins with `word`."""
    ends = len(letters) - 22
    hits = letters[:ends] == word[0]
    for step, letter in enumerate(word[1:], 1):
        hits &= letters[step : ends + step] == letter
    found = np.flatnonzero(hits)
    before = letters[found - 1]
    return found[~_digit(before) & (before != ord("."))]


def counties(tile: Path) -> tuple[str, ...]:
    """Names of the counties of the tile, as its regions file has them."""
    contract = _book(tile).role("regions")
    (path,) = [path for path in city_wide(tile) if contract in candidates([path.name], _book(tile))]
    head, *rows = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    name, level = head.index(contract.maps["name"]), head.index(contract.maps["level"])
    return tuple(row[name] for row in rows if row[level] == "县")


def _book(tile: Path) -> Book:
    return load_book(Settings(home=tile))


def write_city(tile: Path, target: Path, move: Move) -> int:
    """Write the moved county files of `tile` (a month's inbox: CSV, zip, a wounded workbook) below `target`; bytes written."""
    target.mkdir(parents=True, exist_ok=True)
    size = 0
    for path in sorted(set(tile.iterdir()) - set(city_wide(tile))):
        content = _zip(path.read_bytes(), move) if zipfile.is_zipfile(path) else move.data(path.read_bytes())
        (target / move.name(path.name)).write_bytes(content)
        size += len(content)
    return size


def write_whole(tile: Path, target: Path, moves: list[Move]) -> None:
    """Write the files that one sender sends for the whole city, with the rows of all cities."""
    target.mkdir(parents=True, exist_ok=True)
    for path in city_wide(tile):
        lines = path.read_bytes().splitlines(keepends=True)
        rest = b"".join(lines[1:])
        pieces = [lines[0], rest]
        for move in moves:
            moved = move.data(rest).splitlines(keepends=True)
            pieces += [new for old, new in zip(lines[1:], moved, strict=True) if move.place and new != old]
        (target / path.name).write_bytes(b"".join(pieces))


def city_wide(tile: Path) -> list[Path]:
    """Files of the tile whose contract says that one file speaks for all."""
    return [path for path in sorted(tile.iterdir()) if any(c.scope.county == "city" for c in candidates([path.name], _book(tile)))]


def _zip(content: bytes, move: Move) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as moved:
        for info in packed.infolist():
            moved.writestr(zipfile.ZipInfo(move.name(info.filename), info.date_time), move.data(packed.read(info)), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def write_truth(tile: Path, target: Path, moves: list[Move]) -> None:
    """What must, and what must not, be raised in all cities."""
    for name in ("truth.parquet", "near_misses.parquet"):
        rows = pq.read_table(tile / name)
        pq.write_table(pa.concat_tables([_moved(rows, move) for move in moves]), target / name)


def _moved(rows: pa.Table, move: Move) -> pa.Table:
    for column in ("county", "subject_key"):
        place = rows.column_names.index(column)
        texts = move.data("\n".join(rows[column].to_pylist()).encode()).decode().split("\n")
        rows = rows.set_column(place, column, pa.array(texts if rows.num_rows else [], pa.string()))
    return rows


def moves(cities: int, names: tuple[str, ...]) -> Iterator[Move]:
    """The first `cities` places. ValueError where there are more than telephone blocks."""
    if cities > MOST:
        raise ValueError(f"at most {MOST} cities")
    yield from (Move(place, names) for place in range(cities))
