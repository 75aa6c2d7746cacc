-- work_spell: one row for every spell of work away from home of a member of the national book, with what stands before it
-- and how much of it lies in the income year of as_of (参数 收入周期起/止).
WITH 段 AS (
  SELECT *,
    row_number() OVER w AS 段序,
    row_number() OVER (PARTITION BY 人编号, 开始时间 ORDER BY 结束时间 NULLS LAST, _row, _ref) AS 同月序,
    lag(开始时间) OVER w AS 前段_开始时间, lag(结束时间) OVER w AS 前段_结束时间
  FROM 务工
  WINDOW w AS (PARTITION BY 人编号 ORDER BY 开始时间 NULLS FIRST, 结束时间 NULLS LAST, _row, _ref)
)
SELECT
  t.人编号 || '|' || coalesce(CAST(t.开始时间 AS VARCHAR), '') || '|' || t.同月序 AS _key,
  p._county, p._town, p._town_name, p._village_name, h.村编码 AS _village,
  p.户编号 AS _household, h.户主姓名 AS _head, p.人编号 AS _person, p.姓名 AS _name,
  idkey(p.证件号码) AS _idkey, p.证件号码 AS _idno,
  t.人编号, p.户编号, p.县, p.姓名, p.出生日期, p.劳动技能, p.在校生状况, p.家庭成员联系电话, h.户类型, h.监测对象类别,
  t.是否已务工, t.开始时间, t.结束时间, t.务工所在省, t.务工所在市, t.务工所在县, t.务工区域, t.务工企业名称, t.所属行业, t.就业渠道, t.务工月收入,
  t.是否点对点输送, t.年度交通费补助,
  t.段序, t.前段_开始时间, t.前段_结束时间,
  CASE WHEN t.开始时间 IS NOT NULL AND s.收入周期起 IS NOT NULL AND s.收入周期止 IS NOT NULL THEN greatest(0, 1 + 月差(
    greatest(t.开始时间, 月(s.收入周期起)), least(coalesce(t.结束时间, 月(:as_of)), 月(:as_of), 月(s.收入周期止)))) END AS 周期内月数,
  p._ref AS 来源_人, h._ref AS 来源_户, t._ref AS 来源_务工
FROM 段 t
JOIN 人 p ON p.人编号 = t.人编号
LEFT JOIN 户 h ON h.户编号 = p.户编号
LEFT JOIN 参数 s ON s.县编码 = p._county AND s.年度 = year(:as_of)
