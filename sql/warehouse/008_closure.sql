-- County closure: who may do what as rows, exemption in two hands, and what nation, province or city send down.

CREATE TABLE ledger.actor (
    actor text PRIMARY KEY,
    title text NOT NULL
);
COMMENT ON TABLE ledger.actor IS 'In whose name an event stands: programs of ours, officers of a county, those above it.';
INSERT INTO ledger.actor VALUES
    ('check', '核对程序'), ('publish', '下发程序'), ('county', '县级经办人'), ('field', '入户核查人'), ('approver', '批准人'),
    ('upper', '上级'), ('operator', '平台');

CREATE TABLE ledger.power (
    actor   text REFERENCES ledger.actor,
    kind    text,
    retired boolean NOT NULL DEFAULT false,
    PRIMARY KEY (actor, kind)
);
COMMENT ON TABLE ledger.power IS 'Who may do which event. retired: events of earlier versions stand under it, new ones are refused.';
INSERT INTO ledger.power (actor, kind) VALUES
    ('check', 'found'), ('check', 'restated'), ('check', 'returned'), ('check', 'proven'), ('check', 'withdrawn'), ('check', 'gone'),
    ('check', 'reappeared'), ('check', 'reopened'), ('check', 'renumbered'), ('check', 'moved_out'), ('check', 'moved_in'),
    ('publish', 'issued'),
    ('county', 'answered'), ('county', 'acknowledged'), ('county', 'verified_not_so'),
    ('field', 'verified_not_so'),
    ('approver', 'exempted'),
    -- the last two for questions of theirs alone (EXT-): claimed as fixed or closed, and on their next list again
    ('upper', 'found'), ('upper', 'noted'), ('upper', 'proven'), ('upper', 'returned'), ('upper', 'reopened');
INSERT INTO ledger.power VALUES ('county', 'exempted', true);

ALTER TABLE ledger.event DROP CONSTRAINT event_actor_check;
ALTER TABLE ledger.event ADD CONSTRAINT event_power FOREIGN KEY (actor, kind) REFERENCES ledger.power;
ALTER TABLE ledger.event ADD COLUMN who text CHECK (who ~ '^[0-9a-f]{64}$');
COMMENT ON COLUMN ledger.event.who IS 'Keyed hash of the folded name of the person who did it; NULL for programs. Part of the event''s hash.';

ALTER TABLE ledger.item ADD COLUMN origin text NOT NULL DEFAULT 'check' CHECK (origin IN ('check', 'upper'));
COMMENT ON COLUMN ledger.item.origin IS 'check: our own check opened it; upper: a list that nation, province or city sent down did.';

-- An answer to a returned question is written to the item just before the event that moves it: who is returned at the end of
-- a transaction was reported fixed, in between not always.
ALTER TABLE ledger.item DROP CONSTRAINT item_check5, ADD CHECK (state <> 'returned' OR (times_returned > 0 AND answer IS NOT NULL));
CREATE FUNCTION ledger.returned_a_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger.item WHERE item_id = NEW.item_id AND state = 'returned' AND answer IS DISTINCT FROM 'fixed') THEN
        RAISE EXCEPTION '%: returned, and nobody reported it fixed', NEW.number USING ERRCODE = 'DZ001';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER item_returned AFTER INSERT OR UPDATE ON ledger.item DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'returned') EXECUTE FUNCTION ledger.returned_a_claim();

-- A question that moved here from another county has been asked, but not by a list of this county.
ALTER TABLE ledger.item DROP CONSTRAINT item_check4, ADD CHECK ((issued_on IS NULL) = (issued_cycle IS NULL) AND (due_on IS NULL OR issued_on IS NOT NULL));

-- Whoever was gone and is seen again keeps the answer that still stands, and what was returned is not returned twice.
INSERT INTO ledger.transition VALUES ('gone', 'reappeared', 'answered'), ('gone', 'reappeared', 'returned');

-- Whom no number of their own tells from others: people by somebody of their household (成员特征) or by their town (个人特征),
-- households by their head in their town (户主特征).
ALTER TABLE ledger.alias DROP CONSTRAINT alias_alias_kind_check, ADD CONSTRAINT alias_alias_kind_check
    CHECK (alias_kind IN ('natural', 'idkey', '户主idkey', '成员idkey', '成员特征', '个人特征', '户主特征'));
CREATE INDEX ON ledger.alias (alias_hash) WHERE alias_kind <> 'natural' AND valid_to IS NULL;
ALTER TABLE ledger.subject ADD COLUMN missing_since date;
CREATE INDEX ON ledger.subject (county) WHERE missing_since IS NOT NULL;
COMMENT ON COLUMN ledger.subject.missing_since IS 'Since which check its county, whose books had the rest of its town, has had it no more: it may turn up elsewhere.';

-- A note moves nothing; it may also stand on what a county has answered for good (asked once is asked once).
INSERT INTO ledger.transition
SELECT state, 'noted', state FROM ledger.state WHERE is_open OR state IN ('verified_not_so', 'acknowledged', 'exempted');

ALTER TABLE ledger.value DROP CONSTRAINT value_kind_check;
ALTER TABLE ledger.value ADD CONSTRAINT value_kind_check CHECK (kind IN ('finding', 'answer', 'notice'));

CREATE TABLE ledger.notice (
    county      text NOT NULL,
    source      text NOT NULL CHECK (source <> ''),
    ref         text NOT NULL CHECK (ref <> ''),
    item_id     text NOT NULL REFERENCES ledger.item,
    received_on date NOT NULL,
    due_on      date,
    file_sha    text NOT NULL,
    value_hash  text NOT NULL,
    PRIMARY KEY (county, source, ref, item_id, file_sha),
    FOREIGN KEY (county, value_hash) REFERENCES ledger.value
);
CREATE INDEX ON ledger.notice (item_id);
CREATE INDEX ON ledger.notice (county, value_hash);
COMMENT ON TABLE ledger.notice IS '上级反馈：every line of a list from above, by sender, line and file, and the item it was joined to. Append-only.';

CREATE TRIGGER notice_stays BEFORE UPDATE OR DELETE ON ledger.notice FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER notice_stays_whole BEFORE TRUNCATE ON ledger.notice FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

CREATE TABLE ledger.received_list (
    county      text NOT NULL,
    source      text NOT NULL CHECK (source <> ''),
    file_sha    text NOT NULL,
    received_on date NOT NULL,
    PRIMARY KEY (county, source, file_sha)
);
COMMENT ON TABLE ledger.received_list IS '上级清单：every list from above by county, sender and file, and the day it first came, whether or not a line of it stands. Append-only.';
CREATE TRIGGER received_list_stays BEFORE UPDATE OR DELETE ON ledger.received_list FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER received_list_stays_whole BEFORE TRUNCATE ON ledger.received_list FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

CREATE OR REPLACE VIEW warehouse.v_open_items WITH (security_invoker = true) AS
SELECT i.county, i.number, i.code, i.severity, i.closes, i.state, s.title AS state_title, i.town, i.opened_on, i.first_found,
       i.last_hit, i.issued_cycle, i.due_on, i.times_returned, i.answer, i.answered_on, i.na_since, i.na_reason,
       v.body ->> 'town_name' AS town_name, v.body ->> 'village_name' AS village_name, v.body ->> '户编号' AS 户编号,
       v.body ->> '户主姓名' AS 户主姓名, v.body ->> '人编号' AS 人编号, v.body ->> '姓名' AS 姓名, v.body -> 'evidence' AS evidence,
       i.origin
FROM ledger.item i
JOIN ledger.state s USING (state)
JOIN ledger.value v USING (county, value_hash)
WHERE s.is_open;

-- What a foreign key cannot say: which questions each may close, and that an exemption stands in two hands.
CREATE FUNCTION ledger.check_rights() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT i.number, a.actor, a.kind INTO bad
    FROM appended a
    JOIN ledger.item i USING (item_id)
    JOIN ledger.power p ON (p.actor, p.kind) = (a.actor, a.kind)
    WHERE p.retired OR CASE
        WHEN a.kind = 'found' THEN i.origin <> a.actor
        WHEN a.actor = 'field' THEN i.closes <> 'field' OR a.who IS NULL
        WHEN a.kind = 'verified_not_so' THEN i.closes = 'field' OR i.severity <> '疑似'
        WHEN a.kind = 'acknowledged' THEN NOT (i.closes = 'acknowledged' OR starts_with(i.code, 'EXT-') AND a.who IS NOT NULL)
        WHEN a.kind IN ('renumbered', 'moved_out', 'moved_in') THEN false
        -- our own check judges what it can see, those above what only they can
        WHEN a.actor = 'check' THEN starts_with(i.code, 'EXT-')
        WHEN a.actor = 'upper' THEN a.kind <> 'noted' AND NOT starts_with(i.code, 'EXT-')
        ELSE false END
    ORDER BY a.seq LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '%: % may not record % here', bad.number, bad.actor, bad.kind USING ERRCODE = 'DZ001';
    END IF;
    SELECT i.number INTO bad
    FROM appended a
    JOIN ledger.item i USING (item_id)
    LEFT JOIN LATERAL (SELECT e.who FROM ledger.event e WHERE e.item_id = a.item_id AND e.county = a.county AND e.kind = 'answered'
                       AND e.seq < a.seq ORDER BY e.seq DESC LIMIT 1) AS asked ON true
    WHERE a.kind = 'exempted' AND (a.who IS NULL OR asked.who IS NULL OR a.from_state NOT IN ('answered', 'gone') OR EXISTS (
        -- nobody who has answered since it was opened; of what moved here since, nobody who ever answered it elsewhere
        SELECT 1 FROM ledger.event e, (
            SELECT coalesce(max(o.seq) FILTER (WHERE o.kind IN ('found', 'reopened')), 0) AS opened,
                   max(o.seq) FILTER (WHERE o.kind = 'moved_in') AS moved
            FROM ledger.event o WHERE o.item_id = a.item_id AND o.county = a.county AND o.seq < a.seq) AS here
        WHERE e.item_id = a.item_id AND e.kind = 'answered' AND e.who = a.who
          AND CASE WHEN e.county = a.county THEN e.seq BETWEEN here.opened AND a.seq ELSE here.moved > here.opened END))
    ORDER BY a.seq LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '%: an exemption needs one who asks and another who approves', bad.number USING ERRCODE = 'DZ001';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER event_rights AFTER INSERT ON ledger.event REFERENCING NEW TABLE AS appended
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_rights();

-- Row security as 004 gives it: actor and power hold the program's own words, notices and lists are their county's.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['actor', 'power', 'notice', 'received_list'] LOOP
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE ledger.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY pipeline ON ledger.%I TO duizhang_pipeline USING (true) WITH CHECK (true)', name);
        EXECUTE format('CREATE POLICY reader ON ledger.%I FOR SELECT TO duizhang_reader USING (%s)', name,
                       CASE WHEN name IN ('notice', 'received_list') THEN 'warehouse.in_region(county)' ELSE 'true' END);
        EXECUTE format('GRANT SELECT ON ledger.%I TO duizhang_reader', name);
    END LOOP;
END $$;
