-- 借据配对: each loan of the national module with its loan at the bank, and what only one of them has. One to one: first the same
-- borrower and amount (to 1 yuan) and at most 31 days between the dates, the nearest to each other; then, of what is left, the
-- same borrower and month. 配对: 已配对, 银行无, 系统无, or NULL where a number, a date or a namesake lets nobody tell.
WITH 系统 AS (
  SELECT 户编号, 合同编号, CASE WHEN 校验合格(借款人证件号码) THEN idkey(借款人证件号码) END AS 号, 规范姓名(借款人姓名) AS 名,
    放款日期 AS 日, 贷款金额 AS 额, _ref,
    row_number() OVER (PARTITION BY idkey(借款人证件号码) ORDER BY 放款日期, 贷款金额, 合同编号) AS 序
  FROM 小贷
),
-- loans of the county's people in the books of other counties, too; what a bank says in several books is one loan
各行 AS (
  SELECT 借据号, 借款人姓名, 借款人证件号码, 贷款银行, 贷款金额, 贷款余额, 发放日期, 到期日期, 实际还清日期, 逾期天数, 逾期金额, 用途, _ref, TRUE AS 本县 FROM 贷款
  UNION SELECT 借据号, 借款人姓名, 借款人证件号码, 贷款银行, 贷款金额, 贷款余额, 发放日期, 到期日期, 实际还清日期, 逾期天数, 逾期金额, 用途, _ref, FALSE FROM linked_贷款
  WHERE _ref NOT IN (SELECT _ref FROM 贷款)
),
银行 AS (
  SELECT *, CASE WHEN 校验合格(借款人证件号码) THEN idkey(借款人证件号码) END AS 号, 规范姓名(借款人姓名) AS 名, 发放日期 AS 日, 贷款金额 AS 额,
    row_number() OVER (PARTITION BY idkey(借款人证件号码) ORDER BY 发放日期, 贷款金额, 借据号) AS 序
  FROM (SELECT * FROM 各行 QUALIFY row_number() OVER (PARTITION BY 规范姓名(贷款银行), 借据号, idkey(借款人证件号码) ORDER BY 本县 DESC, _ref) = 1)
),
近配 AS (
  SELECT s._ref AS 甲, b._ref AS 乙
  FROM 系统 s JOIN 银行 b ON b.号 = s.号 AND abs(天差(s.日, b.日)) <= 31 AND abs(s.额 - b.额) <= 1
  QUALIFY row_number() OVER (PARTITION BY s._ref ORDER BY abs(天差(s.日, b.日)), abs(s.序 - b.序), b.序) = 1
    AND row_number() OVER (PARTITION BY b._ref ORDER BY abs(天差(s.日, b.日)), abs(s.序 - b.序), s.序) = 1
),
余系统 AS (SELECT *, row_number() OVER (PARTITION BY 号, 月(日) ORDER BY 日, 额, 合同编号) AS 位 FROM 系统 WHERE _ref NOT IN (SELECT 甲 FROM 近配)),
余银行 AS (SELECT *, row_number() OVER (PARTITION BY 号, 月(日) ORDER BY 日, 额, 借据号) AS 位 FROM 银行 WHERE _ref NOT IN (SELECT 乙 FROM 近配)),
配 AS (
  SELECT 甲, 乙 FROM 近配
  UNION ALL SELECT s._ref, b._ref FROM 余系统 s JOIN 余银行 b ON b.号 = s.号 AND 月(b.日) = 月(s.日) AND b.位 = s.位
),
归户 AS (SELECT _ref, min(_household) AS 户编号 FROM linked_贷款 GROUP BY 1),
银行无名 AS (SELECT DISTINCT 名 FROM 银行 WHERE 号 IS NULL),
系统无名 AS (SELECT DISTINCT 名 FROM 系统 WHERE 号 IS NULL)
SELECT s.户编号, s.户编号 AS _household, s.合同编号 AS 借据, s.合同编号, b.借据号,
  CASE WHEN b._ref IS NOT NULL THEN '已配对' WHEN s.号 IS NULL OR s.日 IS NULL OR s.额 IS NULL OR u.名 IS NOT NULL THEN NULL ELSE '银行无' END AS 配对,
  b.借款人姓名, b.借款人证件号码, b.贷款银行, b.贷款金额, b.贷款余额, b.发放日期, b.到期日期, b.实际还清日期, b.逾期天数, b.逾期金额, b.用途,
  b._ref AS 银行_ref, s._ref
FROM 系统 s
LEFT JOIN 配 p ON p.甲 = s._ref
LEFT JOIN 银行 b ON b._ref = p.乙
LEFT JOIN 银行无名 u ON u.名 = s.名
UNION ALL
SELECT h.户编号, h.户编号, '银行|' || 规范姓名(b.贷款银行) || '|' || b.借据号, NULL, b.借据号,
  CASE WHEN b.日 IS NULL OR b.额 IS NULL OR u.名 IS NOT NULL THEN NULL ELSE '系统无' END,
  b.借款人姓名, b.借款人证件号码, b.贷款银行, b.贷款金额, b.贷款余额, b.发放日期, b.到期日期, b.实际还清日期, b.逾期天数, b.逾期金额, b.用途,
  b._ref, b._ref
FROM 银行 b
JOIN 归户 h ON h._ref = b._ref
LEFT JOIN 系统无名 u ON u.名 = b.名
WHERE b._ref NOT IN (SELECT 乙 FROM 配)
