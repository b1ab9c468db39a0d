-- +goose Up
-- What the figures of the classroom are counted from: the lessons of a month,
-- then each lesson's records and the last version of their homework, out of
-- indexes that hold all that is counted.
CREATE INDEX lessons_figures ON lessons (held_on, class_id, lecturer_id, called_at);
CREATE INDEX study_records_figures ON study_records (lesson_id, before_join, class_id, attendance, score, points, student_id);
CREATE INDEX homework_last ON homework (study_record_id, version, late_ms);

-- Lecturers report on their own classes, in schools that exist already, too.
INSERT INTO permissions (role_id, resource, action, row_rule, field_rules)
  SELECT roles.id, x.resource, 'report', 'lecturer=$me', '' FROM roles
  CROSS JOIN (SELECT 'lessons' AS resource UNION ALL SELECT 'study_records' UNION ALL SELECT 'homework') AS x
  WHERE roles.name = 'lecturer' ON CONFLICT DO NOTHING;
