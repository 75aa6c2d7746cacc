-- 帮扶人核对: terms that have no end, with whether the cadre's number is that of a member of the same household or of somebody dead.
SELECT t.户编号, t.帮扶人姓名, t._county, t._ref,
  coalesce(idkey(t.帮扶人证件号码) IN (SELECT idkey(p.证件号码) FROM 人 p WHERE p.户编号 = t.户编号 AND idkey(p.证件号码) IS NOT NULL), FALSE) AS 本户成员,
  (SELECT max(coalesce(文本(d.死亡日期), '日期未填')) FROM 死亡 d WHERE idkey(d.公民身份号码) = idkey(t.帮扶人证件号码)) AS 死亡情况
FROM 帮扶人 t WHERE t.结束日期 IS NULL
