-- Keys that name their county. What a county numbers itself (applications, clues, tasks …) is another thing under the same number
-- in another county: such a subject never moves, whoever asks. Aliases are hashes under a key that the database never has, so
-- subjects of earlier versions are re-keyed by the first merge of their county, from the file that it is told of both keys
-- (`former` in sql/subjects/<kind>.yaml).
CREATE FUNCTION ledger.guard_home() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    -- those with a parent go with it
    IF NEW.county <> OLD.county AND OLD.parent_id IS NULL AND OLD.kind NOT IN ('person', 'household', 'case') THEN
        RAISE EXCEPTION 'a subject of kind % does not leave its county', OLD.kind USING ERRCODE = 'DZ001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subject_home BEFORE UPDATE OF county ON ledger.subject FOR EACH ROW EXECUTE FUNCTION ledger.guard_home();

CALL ledger.protect();
