-- Who sees what: duizhang_pipeline everything, duizhang_reader the counties whose code begins with the region of its
-- session (SET duizhang.region = '9901'); no region, no row. FORCE: the owner of the tables is no exception.

CREATE FUNCTION warehouse.in_region(county text) RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce(starts_with(county, nullif(current_setting('duizhang.region', true), '')), false);

GRANT USAGE ON SCHEMA warehouse, ledger TO duizhang_reader;

DO $$
DECLARE
    found record;
    by_county boolean;
BEGIN
    FOR found IN SELECT n.nspname AS schema, c.relname AS name, c.oid AS id FROM pg_class c
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname IN ('ledger', 'warehouse') AND c.relkind = 'r'
    LOOP
        by_county := EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = found.id AND attname = 'county' AND attnum > 0);
        EXECUTE format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', found.schema, found.name);
        EXECUTE format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY', found.schema, found.name);
        EXECUTE format('CREATE POLICY pipeline ON %I.%I TO duizhang_pipeline USING (true) WITH CHECK (true)',
                       found.schema, found.name);
        -- tables without a county hold the program's own words (states, transitions, migrations), nobody's data
        EXECUTE format('CREATE POLICY reader ON %I.%I FOR SELECT TO duizhang_reader USING (%s)', found.schema, found.name,
                       CASE WHEN by_county THEN 'warehouse.in_region(county)' ELSE 'true' END);
        EXECUTE format('GRANT SELECT ON %I.%I TO duizhang_reader', found.schema, found.name);
    END LOOP;
END $$;
