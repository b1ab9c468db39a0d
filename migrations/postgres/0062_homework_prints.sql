-- +goose Up
-- What a version of homework is recognised by: hashes of stretches of its text,
-- eight bytes each, sorted. Computed once for each version.
CREATE TABLE homework_prints (
  homework_id BIGINT PRIMARY KEY REFERENCES homework (id),
  prints      BYTEA NOT NULL
);
