-- push: what a department owes in one period (config table 推送要求), with what came. Periods begin with the first month of the
-- register of arrivals; the running one is there, too (到期 says whether its deadline has passed by the day that both books know).
WITH 时点 AS (
  SELECT least(:as_of, coalesce((SELECT max(_data_date) FROM 预警), :as_of), coalesce((SELECT max(_data_date) FROM 批次), :as_of)) AS 日,
    (SELECT 月首(月(min(接收时间))) FROM 批次 WHERE 接收时间 <= :as_of) AS 起,
    coalesce((SELECT min(_county) FROM 批次), (SELECT min(_county) FROM 预警)) AS 县
),
线索 AS (
  SELECT p.*, q.部门, q.预警类别 AS 类别, q.人群 AS 对象, q.周期, idkey(p.证件号码) AS 号
  FROM 预警 p JOIN 推送要求 q ON q.部门 = p.推送部门 AND 含(q.预警类别, p.预警类别) AND (q.人群 = '' OR p.人群 IS NULL OR 含(q.人群, p.人群)), 时点 s
  WHERE p.推送日期 <= s.日
),
-- reports that there is nothing: which month and part of a month they speak of
零报 AS (
  SELECT DISTINCT b.批次号, b._ref, w.部门, b.接收时间, regexp_extract(coalesce(b.统计期, ''), '(上半月|下半月|上旬|中旬|下旬)$', 1) AS 段,
    年份 * 100 + 月份 AS 年月
  FROM (
    SELECT *, TRY_CAST(regexp_extract(统计期, '^(20\d{2})', 1) AS INTEGER) AS 年份,
      TRY_CAST(nullif(regexp_extract(统计期, '^20\d{2}[-年./]?(\d{1,2})', 1), '') AS INTEGER) AS 月份
    FROM 批次 WHERE 是否零报告 = '是' AND 状态 IS DISTINCT FROM '拒收' AND 接收时间 <= (SELECT 日 FROM 时点)
  ) b JOIN 部门写法 w ON contains(b.报送部门, w.写法)
),
月份 AS (SELECT CAST(unnest(generate_series(起, 日, INTERVAL 1 MONTH)) AS DATE) AS 首 FROM 时点),
-- 窗起, 窗止: the days of which a push counts for the period
定期 AS (
  SELECT q.*, strftime(m.首, '%Y-%m') || h.段 AS 期, 加天(m.首, h.前) AS 期起, coalesce(加天(m.首, h.后), last_day(m.首)) AS 期止,
    coalesce(加天(m.首, h.后), last_day(m.首)) AS 应推送日, 加天(m.首, h.前) AS 窗起, coalesce(加天(m.首, h.后), last_day(m.首)) AS 窗止
  FROM 推送要求 q, 月份 m, (VALUES ('上半月', 0, 14), ('下半月', 15, NULL)) h(段, 前, 后) WHERE q.周期 = '半月'
  UNION ALL
  SELECT q.*, strftime(m.首, '%Y-%m'), m.首, last_day(m.首), 加天(last_day(m.首), q.期限天数),
    CASE WHEN q.期限天数 > 0 THEN 加天(last_day(m.首), 1) ELSE m.首 END, CASE WHEN q.期限天数 > 0 THEN last_day(加天(last_day(m.首), 1)) ELSE last_day(m.首) END
  FROM 推送要求 q, 月份 m WHERE q.周期 = '月'
  UNION ALL
  SELECT q.*, strftime(m.首, '%Y'), m.首, 月末(年(m.首) * 100 + q.止月), 加天(月末(年(m.首) * 100 + q.止月), q.期限天数), m.首, 月末(年(m.首) * 100 + q.止月)
  FROM 推送要求 q, 月份 m WHERE q.周期 = '季节' AND month(m.首) = q.起月
  UNION ALL  -- as soon as a risk arises: no period of its own, but the months in which there was one
  SELECT DISTINCT q.*, strftime(x.推送日期, '%Y-%m'), 月首(月(x.推送日期)), last_day(x.推送日期), CAST(NULL AS DATE), 月首(月(x.推送日期)), last_day(x.推送日期)
  FROM 推送要求 q JOIN 线索 x ON x.部门 = q.部门 AND x.类别 = q.预警类别, 时点 s WHERE q.周期 IN ('7日', '及时') AND x.推送日期 >= s.起
),
-- every so many days: a batch owes the next; the first is owed from the day before the register begins
批期 AS (
  SELECT q.*, d.日, lead(d.日) OVER (PARTITION BY q.部门, q.预警类别, q.人群 ORDER BY d.日) AS 下批
  FROM 推送要求 q JOIN (
    SELECT 部门, 类别, 对象, 推送日期 AS 日 FROM 线索, 时点 s WHERE 周期 = '10日' AND 推送日期 >= s.起
    UNION SELECT q.部门, q.预警类别, q.人群, z.接收时间 FROM 推送要求 q JOIN 零报 z ON z.部门 = q.部门, 时点 s
      WHERE q.周期 = '10日' AND (z.段 <> '' OR z.年月 IS NULL) AND z.接收时间 >= s.起
    UNION SELECT q.部门, q.预警类别, q.人群, 加天(s.起, -1) FROM 推送要求 q, 时点 s WHERE q.周期 = '10日' AND s.起 IS NOT NULL
  ) d ON d.部门 = q.部门 AND d.类别 = q.预警类别 AND d.对象 = q.人群
  WHERE q.周期 = '10日'
),
期次 AS (
  SELECT * FROM 定期
  UNION ALL
  SELECT b.* EXCLUDE (日, 下批), 文本(加天(b.日, 1)) || '起', 加天(b.日, 1), 加天(b.日, b.期限天数), 加天(b.日, b.期限天数), coalesce(b.下批, 加天(s.日, 1)), coalesce(b.下批, s.日)
  FROM 批期 b, 时点 s
),
来件 AS (
  SELECT e.部门, e.预警类别, e.人群, e.期, count(*) AS 推送条数, min(x.推送日期) AS 首次推送日期, max(x.推送日期) AS 末次推送日期,
    count(CASE WHEN x.证件号码 IS NULL THEN 1 END) AS 缺号条数,
    count(CASE WHEN x.统计截止日期 IS DISTINCT FROM last_day(加天(月首(月(x.推送日期)), -1)) THEN 1 END) AS 口径不符条数,
    md5(string_agg(DISTINCT coalesce(x.号, 规范姓名(x.姓名)), '、' ORDER BY coalesce(x.号, 规范姓名(x.姓名)))) AS 名单, min(x._ref) AS _ref
  FROM 期次 e JOIN 线索 x ON x.部门 = e.部门 AND x.类别 = e.预警类别 AND x.对象 = e.人群 AND x.周期 = e.周期 AND x.推送日期 BETWEEN e.窗起 AND e.窗止
  GROUP BY ALL
),
空件 AS (
  SELECT e.部门, e.预警类别, e.人群, e.期, min(z.接收时间) AS 零报告日期, min(z._ref) AS _ref
  FROM 期次 e JOIN 零报 z ON z.部门 = e.部门 AND CASE
    WHEN e.周期 IN ('7日', '及时') THEN FALSE
    WHEN e.周期 = '10日' THEN (z.段 <> '' OR z.年月 IS NULL) AND z.接收时间 BETWEEN e.窗起 AND e.窗止
    WHEN e.周期 = '季节' THEN z.接收时间 BETWEEN e.窗起 AND e.窗止
    WHEN e.周期 = '月' AND e.期限天数 > 0 THEN z.段 = '' AND least(coalesce(z.年月, 999912), 加月(月(z.接收时间), -1)) = 月(e.期起)
    WHEN z.年月 IS NULL THEN z.接收时间 BETWEEN e.窗起 AND e.窗止
    ELSE z.年月 = 月(e.期起) AND z.段 = regexp_extract(e.期, '(上半月|下半月)$', 1) END
  GROUP BY ALL
)
SELECT
  s.县 || '|' || e.部门 || '|' || e.预警类别 || '|' || e.人群 || '|' || e.期 AS _key, s.县 AS _county, '' AS _town, CAST(NULL AS VARCHAR) AS _town_name,
  CAST(NULL AS VARCHAR) AS _village_name, CAST(NULL AS VARCHAR) AS _household, CAST(NULL AS VARCHAR) AS _head, CAST(NULL AS VARCHAR) AS _person,
  e.部门 AS _name, CAST(NULL AS VARCHAR) AS _idkey, CAST(NULL AS VARCHAR) AS _idno,
  e.部门, e.预警类别, e.人群, e.周期, e.期限天数, e.条款, e.期, e.期起, e.期止, e.应推送日, s.日 AS 数据时点, coalesce(e.应推送日 < s.日, FALSE) AS 到期,
  coalesce(n.推送条数, 0) AS 推送条数, n.首次推送日期, n.末次推送日期, coalesce(n.缺号条数, 0) AS 缺号条数, coalesce(n.口径不符条数, 0) AS 口径不符条数, z.零报告日期,
  n.名单 = lag(n.名单) OVER (PARTITION BY e.部门, e.预警类别, e.人群 ORDER BY e.期起) AS 与上期同名单,
  n._ref AS 来源_预警, z._ref AS 来源_批次
FROM 期次 e CROSS JOIN 时点 s
LEFT JOIN 来件 n ON n.部门 = e.部门 AND n.预警类别 = e.预警类别 AND n.人群 = e.人群 AND n.期 = e.期
LEFT JOIN 空件 z ON z.部门 = e.部门 AND z.预警类别 = e.预警类别 AND z.人群 = e.人群 AND z.期 = e.期
WHERE e.期起 <= s.日
