-- +goose Up
-- What processes that serve one school tell each other, so that they keep one door and one list of open sessions. Each row
-- is of the moment: a process that dies leaves rows that its beat no longer keeps, and the others remove them.
CREATE TABLE processes (
  mark TEXT PRIMARY KEY CHECK (mark <> ''), name TEXT NOT NULL, started_at INTEGER NOT NULL, beat_at INTEGER NOT NULL);
CREATE TABLE open_sessions (
  process TEXT NOT NULL REFERENCES processes (mark) ON DELETE CASCADE, session TEXT NOT NULL,
  account INTEGER NOT NULL, enrollment INTEGER NOT NULL, login TEXT NOT NULL, address TEXT NOT NULL, method TEXT NOT NULL, kind TEXT NOT NULL,
  terminal TEXT NOT NULL, since_at INTEGER NOT NULL, key_at INTEGER NOT NULL,
  end_own INTEGER NOT NULL DEFAULT 0 CHECK (end_own IN (0, 1)), end_by TEXT NOT NULL DEFAULT '', -- who wants it to end
  PRIMARY KEY (process, session));
-- Failed log-ins by name and address, by address, and by name. turn grows with every write: what is new is what is above.
CREATE TABLE failures (
  sort TEXT NOT NULL CHECK (sort IN ('pair', 'address', 'name')), who TEXT NOT NULL, login TEXT NOT NULL, address TEXT NOT NULL,
  failures INTEGER NOT NULL CHECK (failures >= 0), last_at INTEGER NOT NULL, turn INTEGER NOT NULL,
  PRIMARY KEY (sort, who));
CREATE INDEX failures_turn ON failures (turn);
