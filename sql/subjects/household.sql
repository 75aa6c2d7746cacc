-- household: 户 with the income of the year, the guarantees at the nearest time and the state of the latest monitoring.
WITH 村 AS (
  SELECT 区划编码, 区划名称, 状态, _ref
  FROM 区划 WHERE 级别 = '村' AND (生效日期 IS NULL OR 生效日期 <= :as_of)
  QUALIFY row_number() OVER (PARTITION BY 区划编码 ORDER BY 生效日期 DESC NULLS LAST, _ref) = 1
),
-- head (the one whose number the household carries, where two are booked) and spouse; where several spouses are booked, one of the
-- sex of the head comes first, so that it is not overlooked
夫妻 AS (
  SELECT a.户编号, a.证件号码 AS 户主, b.证件号码 AS 配偶
  FROM 人 a
  LEFT JOIN 户 h ON h.户编号 = a.户编号
  LEFT JOIN 人 b ON b.户编号 = a.户编号 AND b.与户主关系 = '配偶'
  WHERE a.与户主关系 = '户主'
  QUALIFY row_number() OVER (
    PARTITION BY a.户编号
    ORDER BY coalesce(idkey(a.证件号码) = idkey(h.户主证件号码), FALSE) DESC, a.人编号,
      coalesce(证件性别(a.证件号码) = 证件性别(b.证件号码), FALSE) DESC, b.人编号) = 1
),
监测数 AS (
  SELECT 户编号, count(*) AS 记录数, count(CASE WHEN 风险是否已消除 IS DISTINCT FROM '是' THEN 1 END) AS 未消除数
  FROM 监测 GROUP BY 户编号
),
最近监测 AS (
  SELECT * FROM 监测 QUALIFY row_number() OVER (PARTITION BY 户编号 ORDER BY 识别监测时间 DESC NULLS LAST, _ref) = 1
),
-- the state after elimination where anything of it is booked, else the state at identification
最近保障 AS (
  SELECT * FROM 保障
  WHERE coalesce(是否义务教育阶段适龄儿童少年失学辍学, 是否住房损毁, "是否有家庭成员未参加城乡居民（职工）基本医疗保险", 是否饮水设施损毁) IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY 户编号 ORDER BY 时点 = '风险消除后' DESC, _ref) = 1
)
SELECT
  h.户编号 AS _key, h._county, h._town, h._town_name, h._village_name,
  h.户编号 AS _household, h.户主姓名 AS _head, CAST(NULL AS VARCHAR) AS _person, h.户主姓名 AS _name,
  idkey(h.户主证件号码) AS _idkey, h.户主证件号码 AS _idno,
  h.* NOT SIMILAR TO '_.*',
  i.* NOT SIMILAR TO '_.*|年度|户编号|收入时点',
  g.* SIMILAR TO '是否.*',
  g.时点 AS 保障时点,
  m.识别监测时间, m.风险是否已消除, m.消除监测时间, m.风险消除方式, m.实施开发式帮扶措施情况,
  m."致贫/返贫风险1", m."致贫/返贫风险2", m."致贫/返贫风险3", m."致贫/返贫风险4", m."致贫/返贫风险5",
  coalesce(n.记录数, 0) AS 监测记录数, coalesce(n.未消除数, 0) AS 未消除监测数,
  f.户主 AS 户主_证件号码, f.配偶 AS 配偶_证件号码,
  v.区划名称 AS 村编码_名称, v.状态 AS 村编码_状态,
  h._ref AS 来源_户, i._ref AS 来源_收入, g._ref AS 来源_保障, m._ref AS 来源_监测, v._ref AS 来源_区划
FROM 户 h
LEFT JOIN 收入 i ON i.户编号 = h.户编号 AND i.收入时点 = '年度'
LEFT JOIN 最近保障 g ON g.户编号 = h.户编号
LEFT JOIN 最近监测 m ON m.户编号 = h.户编号
LEFT JOIN 监测数 n ON n.户编号 = h.户编号
LEFT JOIN 夫妻 f ON f.户编号 = h.户编号
LEFT JOIN 村 v ON v.区划编码 = h.村编码
