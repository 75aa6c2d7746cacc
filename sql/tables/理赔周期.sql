-- 理赔周期: what the insurance against falling into poverty paid to members of a household within the period of an income that the
-- national book states (at identification, after elimination). NULL where the insurance's book begins after the period did.
WITH 起点 AS (SELECT min(月(赔付日期)) AS 最早 FROM 理赔)
SELECT i.户编号, i.户编号 AS _household, i.收入时点,
  CASE WHEN max(q.最早) <= 月(i.计算周期起) THEN coalesce(sum(r.理赔金额), 0) END AS 理赔合计, coalesce(min(r._ref), min(i._ref)) AS _ref
FROM 收入 i
CROSS JOIN 起点 q
LEFT JOIN linked_理赔 r ON r._household = i.户编号 AND r.赔付日期 BETWEEN i.计算周期起 AND i.计算周期止
WHERE i.收入时点 IN ('识别时', '风险消除后') AND i.计算周期起 IS NOT NULL AND i.计算周期止 IS NOT NULL
GROUP BY i.户编号, i.收入时点, i.计算周期起
