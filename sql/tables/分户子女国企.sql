-- 分户子女国企: whether a child who lives apart, or the child's spouse, is a middle manager or above of a state-owned enterprise.
WITH 不明 AS (SELECT DISTINCT 规范姓名(姓名) AS 名 FROM 国企 WHERE NOT coalesce(校验合格(证件号码), FALSE)),
名册 AS (SELECT idkey(证件号码) AS 号, 企业名称 || 职务层级 AS 情形, _ref FROM 国企)
SELECT s.户编号, s._household, s.号, s.姓名, s.关系,
  CASE WHEN count(f.号) > 0 THEN TRUE WHEN any_value(u.名) IS NOT NULL THEN NULL ELSE FALSE END AS 任职,
  string_agg(DISTINCT f.情形, '、' ORDER BY f.情形) AS 情形, coalesce(min(f._ref), min(s._ref)) AS _ref
FROM 分户子女 s
LEFT JOIN 名册 f ON f.号 = s.号
LEFT JOIN 不明 u ON u.名 = 规范姓名(s.姓名)
GROUP BY ALL
