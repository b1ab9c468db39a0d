-- +goose Up
-- A document's bytes may go while its row, with hash and approval, stays: stored is '' then.
ALTER TABLE documents ADD COLUMN removed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN removed_why TEXT COLLATE "C" NOT NULL DEFAULT ''; -- rule: kept long enough; erased: with the person's data
