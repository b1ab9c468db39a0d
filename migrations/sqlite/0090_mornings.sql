-- +goose Up
-- Days whose morning has been told: digests and leads left untouched.
CREATE TABLE mornings (
  day     TEXT PRIMARY KEY,
  done_at INTEGER NOT NULL
);

-- How far each step of the ladder has come: leads last touched up to mark have been told of. A lead is touched later
-- than before or not at all, so each period without a touch passes each mark once.
CREATE TABLE ladder_marks (
  step INTEGER PRIMARY KEY,
  mark INTEGER NOT NULL
);
