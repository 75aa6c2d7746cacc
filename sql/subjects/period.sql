-- period: every month, quarter and year since one of two registers (of meetings; of what was exported and received) has anything,
-- with how often the routine work was booked. A period is judged by a register that has begun by then and is dated after its end
-- (应查). Of a year only the fourth quarter matters.
WITH 会 AS (
  SELECT *, coalesce(left(区划编码, 6) = _county AND regexp_matches(substr(区划编码, 7), '^0*$'), FALSE) AS 本县,
    coalesce(regexp_matches(区划编码, '^[0-9]{4}0*$') AND left(区划编码, 4) = left(_county, 4), FALSE) AS 本市
  FROM 会商
),
会书 AS (SELECT _county, min(日期) AS 起, max(_data_date) AS 时点, count(CASE WHEN 日期 IS NULL THEN 1 END) AS 无日期, min(_ref) AS _ref FROM 会商 GROUP BY 1),
-- exports of the national system: one row for each that came, by its month; the names that a register may give them are configured
出 AS (
  SELECT b._county, n.数据集, coalesce(b.数据时点, b.接收时间) AS 日
  FROM 批次 b JOIN 国家数据集 n ON 含(n.写法, b.数据集) WHERE b.状态 IS DISTINCT FROM '拒收'
),
批书 AS (
  SELECT b._county, max(b._data_date) AS 时点, min(b._ref) AS _ref, (SELECT min(日) FROM 出) AS 起,
    count(CASE WHEN b.数据集 IS NULL OR coalesce(b.数据时点, b.接收时间) IS NULL THEN 1 END) AS 不明
  FROM 批次 b GROUP BY 1
),
开始 AS (SELECT _county, min(起) AS 起 FROM (SELECT _county, 起 FROM 会书 UNION ALL SELECT _county, 起 FROM 批书) WHERE 起 IS NOT NULL GROUP BY 1),
月 AS (
  SELECT _county, 月首(CAST(m AS INTEGER)) AS 期起, 月末(CAST(m AS INTEGER)) AS 期止
  FROM (SELECT _county, unnest(list_transform(range(0, greatest(0, 月差(月(greatest(起, 加天(:as_of, -3650))), 月(:as_of)))),
    lambda n: 加月(月(greatest(起, 加天(:as_of, -3650))), n))) AS m FROM 开始)
),
期 AS (
  SELECT _county, '月' AS 期类, substr(文本(期起), 1, 7) AS 期, 期起, 期止, 期起 AS 查起 FROM 月
  UNION ALL
  SELECT _county, '季', 文本(年(期起)) || '年第' || 文本(quarter(期起)) || '季度', 期起, 月末(加月(月(期起), 2)), 期起 FROM 月
  WHERE month(期起) IN (1, 4, 7, 10)
  UNION ALL
  SELECT _county, '年', 文本(年(期起)) || '年', 月首(年(期起) * 100 + 1), 月末(年(期起) * 100 + 12), 期起 FROM 月 WHERE month(期起) = 10
),
会数 AS (
  SELECT s._county, s.期,
    count(CASE WHEN c.本县 AND c.类型 IN ('月会商', '月调度') THEN 1 END) AS 月会商,
    count(CASE WHEN (c.本县 OR c.本市) AND c.类型 = '数据质量评估' THEN 1 END) AS 评估,
    count(CASE WHEN (c.本县 OR c.本市) AND c.类型 IN ('季督导调度', '季度通报') THEN 1 END) AS 季度,
    count(CASE WHEN c.本县 AND c.类型 = '年度考核评估' AND c.日期 >= s.查起 THEN 1 END) AS 年度,
    count(CASE WHEN c.类型 IS NULL THEN 1 END) AS 无类型
  FROM 期 s JOIN 会 c ON c._county = s._county AND c.日期 BETWEEN s.期起 AND s.期止 GROUP BY 1, 2
),
缺 AS (
  SELECT s._county, s.期, count(*) AS 数, string_agg(n.数据集, '、' ORDER BY n.数据集) AS 名
  FROM 期 s CROSS JOIN 国家数据集 n
  WHERE NOT EXISTS (SELECT 1 FROM 出 o WHERE o._county = s._county AND o.数据集 = n.数据集 AND o.日 BETWEEN s.期起 AND s.期止)
  GROUP BY 1, 2
)
SELECT
  s._county || '|' || s.期 AS _key, s._county, '' AS _town, -- covered where every town is
  CAST(NULL AS VARCHAR) AS _town_name, CAST(NULL AS VARCHAR) AS _village_name, CAST(NULL AS VARCHAR) AS _village,
  CAST(NULL AS VARCHAR) AS _household, CAST(NULL AS VARCHAR) AS _head, CAST(NULL AS VARCHAR) AS _person,
  s.期 AS _name, CAST(NULL AS VARCHAR) AS _idkey, CAST(NULL AS VARCHAR) AS _idno,
  s.期, s.期类, s.期起, s.期止,
  s.期 AS 会商_期, coalesce(s.期止 < b.时点 AND s.查起 >= 月首(月(b.起)), FALSE) AS 会商_应查, b.时点 AS 会商_登记时点,
  coalesce(k.月会商, 0) AS 会商_月会商次数, coalesce(k.评估, 0) AS 会商_数据质量评估次数, coalesce(k.季度, 0) AS 会商_季度调度通报次数,
  coalesce(k.年度, 0) AS 会商_年度考核次数, coalesce(k.无类型, 0) + coalesce(b.无日期, 0) AS 会商_不明次数,
  s.期 AS 批次_期, coalesce(s.期止 < p.时点 AND s.查起 >= 月首(月(p.起)), FALSE) AS 批次_应查, p.时点 AS 批次_登记时点,
  coalesce(q.数, 0) AS 批次_缺数据集数, q.名 AS 批次_缺数据集, p.不明 AS 批次_不明数,
  b._ref AS 来源_会商, p._ref AS 来源_批次
FROM 期 s
LEFT JOIN 会书 b ON b._county = s._county
LEFT JOIN 批书 p ON p._county = s._county
LEFT JOIN 会数 k ON k._county = s._county AND k.期 = s.期
LEFT JOIN 缺 q ON q._county = s._county AND q.期 = s.期
