-- +goose Up
-- Import and export. Files lie under the hash of their content in the folder
-- exchange; texts of a row's report are JSON.

-- A file of an export, for its maker alone, until it expires. rights is the hash
-- of the rules it was made under: other rules end it.
CREATE TABLE exports (
  id         INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  resource   TEXT NOT NULL CHECK (resource <> ''),
  name       TEXT NOT NULL CHECK (name <> ''),
  stored     TEXT NOT NULL,
  size       INTEGER NOT NULL,
  row_count  INTEGER NOT NULL,
  rights     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  UNIQUE (account_id, name)
);
CREATE INDEX exports_expires ON exports (expires_at);

-- One file that was sent to be imported, and what became of it.
CREATE TABLE import_batches (
  id            INTEGER PRIMARY KEY,
  version       INTEGER NOT NULL DEFAULT 1,
  account_id    INTEGER NOT NULL REFERENCES accounts (id),
  name          TEXT NOT NULL CHECK (name <> ''),
  stored        TEXT NOT NULL,
  size          INTEGER NOT NULL,
  resource      TEXT NOT NULL DEFAULT '',
  mode          TEXT NOT NULL DEFAULT 'add' CHECK (mode IN ('add', 'update', 'both')),
  match_by      TEXT NOT NULL DEFAULT '',
  format        TEXT NOT NULL DEFAULT '',
  encoding      TEXT NOT NULL DEFAULT '',
  delimiter     TEXT NOT NULL DEFAULT '',
  sheet         TEXT NOT NULL DEFAULT '',
  mapping       TEXT NOT NULL DEFAULT '',
  state         TEXT NOT NULL DEFAULT 'uploaded' CHECK (state IN ('uploaded', 'checked', 'running', 'done', 'undoing', 'undone', 'taken_back')),
  row_count     INTEGER NOT NULL DEFAULT 0,
  added         INTEGER NOT NULL DEFAULT 0,
  changed       INTEGER NOT NULL DEFAULT 0,
  same          INTEGER NOT NULL DEFAULT 0,
  refused       INTEGER NOT NULL DEFAULT 0,
  kept          INTEGER NOT NULL DEFAULT 0,
  report        TEXT NOT NULL DEFAULT '',
  report_size   INTEGER NOT NULL DEFAULT 0,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  run_at        INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX import_batches_account ON import_batches (account_id, id);
CREATE INDEX import_batches_state ON import_batches (state, id);

-- What happened, or would happen, to one row of the file. changes is a JSON list
-- of field, old and new; why the refusal in each language; version is the one
-- that the record had afterwards, by which a later change is known.
CREATE TABLE import_rows (
  batch_id  INTEGER NOT NULL REFERENCES import_batches (id),
  line      INTEGER NOT NULL,
  outcome   TEXT NOT NULL CHECK (outcome IN ('add', 'change', 'same', 'refused')),
  record_id INTEGER NOT NULL DEFAULT 0,
  version   INTEGER NOT NULL DEFAULT 0,
  title     TEXT NOT NULL DEFAULT '',
  changes   TEXT NOT NULL DEFAULT '',
  why       TEXT NOT NULL DEFAULT '',
  undone    INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
  PRIMARY KEY (batch_id, line)
);
