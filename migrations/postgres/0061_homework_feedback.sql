-- +goose Up
-- Files that a lecturer sends back to a student with the grade. The newest of a
-- name counts; the older ones stay for the audit trail.
CREATE TABLE feedback_files (
  id              BIGINT PRIMARY KEY,
  study_record_id BIGINT NOT NULL REFERENCES study_records (id),
  name            TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
  stored          TEXT COLLATE "C" NOT NULL,
  size            BIGINT NOT NULL CHECK (size >= 0),
  sha256          TEXT COLLATE "C" NOT NULL,
  sent_by         BIGINT NOT NULL REFERENCES accounts (id),
  sent_at         BIGINT NOT NULL,
  replaced        BIGINT NOT NULL DEFAULT 0 CHECK (replaced IN (0, 1))
);
CREATE UNIQUE INDEX feedback_files_name ON feedback_files (study_record_id, name) WHERE replaced = 0;
CREATE INDEX feedback_files_stored ON feedback_files (stored);
