-- 分户子女房产: dwellings in town (on state-owned building land, sold on the market) of a child who lives apart, or of the child's spouse.
SELECT s.户编号, s._household, s.号, s.姓名, s.关系, f.不动产单元号, min(f._ref) AS _ref
FROM 分户子女 s
JOIN 不动产 f ON idkey(f.权利人证件号) = s.号
WHERE f.权属状态 = '现势' AND f.用途 = '住宅' AND f.权利性质 IN ('出让', '市场化商品房') AND regexp_matches(f.权利类型, '国有建设用地')
GROUP BY ALL
