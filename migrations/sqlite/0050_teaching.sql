-- +goose Up
-- The classroom: lessons, who was there, grades, what was handed in.

-- A student's number in the class's roll. It is given when he joins and stays.
ALTER TABLE student_classes ADD COLUMN roll INTEGER NOT NULL DEFAULT 0;
UPDATE student_classes SET roll = (SELECT count(*) FROM student_classes AS x WHERE x.class_id = student_classes.class_id
  AND (x.joined_at < student_classes.joined_at OR x.joined_at = student_classes.joined_at AND x.student_id <= student_classes.student_id));
CREATE UNIQUE INDEX student_classes_roll ON student_classes (class_id, roll) WHERE roll > 0;

-- Where a class is taught, and whether its students see each other's places.
ALTER TABLE classes ADD COLUMN room TEXT NOT NULL DEFAULT '';
ALTER TABLE classes ADD COLUMN open_ranking INTEGER NOT NULL DEFAULT 0 CHECK (open_ranking IN (0, 1));

-- called_at: when the roll was first called; 0: not yet. released_at: since when
-- students see the grades. due_at 0: no homework is due; cutoff_at 0: it is taken
-- late without end.
CREATE TABLE lessons (
  id          INTEGER PRIMARY KEY,
  version     INTEGER NOT NULL DEFAULT 1,
  class_id    INTEGER NOT NULL REFERENCES classes (id),
  number      INTEGER NOT NULL CHECK (number BETWEEN 1 AND 9999),
  lecturer_id INTEGER NOT NULL REFERENCES accounts (id),
  held_on     TEXT NOT NULL CHECK (held_on <> ''),
  title       TEXT NOT NULL CHECK (title <> ''),
  content     TEXT NOT NULL DEFAULT '',
  homework    TEXT NOT NULL DEFAULT '',
  due_at      INTEGER NOT NULL DEFAULT 0,
  cutoff_at   INTEGER NOT NULL DEFAULT 0,
  called_at   INTEGER NOT NULL DEFAULT 0,
  called_by   INTEGER REFERENCES accounts (id),
  released_at INTEGER NOT NULL DEFAULT 0,
  released_by INTEGER REFERENCES accounts (id),
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  UNIQUE (class_id, number),
  CHECK (cutoff_at = 0 OR cutoff_at >= due_at)
);
CREATE INDEX lessons_held ON lessons (held_on, id);
CREATE INDEX lessons_class_held ON lessons (class_id, held_on, id);
CREATE INDEX lessons_lecturer_held ON lessons (lecturer_id, held_on, id);
CREATE INDEX lessons_uncalled ON lessons (held_on, id) WHERE called_at = 0;

-- One student in one lesson. attendance '': not called, or held before he
-- joined. points is what the score is worth; N/A is worth nothing and does not
-- count. class_id is the lesson's, for row rules and sums.
CREATE TABLE study_records (
  id           INTEGER PRIMARY KEY,
  version      INTEGER NOT NULL DEFAULT 1,
  lesson_id    INTEGER NOT NULL REFERENCES lessons (id),
  class_id     INTEGER NOT NULL REFERENCES classes (id),
  student_id   INTEGER NOT NULL REFERENCES students (id),
  before_join  INTEGER NOT NULL DEFAULT 0 CHECK (before_join IN (0, 1)),
  attendance   TEXT NOT NULL DEFAULT '' CHECK (attendance IN ('', 'present', 'late', 'absent', 'left_early', 'excused')),
  minutes_late INTEGER NOT NULL DEFAULT 0 CHECK (minutes_late >= 0),
  note         TEXT NOT NULL DEFAULT '',
  marked_by    INTEGER REFERENCES accounts (id),
  marked_at    INTEGER NOT NULL DEFAULT 0,
  score        TEXT NOT NULL DEFAULT 'N/A',
  points       INTEGER NOT NULL DEFAULT 0,
  comment      TEXT NOT NULL DEFAULT '',
  graded_by    INTEGER REFERENCES accounts (id),
  graded_at    INTEGER NOT NULL DEFAULT 0,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  UNIQUE (lesson_id, student_id),
  CHECK (minutes_late = 0 OR attendance = 'late'),
  CONSTRAINT score_scale CHECK ((score = 'A+' AND points = 100) OR (score = 'A' AND points = 90) OR (score = 'B+' AND points = 85)
    OR (score = 'B' AND points = 80) OR (score = 'B-' AND points = 75) OR (score = 'C+' AND points = 70) OR (score = 'C' AND points = 60)
    OR (score = 'C-' AND points = 40) OR (score = 'D' AND points = -50) OR (score = 'COPY' AND points = -100) OR (score = 'N/A' AND points = 0))
);
CREATE INDEX study_records_student ON study_records (student_id, lesson_id);
CREATE INDEX study_records_class ON study_records (class_id, student_id, lesson_id);

-- A grade is never deleted, and neither is a record that something hangs on.
-- +goose StatementBegin
CREATE TRIGGER study_records_kept BEFORE DELETE ON study_records WHEN OLD.graded_at > 0 BEGIN SELECT RAISE(ABORT, 'grade_kept'); END;
-- +goose StatementEnd

-- What each student has made of a class so far, kept with every change:
-- all lessons graded, and the released ones that he knows of.
CREATE TABLE standings (
  class_id        INTEGER NOT NULL REFERENCES classes (id),
  student_id      INTEGER NOT NULL REFERENCES students (id),
  total           INTEGER NOT NULL DEFAULT 0,
  graded          INTEGER NOT NULL DEFAULT 0,
  released_total  INTEGER NOT NULL DEFAULT 0,
  released_graded INTEGER NOT NULL DEFAULT 0,
  present         INTEGER NOT NULL DEFAULT 0,
  late            INTEGER NOT NULL DEFAULT 0,
  absent          INTEGER NOT NULL DEFAULT 0,
  left_early      INTEGER NOT NULL DEFAULT 0,
  excused         INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (class_id, student_id)
);

-- A lecturer's own phrases for comments.
CREATE TABLE phrases (
  id         INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  body       TEXT NOT NULL CHECK (body <> ''),
  created_at INTEGER NOT NULL,
  UNIQUE (account_id, body)
);

-- One version of what was handed in; every one is kept and the last one counts.
-- late_ms: how long after the due time, 0: in time. size: of all files together.
-- sha256: of the list "<sha256 of file>  <name>\n" in the files' order.
CREATE TABLE homework (
  id              INTEGER PRIMARY KEY,
  study_record_id INTEGER NOT NULL REFERENCES study_records (id),
  version         INTEGER NOT NULL CHECK (version > 0),
  receipt         TEXT NOT NULL UNIQUE,
  files           INTEGER NOT NULL CHECK (files > 0),
  size            INTEGER NOT NULL CHECK (size >= 0),
  sha256          TEXT NOT NULL,
  handed_in_at    INTEGER NOT NULL,
  late_ms         INTEGER NOT NULL DEFAULT 0 CHECK (late_ms >= 0),
  UNIQUE (study_record_id, version)
);
CREATE INDEX homework_handed_in ON homework (handed_in_at, id);

CREATE TABLE homework_files (
  homework_id INTEGER NOT NULL REFERENCES homework (id),
  position    INTEGER NOT NULL CHECK (position > 0),
  name        TEXT NOT NULL CHECK (name <> ''),
  stored      TEXT NOT NULL,
  size        INTEGER NOT NULL CHECK (size >= 0),
  sha256      TEXT NOT NULL,
  PRIMARY KEY (homework_id, position),
  UNIQUE (homework_id, name)
);
CREATE INDEX homework_files_stored ON homework_files (stored);
-- +goose StatementBegin
CREATE TRIGGER homework_change BEFORE UPDATE ON homework BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER homework_delete BEFORE DELETE ON homework BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER homework_files_change BEFORE UPDATE ON homework_files BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER homework_files_delete BEFORE DELETE ON homework_files BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
