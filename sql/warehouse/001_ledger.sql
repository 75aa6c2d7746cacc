-- The ledger: items, their append-only events, and the transitions that are legal. Migrations only go forward.
-- Hashes are lower-case hex: HMAC-SHA256 under the installation key, so nobody without the key can guess or forge one.

CREATE FUNCTION ledger.is_open(state text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN state IN ('found', 'issued', 'answered', 'returned', 'gone');

CREATE TABLE ledger.state (
    state   text PRIMARY KEY,
    title   text NOT NULL,
    is_open boolean GENERATED ALWAYS AS (ledger.is_open(state)) STORED
);
INSERT INTO ledger.state (state, title) VALUES
    ('new', '尚未记账（事务内）'), ('found', '新发现'), ('issued', '已下发'), ('answered', '已回复'), ('returned', '退回'),
    ('gone', '对象已不在账上'), ('proven', '证实销号'), ('verified_not_so', '核查不属实'), ('acknowledged', '已作情况说明'),
    ('exempted', '批准豁免'), ('withdrawn', '口径调整撤销');

CREATE TABLE ledger.transition (
    from_state text REFERENCES ledger.state,
    event      text,
    to_state   text REFERENCES ledger.state,
    PRIMARY KEY (from_state, event, to_state)
);
COMMENT ON TABLE ledger.transition IS 'The legal steps of an item. A trigger refuses every event that is not a row here.';
INSERT INTO ledger.transition VALUES
    ('new', 'found', 'found'),
    ('found', 'issued', 'issued'), ('issued', 'issued', 'issued'), ('answered', 'issued', 'answered'),
    ('returned', 'issued', 'returned'), ('gone', 'issued', 'gone'),
    ('found', 'answered', 'answered'), ('issued', 'answered', 'answered'), ('answered', 'answered', 'answered'),
    ('returned', 'answered', 'answered'), ('gone', 'answered', 'gone'),
    ('answered', 'returned', 'returned'),
    ('found', 'restated', 'found'), ('issued', 'restated', 'issued'), ('returned', 'restated', 'returned'),
    -- a claim of "fixed" waits for newer data; any other answer falls when what it stands on changes
    ('answered', 'restated', 'answered'), ('answered', 'restated', 'found'),
    ('found', 'gone', 'gone'), ('issued', 'gone', 'gone'), ('answered', 'gone', 'gone'), ('returned', 'gone', 'gone'),
    ('gone', 'reappeared', 'found');
INSERT INTO ledger.transition
SELECT s.state, e.event, e.event FROM ledger.state s,
    (VALUES ('proven'), ('withdrawn'), ('verified_not_so'), ('acknowledged'), ('exempted')) AS e (event) WHERE s.is_open;
INSERT INTO ledger.transition
SELECT state, 'reopened', 'found' FROM ledger.state WHERE NOT is_open AND state <> 'new';
INSERT INTO ledger.transition
SELECT s.state, e.event, s.state FROM ledger.state s,
    (VALUES ('renumbered'), ('moved_out'), ('moved_in')) AS e (event) WHERE s.state <> 'new';

CREATE TABLE ledger.subject (
    subject_id text PRIMARY KEY,
    kind       text NOT NULL,
    county     text NOT NULL CHECK (county <> ''),
    first_seen date NOT NULL,
    last_seen  date NOT NULL,
    parent_id  text REFERENCES ledger.subject,
    CHECK (last_seen >= first_seen),
    CHECK (parent_id IS NULL OR parent_id <> subject_id)
);
CREATE INDEX ON ledger.subject (county, kind);
CREATE INDEX ON ledger.subject (parent_id) WHERE parent_id IS NOT NULL;
COMMENT ON TABLE ledger.subject IS 'Whom or what items are about, known only by hashed aliases. parent_id: the household of a monitoring spell.';

CREATE TABLE ledger.alias (
    subject_id text NOT NULL REFERENCES ledger.subject,
    alias_kind text NOT NULL CHECK (alias_kind IN ('natural', 'idkey', '户主idkey', '成员idkey')),
    alias_hash text NOT NULL CHECK (alias_hash ~ '^[0-9a-f]{64}$'),
    county     text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date CHECK (valid_to >= valid_from),
    PRIMARY KEY (subject_id, alias_kind, alias_hash, valid_from)
);
CREATE UNIQUE INDEX alias_one_owner ON ledger.alias (county, alias_hash) WHERE alias_kind = 'natural' AND valid_to IS NULL;
CREATE UNIQUE INDEX alias_one_natural ON ledger.alias (subject_id) WHERE alias_kind = 'natural' AND valid_to IS NULL;
CREATE INDEX ON ledger.alias (alias_hash) WHERE alias_kind = 'natural' AND valid_to IS NULL;

CREATE TABLE ledger.value (
    county       text NOT NULL,
    value_hash   text NOT NULL CHECK (value_hash ~ '^[0-9a-f]{64}$'),
    kind         text NOT NULL CHECK (kind IN ('finding', 'answer')),
    as_of        date NOT NULL,
    body         jsonb,
    destroyed_on date,
    PRIMARY KEY (county, value_hash),
    CHECK ((body IS NULL) = (destroyed_on IS NOT NULL))
);
COMMENT ON TABLE ledger.value IS 'What events show (names, numbers, evidence, answers), apart from the chain so that it can be destroyed.';

CREATE TABLE ledger.item (
    item_id             text PRIMARY KEY CHECK (item_id ~ '^[0-9a-f]{64}$'),
    number              text NOT NULL UNIQUE,
    code                text NOT NULL,
    severity            text NOT NULL CHECK (severity IN ('错误', '疑似')),
    closes              text NOT NULL CHECK (closes IN ('export', 'field', 'acknowledged')),
    subject_id          text NOT NULL REFERENCES ledger.subject,
    subject_kind        text NOT NULL,
    county              text NOT NULL,
    town                text,
    state               text NOT NULL DEFAULT 'new' REFERENCES ledger.state,
    opened_on           date NOT NULL,
    first_found         date NOT NULL,
    last_hit            date NOT NULL,
    closed_on           date,
    issued_on           date,
    issued_cycle        text,
    first_issued_cycle  text,
    due_on              date,
    times_returned      integer NOT NULL DEFAULT 0 CHECK (times_returned >= 0),
    rule_version        text NOT NULL,
    stands_hash         text NOT NULL,
    answer              text CHECK (answer IN
        ('fixed', 'accepted_true', 'not_so', 'explained', 'department_wrong', 'cannot_verify')),
    answered_on         date,
    answered_cycle      text,
    answer_hash         text,
    answer_stands_hash  text,
    exempt_until        date,
    value_hash          text NOT NULL,
    household_key_hash  text,
    na_since            date,
    na_reason           text,
    UNIQUE (subject_id, code),
    FOREIGN KEY (county, value_hash) REFERENCES ledger.value DEFERRABLE INITIALLY DEFERRED,
    CHECK (starts_with(number, code || '-')),
    CHECK (state = 'new' OR (closed_on IS NULL) = ledger.is_open(state)),
    CHECK ((answer IS NULL) = (answered_on IS NULL) AND (answer IS NULL) = (answer_hash IS NULL)),
    CHECK (state <> 'answered' OR answer IS NOT NULL),
    CHECK (state <> 'issued' OR (issued_on IS NOT NULL AND issued_cycle IS NOT NULL AND due_on IS NOT NULL)),
    CHECK (state <> 'returned' OR (times_returned > 0 AND answer = 'fixed')),
    CHECK (state <> 'verified_not_so' OR (answer = 'not_so' AND answer_stands_hash IS NOT NULL)),
    CHECK (state <> 'acknowledged' OR (answer = 'explained' AND answer_stands_hash IS NOT NULL)),
    CHECK (state <> 'exempted' OR (answer = 'explained' AND answer_stands_hash IS NOT NULL AND exempt_until IS NOT NULL)),
    CHECK (last_hit >= first_found)
) WITH (fillfactor = 60);
-- no index on a column that an event changes: rows are then updated in place (HOT)
CREATE INDEX ON ledger.item (county, code);
COMMENT ON TABLE ledger.item IS 'One discrepancy from the day it is found until it is proven gone: what its events add up to.';

CREATE TABLE ledger.chain (
    county text PRIMARY KEY,
    seq    bigint NOT NULL,
    hash   text NOT NULL
);
COMMENT ON TABLE ledger.chain IS 'Length and last hash of each county''s chain of events.';

CREATE TABLE ledger.event (
    county      text NOT NULL,
    seq         bigint NOT NULL CHECK (seq > 0),
    item_id     text NOT NULL REFERENCES ledger.item,
    kind        text NOT NULL,
    from_state  text NOT NULL,
    to_state    text NOT NULL,
    as_of       date NOT NULL,
    cycle       text,
    actor       text NOT NULL CHECK (actor IN ('check', 'publish', 'county')),
    reason      text,
    run_id      text,
    value_hash  text,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    prev_hash   text NOT NULL,
    hash        text NOT NULL,
    PRIMARY KEY (county, seq),
    FOREIGN KEY (from_state, kind, to_state) REFERENCES ledger.transition,
    FOREIGN KEY (county, value_hash) REFERENCES ledger.value
);
CREATE INDEX ON ledger.event (item_id);
CREATE INDEX ON ledger.event (county, value_hash);
COMMENT ON COLUMN ledger.event.reason IS 'A word of the program (what was answered, why withdrawn): never text that a person wrote.';

CREATE TABLE ledger.merged (
    county   text NOT NULL,
    as_of    date NOT NULL,
    run_id   text NOT NULL,
    end_seq  bigint NOT NULL,
    findings bigint NOT NULL,
    PRIMARY KEY (county, as_of)
);
COMMENT ON TABLE ledger.merged IS 'Merges by county and date; end_seq: the chain''s length after it. Periods of the roll-forward end here.';

CREATE TABLE ledger.cycle (
    county  text NOT NULL,
    cycle   text NOT NULL,
    as_of   date NOT NULL,
    version text,
    state   text NOT NULL CHECK (state IN ('issued', 'closed')),
    PRIMARY KEY (county, cycle)
);

CREATE TABLE ledger.published_row (
    county      text NOT NULL,
    cycle       text NOT NULL,
    item_id     text NOT NULL REFERENCES ledger.item,
    token       text NOT NULL,
    value_hash  text NOT NULL,
    stands_hash text NOT NULL,
    due_on      date NOT NULL,
    PRIMARY KEY (county, cycle, item_id, token),
    FOREIGN KEY (county, cycle) REFERENCES ledger.cycle,
    FOREIGN KEY (county, value_hash) REFERENCES ledger.value
);
CREATE INDEX ON ledger.published_row (item_id);
CREATE INDEX ON ledger.published_row (county, value_hash);

CREATE TABLE ledger.received_file (
    sha256      text NOT NULL,
    county      text NOT NULL,
    cycle       text NOT NULL,
    received_on date NOT NULL,
    accepted    integer NOT NULL,
    repeated    integer NOT NULL,
    refused     integer NOT NULL,
    PRIMARY KEY (sha256, county, cycle)
);
