-- +goose Up
-- What one account may do beyond its roles, and what it may not in spite of
-- them: a denial (deny = 1) beats every grant. The rules are written as in
-- permissions; every line says why it is there.
CREATE TABLE account_grants (
  id          BIGINT PRIMARY KEY,
  account_id  BIGINT NOT NULL REFERENCES accounts (id),
  deny        BIGINT NOT NULL DEFAULT 0 CHECK (deny IN (0, 1)),
  resource    TEXT COLLATE "C" NOT NULL CHECK (resource <> ''),
  action      TEXT COLLATE "C" NOT NULL CHECK (action <> ''),
  row_rule    TEXT COLLATE "C" NOT NULL DEFAULT '',
  field_rules TEXT COLLATE "C" NOT NULL DEFAULT '',
  reason      TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
  given_by    BIGINT REFERENCES accounts (id),
  created_at  BIGINT NOT NULL,
  UNIQUE (account_id, deny, resource, action, row_rule)
);

-- Menus are honoured from now on. An empty one is everything that the role's
-- rights open, in the usual order; the ready-made roles begin so, as their lists
-- were never more than that. What an administrator wrote stays.
UPDATE roles SET menu = '' WHERE name IN ('sales', 'sales_manager') AND menu = 'customers enrollments classes courses notifications me'
  OR name = 'lecturer' AND menu = 'classes courses notifications me'
  OR name = 'student' AND menu = 'contract classes documents payments notifications me'
  OR name = 'admin' AND menu = 'customers enrollments review classes courses accounts mails notifications me';
