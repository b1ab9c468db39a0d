-- +goose Up
-- Two customers who were one: lost_id went into kept_id. contents is JSON, what
-- each was and what moved, so that the merge can be taken back; its private
-- texts are sealed as those of the rows are. The old number leads to the new one.
CREATE TABLE customer_merges (
  id         INTEGER PRIMARY KEY,
  kept_id    INTEGER NOT NULL,
  lost_id    INTEGER NOT NULL,
  lost_name  TEXT NOT NULL,
  contents   TEXT NOT NULL,
  account_id INTEGER NOT NULL DEFAULT 0,
  at         INTEGER NOT NULL,
  undone_at  INTEGER NOT NULL DEFAULT 0,
  undone_by  INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX customer_merges_lost ON customer_merges (lost_id) WHERE undone_at = 0;
CREATE INDEX customer_merges_kept ON customer_merges (kept_id);

-- The ready-made roles of a school that exists already.
INSERT INTO permissions (role_id, resource, action, row_rule, field_rules)
SELECT id, 'customers', 'merge', 'department=$my_department', '' FROM roles WHERE name = 'sales_manager' ON CONFLICT DO NOTHING;
