-- clue: one row of a book that points at somebody (预警, 信访, 舆情, 灾情, 交通事故, 医支超限), with what the ledger of warnings and the
-- visits say of the same person or household since. Columns of each book are NULL on the rows of the others.
WITH 条 AS (
  SELECT '预警' AS 表, t.预警编号 AS 编号, t.姓名 AS 名, t.证件号码 AS 证, t.推送日期 AS 事发, t._county, t._ref, coalesce(t.户编号, l._household) AS 户号
  FROM 预警 t LEFT JOIN linked_预警 l ON l._ref = t._ref
  UNION ALL SELECT '信访', t.信访件编号, t.信访人姓名, t.证件号码, t.登记日期, t._county, t._ref, l._household FROM 信访 t LEFT JOIN linked_信访 l ON l._ref = t._ref
  UNION ALL SELECT '舆情', t.舆情编号, t.当事人姓名, t.证件号码, t.发布日期, t._county, t._ref, l._household FROM 舆情 t LEFT JOIN linked_舆情 l ON l._ref = t._ref
  UNION ALL SELECT '灾情', t.户主证件号码 || '|' || 文本(t.灾害日期), t.户主姓名, t.户主证件号码, t.灾害日期, t._county, t._ref, l._household
  FROM 灾情 t LEFT JOIN linked_灾情 l ON l._ref = t._ref
  UNION ALL SELECT '交通事故', t.事故编号 || '|' || t.公民身份号码, t.姓名, t.公民身份号码, t.事故日期, t._county, t._ref, l._household
  FROM 交通事故 t LEFT JOIN linked_交通事故 l ON l._ref = t._ref
  UNION ALL SELECT '医支超限', t.证件号码 || '|' || 文本(t.截至月份), t.姓名, t.证件号码, 月末(t.截至月份), t._county, t._ref, l._household
  FROM 医支超限 t LEFT JOIN linked_医支超限 l ON l._ref = t._ref
),
线索 AS (
  SELECT *, idkey(证) AS 号, 规范姓名(名) AS 称 FROM 条 WHERE 编号 IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY 表, 编号 ORDER BY _ref, 户号 NULLS LAST) = 1
),
时点 AS (
  SELECT least(:as_of, coalesce((SELECT max(_data_date) FROM 预警), :as_of)) AS 预警日, least(:as_of, coalesce((SELECT max(_data_date) FROM 入户), :as_of)) AS 入户日
),
-- how long a category may take, and whether it is reported by half months
要求 AS (
  SELECT 类别, min(周期) AS 周期, min(期限天数) AS 期限天数
  FROM (SELECT unnest(string_split(预警类别, '、')) AS 类别, 周期, 期限天数 FROM 推送要求) GROUP BY 1
),
警 AS (
  SELECT p.*, idkey(p.证件号码) AS 号, 规范姓名(p.姓名) AS 称, coalesce(p.户编号, l._household) AS 户号,
    文本(月(p.推送日期)) || CASE WHEN q.周期 <> '半月' OR q.周期 IS NULL THEN '' WHEN day(p.推送日期) <= 15 THEN '上半月' ELSE '下半月' END AS 期
  FROM 预警 p LEFT JOIN linked_预警 l ON l._ref = p._ref LEFT JOIN 要求 q ON q.类别 = p.预警类别
),
-- what the ledger of warnings has of the same number, or of the same household, since; of an empty number it may be anybody of that name
警到 AS (
  SELECT c.表, c.编号, p.推送日期 AS 日, CASE WHEN p.核查结果 IS NOT NULL THEN coalesce(p.核查完成日期, p.推送日期) END AS 核查日, p.预警类别, p._ref
  FROM 线索 c JOIN 警 p ON p.号 = c.号 WHERE c.表 <> '预警' AND p.推送日期 >= c.事发
  UNION ALL
  SELECT c.表, c.编号, p.推送日期, CASE WHEN p.核查结果 IS NOT NULL THEN coalesce(p.核查完成日期, p.推送日期) END, p.预警类别, p._ref
  FROM 线索 c JOIN 警 p ON p.户号 = c.户号 WHERE c.表 <> '预警' AND p.推送日期 >= c.事发
),
警首 AS (SELECT 表, 编号, min(日) AS 首次, min(核查日) AS 首次核查, min(_ref) AS _ref FROM 警到 GROUP BY ALL),
高额 AS (
  SELECT DISTINCT c.编号 FROM 线索 c JOIN 警 p ON p.号 = c.号
  WHERE c.表 = '医支超限' AND p.预警类别 = '未参保高额支出' AND 年(p.推送日期) >= 年(c.事发)
),
无号 AS (SELECT DISTINCT 称 FROM 警 WHERE 号 IS NULL AND 称 IS NOT NULL),
省推 AS (SELECT 号, 预警类别, 期, string_agg(预警编号, '、' ORDER BY 预警编号) AS 编号, count(*) AS 条数 FROM 警 WHERE 推送层级 = '省级推送' AND 号 IS NOT NULL GROUP BY ALL),
访 AS (SELECT 户编号, idkey(户主证件号码) AS 号, 核查日期, _ref FROM 入户),
访到 AS (
  SELECT c.表, c.编号, v.核查日期 AS 日, v._ref FROM 线索 c JOIN 访 v ON v.户编号 = c.户号 WHERE c.表 <> '预警' AND v.核查日期 >= c.事发
  UNION ALL SELECT c.表, c.编号, v.核查日期, v._ref FROM 线索 c JOIN 访 v ON v.号 = c.号 WHERE c.表 <> '预警' AND v.核查日期 >= c.事发
),
访首 AS (SELECT 表, 编号, min(日) AS 首次, min(_ref) AS _ref FROM 访到 GROUP BY ALL),
保 AS (
  SELECT c.编号, bool_or(b.参保状态 = '正常参保') AS 正常, min(b._ref) AS _ref
  FROM 线索 c JOIN 参保 b ON idkey(b.证件号码) = c.号 AND b.年度 = 年(c.事发) WHERE c.表 = '医支超限' GROUP BY 1
),
保无号 AS (SELECT DISTINCT 规范姓名(姓名) AS 称 FROM 参保 WHERE idkey(证件号码) IS NULL AND 姓名 IS NOT NULL)
SELECT
  c._county || '|' || c.表 || '|' || c.编号 AS _key, c._county, coalesce(h._town, '') AS _town, h._town_name, h._village_name,
  c.户号 AS _household, h.户主姓名 AS _head, CAST(NULL AS VARCHAR) AS _person, c.名 AS _name, c.号 AS _idkey, c.证 AS _idno,
  c.表, c.编号, c.户号 AS 归属户编号, h.户类型, h.监测对象类别,
  c.号 IS NOT NULL AND u.称 IS NULL AS 可比对,
  s.预警日 AS 预警_时点, s.入户日 AS 入户_时点, j.首次 AS 预警_首次日期, j.首次核查 AS 预警_首次核查日期, v.首次 AS 入户_首次日期,
  p.推送部门, p.预警类别, p.人群, p.风险发生日期, p.统计截止日期, p.推送日期, p.推送层级, p.金额, p.乡镇签收日期, p.核查完成日期, p.核查结果,
  q.期限天数, p.期, CASE WHEN c.表 = '预警' AND c.号 IS NOT NULL THEN coalesce(x.条数, 0) END AS 同期省级条数, x.编号 AS 同期省级编号,
  f.反映问题类别 AS 信访_反映问题类别, f.登记日期 AS 信访_登记日期, coalesce(f.推送日期, f.登记日期) AS 信访_起算日期, f.办理状态 AS 信访_办理状态,
  o.平台 AS 舆情_平台, o.发布日期 AS 舆情_发布日期, coalesce(o.推送日期, o.发布日期) AS 舆情_起算日期,
  d.灾害类型 AS 灾情_灾害类型, d.灾害日期 AS 灾情_灾害日期, coalesce(d.推送日期, d.灾害日期) AS 灾情_起算日期, d.房屋损毁 AS 灾情_房屋损毁,
  d.直接经济损失 AS 灾情_直接经济损失,
  a.事故日期 AS 事故_日期, a.伤亡情况 AS 事故_伤亡情况, 加天(月末(月(a.事故日期)), y.期限天数) AS 事故_起算日期,
  m.截至月份 AS 医支_截至月份, m.年度累计医疗支出 AS 医支_累计支出, m.是否参加城乡居民医保 AS 医支_是否参保, m.推送日期 AS 医支_推送日期,
  CASE WHEN c.表 = '医支超限' THEN CASE WHEN b.正常 THEN TRUE WHEN c.号 IS NULL OR n.称 IS NOT NULL THEN NULL ELSE FALSE END END AS 参保_当年正常,
  CASE WHEN c.表 = '医支超限' THEN CASE WHEN g.编号 IS NOT NULL THEN TRUE WHEN c.号 IS NULL OR u.称 IS NOT NULL THEN NULL ELSE FALSE END END AS 预警_有高额支出,
  coalesce(p._ref, j._ref) AS 来源_预警, f._ref AS 来源_信访, o._ref AS 来源_舆情, d._ref AS 来源_灾情, a._ref AS 来源_交通事故, m._ref AS 来源_医支超限,
  v._ref AS 来源_入户, b._ref AS 来源_参保, h._ref AS 来源_户
FROM 线索 c CROSS JOIN 时点 s
LEFT JOIN 户 h ON h.户编号 = c.户号
LEFT JOIN 无号 u ON u.称 = c.称 AND c.表 <> '预警'
LEFT JOIN 警首 j ON j.表 = c.表 AND j.编号 = c.编号
LEFT JOIN 访首 v ON v.表 = c.表 AND v.编号 = c.编号
LEFT JOIN 警 p ON c.表 = '预警' AND p._ref = c._ref
LEFT JOIN 要求 q ON q.类别 = p.预警类别
LEFT JOIN 省推 x ON x.号 = p.号 AND x.预警类别 = p.预警类别 AND x.期 = p.期
LEFT JOIN 信访 f ON c.表 = '信访' AND f._ref = c._ref
LEFT JOIN 舆情 o ON c.表 = '舆情' AND o._ref = c._ref
LEFT JOIN 灾情 d ON c.表 = '灾情' AND d._ref = c._ref
LEFT JOIN 交通事故 a ON c.表 = '交通事故' AND a._ref = c._ref
LEFT JOIN 要求 y ON y.类别 = '交通事故' AND c.表 = '交通事故'
LEFT JOIN 医支超限 m ON c.表 = '医支超限' AND m._ref = c._ref
LEFT JOIN 保 b ON c.表 = '医支超限' AND b.编号 = c.编号
LEFT JOIN 保无号 n ON c.表 = '医支超限' AND n.称 = c.称
LEFT JOIN 高额 g ON c.表 = '医支超限' AND g.编号 = c.编号
QUALIFY row_number() OVER (PARTITION BY c.表, c.编号 ORDER BY c._ref, p.户号 NULLS LAST) = 1
