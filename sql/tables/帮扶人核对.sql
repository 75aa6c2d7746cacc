-- 帮扶人核对: terms that have no end, with whether the cadre's number is that of a member of the same household or of somebody dead.
-- 不明: one of the two cannot be told, by the cadre's own number or by that of a namesake in the household or on the list.
WITH 成员 AS (SELECT DISTINCT 户编号, idkey(证件号码) AS 号 FROM 人 WHERE idkey(证件号码) IS NOT NULL),
成员不明 AS (SELECT DISTINCT 户编号, 规范姓名(姓名) AS 名 FROM 人 WHERE NOT coalesce(校验合格(证件号码), FALSE)),
身故 AS (SELECT idkey(公民身份号码) AS 号, max(coalesce(文本(死亡日期), '日期未填')) AS 死亡情况 FROM 死亡 GROUP BY 1),
身故不明 AS (SELECT DISTINCT 规范姓名(姓名) AS 名 FROM 死亡 WHERE NOT coalesce(校验合格(公民身份号码), FALSE)),
任 AS (
  SELECT t.户编号, t.帮扶人姓名, t._county, t._ref, d.死亡情况,
    CASE WHEN m.号 IS NOT NULL THEN TRUE WHEN 校验合格(t.帮扶人证件号码) AND x.名 IS NULL THEN FALSE END AS 本户成员,
    d.死亡情况 IS NULL AND (y.名 IS NOT NULL OR NOT coalesce(校验合格(t.帮扶人证件号码), FALSE)) AS 死亡不明
  FROM 帮扶人 t
  LEFT JOIN 成员 m ON m.户编号 = t.户编号 AND m.号 = idkey(t.帮扶人证件号码)
  LEFT JOIN 成员不明 x ON x.户编号 = t.户编号 AND x.名 = 规范姓名(t.帮扶人姓名)
  LEFT JOIN 身故 d ON d.号 = idkey(t.帮扶人证件号码)
  LEFT JOIN 身故不明 y ON y.名 = 规范姓名(t.帮扶人姓名)
  WHERE t.结束日期 IS NULL
)
SELECT 户编号, 帮扶人姓名, _county, _ref, 本户成员, 死亡情况, 本户成员 IS NULL OR 死亡不明 AS 不明 FROM 任
