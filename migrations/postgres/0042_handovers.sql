-- +goose Up
-- A hand-over: what one account looked after went to a colleague, or to nobody
-- (to_id NULL: the pool). Each has its items, with the version that every record
-- has had since: what shows whether somebody touched it afterwards.
CREATE TABLE handovers (
  id             BIGINT PRIMARY KEY,
  at             BIGINT NOT NULL,
  by_id          BIGINT REFERENCES accounts (id),
  from_id        BIGINT NOT NULL REFERENCES accounts (id),
  to_id          BIGINT REFERENCES accounts (id),
  enrollments_to BIGINT REFERENCES accounts (id),
  query          TEXT COLLATE "C" NOT NULL DEFAULT '',
  reason         TEXT COLLATE "C" NOT NULL DEFAULT '',
  customers      BIGINT NOT NULL,
  due            BIGINT NOT NULL,
  enrollments    BIGINT NOT NULL,
  classes        BIGINT NOT NULL,
  undone_at      BIGINT NOT NULL DEFAULT 0,
  undone_by      BIGINT REFERENCES accounts (id)
);
CREATE INDEX handovers_from ON handovers (from_id, id);

CREATE TABLE handover_items (
  handover_id BIGINT NOT NULL REFERENCES handovers (id),
  resource    TEXT COLLATE "C" NOT NULL CHECK (resource IN ('customers', 'enrollments', 'classes')),
  record_id   BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  had         BIGINT NOT NULL DEFAULT 0 CHECK (had IN (0, 1)), -- the receiver had it before, too
  PRIMARY KEY (handover_id, resource, record_id)
);
