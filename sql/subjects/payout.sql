-- payout: one row for every payment of the insurance against falling into poverty, with the household of who was paid and whether it
-- was monitored in the month of the payment. Who was paid without being in the national book belongs to no monitored household; that
-- cannot be told where the number, or a namesake's in the national book, cannot be compared, or is of another county.
WITH 归户 AS (
  SELECT _ref, min(_household) AS 户编号, arg_min(_person, _household) AS 人编号 FROM linked_理赔 GROUP BY 1
),
-- who has left the national book since: the household that the change names
离户 AS (
  SELECT idkey(证件号码) AS 号, arg_max(户编号, row(coalesce(变动日期, DATE '1900-01-01'), _ref)) AS 户编号
  FROM 增减 WHERE 变动类型 = '减少' AND 校验合格(证件号码) GROUP BY 1
),
赔付 AS (
  SELECT coalesce(l.户编号, z.户编号) AS 户编号, l.人编号, t.案件号, t.姓名, t.证件号码, t.救助类型, t.理赔金额, t.赔付日期, t.经办费用, t._county, t._ref
  FROM 理赔 t LEFT JOIN 归户 l ON l._ref = t._ref LEFT JOIN 离户 z ON z.号 = idkey(t.证件号码)
),
监测时 AS (
  SELECT t._ref, bool_or(m.识别监测时间 <= 月(t.赔付日期) AND (m.风险是否已消除 = '否' OR m.消除监测时间 >= 月(t.赔付日期))) AS 在,
    count(*) > count(m.识别监测时间 <= 月(t.赔付日期) AND (m.风险是否已消除 = '否' OR m.消除监测时间 >= 月(t.赔付日期))) AS 不明
  FROM 赔付 t JOIN 监测 m ON m.户编号 = t.户编号 GROUP BY 1
),
同名不明 AS (SELECT DISTINCT 规范姓名(姓名) AS 名 FROM 人 WHERE NOT coalesce(校验合格(证件号码), FALSE))
SELECT
  t._county || '|' || t.案件号 AS _key, t._county, coalesce(h._town, '') AS _town, h._town_name, h._village_name, h.村编码 AS _village,
  t.户编号 AS _household, h.户主姓名 AS _head, t.人编号 AS _person, t.姓名 AS _name, idkey(t.证件号码) AS _idkey, t.证件号码 AS _idno,
  t.* NOT SIMILAR TO '_.*|人编号', h.户主姓名, h.户类型, h.监测对象类别, k.识别监测时间, k.风险是否已消除, k.消除监测时间,
  CASE WHEN m.在 THEN TRUE WHEN m.不明 OR t.赔付日期 IS NULL THEN NULL WHEN h.户编号 IS NOT NULL THEN FALSE
    WHEN t.户编号 IS NULL AND 校验合格(t.证件号码) AND left(t.证件号码, 6) = t._county AND n.名 IS NULL THEN FALSE END AS 赔付时在监测,
  t._ref AS 来源_理赔, h._ref AS 来源_户, k._ref AS 来源_监测
FROM 赔付 t
LEFT JOIN 户 h ON h.户编号 = t.户编号
LEFT JOIN 监测时 m ON m._ref = t._ref
LEFT JOIN (SELECT * FROM 监测 QUALIFY row_number() OVER (PARTITION BY 户编号 ORDER BY 识别监测时间 DESC NULLS LAST, _ref) = 1) k ON k.户编号 = t.户编号
LEFT JOIN 同名不明 n ON n.名 = 规范姓名(t.姓名)
