"""Part of `make check`: no index address, and no identity number that could be a person's, in any file of the project."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Written in two halves, so that this file does not hold what it looks for.
_ADDRESSES = ("py" + r"pi\.(org|python)", "python" + "hosted", r"--(extra-)?index" + r"-url[ =]h", r"https?://\S*/sim" + "ple/")
INDEX = re.compile("|".join(_ADDRESSES))
NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{17}[\dXx])(?![0-9A-Za-z])")
MADE_UP = "99"
# The two examples that the standard GB 11643 itself prints.
PRINTED = frozenset({"11010519491231002X", "440524188001010014"})
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
BINARY = {".png", ".jpg", ".xlsx", ".xls", ".zip", ".parquet", ".ico"}


def could_be_real(number: str) -> bool:
    """Whether `number` (18 characters) has a right check character, a date of birth and a region that is assigned to someone."""
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False)) % 11]
    if number[17].upper() != check or number.startswith(MADE_UP) or number[0] in "09" or number.upper() in PRINTED:
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return 1880 <= born.year <= date.today().year


def problems(name: str, text: str) -> list[str]:
    """What is wrong with the file `name`, by line; a number found is not repeated."""
    found = []
    for at, line in enumerate(text.splitlines(), 1):
        if INDEX.search(line):
            found.append(f"{name}:{at}: names a package index")
        if any(could_be_real(number) for number in NUMBER.findall(line)):
            found.append(f"{name}:{at}: an identity number outside region 99xxxx")
    return found


def main() -> None:
    """Look at every file git knows or would know; exit 1 where something is found."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    found = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix not in BINARY:
            found += problems(name, path.read_text(encoding="utf-8", errors="replace"))
    print("\n".join(found) or "no index address, no identity number outside 99xxxx")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
