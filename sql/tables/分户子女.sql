-- 分户子女: grown-up children of a household's members who are no members of it themselves, and the spouses in whose register
-- they stand. Parents are those of the births, or who stand as parents in a register that the child (or the child's spouse)
-- heads. Only people in force in the county's register; of one number the row of this county first, then the newer.
WITH 成员 AS (SELECT DISTINCT 户编号, idkey(证件号码) AS 号 FROM 人 WHERE 校验合格(证件号码)),
在籍 AS (
  SELECT idkey(公民身份号码) AS 号, 姓名, 出生日期, 户号, 与户主关系, _ref
  FROM 户籍 WHERE 注销状态 = '正常' AND 校验合格(公民身份号码)
  QUALIFY row_number() OVER (PARTITION BY idkey(公民身份号码)
    ORDER BY coalesce(left(户籍地区划, 6) = _county, FALSE) DESC, 数据时点 DESC NULLS LAST, _ref) = 1
),
夫妻 AS (
  SELECT a.号, b.号 AS 配偶
  FROM 在籍 a JOIN 在籍 b ON b.户号 = a.户号
  WHERE a.与户主关系 IN ('户主', '本人') AND b.与户主关系 IN ('配偶', '夫', '妻')
    OR b.与户主关系 IN ('户主', '本人') AND a.与户主关系 IN ('配偶', '夫', '妻')
),
亲子 AS (
  SELECT idkey(父亲身份号码) AS 亲, idkey(公民身份号码) AS 子, _ref FROM 出生
  UNION ALL SELECT idkey(母亲身份号码), idkey(公民身份号码), _ref FROM 出生
  UNION ALL SELECT p.号, c.号, p._ref FROM 在籍 p JOIN 在籍 c ON c.户号 = p.户号
    WHERE c.与户主关系 IN ('户主', '本人') AND p.与户主关系 IN ('父母', '父亲', '母亲', '继父或养父', '继母或养母', '其他父母关系')
      OR c.与户主关系 IN ('配偶', '夫', '妻') AND p.与户主关系 IN ('公公', '婆婆', '岳父', '岳母')
),
子女 AS (
  SELECT m.户编号, c.号, '子女' AS 关系, min(x._ref) AS _ref
  FROM 亲子 x JOIN 成员 m ON m.号 = x.亲 JOIN 在籍 c ON c.号 = x.子
  WHERE 周岁(c.出生日期, :as_of) >= 18
  GROUP BY ALL
),
全部 AS (
  SELECT * FROM 子女
  UNION ALL SELECT s.户编号, f.配偶, '子女配偶', min(s._ref) FROM 子女 s JOIN 夫妻 f ON f.号 = s.号 GROUP BY ALL
)
SELECT a.户编号, a.户编号 AS _household, a.号, k.姓名, a.关系, k.出生日期, a._ref
FROM 全部 a JOIN 在籍 k ON k.号 = a.号
WHERE NOT EXISTS (SELECT 1 FROM 成员 m WHERE m.户编号 = a.户编号 AND m.号 = a.号)
QUALIFY row_number() OVER (PARTITION BY a.户编号, a.号 ORDER BY a.关系, a._ref) = 1
