-- 分户子女企业: companies in force of a child who lives apart, or of the child's spouse: no family business, no cooperative, no farm.
SELECT s.户编号, s._household, s.号, s.姓名, s.关系, f.统一社会信用代码, f.主体名称, f.主体类型, max(f.从业人数) AS 从业人数, max(f.注册资本) AS 注册资本,
  min(f._ref) AS _ref
FROM 分户子女 s
JOIN 企业 f ON idkey(f.关联人证件号码) = s.号
WHERE f.登记状态 = '存续' AND f.主体类型 NOT IN ('个体工商户', '农民专业合作社', '家庭农场') AND f.任职类型 IN ('法定代表人', '投资人', '股东')
GROUP BY ALL
