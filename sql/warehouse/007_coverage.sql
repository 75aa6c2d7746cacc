-- A delivery below its minimum is `short` on the snapshot's coverage; the warehouse refused the word, and the county's load with it.
ALTER TABLE warehouse.coverage DROP CONSTRAINT coverage_status_check;
ALTER TABLE warehouse.coverage ADD CONSTRAINT coverage_status_check
    CHECK (status IN ('full', 'short', 'partial', 'zero', 'missing', 'stale'));

CREATE OR REPLACE VIEW warehouse.v_coverage WITH (security_invoker = true) AS
SELECT county, as_of, feed, book, count(*) AS towns,
       count(*) FILTER (WHERE status IN ('full', 'zero')) AS towns_covered,
       count(*) FILTER (WHERE status IN ('partial', 'short')) AS towns_partial,
       count(*) FILTER (WHERE status = 'missing') AS towns_missing,
       count(*) FILTER (WHERE status = 'stale') AS towns_stale,
       min(data_date) AS oldest_data, max(data_date) AS newest_data
FROM warehouse.coverage
GROUP BY county, as_of, feed, book;
