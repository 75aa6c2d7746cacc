-- What makes the ledger's rules hold for whoever writes: events move items, and nothing else does.
-- SQLSTATE DZ001 marks messages of ours; they name items by number and hold no value.

CREATE FUNCTION ledger.apply_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item ledger.item;
BEGIN
    SELECT * INTO item FROM ledger.item WHERE item_id = NEW.item_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'event % has no item', NEW.kind USING ERRCODE = 'DZ001';
    END IF;
    IF (item.county = NEW.county) = (NEW.kind = 'moved_in') THEN
        RAISE EXCEPTION '%: event % in the wrong county', item.number, NEW.kind USING ERRCODE = 'DZ001';
    END IF;
    NEW.from_state := item.state;
    IF NOT EXISTS (SELECT 1 FROM ledger.transition
                   WHERE from_state = item.state AND event = NEW.kind AND to_state = NEW.to_state) THEN
        RAISE EXCEPTION '%: event % is not allowed from state % to state %', item.number, NEW.kind, item.state, NEW.to_state
            USING ERRCODE = 'DZ001';
    END IF;
    UPDATE ledger.item SET
        state = NEW.to_state,
        county = NEW.county,
        closed_on = CASE WHEN ledger.is_open(NEW.to_state) THEN NULL WHEN closed_on IS NULL THEN NEW.as_of ELSE closed_on END,
        opened_on = CASE WHEN NEW.kind IN ('found', 'reopened') THEN NEW.as_of ELSE opened_on END,
        times_returned = times_returned + (NEW.kind = 'returned')::int,
        -- back to 'found': it will be asked afresh, earlier answers stand in the events
        answer = CASE WHEN NEW.to_state = 'found' THEN NULL ELSE answer END,
        answered_on = CASE WHEN NEW.to_state = 'found' THEN NULL ELSE answered_on END,
        answered_cycle = CASE WHEN NEW.to_state = 'found' THEN NULL ELSE answered_cycle END,
        answer_hash = CASE WHEN NEW.to_state = 'found' THEN NULL ELSE answer_hash END,
        answer_stands_hash = CASE WHEN NEW.to_state = 'found' THEN NULL ELSE answer_stands_hash END,
        exempt_until = CASE WHEN NEW.to_state = 'found' THEN NULL ELSE exempt_until END
    WHERE item_id = NEW.item_id;
    RETURN NEW;
END $$;
CREATE TRIGGER event_applies BEFORE INSERT ON ledger.event FOR EACH ROW EXECUTE FUNCTION ledger.apply_event();

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
        IF NEW.state <> 'new' THEN
            RAISE EXCEPTION '%: an item begins with an event', NEW.number USING ERRCODE = 'DZ001';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.item_id, NEW.number, NEW.code, NEW.subject_id, NEW.subject_kind, NEW.first_found)
       IS DISTINCT FROM (OLD.item_id, OLD.number, OLD.code, OLD.subject_id, OLD.subject_kind, OLD.first_found) THEN
        RAISE EXCEPTION '%: the identity of an item does not change', OLD.number USING ERRCODE = 'DZ001';
    END IF;
    IF (NEW.state, NEW.county, NEW.closed_on, NEW.opened_on, NEW.times_returned)
       IS DISTINCT FROM (OLD.state, OLD.county, OLD.closed_on, OLD.opened_on, OLD.times_returned)
       AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION '%: only an event changes the state of an item', OLD.number USING ERRCODE = 'DZ001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER item_guard BEFORE INSERT OR UPDATE ON ledger.item FOR EACH ROW EXECUTE FUNCTION ledger.guard_item();

CREATE FUNCTION ledger.begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger.item WHERE item_id = NEW.item_id AND state = 'new') THEN
        RAISE EXCEPTION '%: an item without an event', NEW.number USING ERRCODE = 'DZ001';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER item_begun AFTER INSERT ON ledger.item DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger.begun();
