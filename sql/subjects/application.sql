-- application: one row for every application of a farmer, with what the register, the national book and earlier applications
-- of the same person say. 数据时点: the day up to which the book can know anything (the day of as_of where the file has none).
WITH 件 AS (
  SELECT t.*, idkey(t.申报人证件号码) AS 号, coalesce(t.纳入户编号, l._household) AS 归属户
  FROM 申报 t LEFT JOIN linked_申报 l ON l._ref = t._ref
  QUALIFY row_number() OVER (PARTITION BY t.申报编号 ORDER BY t._ref, l._household NULLS LAST) = 1
),
未结 AS (
  SELECT 申报编号, lag(申报编号) OVER w AS 前件编号, lag(申报时间) OVER w AS 前件时间
  FROM 件 WHERE 号 IS NOT NULL AND 办理状态 <> '办结'
  WINDOW w AS (PARTITION BY 号 ORDER BY 申报时间, 申报编号)
),
识别 AS (
  SELECT 户编号, max(识别监测时间) AS 最近, bool_or(识别监测时间 IS NULL) AS 不明, min(_ref) AS _ref FROM 监测
  WHERE 户编号 IN (SELECT 归属户 FROM 件) GROUP BY 户编号
),
在籍 AS (SELECT idkey(公民身份号码) AS 号, min(_ref) AS _ref FROM 户籍 WHERE idkey(公民身份号码) IN (SELECT 号 FROM 件) GROUP BY 1),
在册 AS (SELECT idkey(证件号码) AS 号, min(_ref) AS _ref FROM 人 WHERE idkey(证件号码) IN (SELECT 号 FROM 件) GROUP BY 1),
乡 AS (SELECT _town, min(_town_name) AS _town_name FROM 户 WHERE _town IS NOT NULL GROUP BY 1),
村 AS (SELECT 村编码, min(_village_name) AS _village_name FROM 户 GROUP BY 1)
SELECT
  t._county || '|' || t.申报编号 AS _key, t._county, coalesce(z._town, '') AS _town, z._town_name, v._village_name,
  t.归属户 AS _household, h.户主姓名 AS _head, CAST(NULL AS VARCHAR) AS _person, t.申报人姓名 AS _name, t.号 AS _idkey, t.申报人证件号码 AS _idno,
  t.* NOT SIMILAR TO '_.*|号|归属户',
  least(:as_of, coalesce(t._data_date, :as_of)) AS 数据时点,
  t.归属户 AS 归属户编号, i.最近 AS 监测_最近识别时间, i.不明 AS 监测_识别时间不明,
  w.前件编号, w.前件时间,
  CASE WHEN t.号 IS NOT NULL THEN k.号 IS NOT NULL END AS 户籍_有此号,
  CASE WHEN t.号 IS NOT NULL THEN p.号 IS NOT NULL END AS 系统_有此号,
  t._ref AS 来源_申报, i._ref AS 来源_监测, k._ref AS 来源_户籍, p._ref AS 来源_人, h._ref AS 来源_户
FROM 件 t
LEFT JOIN 未结 w ON w.申报编号 = t.申报编号
LEFT JOIN 识别 i ON i.户编号 = t.归属户
LEFT JOIN 在籍 k ON k.号 = t.号
LEFT JOIN 在册 p ON p.号 = t.号
LEFT JOIN 户 h ON h.户编号 = t.归属户
LEFT JOIN 乡 z ON z._town = left(t.所属村编码, 9)
LEFT JOIN 村 v ON v.村编码 = t.所属村编码
