-- +goose Up
-- The classroom: lessons, who was there, grades, what was handed in.

-- A student's number in the class's roll. It is given when he joins and stays.
ALTER TABLE student_classes ADD COLUMN roll BIGINT NOT NULL DEFAULT 0;
UPDATE student_classes SET roll = (SELECT count(*) FROM student_classes AS x WHERE x.class_id = student_classes.class_id
  AND (x.joined_at < student_classes.joined_at OR x.joined_at = student_classes.joined_at AND x.student_id <= student_classes.student_id));
CREATE UNIQUE INDEX student_classes_roll ON student_classes (class_id, roll) WHERE roll > 0;

-- Where a class is taught, and whether its students see each other's places.
ALTER TABLE classes ADD COLUMN room TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE classes ADD COLUMN open_ranking BIGINT NOT NULL DEFAULT 0 CHECK (open_ranking IN (0, 1));

-- called_at: when the roll was first called; 0: not yet. released_at: since when
-- students see the grades. due_at 0: no homework is due; cutoff_at 0: it is taken
-- late without end.
CREATE TABLE lessons (
  id          BIGINT PRIMARY KEY,
  version     BIGINT NOT NULL DEFAULT 1,
  class_id    BIGINT NOT NULL REFERENCES classes (id),
  number      BIGINT NOT NULL CHECK (number BETWEEN 1 AND 9999),
  lecturer_id BIGINT NOT NULL REFERENCES accounts (id),
  held_on     TEXT COLLATE "C" NOT NULL CHECK (held_on <> ''),
  title       TEXT COLLATE "C" NOT NULL CHECK (title <> ''),
  content     TEXT COLLATE "C" NOT NULL DEFAULT '',
  homework    TEXT COLLATE "C" NOT NULL DEFAULT '',
  due_at      BIGINT NOT NULL DEFAULT 0,
  cutoff_at   BIGINT NOT NULL DEFAULT 0,
  called_at   BIGINT NOT NULL DEFAULT 0,
  called_by   BIGINT REFERENCES accounts (id),
  released_at BIGINT NOT NULL DEFAULT 0,
  released_by BIGINT REFERENCES accounts (id),
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
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
  id           BIGINT PRIMARY KEY,
  version      BIGINT NOT NULL DEFAULT 1,
  lesson_id    BIGINT NOT NULL REFERENCES lessons (id),
  class_id     BIGINT NOT NULL REFERENCES classes (id),
  student_id   BIGINT NOT NULL REFERENCES students (id),
  before_join  BIGINT NOT NULL DEFAULT 0 CHECK (before_join IN (0, 1)),
  attendance   TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (attendance IN ('', 'present', 'late', 'absent', 'left_early', 'excused')),
  minutes_late BIGINT NOT NULL DEFAULT 0 CHECK (minutes_late >= 0),
  note         TEXT COLLATE "C" NOT NULL DEFAULT '',
  marked_by    BIGINT REFERENCES accounts (id),
  marked_at    BIGINT NOT NULL DEFAULT 0,
  score        TEXT COLLATE "C" NOT NULL DEFAULT 'N/A',
  points       BIGINT NOT NULL DEFAULT 0,
  comment      TEXT COLLATE "C" NOT NULL DEFAULT '',
  graded_by    BIGINT REFERENCES accounts (id),
  graded_at    BIGINT NOT NULL DEFAULT 0,
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
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
CREATE FUNCTION study_records_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.graded_at > 0 THEN
    RAISE EXCEPTION 'grade_kept';
  END IF;
  RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER study_records_kept BEFORE DELETE ON study_records FOR EACH ROW EXECUTE FUNCTION study_records_kept();

-- What each student has made of a class so far, kept with every change:
-- all lessons graded, and the released ones that he knows of.
CREATE TABLE standings (
  class_id        BIGINT NOT NULL REFERENCES classes (id),
  student_id      BIGINT NOT NULL REFERENCES students (id),
  total           BIGINT NOT NULL DEFAULT 0,
  graded          BIGINT NOT NULL DEFAULT 0,
  released_total  BIGINT NOT NULL DEFAULT 0,
  released_graded BIGINT NOT NULL DEFAULT 0,
  present         BIGINT NOT NULL DEFAULT 0,
  late            BIGINT NOT NULL DEFAULT 0,
  absent          BIGINT NOT NULL DEFAULT 0,
  left_early      BIGINT NOT NULL DEFAULT 0,
  excused         BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (class_id, student_id)
);

-- A lecturer's own phrases for comments.
CREATE TABLE phrases (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  body       TEXT COLLATE "C" NOT NULL CHECK (body <> ''),
  created_at BIGINT NOT NULL,
  UNIQUE (account_id, body)
);

-- One version of what was handed in; every one is kept and the last one counts.
-- late_ms: how long after the due time, 0: in time. size: of all files together.
-- sha256: of the list "<sha256 of file>  <name>\n" in the files' order.
CREATE TABLE homework (
  id              BIGINT PRIMARY KEY,
  study_record_id BIGINT NOT NULL REFERENCES study_records (id),
  version         BIGINT NOT NULL CHECK (version > 0),
  receipt         TEXT COLLATE "C" NOT NULL UNIQUE,
  files           BIGINT NOT NULL CHECK (files > 0),
  size            BIGINT NOT NULL CHECK (size >= 0),
  sha256          TEXT COLLATE "C" NOT NULL,
  handed_in_at    BIGINT NOT NULL,
  late_ms         BIGINT NOT NULL DEFAULT 0 CHECK (late_ms >= 0),
  UNIQUE (study_record_id, version)
);
CREATE INDEX homework_handed_in ON homework (handed_in_at, id);

CREATE TABLE homework_files (
  homework_id BIGINT NOT NULL REFERENCES homework (id),
  position    BIGINT NOT NULL CHECK (position > 0),
  name        TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
  stored      TEXT COLLATE "C" NOT NULL,
  size        BIGINT NOT NULL CHECK (size >= 0),
  sha256      TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (homework_id, position),
  UNIQUE (homework_id, name)
);
CREATE INDEX homework_files_stored ON homework_files (stored);
-- +goose StatementBegin
CREATE FUNCTION homework_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER homework_change BEFORE UPDATE ON homework FOR EACH ROW EXECUTE FUNCTION homework_change();
-- +goose StatementBegin
CREATE FUNCTION homework_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER homework_delete BEFORE DELETE ON homework FOR EACH ROW EXECUTE FUNCTION homework_delete();
-- +goose StatementBegin
CREATE FUNCTION homework_files_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER homework_files_change BEFORE UPDATE ON homework_files FOR EACH ROW EXECUTE FUNCTION homework_files_change();
-- +goose StatementBegin
CREATE FUNCTION homework_files_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER homework_files_delete BEFORE DELETE ON homework_files FOR EACH ROW EXECUTE FUNCTION homework_files_delete();
