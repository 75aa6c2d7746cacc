-- problem: one row of the ledger that a county keeps of problems, with what later batches and the list of exemptions say of the same
-- rule and subject. The newest batch is that of the latest date of issue.
-- A row of it without a date was issued with the batch.
WITH 最新 AS (SELECT arg_max(批次号, row(下发日期, 批次号)) AS 批次号, max(下发日期) AS 日期 FROM 问题台账 WHERE 下发日期 IS NOT NULL),
再命中 AS (
  SELECT t.规则编码, t.对象键, max(coalesce(t.下发日期, n.日期)) AS 日期 FROM 问题台账 t JOIN 最新 n ON n.批次号 = t.批次号 GROUP BY ALL
),
前次 AS (
  SELECT t.问题编号, max(q.下发日期) AS 日期
  FROM 问题台账 t JOIN 问题台账 q ON q.规则编码 = t.规则编码 AND q.对象键 = t.对象键 AND q.下发日期 < t.下发日期 AND q.复核结果 = '通过'
  GROUP BY ALL
),
有效 AS (
  SELECT 规则编码, 对象键, count(*) AS 条数, min(_ref) AS _ref FROM 豁免清单
  WHERE coalesce(生效日期 <= :as_of, TRUE) AND coalesce(失效日期 >= :as_of, TRUE) GROUP BY ALL
)
SELECT
  t._county || '|' || t.问题编号 AS _key,
  t._county, coalesce(h._town, '') AS _town, h._town_name, h._village_name, h.村编码 AS _village,
  h.户编号 AS _household, h.户主姓名 AS _head, p.人编号 AS _person, t.姓名 AS _name, idkey(t.证件号码) AS _idkey, t.证件号码 AS _idno,
  t.问题编号, t.批次号, t.规则编码, t.对象键, t.严重性, t.来源, t.下发日期, t.整改时限, t.责任单位, t.核查日期, t.核查结果, t.整改情况,
  t.整改完成日期, t.复核结果, t.是否豁免, t._data_date AS 台账_时点,
  a.日期 AS 前次通过下发日期, r.日期 AS 最新批次再命中日期, coalesce(e.条数, 0) AS 有效豁免条数,
  t._ref AS 来源_问题台账, e._ref AS 来源_豁免清单
FROM 问题台账 t
LEFT JOIN 户 h ON h.户编号 = t.户编号
LEFT JOIN 人 p ON p.人编号 = t.人编号
LEFT JOIN 前次 a ON a.问题编号 = t.问题编号
LEFT JOIN 再命中 r ON r.规则编码 = t.规则编码 AND r.对象键 = t.对象键
LEFT JOIN 有效 e ON e.规则编码 = t.规则编码 AND e.对象键 = t.对象键
QUALIFY row_number() OVER (PARTITION BY _key ORDER BY t._ref, h._ref, p._ref) = 1
