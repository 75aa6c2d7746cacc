-- 走访: every household of the national book with the months in which the visits' book has a record of it, and from when to when
-- that book can tell of the county: its first visit (within 400 days before its data date, so that one slip of the pen does not
-- open years) and its data date. A household of a county without such a book has no row.
WITH 时点 AS (SELECT _county, max(_data_date) AS 时点 FROM 入户 GROUP BY 1),
全县 AS (
  SELECT t._county, t.时点, min(r.核查日期) AS 首次日期, min(r._ref) AS _ref
  FROM 时点 t JOIN 入户 r ON r._county = t._county AND r.核查日期 BETWEEN t.时点 - 400 AND t.时点 GROUP BY ALL
)
SELECT
  h.户编号 AS _household, h._county, coalesce(min(r._ref), min(k._ref)) AS _ref, k.首次日期, k.时点,
  nullif(string_agg(DISTINCT 文本(月(r.核查日期)), '、' ORDER BY 文本(月(r.核查日期))), '') AS 月份,
  count(CASE WHEN r._ref IS NOT NULL AND r.核查日期 IS NULL THEN 1 END) AS 无日期条数,
  CASE WHEN bool_or(r.是否签署授权委托书 = '是') THEN '是' ELSE min(r.是否签署授权委托书) END AS 是否签署授权委托书
FROM 户 h
JOIN 全县 k ON k._county = h._county
LEFT JOIN 入户 r ON r.户编号 = h.户编号
GROUP BY h.户编号, h._county, k.首次日期, k.时点
