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
),
-- the county's boundary as edges, each system of coordinates its own ring; a ring with a vertex that is none is no ring
边 AS (
  SELECT 县编码, 坐标系, 部件, x1, y1, x2, y2 FROM (
    SELECT 县编码, 坐标系, coalesce(部件序号, 1) AS 部件, 经度 AS x1, 纬度 AS y1,
      coalesce(lead(经度) OVER 圈, first_value(经度) OVER 圈) AS x2, coalesce(lead(纬度) OVER 圈, first_value(纬度) OVER 圈) AS y2,
      count(*) OVER 界 AS 顶点数, bool_and(coalesce(经度 BETWEEN -180 AND 180 AND 纬度 BETWEEN -90 AND 90, FALSE)) OVER 系 AS 成界
    FROM 县界
    WINDOW 系 AS (PARTITION BY 县编码, 坐标系), 界 AS (PARTITION BY 县编码, 坐标系, coalesce(部件序号, 1)),
      圈 AS (PARTITION BY 县编码, 坐标系, coalesce(部件序号, 1) ORDER BY 顶点序号)
  ) WHERE 成界 AND 顶点数 >= 3
),
-- the edges on a plane laid through the household, in metres: right to a few metres at county size
平面 AS (
  SELECT q.户编号, e.部件, (e.x1 - q.经度) * q.k AS a, (e.y1 - q.纬度) * 110574 AS b, (e.x2 - q.经度) * q.k AS c, (e.y2 - q.纬度) * 110574 AS d
  FROM (SELECT 户编号, _county, 坐标系, 经度, 纬度, 111320 * cos(radians(纬度)) AS k FROM 户 WHERE 经度 BETWEEN -180 AND 180 AND 纬度 BETWEEN -89 AND 89) q
  JOIN 边 e ON e.县编码 = q._county AND e.坐标系 = q.坐标系
),
部件距 AS (
  SELECT 户编号, 部件,
    count(CASE WHEN (b > 0) <> (d > 0) AND a - (c - a) * b / nullif(d - b, 0) > 0 THEN 1 END) % 2 = 1 AS 在内,
    min(pow(a + t * (c - a), 2) + pow(b + t * (d - b), 2)) AS 平方
  FROM (SELECT *, coalesce(greatest(0.0, least(1.0, -(a * (c - a) + b * (d - b)) / nullif(pow(c - a, 2) + pow(d - b, 2), 0))), 0.0) AS t FROM 平面)
  GROUP BY 户编号, 部件
),
界外 AS (SELECT 户编号, min(CASE WHEN 在内 THEN 0.0 ELSE round(sqrt(平方), 1) END) AS 米 FROM 部件距 GROUP BY 户编号),
-- what civil affairs paid in the cycle that the annual income states (else the county's): of each card and month once; NULL where
-- its book lacks a month of the cycle
收入周期 AS (
  SELECT h.户编号, coalesce(月(i.计算周期起), 月(c.收入周期起)) AS 起, coalesce(月(i.计算周期止), 月(c.收入周期止)) AS 止
  FROM 户 h
  LEFT JOIN 收入 i ON i.户编号 = h.户编号 AND i.收入时点 = '年度'
  LEFT JOIN 参数 c ON c.县编码 = h._county AND c.年度 = year(:as_of)
),
低保齐全 AS (
  SELECT c.起, c.止, count(d.数据月份) = 月差(c.起, c.止) + 1 AS 齐全
  FROM (SELECT DISTINCT 起, 止 FROM 收入周期) c JOIN (SELECT DISTINCT 数据月份 FROM 低保) d ON d.数据月份 BETWEEN c.起 AND c.止
  GROUP BY 1, 2
),
低保周期 AS (
  SELECT c.户编号, any_value(z.齐全) AS 齐全, sum(p.额) AS 额
  FROM 收入周期 c JOIN 低保齐全 z ON z.起 = c.起 AND z.止 = c.止
  LEFT JOIN (
    SELECT _household, 数据月份, coalesce(低保证号, 户主身份证号) AS 证, max(户月保障金额) AS 额
    FROM linked_低保 WHERE 是否保障对象 = '是' AND (停发年月 IS NULL OR 停发年月 > 数据月份) GROUP BY ALL
  ) p ON p._household = c.户编号 AND p.数据月份 BETWEEN c.起 AND c.止
  GROUP BY 1
),
-- changes of members entered more than 30 days after they happened; who left is no member any more, so the rows are taken by household
超期变动 AS (
  SELECT 户编号, count(*) AS 笔数, string_agg(人编号 || ' ' || 变动类型 || ' ' || 变动日期, '、' ORDER BY 变动日期, 人编号, 变动类型) AS 明细,
    max(天差(变动日期, 录入日期)) AS 最长天数, min(_ref) AS _ref
  FROM 增减 WHERE 天差(变动日期, 录入日期) > 30 GROUP BY 户编号
),
变动待定 AS (SELECT DISTINCT 户编号 FROM 增减 WHERE 变动日期 IS NULL OR 录入日期 IS NULL)
SELECT
  h.户编号 AS _key, h._county, h._town, h._town_name, h._village_name, h.村编码 AS _village,
  h.户编号 AS _household, h.户主姓名 AS _head, CAST(NULL AS VARCHAR) AS _person, h.户主姓名 AS _name,
  idkey(h.户主证件号码) AS _idkey, h.户主证件号码 AS _idno,
  h.* NOT SIMILAR TO '_.*',
  h._from_county AS 文件所属县,
  i.* NOT SIMILAR TO '_.*|年度|户编号|收入时点',
  g.* SIMILAR TO '是否.*',
  g.时点 AS 保障时点,
  m.识别监测时间, m.风险是否已消除, m.消除监测时间, m.风险消除方式, m.实施开发式帮扶措施情况,
  m."致贫/返贫风险1", m."致贫/返贫风险2", m."致贫/返贫风险3", m."致贫/返贫风险4", m."致贫/返贫风险5",
  coalesce(n.记录数, 0) AS 监测记录数, coalesce(n.未消除数, 0) AS 未消除监测数,
  f.户主 AS 户主_证件号码, f.配偶 AS 配偶_证件号码,
  v.区划名称 AS 村编码_名称, v.状态 AS 村编码_状态, b.米 AS 离县界米,
  CASE WHEN e.齐全 THEN coalesce(e.额, 0) END AS 低保_周期发放额,
  CASE WHEN x.户编号 IS NULL OR w.笔数 > 0 THEN coalesce(w.笔数, 0) END AS 增减_超期笔数, w.明细 AS 增减_超期明细, w.最长天数 AS 增减_最长天数,
  w._ref AS 来源_增减,
  h._ref AS 来源_户, i._ref AS 来源_收入, g._ref AS 来源_保障, m._ref AS 来源_监测, v._ref AS 来源_区划
FROM 户 h
LEFT JOIN 收入 i ON i.户编号 = h.户编号 AND i.收入时点 = '年度'
LEFT JOIN 最近保障 g ON g.户编号 = h.户编号
LEFT JOIN 最近监测 m ON m.户编号 = h.户编号
LEFT JOIN 监测数 n ON n.户编号 = h.户编号
LEFT JOIN 夫妻 f ON f.户编号 = h.户编号
LEFT JOIN 村 v ON v.区划编码 = h.村编码
LEFT JOIN 超期变动 w ON w.户编号 = h.户编号
LEFT JOIN 变动待定 x ON x.户编号 = h.户编号
LEFT JOIN 界外 b ON b.户编号 = h.户编号
LEFT JOIN 低保周期 e ON e.户编号 = h.户编号
