-- +goose Up
-- Import and export. Files lie under the hash of their content in the folder
-- exchange; texts of a row's report are JSON.

-- A file of an export, for its maker alone, until it expires. rights is the hash
-- of the rules it was made under: other rules end it.
CREATE TABLE exports (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  resource   TEXT COLLATE "C" NOT NULL CHECK (resource <> ''),
  name       TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
  stored     TEXT COLLATE "C" NOT NULL,
  size       BIGINT NOT NULL,
  row_count  BIGINT NOT NULL,
  rights     TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  UNIQUE (account_id, name)
);
CREATE INDEX exports_expires ON exports (expires_at);

-- One file that was sent to be imported, and what became of it.
CREATE TABLE import_batches (
  id            BIGINT PRIMARY KEY,
  version       BIGINT NOT NULL DEFAULT 1,
  account_id    BIGINT NOT NULL REFERENCES accounts (id),
  name          TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
  stored        TEXT COLLATE "C" NOT NULL,
  size          BIGINT NOT NULL,
  resource      TEXT COLLATE "C" NOT NULL DEFAULT '',
  mode          TEXT COLLATE "C" NOT NULL DEFAULT 'add' CHECK (mode IN ('add', 'update', 'both')),
  match_by      TEXT COLLATE "C" NOT NULL DEFAULT '',
  format        TEXT COLLATE "C" NOT NULL DEFAULT '',
  encoding      TEXT COLLATE "C" NOT NULL DEFAULT '',
  delimiter     TEXT COLLATE "C" NOT NULL DEFAULT '',
  sheet         TEXT COLLATE "C" NOT NULL DEFAULT '',
  mapping       TEXT COLLATE "C" NOT NULL DEFAULT '',
  state         TEXT COLLATE "C" NOT NULL DEFAULT 'uploaded' CHECK (state IN ('uploaded', 'checked', 'running', 'done', 'undoing', 'undone', 'taken_back')),
  row_count     BIGINT NOT NULL DEFAULT 0,
  added         BIGINT NOT NULL DEFAULT 0,
  changed       BIGINT NOT NULL DEFAULT 0,
  same          BIGINT NOT NULL DEFAULT 0,
  refused       BIGINT NOT NULL DEFAULT 0,
  kept          BIGINT NOT NULL DEFAULT 0,
  report        TEXT COLLATE "C" NOT NULL DEFAULT '',
  report_size   BIGINT NOT NULL DEFAULT 0,
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL,
  run_at        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX import_batches_account ON import_batches (account_id, id);
CREATE INDEX import_batches_state ON import_batches (state, id);

-- What happened, or would happen, to one row of the file. changes is a JSON list
-- of field, old and new; why the refusal in each language; version is the one
-- that the record had afterwards, by which a later change is known.
CREATE TABLE import_rows (
  batch_id  BIGINT NOT NULL REFERENCES import_batches (id),
  line      BIGINT NOT NULL,
  outcome   TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('add', 'change', 'same', 'refused')),
  record_id BIGINT NOT NULL DEFAULT 0,
  version   BIGINT NOT NULL DEFAULT 0,
  title     TEXT COLLATE "C" NOT NULL DEFAULT '',
  changes   TEXT COLLATE "C" NOT NULL DEFAULT '',
  why       TEXT COLLATE "C" NOT NULL DEFAULT '',
  undone    BIGINT NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
  PRIMARY KEY (batch_id, line)
);
