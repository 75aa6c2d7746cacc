-- village: every village of the county, with the number of households booked under its code.
WITH 现行 AS (
  SELECT * FROM 区划 WHERE 生效日期 IS NULL OR 生效日期 <= :as_of
  QUALIFY row_number() OVER (PARTITION BY 区划编码 ORDER BY 生效日期 DESC NULLS LAST, _ref) = 1
),
挂户 AS (SELECT 村编码, count(*) AS 户数, min(户编号) AS 首户 FROM 户 WHERE 村编码 IS NOT NULL GROUP BY 村编码),
民政现行 AS (
  SELECT * FROM 民政区划 WHERE 生效日期 IS NULL OR 生效日期 <= :as_of
  QUALIFY row_number() OVER (PARTITION BY 区划编码 ORDER BY 生效日期 DESC NULLS LAST, _ref) = 1
),
同名 AS (
  SELECT left(区划编码, 9) AS 乡, 规范地名(区划名称) AS 名, count(*) AS 村数, string_agg(区划编码, '、' ORDER BY 区划编码) AS 编码
  FROM 现行 WHERE 级别 = '村' AND 状态 = '有效' GROUP BY ALL
)
SELECT
  v.区划编码 AS _key, left(v.区划编码, 6) AS _county, left(v.区划编码, 9) AS _town,
  t.区划名称 AS _town_name, v.区划名称 AS _village_name,
  CAST(NULL AS VARCHAR) AS _household, CAST(NULL AS VARCHAR) AS _head, CAST(NULL AS VARCHAR) AS _person, v.区划名称 AS _name,
  CAST(NULL AS VARCHAR) AS _idkey, CAST(NULL AS VARCHAR) AS _idno,
  v.* NOT SIMILAR TO '_.*',
  w.区划名称 AS 合并去向名称,
  coalesce(k.户数, 0) AS 挂户数, k.首户 AS 挂户户编号示例,
  w.是否重点村 AS 合并去向是否重点村,
  CASE WHEN v.状态 = '有效' THEN d.村数 END AS 同乡同名村数, CASE WHEN v.状态 = '有效' THEN d.编码 END AS 同乡同名村编码,
  m.区划名称 AS 民政_区划名称, m.状态 AS 民政_状态, m.生效日期 AS 民政_生效日期,
  v._ref AS 来源_区划, m._ref AS 来源_民政区划
FROM 现行 v
LEFT JOIN 现行 t ON t.区划编码 = left(v.区划编码, 9)
LEFT JOIN 现行 w ON w.区划编码 = v.合并去向编码
LEFT JOIN 挂户 k ON k.村编码 = v.区划编码
LEFT JOIN 同名 d ON d.乡 = left(v.区划编码, 9) AND d.名 = 规范地名(v.区划名称)
LEFT JOIN 民政现行 m ON m.区划编码 = v.区划编码
WHERE v.级别 = '村' AND left(v.区划编码, 6) IN (SELECT _county FROM 户)
-- villages that only the civil-affairs list has
UNION ALL BY NAME
SELECT
  m.区划编码 AS _key, left(m.区划编码, 6) AS _county, left(m.区划编码, 9) AS _town, t.区划名称 AS _town_name,
  m.区划名称 AS _village_name, m.区划名称 AS _name, m.区划编码,
  coalesce(k.户数, 0) AS 挂户数, k.首户 AS 挂户户编号示例,
  m.区划名称 AS 民政_区划名称, m.状态 AS 民政_状态, m.生效日期 AS 民政_生效日期, m._ref AS 来源_民政区划
FROM 民政现行 m
LEFT JOIN 现行 t ON t.区划编码 = left(m.区划编码, 9)
LEFT JOIN 挂户 k ON k.村编码 = m.区划编码
WHERE m.级别 = '村' AND m.状态 = '有效' AND left(m.区划编码, 6) IN (SELECT _county FROM 户)
  AND NOT EXISTS (SELECT 1 FROM 现行 v WHERE v.区划编码 = m.区划编码)
