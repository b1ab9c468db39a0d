-- +goose Up
-- The second factor of an account: a secret that its person's telephone holds
-- too, sealed with the school's key, so that neither a screen nor a copy of the
-- database gives it away. last_step is the newest code's place in time that was
-- used: none counts twice. since 0: begun, not yet confirmed by a code.
CREATE TABLE account_totp (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
  secret     TEXT NOT NULL,
  since      INTEGER NOT NULL DEFAULT 0,
  last_step  INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
);

-- Codes for who has lost the telephone, hashed with the school's key. Each opens
-- once.
CREATE TABLE recovery_codes (
  id         INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  hash       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account_id, hash)
);

-- A role may want a second factor of everybody who holds it.
ALTER TABLE roles ADD COLUMN second_factor INTEGER NOT NULL DEFAULT 0 CHECK (second_factor IN (0, 1));
