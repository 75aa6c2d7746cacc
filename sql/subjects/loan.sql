-- loan: one row for every loan of the national module 小额信贷, and for every loan that only a bank has and that is a household
-- member's; with its pair at the bank, the household's state at the time of the loan, and what became of the borrower.
WITH 监测时 AS (
  SELECT t._ref, bool_or(m.识别监测时间 <= 月(t.放款日期) AND (m.风险是否已消除 = '否' OR m.消除监测时间 >= 月(t.放款日期))) AS 在,
    count(*) > count(m.识别监测时间 <= 月(t.放款日期) AND (m.风险是否已消除 = '否' OR m.消除监测时间 >= 月(t.放款日期))) AS 不明
  FROM 小贷 t JOIN 监测 m ON m.户编号 = t.户编号 GROUP BY 1
),
-- of one number the household's member whose row comes first
成员 AS (
  SELECT 户编号, idkey(证件号码) AS 号, min(人编号) AS 人编号 FROM 人 WHERE idkey(证件号码) IS NOT NULL GROUP BY 1, 2
),
身故 AS (SELECT idkey(公民身份号码) AS 号, min(死亡日期) AS 死亡日期, min(_ref) AS _ref FROM 死亡 WHERE 死亡日期 <= :as_of GROUP BY 1),
-- names whose number cannot be compared: of a namesake nothing can be said
身故不明 AS (SELECT DISTINCT 规范姓名(姓名) AS 名 FROM 死亡 WHERE NOT coalesce(校验合格(公民身份号码), FALSE)),
在押 AS (
  SELECT idkey(公民身份号码) AS 号, min(起始日期) AS 起始日期, min(_ref) AS _ref
  FROM 羁押 WHERE 情形 IN ('服刑', '羁押') AND (终止日期 IS NULL OR 终止日期 > :as_of) GROUP BY 1
),
在押不明 AS (SELECT DISTINCT 规范姓名(姓名) AS 名 FROM 羁押 WHERE NOT coalesce(校验合格(公民身份号码), FALSE)),
贷 AS (
  SELECT x.户编号, x.借据, coalesce(t._county, h._county) AS _county,
    coalesce(t.借款人姓名, x.借款人姓名) AS 姓名, coalesce(t.借款人证件号码, x.借款人证件号码) AS 证件,
    t.* NOT SIMILAR TO '_.*|户编号', x.借据号, x.配对,
    x.贷款银行 AS 银行_贷款银行, x.贷款金额 AS 银行_贷款金额, x.贷款余额 AS 银行_贷款余额, x.发放日期 AS 银行_发放日期, x.到期日期 AS 银行_到期日期,
    x.实际还清日期 AS 银行_实际还清日期, x.逾期天数 AS 银行_逾期天数, x.逾期金额 AS 银行_逾期金额,
    t._ref AS 来源_小贷, x.银行_ref AS 来源_贷款, h._town, h._town_name, h._village_name, h.村编码, h.户主姓名, h.户类型, h.监测对象类别, h._ref AS 来源_户
  FROM 借据配对 x
  LEFT JOIN 小贷 t ON t._ref = x._ref AND t.合同编号 = x.合同编号
  LEFT JOIN 户 h ON h.户编号 = x.户编号
)
SELECT
  x.户编号 || '|' || x.借据 AS _key, x._county, coalesce(x._town, '') AS _town, x._town_name, x._village_name, x.村编码 AS _village,
  x.户编号 AS _household, x.户主姓名 AS _head, p.人编号 AS _person, x.姓名 AS _name, idkey(x.证件) AS _idkey, x.证件 AS _idno,
  x.* NOT SIMILAR TO '_.*|姓名|证件|村编码|来源_.*',
  CASE WHEN m.在 THEN TRUE WHEN m.不明 THEN NULL ELSE FALSE END AS 放款时在监测,
  CASE WHEN d.号 IS NOT NULL THEN TRUE WHEN 校验合格(x.证件) AND e.名 IS NULL THEN FALSE END AS 借款人已死亡, d.死亡日期 AS 借款人死亡日期,
  CASE WHEN g.号 IS NOT NULL THEN TRUE WHEN 校验合格(x.证件) AND f.名 IS NULL THEN FALSE END AS 借款人在押, g.起始日期 AS 借款人在押起始日期,
  x.来源_小贷, x.来源_贷款, x.来源_户, d._ref AS 来源_死亡, g._ref AS 来源_羁押
FROM 贷 x
LEFT JOIN 监测时 m ON m._ref = x.来源_小贷
LEFT JOIN 成员 p ON p.户编号 = x.户编号 AND p.号 = idkey(x.证件)
LEFT JOIN 身故 d ON d.号 = idkey(x.证件)
LEFT JOIN 身故不明 e ON e.名 = 规范姓名(x.姓名)
LEFT JOIN 在押 g ON g.号 = idkey(x.证件)
LEFT JOIN 在押不明 f ON f.名 = 规范姓名(x.姓名)
