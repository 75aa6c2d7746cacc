-- 帮扶结对: every term of a cadre that is in force, with the number of households of the county the same cadre has now.
-- Who has no number booked is known by name and office; without either nothing is counted.
WITH 在任 AS (
  SELECT 户编号, 帮扶人姓名, _county, _ref,
    CASE WHEN 帮扶人证件号码 IS NOT NULL THEN coalesce(idkey(帮扶人证件号码), 帮扶人证件号码)
         ELSE 规范姓名(帮扶人姓名) || '|' || 帮扶人单位 END AS 谁
  FROM 帮扶人 WHERE 结束日期 IS NULL OR 结束日期 >= :as_of
),
户数 AS (SELECT 谁, count(DISTINCT 户编号) AS 结对户数 FROM 在任 WHERE 谁 IS NOT NULL GROUP BY 谁)
SELECT t.户编号, t.帮扶人姓名, n.结对户数, t._county, t._ref
FROM 在任 t LEFT JOIN 户数 n ON n.谁 = t.谁
