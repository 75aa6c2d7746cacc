-- Of several appraisals of one head of household the newest; a row without a date is older than any with one.
SELECT 户主证件号码, 鉴定等级, 竣工日期, _county, _ref
FROM 危房
QUALIFY row_number() OVER (PARTITION BY idkey(户主证件号码) ORDER BY coalesce(鉴定日期, DATE '1900-01-01') DESC, _ref DESC) = 1
