-- 分户子女机动车: whether a child who lives apart, or the child's spouse, has a car of their own in force.
SELECT s.户编号, s._household, s.号, s.姓名, s.关系, coalesce(bool_or(
    regexp_matches(f.车辆类型, '^K|轿车|客车') AND f.使用性质 = '非营运' AND regexp_matches(f.机动车状态, 'A') AND NOT regexp_matches(f.机动车状态, '[EM]')
  ), FALSE) AS 轿车, min(f._ref) AS _ref
FROM 分户子女 s
JOIN 机动车 f ON idkey(f.身份证明号码) = s.号
GROUP BY ALL
