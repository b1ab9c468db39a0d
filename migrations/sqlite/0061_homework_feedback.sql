-- +goose Up
-- Files that a lecturer sends back to a student with the grade. The newest of a
-- name counts; the older ones stay for the audit trail.
CREATE TABLE feedback_files (
  id              INTEGER PRIMARY KEY,
  study_record_id INTEGER NOT NULL REFERENCES study_records (id),
  name            TEXT NOT NULL CHECK (name <> ''),
  stored          TEXT NOT NULL,
  size            INTEGER NOT NULL CHECK (size >= 0),
  sha256          TEXT NOT NULL,
  sent_by         INTEGER NOT NULL REFERENCES accounts (id),
  sent_at         INTEGER NOT NULL,
  replaced        INTEGER NOT NULL DEFAULT 0 CHECK (replaced IN (0, 1))
);
CREATE UNIQUE INDEX feedback_files_name ON feedback_files (study_record_id, name) WHERE replaced = 0;
CREATE INDEX feedback_files_stored ON feedback_files (stored);
