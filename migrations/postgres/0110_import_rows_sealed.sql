-- +goose Up
-- What files of imports hold may be ID numbers, under whatever heading: changes, why and a batch's mapping (with the first
-- values of the columns) are sealed from now on. So that they can be sealed anew when the keys change, a row has a number.
CREATE TABLE import_rows_sealed (
  id        BIGINT PRIMARY KEY,
  batch_id  BIGINT NOT NULL REFERENCES import_batches (id),
  line      BIGINT NOT NULL,
  outcome   TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('add', 'change', 'same', 'refused')),
  record_id BIGINT NOT NULL DEFAULT 0,
  version   BIGINT NOT NULL DEFAULT 0,
  title     TEXT COLLATE "C" NOT NULL DEFAULT '',
  changes   TEXT COLLATE "C" NOT NULL DEFAULT '',
  why       TEXT COLLATE "C" NOT NULL DEFAULT '',
  undone    BIGINT NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
  UNIQUE (batch_id, line)
);
INSERT INTO import_rows_sealed (id, batch_id, line, outcome, record_id, version, title, changes, why, undone)
  SELECT row_number() OVER (ORDER BY batch_id, line), batch_id, line, outcome, record_id, version, title, changes, why, undone FROM import_rows;
DROP TABLE import_rows;
ALTER TABLE import_rows_sealed RENAME TO import_rows;
