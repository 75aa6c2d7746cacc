-- The monthly cycle of a county: which of its steps was done when, on what, and how much came of it.

CREATE TABLE ledger.step (
    step  text PRIMARY KEY,
    place integer NOT NULL UNIQUE,
    title text NOT NULL
);
COMMENT ON TABLE ledger.step IS 'The steps of a monthly cycle, in their order.';
INSERT INTO ledger.step VALUES
    ('open', 1, '开期'), ('check', 2, '核对'), ('approve', 3, '审批'), ('issue', 4, '下发'), ('remind', 5, '催办'),
    ('receive', 6, '回收'), ('reverify', 7, '复核'), ('score', 8, '评分');

CREATE TABLE ledger.cycle_step (
    county      text NOT NULL,
    seq         integer NOT NULL CHECK (seq > 0),
    cycle       text NOT NULL CHECK (cycle ~ '^\d{4}-\d{2}$'),
    step        text NOT NULL REFERENCES ledger.step,
    done_on     date NOT NULL,
    run_id      text NOT NULL,
    counts      jsonb NOT NULL,
    who         text CHECK (who = 'auto' OR who ~ '^[0-9a-f]{64}$'),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (county, seq),
    CHECK ((step = 'approve') = (who IS NOT NULL))
);
CREATE INDEX ON ledger.cycle_step (county, cycle, step);
COMMENT ON TABLE ledger.cycle_step IS 'What was done, a row each time. Append-only.';
COMMENT ON COLUMN ledger.cycle_step.run_id IS 'What the step was done on (date of the books, version of a list, file): the same again is not done again.';
COMMENT ON COLUMN ledger.cycle_step.done_on IS 'The date it stands for: of the books, of the reminder, of receipt; never the clock.';
COMMENT ON COLUMN ledger.cycle_step.who IS 'Who approved: keyed hash of the user''s id, or auto where no approval is asked.';

CREATE TRIGGER cycle_step_stays BEFORE UPDATE OR DELETE ON ledger.cycle_step FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER cycle_step_stays_whole BEFORE TRUNCATE ON ledger.cycle_step FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

-- Row security as 004 gives it: the steps are the program's own words, what was done is its county's.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['step', 'cycle_step'] LOOP
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE ledger.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY pipeline ON ledger.%I TO duizhang_pipeline USING (true) WITH CHECK (true)', name);
        EXECUTE format('CREATE POLICY reader ON ledger.%I FOR SELECT TO duizhang_reader USING (%s)', name,
                       CASE name WHEN 'cycle_step' THEN 'warehouse.in_region(county)' ELSE 'true' END);
        EXECUTE format('GRANT SELECT ON ledger.%I TO duizhang_reader', name);
    END LOOP;
END $$;
