-- +goose Up
-- What every record has besides its own table: a way back when it is deleted,
-- and what people keep of their lists.

-- A deleted record with all that went with it, for 30 days. contents is JSON: the
-- rows of each table, the record's own first; parts says how many of each.
CREATE TABLE trash (
  id         INTEGER PRIMARY KEY,
  resource   TEXT NOT NULL CHECK (resource <> ''),
  record_id  INTEGER NOT NULL,
  title      TEXT NOT NULL,
  parts      TEXT NOT NULL DEFAULT '',
  contents   TEXT NOT NULL,
  account_id INTEGER NOT NULL DEFAULT 0,
  login      TEXT NOT NULL,
  at         INTEGER NOT NULL
);
CREATE INDEX trash_at ON trash (at, id);
CREATE INDEX trash_record ON trash (resource, record_id);
CREATE INDEX trash_account ON trash (account_id, at, id);

-- The highest number that a deleted record of each table had: it is not given
-- again, or a new record would find the old one's history as its own.
CREATE TABLE spent_ids (
  name TEXT PRIMARY KEY,
  last INTEGER NOT NULL
);

-- A list that somebody keeps under a name, and shares with a role ('' : none).
CREATE TABLE saved_lists (
  id         INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  resource   TEXT NOT NULL CHECK (resource <> ''),
  name       TEXT NOT NULL CHECK (name <> ''),
  query      TEXT NOT NULL DEFAULT '',
  columns    TEXT NOT NULL DEFAULT '',
  role       TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (account_id, resource, name)
);
CREATE INDEX saved_lists_shared ON saved_lists (role, resource) WHERE role <> '';

-- How somebody wants to see a list: columns '' and page_size 0 are as declared.
CREATE TABLE list_prefs (
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  resource   TEXT NOT NULL,
  columns    TEXT NOT NULL DEFAULT '',
  page_size  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, resource)
);
