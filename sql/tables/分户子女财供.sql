-- 分户子女财供: whether a child who lives apart, or the child's spouse, is paid from the budget; NULL where that cannot be told.
WITH 不明 AS (SELECT DISTINCT 规范姓名(姓名) AS 名 FROM 财供 WHERE NOT coalesce(校验合格(证件号码), FALSE)),
名册 AS (
  SELECT idkey(证件号码) AS 号, 人员类别 || 在职状态 AS 情形, _ref,
    在职状态 IN ('在职', '离休', '退休') AND 人员类别 IN ('公务员', '参公', '事业编制', '机关工勤', '离退休') AS 供养
  FROM 财供
)
SELECT s.户编号, s._household, s.号, s.姓名, s.关系,
  CASE WHEN bool_or(f.供养) THEN TRUE WHEN any_value(u.名) IS NOT NULL OR count(f.号) > count(f.供养) THEN NULL ELSE FALSE END AS 供养,
  string_agg(DISTINCT f.情形, '、' ORDER BY f.情形) AS 情形, coalesce(min(f._ref), min(s._ref)) AS _ref
FROM 分户子女 s
LEFT JOIN 名册 f ON f.号 = s.号
LEFT JOIN 不明 u ON u.名 = 规范姓名(s.姓名)
GROUP BY ALL
