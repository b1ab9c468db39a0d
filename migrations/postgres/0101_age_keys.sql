-- +goose Up
-- Which keys of the key file the school is sealed with: by them a start with another file, or with none, is refused.
CREATE TABLE age_keys (
  id         TEXT COLLATE "C" PRIMARY KEY,
  recipient  TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  retired_at BIGINT NOT NULL DEFAULT 0  -- nothing is sealed with it any more; old backups may be
);
