-- +goose Up
-- What processes that serve one school tell each other, so that they keep one door and one list of open sessions. Each row
-- is of the moment: a process that dies leaves rows that its beat no longer keeps, and the others remove them.
CREATE TABLE processes (
  mark TEXT COLLATE "C" PRIMARY KEY CHECK (mark <> ''), name TEXT COLLATE "C" NOT NULL, started_at BIGINT NOT NULL, beat_at BIGINT NOT NULL);
CREATE TABLE open_sessions (
  process TEXT COLLATE "C" NOT NULL REFERENCES processes (mark) ON DELETE CASCADE, session TEXT COLLATE "C" NOT NULL,
  account BIGINT NOT NULL, enrollment BIGINT NOT NULL, login TEXT COLLATE "C" NOT NULL, address TEXT COLLATE "C" NOT NULL, method TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL,
  terminal TEXT COLLATE "C" NOT NULL, since_at BIGINT NOT NULL, key_at BIGINT NOT NULL,
  end_own BIGINT NOT NULL DEFAULT 0 CHECK (end_own IN (0, 1)), end_by TEXT COLLATE "C" NOT NULL DEFAULT '', -- who wants it to end
  PRIMARY KEY (process, session));
-- Failed log-ins by name and address, by address, and by name. turn grows with every write: what is new is what is above.
CREATE TABLE failures (
  sort TEXT COLLATE "C" NOT NULL CHECK (sort IN ('pair', 'address', 'name')), who TEXT COLLATE "C" NOT NULL, login TEXT COLLATE "C" NOT NULL, address TEXT COLLATE "C" NOT NULL,
  failures BIGINT NOT NULL CHECK (failures >= 0), last_at BIGINT NOT NULL, turn BIGINT NOT NULL,
  PRIMARY KEY (sort, who));
CREATE INDEX failures_turn ON failures (turn);
