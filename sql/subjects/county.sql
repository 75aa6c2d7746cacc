-- county: every county that the national book has households of.
WITH 现行 AS (
  SELECT * FROM 区划 WHERE 级别 = '县' AND (生效日期 IS NULL OR 生效日期 <= :as_of)
  QUALIFY row_number() OVER (PARTITION BY 区划编码 ORDER BY 生效日期 DESC NULLS LAST, _ref) = 1
),
县 AS (SELECT _county, count(*) AS 户数, min(_ref) AS _ref FROM 户 GROUP BY _county)
SELECT
  c._county AS _key, c._county, '' AS _town, -- covered where every town is
  CAST(NULL AS VARCHAR) AS _town_name,
  CAST(NULL AS VARCHAR) AS _village_name, CAST(NULL AS VARCHAR) AS _village,
  CAST(NULL AS VARCHAR) AS _household, CAST(NULL AS VARCHAR) AS _head, CAST(NULL AS VARCHAR) AS _person,
  v.区划名称 AS _name, CAST(NULL AS VARCHAR) AS _idkey, CAST(NULL AS VARCHAR) AS _idno,
  c._county AS 县编码, v.区划名称 AS 县名称, c.户数,
  c._ref AS 来源_户, v._ref AS 来源_区划
FROM 县 c
LEFT JOIN 现行 v ON v.区划编码 = c._county
