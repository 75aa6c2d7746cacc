"""Words that normalise writes and snapshot counts: kinds of cell issues and reasons of quarantine (FMT rules)."""

LONG_NUMBER = "长数字被表格软件转成数值，末几位已丢失，不能猜补：请把该列设为“文本”格式后从原系统重新导出"
REPEATED = "与同一文件中前面一行完全重复"
DATE_ISSUE = "日期不可解析"
NUMBER_ISSUE = "数字不可解析"
CODE_ISSUE = "代码不在码表"
INVISIBLE = "不可见字符"
DISAGREE = "同一对象各行的值不一致"

# column of the subject `delivery` → what it counts
REASON_COLUMNS = {"长数字转数值行数": LONG_NUMBER}
ISSUE_COLUMNS = {
    "不可见字符单元格数": INVISIBLE,
    "日期不可解析单元格数": DATE_ISSUE,
    "数字不可解析单元格数": NUMBER_ISSUE,
    "代码不在码表单元格数": CODE_ISSUE,
    "重复值不一致单元格数": DISAGREE,
}
