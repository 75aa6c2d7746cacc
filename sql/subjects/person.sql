-- person: one row for every member the national book has. Heads and duplicate numbers are looked up within the county.
WITH 户主 AS (
  SELECT p.户编号, p.人编号, p.证件号码, p.性别, p.出生日期
  FROM 人 p LEFT JOIN 户 h ON h.户编号 = p.户编号
  WHERE p.与户主关系 = '户主'
  -- with two heads booked, the one whose number the household itself carries
  QUALIFY row_number() OVER (
    PARTITION BY p.户编号 ORDER BY coalesce(idkey(p.证件号码) = idkey(h.户主证件号码), FALSE) DESC, p.人编号) = 1
),
同号 AS (
  SELECT idkey(证件号码) AS 号, count(*) AS 行数, count(DISTINCT 户编号) AS 户数, count(DISTINCT 规范姓名(姓名)) AS 姓名数
  FROM 人 WHERE idkey(证件号码) IS NOT NULL GROUP BY 1
),
-- the number of the head in the household register: the row of this county first, then one in force, then the newer
户主户号 AS (
  SELECT _person, arg_max(户号, row(coalesce(left(户籍地区划, 6) = _county, FALSE), coalesce(注销状态 = '正常', FALSE),
    coalesce(数据时点, DATE '1900-01-01'), _ref)) AS 户号
  FROM linked_户籍 GROUP BY _person
),
最近监测 AS (
  SELECT 户编号, 风险是否已消除, _ref
  FROM 监测 QUALIFY row_number() OVER (PARTITION BY 户编号 ORDER BY 识别监测时间 DESC NULLS LAST, _ref) = 1
)
SELECT
  p.人编号 AS _key, p._county, p._town, p._town_name, p._village_name, h.村编码 AS _village,
  p.户编号 AS _household, h.户主姓名 AS _head, p.人编号 AS _person, p.姓名 AS _name,
  idkey(p.证件号码) AS _idkey, p.证件号码 AS _idno,
  p.* NOT SIMILAR TO '_.*',
  h.户类型, h.监测对象类别, h.户主姓名, h.是否易地搬迁户, h.村编码,
  m.风险是否已消除, h.户编号 IS NOT NULL AS 户_有记录,
  -- CL-07 in the classes of GB/T 4761 (first digit; 8 and 9 together: only the class is compared)
  CASE WHEN p.与户主关系 = '户主' THEN '户主' WHEN p.与户主关系 = '配偶' THEN '配偶'
    WHEN p.与户主关系 IN ('之子', '之女婿') THEN '子' WHEN p.与户主关系 IN ('之女', '之儿媳') THEN '女'
    WHEN p.与户主关系 IN ('之孙子', '之孙女', '之外孙子', '之外孙女', '之曾孙子', '之曾孙女') THEN '孙辈'
    WHEN p.与户主关系 IN ('之父', '之母', '之岳父', '之岳母', '之公公', '之婆婆') THEN '父母'
    WHEN p.与户主关系 IN ('之祖父', '之祖母', '之外祖父', '之外祖母') THEN '祖辈'
    WHEN p.与户主关系 IN ('之兄弟姐妹', '之兄弟媳妇') THEN '兄弟姐妹'
    WHEN p.与户主关系 IN ('之侄儿', '之侄女', '之叔伯', '其他') THEN '其他' END AS 关系大类,
  c.代码 AS 地址码_历版代码,
  y.证件号码 AS 户主_证件号码, y.性别 AS 户主_性别, y.出生日期 AS 户主_出生日期, r.户号 AS 户主_户籍_户号,
  周岁(coalesce(证件生日(p.证件号码), p.出生日期), :as_of) AS 年龄,
  s.行数 AS 同号行数, s.户数 AS 同号户数, s.姓名数 AS 同号姓名数,
  p._ref AS 来源_人, h._ref AS 来源_户, m._ref AS 来源_监测
FROM 人 p
LEFT JOIN 户 h ON h.户编号 = p.户编号
LEFT JOIN 户主 y ON y.户编号 = p.户编号
LEFT JOIN 户主户号 r ON r._person = y.人编号
LEFT JOIN 最近监测 m ON m.户编号 = p.户编号
LEFT JOIN 同号 s ON s.号 = idkey(p.证件号码)
LEFT JOIN (SELECT DISTINCT 代码 FROM 历版) c ON c.代码 = left(p.证件号码, 6)
