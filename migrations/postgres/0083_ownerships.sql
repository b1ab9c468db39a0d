-- +goose Up
-- Who looked after a customer, from when on and why: one row for each change of
-- hands, written in the transaction of the change, never altered. NULL is
-- nobody: the pool (from_id, to_id), or the program itself (by_id). A customer
-- from before this table has no rows until he changes hands the next time.
CREATE TABLE ownerships (
  id          BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  at          BIGINT NOT NULL,
  from_id     BIGINT REFERENCES accounts (id),
  to_id       BIGINT REFERENCES accounts (id),
  by_id       BIGINT REFERENCES accounts (id),
  reason      TEXT COLLATE "C" NOT NULL CHECK (reason IN ('added', 'claimed', 'assigned', 'handed_over', 'handed_back', 'enrolled', 'released', 'merged')),
  note        TEXT COLLATE "C" NOT NULL DEFAULT '',
  CONSTRAINT ownerships_changes CHECK (COALESCE(from_id, 0) <> COALESCE(to_id, 0)),
  CONSTRAINT ownerships_claimed CHECK (reason <> 'claimed' OR to_id IS NOT NULL AND to_id = by_id),
  CONSTRAINT ownerships_released CHECK (reason <> 'released' OR to_id IS NULL)
);
CREATE INDEX ownerships_customer ON ownerships (customer_id, id);
CREATE INDEX ownerships_to ON ownerships (to_id, id);
CREATE INDEX ownerships_from ON ownerships (from_id, id);

-- What is written stays; only with its customer a row goes to the trash and
-- comes back, or moves to the one he is merged into.
-- +goose StatementBegin
CREATE FUNCTION ownerships_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER ownerships_change BEFORE UPDATE OF at, from_id, to_id, by_id, reason, note ON ownerships FOR EACH ROW EXECUTE FUNCTION ownerships_change();

-- The ready-made roles of a school that exists already.
INSERT INTO permissions (role_id, resource, action, row_rule, field_rules)
SELECT roles.id, 'ownerships', acts.action, '', '' FROM roles, (SELECT 'list' AS action UNION ALL SELECT 'view') AS acts
WHERE roles.name IN ('sales', 'sales_manager') ON CONFLICT DO NOTHING;
