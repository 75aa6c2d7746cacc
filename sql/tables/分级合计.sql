-- 分级合计: of the national book, what the towns add up to against the county (row 县), and what the villages of the list of regions
-- add up to against their town (one row 乡 each): households, people, monitored households. A village counts for the town that
-- its code begins with, a town for the households that name it.
WITH 现行 AS (
  SELECT 区划编码, 区划名称, 级别, _ref FROM 区划 WHERE 生效日期 IS NULL OR 生效日期 <= :as_of
  QUALIFY row_number() OVER (PARTITION BY 区划编码 ORDER BY 生效日期 DESC NULLS LAST, _ref) = 1
),
人数 AS (SELECT 户编号, count(*) AS 人 FROM 人 GROUP BY 1),
监测户 AS (SELECT DISTINCT 户编号 FROM 监测),
家 AS (
  SELECT h._county, h._town AS 乡, left(v.区划编码, 9) AS 村所属乡, h._ref, coalesce(n.人, 0) AS 人, CAST(w.户编号 IS NOT NULL AS BIGINT) AS 监
  FROM 户 h
  LEFT JOIN 人数 n ON n.户编号 = h.户编号
  LEFT JOIN 监测户 w ON w.户编号 = h.户编号
  LEFT JOIN 现行 v ON v.区划编码 = h.村编码 AND v.级别 = '村'
),
乡镇 AS (SELECT left(区划编码, 9) AS 乡, min(区划名称) AS 名 FROM 现行 WHERE 级别 = '乡' GROUP BY 1),
按乡 AS (SELECT 乡, count(*) AS 户, sum(人) AS 人, sum(监) AS 监 FROM 家 GROUP BY 1),
按村 AS (SELECT 村所属乡 AS 乡, count(*) AS 户, sum(人) AS 人, sum(监) AS 监 FROM 家 GROUP BY 1),
县 AS (SELECT _county, count(*) AS 户, sum(监) AS 监, min(_ref) AS _ref FROM 家 GROUP BY 1)
SELECT
  c._county, c._ref, '县' AS 级, '全县' AS 名称,
  c.户 AS 上级户数, CAST((SELECT coalesce(sum(户), 0) FROM 按乡 WHERE 乡 IN (SELECT 乡 FROM 乡镇 WHERE left(乡, 6) = c._county)) AS BIGINT) AS 下级户数,
  (SELECT count(*) FROM 人) AS 上级人数, CAST((SELECT coalesce(sum(人), 0) FROM 按乡 WHERE 乡 IN (SELECT 乡 FROM 乡镇 WHERE left(乡, 6) = c._county)) AS BIGINT) AS 下级人数,
  CAST(c.监 AS BIGINT) AS 上级监测户数, CAST((SELECT coalesce(sum(监), 0) FROM 按乡 WHERE 乡 IN (SELECT 乡 FROM 乡镇 WHERE left(乡, 6) = c._county)) AS BIGINT) AS 下级监测户数
FROM 县 c
UNION ALL
SELECT
  c._county, c._ref, '乡', t.名, coalesce(x.户, 0), coalesce(v.户, 0),
  CAST(coalesce(x.人, 0) AS BIGINT), CAST(coalesce(v.人, 0) AS BIGINT), CAST(coalesce(x.监, 0) AS BIGINT), CAST(coalesce(v.监, 0) AS BIGINT)
FROM 乡镇 t
JOIN 县 c ON c._county = left(t.乡, 6)
LEFT JOIN 按乡 x ON x.乡 = t.乡
LEFT JOIN 按村 v ON v.乡 = t.乡
