-- +goose Up
-- Which keys of the key file the school is sealed with: by them a start with another file, or with none, is refused.
CREATE TABLE age_keys (
  id         TEXT PRIMARY KEY,
  recipient  TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  retired_at INTEGER NOT NULL DEFAULT 0  -- nothing is sealed with it any more; old backups may be
);
