-- monitoring: one row for every time a household was taken into monitoring, with its household, the figures at
-- identification (_识别时) and after elimination (_消除后), and the monitoring line of the year of elimination.
-- What insurance booked as compliant own payment in the twelve months before identification. Its rows cumulate from January:
-- the month before, plus December of the year before, less the month before the twelve; NULL where the book lacks one of them.
WITH 识别月 AS (SELECT DISTINCT 识别监测时间 AS 月份 FROM 监测 WHERE 识别监测时间 IS NOT NULL),
应有月 AS (
  SELECT 月份, 加月(月份, -1) AS 截至, 1 AS 号 FROM 识别月
  UNION ALL SELECT 月份, (月份 // 100 - 1) * 100 + 12, 1 FROM 识别月 WHERE 月份 % 100 <> 1
  UNION ALL SELECT 月份, 加月(月份, -13), -1 FROM 识别月 WHERE 月份 % 100 <> 1
),
齐全月 AS (
  SELECT n.月份, bool_and(d.截至月份 IS NOT NULL) AS 齐全
  FROM 应有月 n LEFT JOIN (SELECT DISTINCT 截至月份 FROM 医疗费) d ON d.截至月份 = n.截至 GROUP BY 1
),
医疗周期 AS (
  SELECT f._household, n.月份, sum(n.号 * f.合规自付) AS 额, count(*) - count(f.合规自付) AS 空
  FROM linked_医疗费 f JOIN 应有月 n ON n.截至 = f.截至月份 GROUP BY ALL
)
SELECT
  m.户编号 || '|' || coalesce(CAST(m.识别监测时间 AS VARCHAR), '') AS _key,
  m._county, m._town, m._town_name, m._village_name, h.村编码 AS _village,
  m.户编号 AS _household, h.户主姓名 AS _head, CAST(NULL AS VARCHAR) AS _person, h.户主姓名 AS _name,
  idkey(h.户主证件号码) AS _idkey, h.户主证件号码 AS _idno,
  m.* NOT SIMILAR TO '_.*',
  h.* NOT SIMILAR TO '_.*|县|乡|村|户编号|户类型|监测对象类别|整户无劳动能力兜底保障户|更新日期',
  a.工资性收入 AS 工资性收入_识别时, a.生产经营性收入 AS 生产经营性收入_识别时, a.生产经营性支出 AS 生产经营性支出_识别时,
  a.财产性收入 AS 财产性收入_识别时, a.转移性收入 AS 转移性收入_识别时,
  a."纯收入（元）" AS 纯收入_识别时, a."人均纯收入（元）" AS 人均纯收入_识别时,
  a.理赔收入 AS 理赔收入_识别时, a.合规自付支出 AS 合规自付支出_识别时,
  b.工资性收入 AS 工资性收入_消除后, b.生产经营性收入 AS 生产经营性收入_消除后, b.生产经营性支出 AS 生产经营性支出_消除后,
  b.财产性收入 AS 财产性收入_消除后, b.转移性收入 AS 转移性收入_消除后,
  b."纯收入（元）" AS 纯收入_消除后, b."人均纯收入（元）" AS 人均纯收入_消除后,
  b.理赔收入 AS 理赔收入_消除后, b.合规自付支出 AS 合规自付支出_消除后,
  a.计算周期起 AS 计算周期起_识别时, a.计算周期止 AS 计算周期止_识别时,
  b.计算周期起 AS 计算周期起_消除后, b.计算周期止 AS 计算周期止_消除后,
  c.是否义务教育阶段适龄儿童少年失学辍学 AS 失学辍学_识别时, c.是否住房损毁 AS 住房损毁_识别时,
  c."是否有家庭成员未参加城乡居民（职工）基本医疗保险" AS 未参保_识别时, c.是否饮水设施损毁 AS 饮水设施损毁_识别时,
  d.是否义务教育阶段适龄儿童少年失学辍学 AS 失学辍学_消除后, d.是否住房损毁 AS 住房损毁_消除后,
  d."是否有家庭成员未参加城乡居民（职工）基本医疗保险" AS 未参保_消除后, d.是否饮水设施损毁 AS 饮水设施损毁_消除后,
  s.监测范围线 AS 参数_监测范围线_消除当年, e.监测范围线 AS 参数_监测范围线_识别当年,
  CASE WHEN z.齐全 AND coalesce(y.空, 0) = 0 THEN coalesce(y.额, 0) END AS 医疗费_合规自付_识别时,
  m._ref AS 来源_监测, h._ref AS 来源_户, coalesce(a._ref, b._ref) AS 来源_收入, coalesce(c._ref, d._ref) AS 来源_保障
FROM 监测 m
LEFT JOIN 户 h ON h.户编号 = m.户编号
LEFT JOIN 收入 a ON a.户编号 = m.户编号 AND a.收入时点 = '识别时'
LEFT JOIN 收入 b ON b.户编号 = m.户编号 AND b.收入时点 = '风险消除后'
LEFT JOIN 保障 c ON c.户编号 = m.户编号 AND c.时点 = '识别时'
LEFT JOIN 保障 d ON d.户编号 = m.户编号 AND d.时点 = '风险消除后'
-- not eliminated: the line of the year of as_of stands in, so that such a row is not taken for one without parameter
LEFT JOIN 参数 s ON s.县编码 = m._county AND s.年度 = coalesce(m.消除监测时间 // 100, year(:as_of))
LEFT JOIN 齐全月 z ON z.月份 = m.识别监测时间
LEFT JOIN 医疗周期 y ON y._household = m.户编号 AND y.月份 = m.识别监测时间
LEFT JOIN 参数 e ON e.县编码 = m._county AND e.年度 = coalesce(m.识别监测时间 // 100, year(:as_of))
