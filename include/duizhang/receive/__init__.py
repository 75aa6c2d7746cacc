"""Take back a filled-in workbook: each row accepted once or refused with a reason, never applied to another person."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import date
from pathlib import Path

from duizhang.core import returns
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.receive import rows, safety, unlock
from duizhang.receive.desk import Desk
from duizhang.receive.model import Answer, Lookup, Outcome, Place, Receipt, Refused, Remark
from duizhang.receive.receipt import write_receipt

__all__ = ["Answer", "Lookup", "Outcome", "Place", "Receipt", "Refused", "Remark", "receive", "write_receipt"]

_LOG = logger("receive")
NO_ROWS = "文件里没有找到清单：没有一张表同时有“问题编号”和“校验码”两列。请用下发的清单填写后再交。"
OTHER_PAPER = "交来的是{}，不是对账清单。答复请填在下发的“对账清单”里再交。"


def receive(settings: Settings, file: Path, received_on: date, lookup: Lookup) -> Receipt:
    """Read the returned workbook `file` (its name does not matter), received on `received_on`.

    `lookup(numbers)` gives what went out under each question number, in every cycle. A file from elsewhere than
    returns/ is kept once as returns/.kept/<sha256>.xlsx, as it came: an encrypted one is opened in memory only, with the
    counties' passwords of secrets/passwords.json. Nothing is raised for what a county can have done to the file: the
    receipt says it. Raises ContractProblem where passwords.json is wrong.
    """
    digest = _digest(file)
    try:
        found = _found(settings, file, digest)
    except safety.Unsafe as unsafe:
        _LOG.info("returned file %s refused as a whole", digest[:12])
        return Receipt(digest, received_on, "", "", (), (), (), 0, 0, unsafe.reason)
    receipt = Desk(settings.installation_key(), received_on).take(found.rows, lookup).receipt(digest, found.sheets)
    counts = (len(receipt.answers), len(receipt.refused), receipt.unfilled)
    _LOG.info("returned file %s: %d answers, %d rows refused, %d not filled in", digest[:12], *counts)
    return receipt


def _found(settings: Settings, file: Path, digest: str) -> rows.Found:
    """The answer rows of `file`, which is kept. Raises Unsafe where there is no list in it that can be read."""
    book = safety.opened(file, unlock.passwords(settings))
    _keep(settings, file, digest)
    found = rows.find(book)
    if not found.lists:
        titles = [returns.PAPERS[title] for title in found.papers]
        raise safety.Unsafe(OTHER_PAPER.format(titles[0]) if titles else NO_ROWS)
    return found


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _keep(settings: Settings, file: Path, digest: str) -> None:
    """Keep the bytes once, readable by the owner alone; what lies in returns/ already is not copied."""
    folder = settings.returns / ".kept"
    if file.resolve().parent == settings.returns.resolve() or (folder / f"{digest}.xlsx").exists():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temp = tempfile.mkstemp(dir=folder, prefix=".writing-")
    with os.fdopen(handle, "wb") as out:
        out.write(file.read_bytes())
    Path(temp).replace(folder / f"{digest}.xlsx")
