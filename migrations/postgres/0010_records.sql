-- +goose Up
-- What every record has besides its own table: a way back when it is deleted,
-- and what people keep of their lists.

-- A deleted record with all that went with it, for 30 days. contents is JSON: the
-- rows of each table, the record's own first; parts says how many of each.
CREATE TABLE trash (
  id         BIGINT PRIMARY KEY,
  resource   TEXT COLLATE "C" NOT NULL CHECK (resource <> ''),
  record_id  BIGINT NOT NULL,
  title      TEXT COLLATE "C" NOT NULL,
  parts      TEXT COLLATE "C" NOT NULL DEFAULT '',
  contents   TEXT COLLATE "C" NOT NULL,
  account_id BIGINT NOT NULL DEFAULT 0,
  login      TEXT COLLATE "C" NOT NULL,
  at         BIGINT NOT NULL
);
CREATE INDEX trash_at ON trash (at, id);
CREATE INDEX trash_record ON trash (resource, record_id);
CREATE INDEX trash_account ON trash (account_id, at, id);

-- The highest number that a deleted record of each table had: it is not given
-- again, or a new record would find the old one's history as its own.
CREATE TABLE spent_ids (
  name TEXT COLLATE "C" PRIMARY KEY,
  last BIGINT NOT NULL
);

-- A list that somebody keeps under a name, and shares with a role ('' : none).
CREATE TABLE saved_lists (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  resource   TEXT COLLATE "C" NOT NULL CHECK (resource <> ''),
  name       TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
  query      TEXT COLLATE "C" NOT NULL DEFAULT '',
  columns    TEXT COLLATE "C" NOT NULL DEFAULT '',
  role       TEXT COLLATE "C" NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (account_id, resource, name)
);
CREATE INDEX saved_lists_shared ON saved_lists (role, resource) WHERE role <> '';

-- How somebody wants to see a list: columns '' and page_size 0 are as declared.
CREATE TABLE list_prefs (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  resource   TEXT COLLATE "C" NOT NULL,
  columns    TEXT COLLATE "C" NOT NULL DEFAULT '',
  page_size  BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, resource)
);
