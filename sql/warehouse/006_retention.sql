-- What retention destroyed, told by the ledger itself: an emptied body without a line here is a problem of the audit.

CREATE TABLE ledger.retention (
    county      text NOT NULL,
    before      date NOT NULL,
    destroyed   bigint NOT NULL CHECK (destroyed > 0),
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON ledger.retention (county);
COMMENT ON TABLE ledger.retention IS 'Values emptied on schedule, by county and cut-off date. Append-only.';

ALTER TABLE ledger.retention ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.retention FORCE ROW LEVEL SECURITY;
CREATE POLICY pipeline ON ledger.retention TO duizhang_pipeline USING (true) WITH CHECK (true);
CREATE POLICY reader ON ledger.retention FOR SELECT TO duizhang_reader USING (warehouse.in_region(county));
GRANT SELECT ON ledger.retention TO duizhang_reader;

CREATE TRIGGER retention_stays BEFORE UPDATE OR DELETE ON ledger.retention FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER retention_stays_whole BEFORE TRUNCATE ON ledger.retention FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

-- What earlier versions destroyed was by the same function, which alone can; only the line was missing.
INSERT INTO ledger.retention (county, before, destroyed)
SELECT county, destroyed_on, count(*) FROM ledger.value WHERE body IS NULL GROUP BY county, destroyed_on;

CREATE OR REPLACE FUNCTION ledger.destroy_values(before date) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    WITH kept AS MATERIALIZED (
        SELECT item_id, value_hash, answer_hash FROM ledger.item
        WHERE closed_on IS NULL OR closed_on >= destroy_values.before
    ), needed AS MATERIALIZED (
        SELECT value_hash FROM kept UNION SELECT answer_hash FROM kept
        UNION SELECT e.value_hash FROM ledger.event e JOIN kept USING (item_id)
        UNION SELECT p.value_hash FROM ledger.published_row p JOIN kept USING (item_id)
    ), emptied AS (
        UPDATE ledger.value v SET body = NULL, destroyed_on = destroy_values.before
        WHERE v.body IS NOT NULL AND v.as_of < destroy_values.before
          AND NOT EXISTS (SELECT 1 FROM needed WHERE needed.value_hash = v.value_hash)
        RETURNING v.county
    ), told AS (
        INSERT INTO ledger.retention (county, before, destroyed)
        SELECT county, destroy_values.before, count(*) FROM emptied GROUP BY county
        RETURNING destroyed
    )
    SELECT coalesce(sum(destroyed), 0) INTO n FROM told;
    RETURN n;
END $$;
