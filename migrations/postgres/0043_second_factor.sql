-- +goose Up
-- The second factor of an account: a secret that its person's telephone holds
-- too, sealed with the school's key, so that neither a screen nor a copy of the
-- database gives it away. last_step is the newest code's place in time that was
-- used: none counts twice. since 0: begun, not yet confirmed by a code.
CREATE TABLE account_totp (
  account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
  secret     TEXT COLLATE "C" NOT NULL,
  since      BIGINT NOT NULL DEFAULT 0,
  last_step  BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);

-- Codes for who has lost the telephone, hashed with the school's key. Each opens
-- once.
CREATE TABLE recovery_codes (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  hash       TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL DEFAULT 0,
  UNIQUE (account_id, hash)
);

-- A role may want a second factor of everybody who holds it.
ALTER TABLE roles ADD COLUMN second_factor BIGINT NOT NULL DEFAULT 0 CHECK (second_factor IN (0, 1));
