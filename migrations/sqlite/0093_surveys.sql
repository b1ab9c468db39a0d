-- +goose Up
-- What students think of a lecturer. An answer is not kept as a row: it raises
-- the tallies, which belong to nobody, and its line of text stands under a random
-- number. Who has answered is kept apart, without a time and without a word of
-- what he said, until the survey closes; then it is deleted.
CREATE TABLE surveys (
  id          INTEGER PRIMARY KEY,
  version     INTEGER NOT NULL DEFAULT 1,
  class_id    INTEGER NOT NULL REFERENCES classes (id),
  lecturer_id INTEGER NOT NULL REFERENCES accounts (id),
  state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  least       INTEGER NOT NULL CHECK (least >= 3), -- answers below which nothing is shown: as promised when it was opened
  opened_on   TEXT NOT NULL CHECK (opened_on <> ''),
  closes_on   TEXT NOT NULL CHECK (closes_on <> ''),
  closed_on   TEXT NOT NULL DEFAULT '',
  invited     INTEGER NOT NULL DEFAULT 0, -- counted when it closes
  answers     INTEGER NOT NULL DEFAULT 0, -- counted when it closes
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  CHECK ((state = 'closed') = (closed_on <> ''))
);
CREATE UNIQUE INDEX surveys_open ON surveys (class_id, lecturer_id) WHERE state = 'open';
CREATE INDEX surveys_closed ON surveys (closed_on, id);
CREATE INDEX surveys_lecturer ON surveys (lecturer_id, closed_on, id);
CREATE INDEX surveys_class ON surveys (class_id, id);

CREATE TABLE survey_voters (
  survey_id  INTEGER NOT NULL REFERENCES surveys (id),
  student_id INTEGER NOT NULL REFERENCES students (id),
  PRIMARY KEY (survey_id, student_id)
) WITHOUT ROWID;

CREATE TABLE survey_tallies (
  survey_id INTEGER NOT NULL REFERENCES surveys (id),
  question  TEXT NOT NULL CHECK (question IN ('clarity', 'pace', 'patience', 'overall')),
  mark      INTEGER NOT NULL CHECK (mark BETWEEN 1 AND 5),
  n         INTEGER NOT NULL CHECK (n > 0),
  PRIMARY KEY (survey_id, question, mark)
) WITHOUT ROWID;

CREATE TABLE survey_words (
  survey_id INTEGER NOT NULL REFERENCES surveys (id),
  place     TEXT NOT NULL CHECK (place <> ''),
  body      TEXT NOT NULL CHECK (body <> ''),
  PRIMARY KEY (survey_id, place)
) WITHOUT ROWID;

INSERT INTO permissions (role_id, resource, action, row_rule, field_rules)
  SELECT roles.id, 'surveys', x.action, 'lecturer=$me', '' FROM roles
  CROSS JOIN (SELECT 'list' AS action UNION ALL SELECT 'view' UNION ALL SELECT 'results' UNION ALL SELECT 'report') AS x
  WHERE roles.name = 'lecturer' ON CONFLICT DO NOTHING;
INSERT INTO permissions (role_id, resource, action, row_rule, field_rules)
  SELECT roles.id, 'surveys', x.action, 'class=$my_classes', '' FROM roles
  CROSS JOIN (SELECT 'list' AS action UNION ALL SELECT 'view' UNION ALL SELECT 'answer') AS x
  WHERE roles.name = 'student' ON CONFLICT DO NOTHING;
