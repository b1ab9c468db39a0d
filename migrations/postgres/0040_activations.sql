-- +goose Up
-- Activation addresses: each opens one account once, without a password, to
-- choose one. Only the token's hash is kept; 0 in a time means not yet.
CREATE TABLE activations (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  token_hash TEXT COLLATE "C" NOT NULL UNIQUE,
  created_by BIGINT REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL DEFAULT 0,
  revoked_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX activations_live ON activations (account_id) WHERE used_at = 0 AND revoked_at = 0;

-- Why an account was disabled, '' while it is not.
ALTER TABLE accounts ADD COLUMN disabled_reason TEXT COLLATE "C" NOT NULL DEFAULT '';
