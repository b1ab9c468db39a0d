-- +goose Up
-- A signed contract is still what was signed: its hash, which is of the plain text, stays. Its sealed text may be sealed
-- anew with another key, and nothing else.
DROP TRIGGER enrollments_signed;
-- +goose StatementBegin
CREATE TRIGGER enrollments_signed BEFORE UPDATE OF contract, contract_sha256, signed_at, price ON enrollments
WHEN OLD.state IN ('submitted', 'approved') AND NEW.state = OLD.state
  AND (OLD.contract <> NEW.contract AND NEW.contract NOT LIKE 'sealed:v1:%'
    OR OLD.contract_sha256 <> NEW.contract_sha256 OR OLD.signed_at <> NEW.signed_at OR OLD.price <> NEW.price)
BEGIN
  SELECT RAISE(ABORT, 'enrollment_signed');
END;
-- +goose StatementEnd
