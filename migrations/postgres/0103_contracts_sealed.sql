-- +goose Up
-- A signed contract is still what was signed: its hash, which is of the plain text, stays. Its sealed text may be sealed
-- anew with another key, and nothing else.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION enrollments_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('submitted', 'approved') AND NEW.state = OLD.state
  AND (OLD.contract <> NEW.contract AND NEW.contract NOT LIKE 'sealed:v1:%'
    OR OLD.contract_sha256 <> NEW.contract_sha256 OR OLD.signed_at <> NEW.signed_at OR OLD.price <> NEW.price) THEN
    RAISE EXCEPTION 'enrollment_signed';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
