-- case: people whom another book names and the national book does not (view case_rows: 表, _ref, _idkey, _name,
-- _household and the columns that the cases of the contracts give), placed by the household they belong to, with the
-- word of the newest visit on whether they live there.
WITH 核对 AS (
  SELECT idkey(证件号码) AS 号, 户编号, 是否共同生活, _ref
  FROM 入户人 WHERE 核查批次 = (SELECT max(核查批次) FROM 入户人)
  QUALIFY row_number() OVER (PARTITION BY idkey(证件号码), 户编号 ORDER BY _ref) = 1
)
SELECT
  r.表 || '|' || r._idkey || '|' || coalesce(r._household, '') AS _key,
  coalesce(h._county, (SELECT min(_county) FROM 户)) AS _county, h._town, h._town_name, h._village_name,
  r._household, h.户主姓名 AS _head, CAST(NULL AS VARCHAR) AS _person, r._name, r._idkey, r._idkey AS _idno,
  r.* NOT SIMILAR TO '_.*',
  h.户编号, h.户主姓名, h.户类型, h.监测对象类别,
  q.是否共同生活 AS 入户人_是否共同生活,
  r._ref AS 来源_另账, h._ref AS 来源_户, q._ref AS 来源_入户人
FROM case_rows r
LEFT JOIN 户 h ON h.户编号 = r._household
LEFT JOIN 核对 q ON q.号 = r._idkey AND q.户编号 = r._household
WHERE r._idkey IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY r.表, r._idkey, r._household ORDER BY r._ref) = 1
