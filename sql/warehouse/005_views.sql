-- Documented views. security_invoker: whoever reads a view sees the rows that person may see, not those of its owner.

CREATE VIEW warehouse.v_open_items WITH (security_invoker = true) AS
SELECT i.county, i.number, i.code, i.severity, i.closes, i.state, s.title AS state_title, i.town, i.opened_on, i.first_found,
       i.last_hit, i.issued_cycle, i.due_on, i.times_returned, i.answer, i.answered_on, i.na_since, i.na_reason,
       v.body ->> 'town_name' AS town_name, v.body ->> 'village_name' AS village_name, v.body ->> '户编号' AS 户编号,
       v.body ->> '户主姓名' AS 户主姓名, v.body ->> '人编号' AS 人编号, v.body ->> '姓名' AS 姓名, v.body -> 'evidence' AS evidence
FROM ledger.item i
JOIN ledger.state s USING (state)
JOIN ledger.value v USING (county, value_hash)
WHERE s.is_open;
COMMENT ON VIEW warehouse.v_open_items IS '未销号问题：一行一个问题，含状态、期限、证据；gone（对象已不在账上）也在内。';

-- change: +1 enters the county's open items, -1 leaves them.
CREATE VIEW ledger.v_flow WITH (security_invoker = true) AS
SELECT e.county, e.seq, e.as_of, i.code, e.kind,
       CASE WHEN e.kind = 'moved_in' THEN ledger.is_open(e.from_state)::int
            WHEN e.kind = 'moved_out' THEN -ledger.is_open(e.from_state)::int
            ELSE ledger.is_open(e.to_state)::int - ledger.is_open(e.from_state)::int END AS change
FROM ledger.event e
JOIN ledger.item i USING (item_id);
COMMENT ON VIEW ledger.v_flow IS 'Events with what each adds to or takes from the open items of its county.';
GRANT SELECT ON ledger.v_flow TO duizhang_reader;

CREATE VIEW warehouse.v_roll_forward WITH (security_invoker = true) AS
WITH period AS (
    SELECT county, as_of, end_seq, coalesce(lag(end_seq) OVER (PARTITION BY county ORDER BY as_of), 0) AS start_seq
    FROM ledger.merged
)
SELECT p.county, p.as_of, f.code,
       coalesce(sum(f.change) FILTER (WHERE f.seq <= p.start_seq), 0)::bigint AS opening,
       count(*) FILTER (WHERE f.kind = 'found' AND f.change = 1 AND f.seq > p.start_seq) AS new,
       count(*) FILTER (WHERE f.kind = 'reopened' AND f.change = 1 AND f.seq > p.start_seq) AS reopened,
       count(*) FILTER (WHERE f.kind = 'moved_in' AND f.change = 1 AND f.seq > p.start_seq) AS moved_in,
       count(*) FILTER (WHERE f.kind = 'proven' AND f.change = -1 AND f.seq > p.start_seq) AS proven,
       count(*) FILTER (WHERE f.kind = 'verified_not_so' AND f.change = -1 AND f.seq > p.start_seq) AS verified_not_so,
       count(*) FILTER (WHERE f.kind = 'acknowledged' AND f.change = -1 AND f.seq > p.start_seq) AS acknowledged,
       count(*) FILTER (WHERE f.kind = 'exempted' AND f.change = -1 AND f.seq > p.start_seq) AS exempted,
       count(*) FILTER (WHERE f.kind = 'withdrawn' AND f.change = -1 AND f.seq > p.start_seq) AS withdrawn,
       count(*) FILTER (WHERE f.kind = 'moved_out' AND f.change = -1 AND f.seq > p.start_seq) AS moved_out,
       sum(f.change)::bigint AS closing
FROM period p
JOIN ledger.v_flow f ON f.county = p.county AND f.seq <= p.end_seq AND f.change <> 0
GROUP BY p.county, p.as_of, f.code;
COMMENT ON VIEW warehouse.v_roll_forward IS
    '滚存：每县每次对账每指标 期初+新增+复发+转入−证实−不属实−说明−豁免−撤销−转出=期末；期间为上次对账之后至本次对账。opening_net 为空即期初 0。';

CREATE VIEW warehouse.v_indicator_results WITH (security_invoker = true) AS
SELECT r.county, r.as_of, r.code, r.subject, r.rows, r.na, r.applicable, r.hits, r.unknown, r.na_reason,
       round(r.hits::numeric / nullif(r.applicable, 0), 6) AS rate,
       lag(r.hits) OVER (PARTITION BY r.county, r.code ORDER BY r.as_of) AS last_hits
FROM warehouse.indicator_result r
WHERE r.town IS NULL;
COMMENT ON VIEW warehouse.v_indicator_results IS '指标结果（县级）：应检、命中、未知、不适用及原因、问题率（应检为 0 时为空，不当 0）、上次命中数。';

CREATE VIEW warehouse.v_coverage WITH (security_invoker = true) AS
SELECT county, as_of, feed, book, count(*) AS towns,
       count(*) FILTER (WHERE status IN ('full', 'zero')) AS towns_covered,
       count(*) FILTER (WHERE status = 'partial') AS towns_partial,
       count(*) FILTER (WHERE status = 'missing') AS towns_missing,
       count(*) FILTER (WHERE status = 'stale') AS towns_stale,
       min(data_date) AS oldest_data, max(data_date) AS newest_data
FROM warehouse.coverage
GROUP BY county, as_of, feed, book;
COMMENT ON VIEW warehouse.v_coverage IS '各账覆盖：每县每次每账 覆盖、缺、过期的乡镇数与数据时点。';

CREATE VIEW warehouse.v_link_rates WITH (security_invoker = true) AS
SELECT county, as_of, book_table, sum(rows)::bigint AS rows, sum(rows) FILTER (WHERE tier <> 'unlinked')::bigint AS linked,
       round(coalesce(sum(rows) FILTER (WHERE tier <> 'unlinked'), 0) / nullif(sum(rows), 0), 6) AS rate
FROM warehouse.link_summary
GROUP BY county, as_of, book_table;
COMMENT ON VIEW warehouse.v_link_rates IS '比对率：每县每次每表的行数、关联上的行数和比例。';

CREATE VIEW warehouse.v_person_books WITH (security_invoker = true) AS
SELECT p.county, p.as_of, p.人编号, p.户编号, p.姓名, b.key AS 表, b.value AS 来源
FROM warehouse.person p
CROSS JOIN LATERAL jsonb_each_text(p.来源) AS b
WHERE b.value IS NOT NULL;
COMMENT ON VIEW warehouse.v_person_books IS '一人多账：国家系统的人在哪些账里、在哪个文件哪一行。';

CREATE VIEW warehouse.v_household_items WITH (security_invoker = true) AS
SELECT h.county, h.户编号, h.户主姓名, h.town, h.town_name, h.village_name, h.监测对象类别, count(i.number) AS open_items,
       count(i.number) FILTER (WHERE i.severity = '错误') AS errors, count(i.number) FILTER (WHERE i.severity = '疑似') AS doubts,
       array_agg(DISTINCT i.code ORDER BY i.code) AS codes, min(i.due_on) AS next_due
FROM warehouse.household h
JOIN warehouse.v_open_items i ON i.county = h.county AND i.户编号 = h.户编号
GROUP BY h.county, h.户编号, h.户主姓名, h.town, h.town_name, h.village_name, h.监测对象类别;
COMMENT ON VIEW warehouse.v_household_items IS '按户看问题：每户未销号问题数、指标、最近期限。';

CREATE VIEW warehouse.v_governance WITH (security_invoker = true) AS
WITH last AS (SELECT county, max(as_of) AS as_of FROM ledger.merged GROUP BY county),
reopened AS (
    SELECT DISTINCT e.item_id FROM ledger.event e WHERE e.kind = 'reopened' AND e.from_state = 'proven'
), counts AS (
    SELECT l.county, l.as_of,
           count(*) FILTER (WHERE i.severity = '错误') AS errors,
           count(*) FILTER (WHERE i.severity = '疑似' AND i.answer IS NULL) AS unverified,
           count(*) FILTER (WHERE r.item_id IS NOT NULL) AS relapsed,
           count(*) FILTER (WHERE i.due_on < l.as_of AND i.answer IN ('accepted_true', 'fixed')) AS overdue,
           count(*) FILTER (WHERE i.state = 'returned') AS returned,
           count(*) FILTER (WHERE i.answer = 'not_so') AS not_so
    FROM last l
    LEFT JOIN ledger.item i ON i.county = l.county AND ledger.is_open(i.state)
    LEFT JOIN reopened r ON r.item_id = i.item_id
    GROUP BY l.county, l.as_of
)
SELECT c.county, c.as_of, g.code, g.title, g.hits, g.hits > 0 AS is_hit
FROM counts c
CROSS JOIN LATERAL (VALUES
    ('CLS-001', '错误级问题未清零', c.errors),
    ('CLS-002', '疑似级问题未全部核实', c.unverified),
    ('CLS-004', '整改后复发', c.relapsed),
    ('CLS-008', '整改超时限', c.overdue),
    ('CLS-009', '标已整改而复跑仍命中', c.returned),
    ('CLS-010', '核查不属实但未登记豁免', c.not_so)
) AS g (code, title, hits);
COMMENT ON VIEW warehouse.v_governance IS '闭合情况（CLS）：每县最近一次对账时未清零、未核实、复发、超时限、假整改的问题数。';

DO $$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT viewname FROM pg_views WHERE schemaname = 'warehouse' LOOP
        EXECUTE format('GRANT SELECT ON warehouse.%I TO duizhang_reader', found.viewname);
    END LOOP;
END $$;
