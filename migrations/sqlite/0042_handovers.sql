-- +goose Up
-- A hand-over: what one account looked after went to a colleague, or to nobody
-- (to_id NULL: the pool). Each has its items, with the version that every record
-- has had since: what shows whether somebody touched it afterwards.
CREATE TABLE handovers (
  id             INTEGER PRIMARY KEY,
  at             INTEGER NOT NULL,
  by_id          INTEGER REFERENCES accounts (id),
  from_id        INTEGER NOT NULL REFERENCES accounts (id),
  to_id          INTEGER REFERENCES accounts (id),
  enrollments_to INTEGER REFERENCES accounts (id),
  query          TEXT NOT NULL DEFAULT '',
  reason         TEXT NOT NULL DEFAULT '',
  customers      INTEGER NOT NULL,
  due            INTEGER NOT NULL,
  enrollments    INTEGER NOT NULL,
  classes        INTEGER NOT NULL,
  undone_at      INTEGER NOT NULL DEFAULT 0,
  undone_by      INTEGER REFERENCES accounts (id)
);
CREATE INDEX handovers_from ON handovers (from_id, id);

CREATE TABLE handover_items (
  handover_id INTEGER NOT NULL REFERENCES handovers (id),
  resource    TEXT NOT NULL CHECK (resource IN ('customers', 'enrollments', 'classes')),
  record_id   INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  had         INTEGER NOT NULL DEFAULT 0 CHECK (had IN (0, 1)), -- the receiver had it before, too
  PRIMARY KEY (handover_id, resource, record_id)
);
