-- Who sees what, by login; and seals, by which the audit finds what was changed behind the program's back.
-- ledger.protect() puts every table and view of both schemas under these rules: a later migration that makes one ends with it.

CREATE TABLE ledger.grantee (
    role       name PRIMARY KEY,
    region     text NOT NULL CHECK (region ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6})$'),
    granted_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.grantee IS 'Login role → the region whose rows it sees: a province (2 digits), a city (4) or a county (6).';

-- session_user is who logged in: no SET, SET ROLE or set_config changes it. The setting counts for the reader itself alone,
-- which stands behind a service of our own.
CREATE FUNCTION warehouse.region() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
RETURN CASE WHEN session_user = 'duizhang_reader' THEN nullif(current_setting('duizhang.region', true), '')
            ELSE (SELECT g.region FROM ledger.grantee g WHERE g.role = session_user) END;
COMMENT ON FUNCTION warehouse.region() IS 'The region that the session sees; NULL: nothing. Definer''s rights: readers see no grant but their own.';

CREATE OR REPLACE FUNCTION warehouse.in_region(county text) RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce(starts_with(county, warehouse.region()), false);

-- A seal: HMAC under the installation key, which the database never has, over a row as the program left it.
CREATE TABLE ledger.seal_form (
    form    integer PRIMARY KEY,
    tbl     text NOT NULL,
    columns text[] NOT NULL,
    UNIQUE (tbl, columns)
);
COMMENT ON TABLE ledger.seal_form IS 'The columns that seals of a table cover: a migration that adds one begins a new form.';
CREATE TABLE ledger.seal (
    tbl    text NOT NULL,
    key    text NOT NULL,
    county text NOT NULL,
    form   integer NOT NULL REFERENCES ledger.seal_form,
    mac    bytea NOT NULL,
    PRIMARY KEY (tbl, key)
);
COMMENT ON TABLE ledger.seal IS 'One seal a row of the ledger. Written by the program alone, at the end of each of its transactions.';
CREATE TABLE ledger.seal_head (
    tbl    text NOT NULL,
    county text NOT NULL,
    rows   bigint NOT NULL,
    total  text NOT NULL,
    mac    text NOT NULL,
    PRIMARY KEY (tbl, county)
);
COMMENT ON TABLE ledger.seal_head IS 'Number and sum of a table''s seals, sealed itself: no row goes, or comes back as it was, together with its seal.';

-- How rows of a sealed table are named and which of their columns are sealed, as SQL over the alias r. Bodies of values are
-- apart: they answer for themselves by value_hash, and are destroyed on schedule.
CREATE FUNCTION ledger.sealed() RETURNS TABLE (tbl text, key_sql text, county_sql text, columns text[])
LANGUAGE sql STABLE SET search_path = pg_catalog
BEGIN ATOMIC
    SELECT c.relname::text,
           format('jsonb_build_array(%s)::text', (SELECT string_agg(format('r.%I', a.attname), ', ' ORDER BY a.attnum)
               FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                 AND (i.indkey IS NULL OR a.attnum = ANY (i.indkey::int2[])))),
           CASE WHEN EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'county' AND NOT a.attisdropped)
                THEN 'r.county' ELSE '''''' END,
           (SELECT array_agg(a.attname::text ORDER BY a.attname COLLATE "C") FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT (c.relname = 'value' AND a.attname = 'body'))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'ledger' AND c.relkind = 'r' AND c.relname NOT IN ('seal', 'seal_form', 'seal_head', 'migration');
END;

-- The text of a row that is sealed: these columns, in this order.
CREATE FUNCTION ledger.sealed_row(columns text[]) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog
RETURN (SELECT format('ROW(%s)::text', string_agg(format('r.%I', name), ', ' ORDER BY place)) FROM unnest(columns) WITH ORDINALITY AS c (name, place));

CREATE FUNCTION ledger.begin_notes() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('pg_temp.unsealed') IS NULL THEN
        CREATE TEMP TABLE unsealed (n bigint GENERATED ALWAYS AS IDENTITY, tbl text, key text, county text, was boolean, digest bytea)
            ON COMMIT DROP;
    END IF;
END $$;

-- Notes digests of the rows that a statement changed (was: as the transaction met them first), for the program to seal before
-- it commits. Whoever writes without the program, or with triggers off, leaves rows whose seals do not fit.
CREATE FUNCTION ledger.note_change() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
    note text := format('INSERT INTO pg_temp.unsealed (tbl, key, county, was, digest) SELECT %L, %s, %s, ', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]);
    digest text := format('sha256(convert_to(%s, ''UTF8''))', TG_ARGV[2]);
BEGIN
    PERFORM ledger.begin_notes();
    IF TG_OP <> 'INSERT' THEN
        EXECUTE format('%s true, %s FROM gone r WHERE NOT EXISTS (SELECT 1 FROM pg_temp.unsealed u WHERE u.tbl = %L AND u.key = %s)',
                       note, digest, TG_TABLE_NAME, TG_ARGV[0]);
    END IF;
    IF TG_OP = 'DELETE' THEN
        EXECUTE note || 'false, NULL FROM gone r';
    ELSE
        EXECUTE note || 'false, ' || digest || ' FROM made r';
    END IF;
    RETURN NULL;
END $$;

-- Events come in runs and never change: one seal a run.
CREATE FUNCTION ledger.note_events() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
BEGIN
    PERFORM ledger.begin_notes();
    EXECUTE format('INSERT INTO pg_temp.unsealed (tbl, key, county, was, digest) '
                   'SELECT ''event'', jsonb_build_array(r.county, min(r.seq), max(r.seq))::text, r.county, false, '
                   'sha256(convert_to(string_agg(%s, '''' ORDER BY r.seq), ''UTF8'')) FROM made r GROUP BY r.county', TG_ARGV[0]);
    RETURN NULL;
END $$;

CREATE PROCEDURE ledger.protect() LANGUAGE plpgsql AS $$
DECLARE
    found record;
    seen text;
BEGIN
    FOR found IN SELECT n.nspname AS schema, c.relname AS name, c.oid AS id, c.relkind AS kind FROM pg_class c
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname IN ('ledger', 'warehouse') AND c.relkind IN ('r', 'p', 'v', 'm')
    LOOP
        EXECUTE format('GRANT SELECT ON %I.%I TO duizhang_reader', found.schema, found.name);
        IF found.kind = 'm' THEN
            RAISE EXCEPTION '%.% is a materialized view: it knows no row security', found.schema, found.name;
        ELSIF found.kind = 'v' THEN
            EXECUTE format('ALTER VIEW %I.%I SET (security_invoker = true)', found.schema, found.name);
            CONTINUE;
        END IF;
        -- Tables without a county hold the program's own words (states, transitions, rights), nobody's data. The subselect
        -- is computed once a query, not once a row.
        seen := CASE WHEN found.name = 'grantee' THEN 'role = session_user'
                     WHEN EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = found.id AND attname = 'county' AND NOT attisdropped)
                     THEN 'starts_with(county, (SELECT warehouse.region()))' ELSE 'true' END;
        EXECUTE format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', found.schema, found.name);
        EXECUTE format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY', found.schema, found.name);
        EXECUTE format('DROP POLICY IF EXISTS pipeline ON %I.%I', found.schema, found.name);
        EXECUTE format('DROP POLICY IF EXISTS reader ON %I.%I', found.schema, found.name);
        EXECUTE format('CREATE POLICY pipeline ON %I.%I TO duizhang_pipeline USING (true) WITH CHECK (true)', found.schema, found.name);
        EXECUTE format('CREATE POLICY reader ON %I.%I FOR SELECT TO duizhang_reader USING (%s)', found.schema, found.name, seen);
    END LOOP;
    -- what only reads (views call it) may be called by readers; all else, by the pipeline alone
    FOR found IN SELECT p.oid::regprocedure AS name, p.provolatile <> 'v' AS reads FROM pg_proc p
                 JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('ledger', 'warehouse')
    LOOP
        EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC, duizhang_reader', found.name);
        IF found.reads THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO duizhang_reader', found.name);
        END IF;
    END LOOP;
    FOR found IN SELECT tbl, ledger.sealed_row(columns) AS row_sql, key_sql, county_sql, p.event, p.sources
                 FROM ledger.sealed(), (VALUES ('INSERT', 'NEW TABLE AS made'), ('UPDATE', 'OLD TABLE AS gone NEW TABLE AS made'),
                                               ('DELETE', 'OLD TABLE AS gone')) AS p (event, sources)
                 WHERE tbl <> 'event' OR p.event = 'INSERT'
    LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER zz_seal_%1$s AFTER %1$s ON ledger.%2$I REFERENCING %3$s FOR EACH STATEMENT EXECUTE FUNCTION ',
                       lower(found.event), found.tbl, found.sources)
            || CASE found.tbl WHEN 'event' THEN format('ledger.note_events(%L)', found.row_sql)
               ELSE format('ledger.note_change(%L, %L, %L)', found.key_sql, found.county_sql, found.row_sql) END;
    END LOOP;
END $$;
COMMENT ON PROCEDURE ledger.protect() IS 'Row security, rights and seals on every table and view there is. The last statement of every migration that makes one.';

CALL ledger.protect();

-- Statistics of these columns would tell of other regions: an EXPLAIN with a comparison shows what the planner knows of them.
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                 WHERE c.relnamespace = 'warehouse'::regnamespace AND c.relkind = 'r' AND a.attname IN
                 ('户编号', '户主姓名', '人编号', '姓名', '证件号码', 'idkey', 'subject_key', 'household_key', 'person_key')
    LOOP
        EXECUTE format('ALTER TABLE warehouse.%I ALTER COLUMN %I SET STATISTICS 0', found.relname, found.attname);
    END LOOP;
END $$;

-- What stood before there were seals is sealed as it stands: from here on it cannot change unseen.
DO $$
DECLARE
    found record;
BEGIN
    SET LOCAL timezone = 'UTC';
    SET LOCAL datestyle = 'ISO';
    PERFORM ledger.begin_notes();
    FOR found IN SELECT *, ledger.sealed_row(columns) AS row_sql FROM ledger.sealed() WHERE tbl <> 'event' LOOP
        EXECUTE format('INSERT INTO pg_temp.unsealed (tbl, key, county, was, digest) '
                       'SELECT %L, %s, %s, false, sha256(convert_to(%s, ''UTF8'')) FROM ledger.%I r',
                       found.tbl, found.key_sql, found.county_sql, found.row_sql, found.tbl);
    END LOOP;
    SELECT ledger.sealed_row(columns) AS row_sql INTO found FROM ledger.sealed() WHERE tbl = 'event';
    EXECUTE format('INSERT INTO pg_temp.unsealed (tbl, key, county, was, digest) '
                   'SELECT ''event'', jsonb_build_array(r.county, min(r.seq), max(r.seq))::text, r.county, false, '
                   'sha256(convert_to(string_agg(%s, '''' ORDER BY r.seq), ''UTF8'')) FROM ledger.event r '
                   'GROUP BY r.county, (r.seq - 1) / 2000', found.row_sql);
END $$;
