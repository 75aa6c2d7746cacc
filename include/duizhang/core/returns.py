"""What a published workbook and its return must agree on: headers, answer words, and the signed token of a row.

`publish` writes it and `receive` reads it; neither imports the other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata

NUMBER = "问题编号"
TOKEN = "校验码"
ANSWER = "核查结果"
NOTE = "核查说明"
ANSWERED_BY = "核查人"
CHECKED_ON = "核查日期"
APPROVED_BY = "批准人"
ANSWER_COLUMNS = (ANSWER, NOTE, ANSWERED_BY, CHECKED_ON, APPROVED_BY)
IDENTITY_COLUMNS = ("户编号", "姓名", "证件号码")
CODE = "指标"
DUE = "期限"
SHOWN_COLUMNS = ("国家系统登记", "部门/入户登记")  # what the books say, one evidence_line each
DROP_DOWN_MARK = "▼"
LONGEST_NOTE = 2000  # characters of 核查说明; a longer text is a document, not a note
LONGEST_NAME = 40  # characters of 核查人 and 批准人
# Titles of the other papers that go out or come back: one of them sent back in place of the list is named as what it is.
RECEIPT_TITLE = "核对清单回执"
PAPERS = {
    "入户单": "入户单（入户时手写用）",
    RECEIPT_TITLE: "回执（平台发给县里的）",
    "部门更正单": "部门更正单",
    "县级闭合证明": "县级闭合证明",
    "数据质量评分": "数据质量评分",
    "反馈登记": "反馈登记",
}

# Answer word → what it means, as the instruction sheet says it. The order is that of the drop-down.
ANSWERS = {
    "已整改": "问题属实，已在应改的账上改好。下期以最新导出为准：改到位的自动销号，没变的退回。",
    "属实待整改": "问题属实，还没有改完。继续挂账，等最新导出改到位后销号。",
    "不属实": "核查后与实际不符，账上不用改。必须写核查说明（怎么核的、看到什么）。",
    "部门数据有误": "国家系统是对的，错在部门的账。写明哪个部门、错在哪里，由部门更正后销号。",
    "无法核实": "本期核不清（如人户长期在外、缺资料）。写明原因，继续挂账。",
    "情况说明": "事实已无法更改，或确有政策理由不改。必须写核查说明；需要豁免的，另由批准人签名。",
}
NEEDS_NOTE = frozenset({"不属实", "情况说明"})


def row_token(key: bytes, item_id: str, county: str, cycle: str, value_hash: str) -> str:
    """16 base32 characters that bind a row to this installation, item, county, cycle and the values shown.

    HMAC-SHA256 under the installation `key` over the length-prefixed parts, so that no two lists of parts collide.
    """
    parts = [part.encode() for part in (item_id, county, cycle, value_hash)]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return base64.b32encode(hmac.new(key, message, hashlib.sha256).digest()).decode()[:16]


_TOKEN = re.compile(r"[A-Z2-7]{16}")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_ALIKE = str.maketrans("01L89", "OIIBG")  # a token is base32: it has neither 0, 1, 8 nor 9


def fold(value: object) -> str:
    """`value` as text that equal-looking cells share: NFKC, upper case, no white space, nothing invisible; None is ''."""
    folded = unicodedata.normalize("NFKC", "" if value is None else str(value))
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc")).upper()


def fold_number(value: object) -> str:
    """问题编号 of a cell: folded, every dash a hyphen."""
    return fold(value).translate(_DASHES)


def is_token(folded: str) -> bool:
    """Whether `folded` has the form of a whole token (of whatever row)."""
    return _TOKEN.fullmatch(folded) is not None


def is_left_of(folded: str, token: str) -> bool:
    """Whether `folded` may be what is left of `token`: nothing, a piece, or letters taken for digits that look alike."""
    return folded.translate(_ALIKE) in token.translate(_ALIKE)


def evidence_line(column: str, value: object) -> str:
    """One value of a book as the list shows it: empty as （空）, truth values as 是/否, whole numbers without decimals."""
    if value is None or value == "":
        said = "（空）"
    elif isinstance(value, bool):
        said = "是" if value else "否"
    else:
        said = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return f"{column.removeprefix('参数_').replace('_', '')}：{said}"
