-- The rows of the subsidy ledger by household, each with whether it was paid within the income cycle that the household's annual
-- income states (else the county's). A row without a date is of the cycle or not, nobody knows, where its year is one of the cycle's.
WITH 收入周期 AS (
  SELECT h.户编号, h._county, coalesce(i.计算周期起, c.收入周期起) AS 起, coalesce(i.计算周期止, c.收入周期止) AS 止
  FROM 户 h
  LEFT JOIN 收入 i ON i.户编号 = h.户编号 AND i.收入时点 = '年度'
  LEFT JOIN 参数 c ON c.县编码 = h._county AND c.年度 = year(:as_of)
)
SELECT
  p._household, z._county, p.年度, p.补贴项目, p.补贴金额, p.发放日期,
  CASE WHEN p.发放日期 IS NOT NULL THEN p.发放日期 BETWEEN z.起 AND z.止
    WHEN p.年度 NOT BETWEEN year(z.起) AND year(z.止) THEN FALSE END AS 周期内,
  p._ref
FROM linked_产业 p
JOIN 收入周期 z ON z.户编号 = p._household
