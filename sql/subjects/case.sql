-- case: people whom another book names and the national book does not (view case_rows: 表, _ref, _idkey, _name,
-- _household and the columns that the cases of the contracts give), placed by the household they belong to, with the
-- word of the newest visit on whether they live there, and what the register, the deaths and the moves say of the number.
WITH 号 AS (SELECT DISTINCT _idkey AS 号 FROM case_rows WHERE _idkey IS NOT NULL),
-- of one number the row of the county that lists the person first, then one in force, then the newer
在籍 AS (
  SELECT n.号, k.姓名, k.户号, k.注销状态, k.户籍地区划, k._ref
  FROM 号 n JOIN 户籍 k ON idkey(k.公民身份号码) = n.号
  QUALIFY row_number() OVER (PARTITION BY n.号 ORDER BY coalesce(left(k.户籍地区划, 6) = k._county, FALSE) DESC,
    coalesce(k.注销状态 = '正常', FALSE) DESC, k.数据时点 DESC NULLS LAST, k._ref) = 1
),
身故 AS (
  SELECT n.号, min(d.死亡日期) AS 死亡日期, min(d._ref) AS _ref FROM 号 n JOIN 死亡 d ON idkey(d.公民身份号码) = n.号 GROUP BY 1
),
-- names whose number in the deaths cannot be compared: of a namesake nothing can be said
身故不明 AS (SELECT DISTINCT 规范姓名(姓名) AS 名 FROM 死亡 WHERE NOT coalesce(校验合格(公民身份号码), FALSE)),
迁动 AS (
  SELECT n.号, q.迁移类型, q.迁移日期, q.原区划, q._ref
  FROM 号 n JOIN 迁移 q ON idkey(q.公民身份号码) = n.号
  QUALIFY row_number() OVER (PARTITION BY n.号 ORDER BY q.迁移日期 DESC NULLS LAST, coalesce(q.迁移类型 = '迁入', FALSE) DESC, q._ref) = 1
),
户主在籍 AS (
  SELECT h.户编号, min(k.户号) AS 户号
  FROM case_rows r JOIN 户 h ON h.户编号 = r._household JOIN 户籍 k ON idkey(k.公民身份号码) = idkey(h.户主证件号码) GROUP BY 1
),
核对 AS (
  SELECT idkey(证件号码) AS 号, 户编号, 是否共同生活, _ref
  FROM 入户人 WHERE 核查批次 = (SELECT max(核查批次) FROM 入户人)
  QUALIFY row_number() OVER (PARTITION BY idkey(证件号码), 户编号 ORDER BY _ref) = 1
)
SELECT
  r.表 || '|' || r._idkey || '|' || coalesce(r._household, '') AS _key,
  coalesce(h._county, (SELECT min(_county) FROM 户)) AS _county, h._town, h._town_name, h._village_name,
  r._household, h.户主姓名 AS _head, CAST(NULL AS VARCHAR) AS _person, coalesce(r._name, k.姓名) AS _name, r._idkey, r._idkey AS _idno,
  r.* NOT SIMILAR TO '_.*',
  h.户编号, h.户主姓名, h.户类型, h.监测对象类别, h.村编码,
  k.姓名 AS 户籍_现姓名, k.户号 AS 户籍_现户号, k.注销状态 AS 户籍_现状态, k.户籍地区划 AS 户籍_现地区划, y.户号 AS 户主_户籍_户号,
  CASE WHEN d.号 IS NOT NULL THEN TRUE WHEN u.名 IS NULL THEN FALSE END AS 死亡_有记录, d.死亡日期 AS 死亡_日期,
  g.迁移类型 AS 迁移_最近类型, g.迁移日期 AS 迁移_最近日期, g.原区划 AS 迁移_最近原区划,
  q.是否共同生活 AS 入户人_是否共同生活,
  r._ref AS 来源_另账, h._ref AS 来源_户, q._ref AS 来源_入户人,
  k._ref AS 来源_户籍, d._ref AS 来源_死亡, g._ref AS 来源_迁移
FROM case_rows r
LEFT JOIN 户 h ON h.户编号 = r._household
LEFT JOIN 核对 q ON q.号 = r._idkey AND q.户编号 = r._household
LEFT JOIN 在籍 k ON k.号 = r._idkey
LEFT JOIN 身故 d ON d.号 = r._idkey
LEFT JOIN 身故不明 u ON u.名 = 规范姓名(coalesce(r._name, k.姓名))
LEFT JOIN 迁动 g ON g.号 = r._idkey
LEFT JOIN 户主在籍 y ON y.户编号 = r._household
WHERE r._idkey IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY r.表, r._idkey, r._household ORDER BY r.增减_变动日期 DESC NULLS LAST, r._ref) = 1
