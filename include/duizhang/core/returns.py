"""What a published workbook and its return must agree on: headers, answer words, and the signed token of a row.

`publish` writes it and `receive` reads it; neither imports the other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

NUMBER = "问题编号"
TOKEN = "校验码"
ANSWER = "核查结果"
NOTE = "核查说明"
ANSWERED_BY = "核查人"
CHECKED_ON = "核查日期"
APPROVED_BY = "批准人"
ANSWER_COLUMNS = (ANSWER, NOTE, ANSWERED_BY, CHECKED_ON, APPROVED_BY)
IDENTITY_COLUMNS = ("户编号", "姓名", "证件号码")
DROP_DOWN_MARK = "▼"

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
