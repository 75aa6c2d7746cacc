-- 借款人: every loan of the national module with the members of the national book whose number its borrower has.
SELECT p.人编号 AS _person, t._county, t._ref, t.放款日期
FROM 小贷 t JOIN 人 p ON idkey(p.证件号码) = idkey(t.借款人证件号码)
