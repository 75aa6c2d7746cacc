-- task: one row for every task of the register, by year and unit. What the register does not yet know of is judged as of its own
-- data date, not as of a later day.
SELECT
  n._county || '|' || coalesce(CAST(n.年度 AS VARCHAR), '') || '|' || coalesce(n.任务编码, '') || '|' || coalesce(n.责任单位, '') AS _key,
  n._county, '' AS _town, -- covered where every town is
  CAST(NULL AS VARCHAR) AS _town_name, CAST(NULL AS VARCHAR) AS _village_name, CAST(NULL AS VARCHAR) AS _village,
  CAST(NULL AS VARCHAR) AS _household, CAST(NULL AS VARCHAR) AS _head, CAST(NULL AS VARCHAR) AS _person,
  n.任务名称 AS _name, CAST(NULL AS VARCHAR) AS _idkey, CAST(NULL AS VARCHAR) AS _idno,
  n.任务编码, n.年度, n.任务名称, n.责任单位, n.截止时间, n.完成时间, n.佐证, n._data_date AS 节点_登记时点,
  n._ref AS 来源_节点
FROM 节点 n
QUALIFY row_number() OVER (PARTITION BY _key ORDER BY n._ref) = 1
