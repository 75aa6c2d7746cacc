-- 分户子女个税: business income of a child who lives apart, or of the child's spouse, in the newest year that the tax office sent.
SELECT s.户编号, s._household, s.号, s.姓名, s.关系, f.年度, f.经营所得, f._ref
FROM 分户子女 s
JOIN 个税 f ON idkey(f.证件号码) = s.号
WHERE f.年度 = (SELECT max(年度) FROM 个税)
