-- The functions of the predicate language (docs/design.md §4), DuckDB dialect.
-- Each is total: NULL in gives NULL out, and no text, date or number raises. Each is one expression. The plain-Python
-- twins are in include/duizhang/core/functions.py; tests/unit/test_functions.py holds both to the same answers.
-- Ranges are tested inside CASE before an operation that could raise.

-- 空白字: helper. Spaces, line ends, zero-width characters (by number: they cannot be seen in a source).
CREATE OR REPLACE MACRO 空白字() AS
  chr(32) || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160) || chr(5760) || chr(8192) || chr(8193) || chr(8194) || chr(8195)
  || chr(8196) || chr(8197) || chr(8198) || chr(8199) || chr(8200) || chr(8201) || chr(8202) || chr(8203) || chr(8204) || chr(8205) || chr(8232) || chr(8233)
  || chr(8239) || chr(8287) || chr(8288) || chr(12288) || chr(65279);

-- 间隔号: helper. Middle dots and what is typed for them.
CREATE OR REPLACE MACRO 间隔号() AS
  chr(183) || chr(8226) || chr(12539) || chr(65294) || chr(46) || chr(8231) || chr(9679) || chr(65381) || chr(8901) || chr(903) || chr(8729) || chr(9899)
  || chr(9900);

-- 折号: helper. A number as it should have been typed: full-width digits and letters folded, x and b in capitals,
-- spaces, zero-width characters, quotes and the ="…" wrapper dropped; 17 digits and one * mean X. '' becomes NULL.
CREATE OR REPLACE MACRO 折号(t) AS
  CASE WHEN regexp_matches(t, '^[0-9X]+$') THEN t  -- almost every row; the folding below is ten times as dear
       ELSE nullif(regexp_replace(translate(t,
              '０１２３４５６７８９xｘＸbｂＢ＊' || 空白字() || '''"`‘’“”＇＂＝=',
              '0123456789XXXBBB*'), '^([0-9]{17})[*]', '\1X'), '') END;

-- A value that a body needs more than once is given a name by a lambda over a list of one. Without it DuckDB copies
-- the whole expression at each place: binding one predicate then took up to 0.7 s, and each row four times as long.

-- 校验字: helper. The GB 11643 check character of 17 digits as text; weight of the i-th digit from the right 2^i mod 11.
CREATE OR REPLACE MACRO 校验字(t) AS list_transform([TRY_CAST(t AS BIGINT)], lambda n:
  substr('10X98765432', 1 + CAST((
    n % 10 * 2 + n // 10 % 10 * 4 + n // 100 % 10 * 8 + n // 1000 % 10 * 5 + n // 10000 % 10 * 10
    + n // 100000 % 10 * 9 + n // 1000000 % 10 * 7 + n // 10000000 % 10 * 3 + n // 100000000 % 10 * 6
    + n // 1000000000 % 10 + n // 10000000000 % 10 * 2 + n // 100000000000 % 10 * 4
    + n // 1000000000000 % 10 * 8 + n // 10000000000000 % 10 * 5 + n // 100000000000000 % 10 * 10
    + n // 1000000000000000 % 10 * 9 + n // 10000000000000000 % 10 * 7) % 11 AS INTEGER), 1))[1];

-- 升位: helper. A folded 15-digit number to 18: 19 after the sixth digit and the check character.
-- Orders 996–999 were kept for people born before 1900: NULL, never guessed.
CREATE OR REPLACE MACRO 升位(k) AS
  CASE WHEN regexp_matches(k, '^[0-9]{12}([0-8][0-9]{2}|9[0-8][0-9]|99[0-5])$')
       THEN list_transform([left(k, 6) || '19' || substr(k, 7, 9)], lambda f: f || 校验字(f))[1] END;

-- idkey: the key of a person across books: first 18 characters; 15 digits upgraded; anything else (masked, too short,
-- letters inside) NULL.
CREATE OR REPLACE MACRO idkey(t) AS list_transform([折号(t)], lambda k:
  CASE WHEN regexp_matches(k, '^[0-9]{17}[0-9X]') THEN left(k, 18)
       WHEN length(k) = 15 THEN 升位(k) END)[1];

CREATE OR REPLACE MACRO 号码位数(t) AS length(折号(t));

-- 校验合格: false for whatever has not 17 digits and a right check character in front (a 15-digit number has none).
CREATE OR REPLACE MACRO 校验合格(t) AS list_transform([折号(t)], lambda k:
  CASE WHEN k IS NULL THEN NULL
       WHEN regexp_matches(k, '^[0-9]{17}[0-9X]') THEN substr(k, 18, 1) = 校验字(left(k, 17))
       ELSE FALSE END)[1];

-- 证件生日: digits 7–14 (15-digit numbers: 19 and digits 7–12) as a date of the calendar, else NULL.
CREATE OR REPLACE MACRO 证件生日(t) AS list_transform([折号(t)], lambda k: list_transform(
  [CASE WHEN length(k) >= 18 THEN substr(k, 7, 8) WHEN length(k) = 15 THEN substr(升位(k), 7, 8) END], lambda b:
  CASE WHEN regexp_matches(b, '^[0-9]{8}$') AND left(b, 4) <> '0000'
       THEN TRY_CAST(left(b, 4) || '-' || substr(b, 5, 2) || '-' || substr(b, 7, 2) AS DATE) END)[1])[1];

-- 证件性别: the 17th digit (15th of a 15-digit number), odd 男, even 女.
CREATE OR REPLACE MACRO 证件性别(t) AS list_transform([折号(t)], lambda k:
  CASE WHEN regexp_matches(k, '^(.{16}[13579].|[0-9]{14}[13579]$)') THEN '男'
       WHEN regexp_matches(k, '^(.{16}[02468].|[0-9]{14}[02468]$)') THEN '女' END)[1];

-- 规范姓名: bracketed remarks, spaces, zero-width characters and middle dots of every sort dropped.
CREATE OR REPLACE MACRO 规范姓名(t) AS
  CASE WHEN regexp_matches(t, '^[一-鿿]+$') THEN t
       ELSE nullif(translate(regexp_replace(t, '[(（\[［【〔][^()（）\[\]［］【】〔〕]*[)）\]］】〕]', '', 'g'),
              空白字() || 间隔号(), ''), '') END;

-- 规范地名: the same, then the words for village and town at the end dropped (one character stays).
CREATE OR REPLACE MACRO 规范地名(t) AS
  regexp_replace(规范姓名(t),
    '^(.+?)(村民委员会|居民委员会|村委会|居委会|社区|村|街道办事处|办事处|街道|镇|乡)+$', '\1', 's');

-- 同县: does a name the county b, by itself or after the names of its province and city (云岭市青石县); 凌云县 is not 云县.
CREATE OR REPLACE MACRO 同县(a, b) AS list_transform([[规范姓名(a), 规范姓名(b)]], lambda n:
  n[1] = n[2] OR (ends_with(n[1], n[2]) AND regexp_matches(left(n[1], length(n[1]) - length(n[2])), '(省|自治区|市|州|盟|地区)$')))[1];

-- 月差: months from a to b, both YYYYMM; NULL where either is no month.
CREATE OR REPLACE MACRO 月差(a, b) AS
  CASE WHEN a BETWEEN 101 AND 999912 AND b BETWEEN 101 AND 999912 AND a % 100 BETWEEN 1 AND 12 AND b % 100 BETWEEN 1 AND 12
       THEN (b // 100 - a // 100) * 12 + (b % 100 - a % 100) END;

CREATE OR REPLACE MACRO 月(d) AS year(d) * 100 + month(d);

CREATE OR REPLACE MACRO 年(d) AS year(d);

-- 周岁: completed years; born on 29 February one completes a year on 1 March. NULL where d2 is before d1.
CREATE OR REPLACE MACRO 周岁(d1, d2) AS
  CASE WHEN d1 <= d2 THEN year(d2) - year(d1) - CAST(month(d2) * 100 + day(d2) < month(d1) * 100 + day(d1) AS INTEGER) END;

-- 含: is the word one of the items of a 、-joined set.
CREATE OR REPLACE MACRO 含(m, w) AS contains('、' || m || '、', '、' || w || '、');

CREATE OR REPLACE MACRO 项数(m) AS CASE WHEN m = '' THEN 0 ELSE length(m) - length(replace(m, '、', '')) + 1 END;

-- 加天, 天差: days; NULL outside the years 1–9999.
CREATE OR REPLACE MACRO 加天(d, n) AS
  CASE WHEN isfinite(d) AND n BETWEEN datediff('day', d, DATE '0001-01-01') AND datediff('day', d, DATE '9999-12-31')
       THEN d + CAST(n AS INTEGER) END;

CREATE OR REPLACE MACRO 天差(a, b) AS CASE WHEN isfinite(a) AND isfinite(b) THEN datediff('day', a, b) END;

-- 比: a divided by b as DOUBLE; NULL where b is 0 or the quotient is no finite number.
CREATE OR REPLACE MACRO 比(a, b) AS
  CASE WHEN isfinite(CAST(a AS DOUBLE) / nullif(CAST(b AS DOUBLE), 0))
       THEN CAST(a AS DOUBLE) / nullif(CAST(b AS DOUBLE), 0) END;

-- 月首, 月末, 加月: first and last day of a month YYYYMM; the month n months later.
CREATE OR REPLACE MACRO 月首(ym) AS
  CASE WHEN ym BETWEEN 101 AND 999912 AND ym % 100 BETWEEN 1 AND 12 THEN make_date(ym // 100, ym % 100, 1) END;

CREATE OR REPLACE MACRO 月末(ym) AS last_day(月首(ym));

CREATE OR REPLACE MACRO 加月(ym, n) AS
  CASE WHEN ym BETWEEN 101 AND 999912 AND ym % 100 BETWEEN 1 AND 12 AND n BETWEEN -120000 AND 120000
            AND ym // 100 * 12 + ym % 100 - 1 + n BETWEEN 12 AND 119999
       THEN (ym // 100 * 12 + ym % 100 - 1 + n) // 12 * 100 + (ym // 100 * 12 + ym % 100 - 1 + n) % 12 + 1 END;

CREATE OR REPLACE MACRO 文本(x) AS CAST(x AS VARCHAR);

-- 距离米: metres (whole) between two points given as longitude and latitude in degrees, of one coordinate system, on a
-- sphere of the mean radius of the earth. NULL where a value is no longitude or latitude.
CREATE OR REPLACE MACRO 距离米(x1, y1, x2, y2) AS
  CASE WHEN x1 BETWEEN -180 AND 180 AND x2 BETWEEN -180 AND 180 AND y1 BETWEEN -90 AND 90 AND y2 BETWEEN -90 AND 90
       THEN list_transform([[sin((y2 - y1) * 0.008726646259971648), sin((x2 - x1) * 0.008726646259971648)]], lambda s:
         floor(12742017.6 * asin(least(1.0, sqrt(s[1] * s[1]
           + cos(y1 * 0.017453292519943295) * cos(y2 * 0.017453292519943295) * s[2] * s[2]))) + 0.5))[1] END;
