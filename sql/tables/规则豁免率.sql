-- 规则豁免率: of every rule of the county's ledger of problems with hits enough (config table 豁免率口径): subjects hit and valid exemptions.
WITH 命中 AS (SELECT _county, 规则编码, count(DISTINCT 对象键) AS 命中数, min(_ref) AS _ref FROM 问题台账 GROUP BY ALL),
豁免 AS (
  SELECT _county, 规则编码, count(DISTINCT 对象键) AS 豁免数 FROM 豁免清单
  WHERE coalesce(生效日期 <= :as_of, TRUE) AND coalesce(失效日期 >= :as_of, TRUE) GROUP BY ALL
)
SELECT m._county, m._ref, m.规则编码, m.命中数, coalesce(e.豁免数, 0) AS 有效豁免数, 比(coalesce(e.豁免数, 0), m.命中数) AS 豁免率
FROM 命中 m
LEFT JOIN 豁免 e ON e._county = m._county AND e.规则编码 = m.规则编码
WHERE m.命中数 >= (SELECT 最少命中数 FROM 豁免率口径)
