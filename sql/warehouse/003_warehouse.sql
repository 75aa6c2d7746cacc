-- The warehouse: what the books show, by county, as last loaded. person, household, village and finding hold the newest
-- date of a county; coverage, link_summary, indicator_result and run keep every date.

CREATE SCHEMA warehouse;

CREATE TABLE warehouse.household (
    county       text NOT NULL,
    as_of        date NOT NULL,
    户编号       text NOT NULL,
    户主姓名     text,
    town         text,
    town_name    text,
    village_name text,
    户类型       text,
    监测对象类别 text,
    脱贫年度     bigint,
    当前家庭人口数 bigint,
    来源         jsonb NOT NULL,
    覆盖         jsonb NOT NULL,
    PRIMARY KEY (county, 户编号)
);
COMMENT ON TABLE warehouse.household IS 'Households of the national book. 来源: table → source row; 覆盖: feed → whether it covers the household.';

CREATE TABLE warehouse.person (
    county       text NOT NULL,
    as_of        date NOT NULL,
    人编号       text NOT NULL,
    户编号       text,
    户主姓名     text,
    姓名         text,
    证件号码     text,
    idkey        text,
    town         text,
    town_name    text,
    village_name text,
    性别         text,
    出生日期     date,
    与户主关系   text,
    来源         jsonb NOT NULL,
    覆盖         jsonb NOT NULL,
    PRIMARY KEY (county, 人编号)
);
CREATE INDEX ON warehouse.person (county, 户编号);
COMMENT ON TABLE warehouse.person IS 'Members of households of the national book. 来源: table → source row; 覆盖: feed → whether it covers the person.';

CREATE TABLE warehouse.village (
    county       text NOT NULL,
    as_of        date NOT NULL,
    区划编码     text NOT NULL,
    town         text,
    town_name    text,
    village_name text,
    来源         jsonb NOT NULL,
    覆盖         jsonb NOT NULL,
    PRIMARY KEY (county, 区划编码)
);

CREATE TABLE warehouse.coverage (
    county    text NOT NULL,
    as_of     date NOT NULL,
    feed      text NOT NULL,
    book      text,
    town      text,
    town_name text,
    status    text NOT NULL CHECK (status IN ('full', 'partial', 'zero', 'missing', 'stale')),
    data_date date,
    file      text
);
CREATE INDEX ON warehouse.coverage (county, as_of);

CREATE TABLE warehouse.link_summary (
    county     text NOT NULL,
    as_of      date NOT NULL,
    book_table text NOT NULL,
    tier       text NOT NULL,
    reason     text NOT NULL,
    rows       bigint NOT NULL,
    PRIMARY KEY (county, as_of, book_table, tier, reason)
);
COMMENT ON TABLE warehouse.link_summary IS
    'Rows of each book table by how they were linked: tier 1 by number …, or unlinked with the reason.';

CREATE TABLE warehouse.indicator_result (
    county     text NOT NULL,
    as_of      date NOT NULL,
    code       text NOT NULL,
    subject    text NOT NULL,
    town       text,
    town_name  text,
    rows       bigint NOT NULL,
    na         bigint NOT NULL,
    applicable bigint NOT NULL,
    hits       bigint NOT NULL,
    unknown    bigint NOT NULL,
    na_reason  text,
    UNIQUE NULLS NOT DISTINCT (county, as_of, code, town),
    CHECK (hits + unknown <= applicable AND na + applicable <= rows)
);
COMMENT ON COLUMN warehouse.indicator_result.town IS 'NULL: the whole county.';

CREATE TABLE warehouse.finding (
    county        text NOT NULL,
    as_of         date NOT NULL,
    code          text NOT NULL,
    rule_version  text NOT NULL,
    severity      text NOT NULL,
    closes        text NOT NULL,
    town          text,
    town_name     text,
    village_name  text,
    subject_kind  text NOT NULL,
    subject_key   text NOT NULL,
    household_key text,
    person_key    text,
    evidence      jsonb NOT NULL,
    stands_hash   text NOT NULL,
    lineage       jsonb NOT NULL,
    PRIMARY KEY (county, code, subject_kind, subject_key)
);
CREATE INDEX ON warehouse.finding (county, household_key);

CREATE TABLE warehouse.run (
    county    text NOT NULL,
    as_of     date NOT NULL,
    run_id    text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    counts    jsonb NOT NULL,
    PRIMARY KEY (county, as_of)
);
