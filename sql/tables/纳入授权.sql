-- 纳入授权: procedures of taking a household in (not those refused) that began since the visits' book has anything of the county and
-- by its data date: only of these can it say whether the authorisation was signed.
SELECT c._household, c._county, c._ref, c.启动日期, z.是否签署授权委托书 AS 签署
FROM linked_程序 c
JOIN 走访 z ON z._household = c._household
WHERE c.程序类型 = '纳入' AND NOT coalesce(regexp_matches(c.异议核实结论, '不予纳入|不纳入|不符合'), FALSE)
  AND c.启动日期 BETWEEN 月首(月(z.首次日期)) AND z.时点
