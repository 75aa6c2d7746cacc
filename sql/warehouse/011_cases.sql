-- Whom only another book names goes with the household named, under whatever number the household has or had.
CREATE INDEX ON ledger.alias (alias_hash) WHERE alias_kind = 'natural' AND valid_to IS NOT NULL;
