"""Words that normalise writes and snapshot counts: kinds of cell issues and reasons of quarantine (FMT rules)."""

LONG_NUMBER = "长数字被表格软件转成数值，末几位已丢失，不能猜补：请把该列设为“文本”格式后从原系统重新导出"
REPEATED = "与同一文件中前面一行完全重复"
DATE_ISSUE = "日期不可解析"
NUMBER_ISSUE = "数字不可解析"
CODE_ISSUE = "代码不在码表"
INVISIBLE = "不可见字符"
DISAGREE = "同一对象各行的值不一致"
FORMULA = "公式出错"
ERROR_WORDS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")  # of spreadsheets

# refusals that are columns of the subject `delivery`: column → kind of refusal
REFUSED_COLUMNS = {
    "缺列拒收文件数": "missing_columns",
    "表头无法定位拒收文件数": "header",
    "编码不可解码拒收文件数": "encoding",
}
# what the sheets themselves hide or hold beside what was read: column → key of the read report. NULL: the format does not tell
SHEET_COLUMNS = {
    "隐藏行数": "hidden_rows",
    "隐藏列数": "hidden_columns",
    "筛选隐藏行数": "filtered_rows",
    "未登记工作表数": "unread_sheets",
}
# column of the subject `delivery` → what it counts
REASON_COLUMNS = {"长数字转数值行数": LONG_NUMBER}
ISSUE_COLUMNS = {
    "不可见字符单元格数": INVISIBLE,
    "日期不可解析单元格数": DATE_ISSUE,
    "数字不可解析单元格数": NUMBER_ISSUE,
    "代码不在码表单元格数": CODE_ISSUE,
    "重复值不一致单元格数": DISAGREE,
}

# every column of books/deliveries.parquet in order → its DuckDB type
DELIVERY_COLUMNS = {
    **dict.fromkeys(("feed", "book", "owner", "county", "文件名"), "VARCHAR"),
    **dict.fromkeys((*REFUSED_COLUMNS, "未登记列数", "非数据行数", "重复接入次数", *REASON_COLUMNS, *ISSUE_COLUMNS, *SHEET_COLUMNS), "BIGINT"),
    "本期行数": "BIGINT",
    "上期行数": "BIGINT",
    "国家系统最早数据日期": "DATE",
    "国家系统最晚数据日期": "DATE",
}
