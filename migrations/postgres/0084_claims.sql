-- +goose Up
-- How many times a day somebody did what is counted: looked a contact up,
-- claimed a customer. day is the school's. The count goes up by one conditional
-- statement, so that it never passes what is allowed, however many ask at once.
CREATE TABLE daily_acts (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  day        TEXT COLLATE "C" NOT NULL,
  act        TEXT COLLATE "C" NOT NULL CHECK (act IN ('check', 'claim')),
  n          BIGINT NOT NULL CHECK (n > 0),
  UNIQUE (account_id, day, act)
);
CREATE INDEX daily_acts_day ON daily_acts (day, id);

-- The ready-made roles of a school that exists already.
INSERT INTO permissions (role_id, resource, action, row_rule, field_rules)
SELECT id, 'customers', 'claim', '', '' FROM roles WHERE name IN ('sales', 'sales_manager') ON CONFLICT DO NOTHING;
INSERT INTO permissions (role_id, resource, action, row_rule, field_rules)
SELECT id, 'customers', 'release', 'owner=$me', '' FROM roles WHERE name = 'sales' ON CONFLICT DO NOTHING;
INSERT INTO permissions (role_id, resource, action, row_rule, field_rules)
SELECT id, 'customers', 'release', 'department=$my_department', '' FROM roles WHERE name = 'sales_manager' ON CONFLICT DO NOTHING;
