-- +goose Up
-- The hash of an entry covers digests of what may be personal, each with a salt of its own beside it: of its changes, and
-- of who did it from where. So values can be erased without breaking the chain: text and salt go, the digest stays, and
-- erased_by names the entry of the erasure, which holds a hash over all entries that it erased. An entry from before
-- this has no digests: its hash covers the values themselves, and an erased one is known by the erasure's hash alone.
ALTER TABLE audit ADD COLUMN salt TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN digest TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN who_salt TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN who TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN erased_by BIGINT NOT NULL DEFAULT 0;
CREATE INDEX audit_erased ON audit (erased_by, id) WHERE erased_by > 0;

-- This one change is allowed, once, and nothing else.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.erased_by = 0 AND NEW.erased_by > OLD.id AND OLD.action <> 'erase'
  AND EXISTS (SELECT 1 FROM audit AS e WHERE e.id = NEW.erased_by AND e.action = 'erase' AND e.resource = 'customers')
  AND NEW.changes = '' AND NEW.salt = ''
  AND (NEW.login = OLD.login AND NEW.addr = OLD.addr AND NEW.who_salt = OLD.who_salt
    OR NEW.login LIKE 'erased-%' AND NEW.addr = '' AND NEW.who_salt = '')
  AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.account_id = OLD.account_id AND NEW.face = OLD.face
  AND NEW.action = OLD.action AND NEW.resource = OLD.resource AND NEW.record_id = OLD.record_id
  AND NEW.digest = OLD.digest AND NEW.who = OLD.who AND NEW.hash = OLD.hash) THEN
    RAISE EXCEPTION 'append_only';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
