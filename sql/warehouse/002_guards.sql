-- What makes the ledger's rules hold for whoever writes: events move items, and nothing else does.
-- SQLSTATE DZ001 marks messages of ours; they name items by number and hold no value.

-- Once a statement, not once a row: 20,000 events in a second. The legal steps themselves are a foreign key of the event.
CREATE FUNCTION ledger.apply_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT s.number, s.kind, s.here, s.before INTO bad
    FROM (SELECT i.number, a.kind, a.from_state, a.seq, coalesce(lag(a.to_state) OVER steps, i.state) AS before,
                 (coalesce(lag(a.county) OVER steps, i.county) = a.county) <> (a.kind = 'moved_in') AS here
          FROM appended a JOIN ledger.item i USING (item_id)
          WINDOW steps AS (PARTITION BY a.item_id ORDER BY a.seq)) AS s
    WHERE NOT s.here OR s.before <> s.from_state
    ORDER BY s.seq LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '%: event % does not follow state % %', bad.number, bad.kind, bad.before,
            CASE WHEN bad.here THEN '' ELSE 'in this county' END USING ERRCODE = 'DZ001';
    END IF;
    UPDATE ledger.item i SET
        state = e.to_state,
        county = e.county,
        closed_on = CASE WHEN ledger.is_open(e.to_state) THEN NULL ELSE coalesce(i.closed_on, e.closed_on) END,
        opened_on = coalesce(e.opened_on, i.opened_on),
        times_returned = i.times_returned + e.returned,
        -- back to 'found': it will be asked afresh, earlier answers stand in the events
        answer = CASE WHEN e.to_state = 'found' THEN NULL ELSE i.answer END,
        answered_on = CASE WHEN e.to_state = 'found' THEN NULL ELSE i.answered_on END,
        answered_cycle = CASE WHEN e.to_state = 'found' THEN NULL ELSE i.answered_cycle END,
        answer_hash = CASE WHEN e.to_state = 'found' THEN NULL ELSE i.answer_hash END,
        answer_stands_hash = CASE WHEN e.to_state = 'found' THEN NULL ELSE i.answer_stands_hash END,
        exempt_until = CASE WHEN e.to_state = 'found' THEN NULL ELSE i.exempt_until END
    FROM (SELECT item_id, min(county) AS county, (array_agg(to_state ORDER BY seq DESC))[1] AS to_state,
                 max(as_of) FILTER (WHERE kind IN ('found', 'reopened')) AS opened_on,
                 max(as_of) FILTER (WHERE NOT ledger.is_open(to_state)) AS closed_on,
                 (count(*) FILTER (WHERE kind = 'returned'))::int AS returned
          FROM appended GROUP BY item_id) AS e
    WHERE i.item_id = e.item_id;
    RETURN NULL;
END $$;
CREATE TRIGGER event_applies AFTER INSERT ON ledger.event REFERENCING NEW TABLE AS appended
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.apply_events();

CREATE FUNCTION ledger.extend_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link record;
    head ledger.chain;
BEGIN
    FOR link IN
        SELECT county, min(seq) AS first, max(seq) AS last, count(*) AS n,
               (array_agg(prev_hash ORDER BY seq))[1] AS before, (array_agg(hash ORDER BY seq DESC))[1] AS after,
               bool_and(joined) AS whole
        FROM (SELECT county, seq, prev_hash, hash,
                     coalesce(lag(hash) OVER (PARTITION BY county ORDER BY seq) = prev_hash, true) AS joined
              FROM appended) AS links
        GROUP BY county
    LOOP
        INSERT INTO ledger.chain VALUES (link.county, 0, '') ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM ledger.chain WHERE county = link.county FOR UPDATE;
        IF link.first <> head.seq + 1 OR link.before <> head.hash OR link.n <> link.last - link.first + 1 OR NOT link.whole THEN
            RAISE EXCEPTION 'events of % do not continue its chain', link.county USING ERRCODE = 'DZ001';
        END IF;
        UPDATE ledger.chain SET seq = link.last, hash = link.after WHERE county = link.county;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER event_extends AFTER INSERT ON ledger.event REFERENCING NEW TABLE AS appended
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.extend_chain();

CREATE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of ledger.% is refused: it is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'DZ001';
END $$;
CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON ledger.event FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER event_stays_whole BEFORE TRUNCATE ON ledger.event FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER value_stays BEFORE DELETE ON ledger.value FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER value_stays_whole BEFORE TRUNCATE ON ledger.value FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER item_stays BEFORE DELETE ON ledger.item FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER item_stays_whole BEFORE TRUNCATE ON ledger.item FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER published_row_stays BEFORE UPDATE OR DELETE ON ledger.published_row
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse();

-- The retention function alone may empty a body; a body that comes again (same hash) may fill an emptied one.
CREATE FUNCTION ledger.guard_value() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    stack text;
BEGIN
    GET DIAGNOSTICS stack = PG_CONTEXT;
    IF (NEW.county, NEW.value_hash, NEW.kind) IS DISTINCT FROM (OLD.county, OLD.value_hash, OLD.kind)
       OR NOT ((OLD.body IS NULL AND NEW.body IS NOT NULL)
               OR (NEW.body IS NULL AND position('ledger.destroy_values(date)' IN stack) > 0)) THEN
        RAISE EXCEPTION 'UPDATE of ledger.value is refused: it is append-only' USING ERRCODE = 'DZ001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER value_guard BEFORE UPDATE ON ledger.value FOR EACH ROW EXECUTE FUNCTION ledger.guard_value();

CREATE FUNCTION ledger.destroy_values(before date) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    WITH kept AS MATERIALIZED (
        SELECT item_id, value_hash, answer_hash FROM ledger.item WHERE closed_on IS NULL OR closed_on >= before
    ), needed AS MATERIALIZED (
        SELECT value_hash FROM kept UNION SELECT answer_hash FROM kept
        UNION SELECT e.value_hash FROM ledger.event e JOIN kept USING (item_id)
    )
    UPDATE ledger.value v SET body = NULL, destroyed_on = before
    WHERE v.body IS NOT NULL AND v.as_of < before
      AND NOT EXISTS (SELECT 1 FROM needed WHERE needed.value_hash = v.value_hash);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END $$;
COMMENT ON FUNCTION ledger.destroy_values(date) IS
    'Retention: empties what was shown of items closed before the date. Hashes stay, the chain still verifies.';

CREATE FUNCTION ledger.guard_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION '%: an item begins with an event', NEW.number USING ERRCODE = 'DZ001';
    END IF;
    IF (NEW.item_id, NEW.number, NEW.code, NEW.subject_id, NEW.subject_kind, NEW.first_found)
       IS DISTINCT FROM (OLD.item_id, OLD.number, OLD.code, OLD.subject_id, OLD.subject_kind, OLD.first_found) THEN
        RAISE EXCEPTION '%: the identity of an item does not change', OLD.number USING ERRCODE = 'DZ001';
    END IF;
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION '%: only an event changes the state of an item', OLD.number USING ERRCODE = 'DZ001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER item_guard_insert BEFORE INSERT ON ledger.item FOR EACH ROW WHEN (NEW.state <> 'new')
    EXECUTE FUNCTION ledger.guard_item();
CREATE TRIGGER item_guard_update BEFORE UPDATE ON ledger.item FOR EACH ROW
    WHEN ((NEW.item_id, NEW.number, NEW.code, NEW.subject_id, NEW.subject_kind, NEW.first_found, NEW.state, NEW.county,
           NEW.closed_on, NEW.opened_on, NEW.times_returned)
          IS DISTINCT FROM (OLD.item_id, OLD.number, OLD.code, OLD.subject_id, OLD.subject_kind, OLD.first_found, OLD.state,
                            OLD.county, OLD.closed_on, OLD.opened_on, OLD.times_returned))
    EXECUTE FUNCTION ledger.guard_item();

CREATE FUNCTION ledger.begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger.item WHERE item_id = NEW.item_id AND state = 'new') THEN
        RAISE EXCEPTION '%: an item without an event', NEW.number USING ERRCODE = 'DZ001';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER item_begun AFTER INSERT ON ledger.item DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger.begun();
