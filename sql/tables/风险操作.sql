-- 风险操作: every taking back of "risk over" and every marking anew in the log of the national system, with the procedures of the
-- same sort whose month (approval by the county; without it the start) lies within one month of the operation.
SELECT
  g._household, g._county, g._ref, g.操作类型, g.操作日期,
  count(c._ref) AS 程序数, count(c.县级审定日期) AS 审定数
FROM linked_风险日志 g
LEFT JOIN linked_程序 c ON c._household = g._household
  AND c.程序类型 = CASE g.操作类型 WHEN '风险消除回退' THEN '消除回退' ELSE g.操作类型 END
  AND abs(月差(月(coalesce(c.县级审定日期, c.启动日期)), 月(g.操作日期))) <= 1
WHERE g.操作类型 IN ('风险消除回退', '风险再标注') AND g._household IS NOT NULL
GROUP BY ALL
