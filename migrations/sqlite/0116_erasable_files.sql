-- +goose Up
-- Homework handed in is still what was handed in: its row, hash and time stay. The bytes and the file's name are the
-- person's and go with his data; so does what was written beside a change of owner. Nothing else of them may change.
DROP TRIGGER homework_files_change;
-- +goose StatementBegin
CREATE TRIGGER homework_files_change BEFORE UPDATE ON homework_files
WHEN NOT (NEW.stored = '' AND NEW.name = 'file-' || NEW.position
  AND NEW.homework_id = OLD.homework_id AND NEW.position = OLD.position AND NEW.size = OLD.size AND NEW.sha256 = OLD.sha256)
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
DROP TRIGGER ownerships_change;
-- +goose StatementBegin
CREATE TRIGGER ownerships_change BEFORE UPDATE OF at, from_id, to_id, by_id, reason, note ON ownerships
WHEN NOT (NEW.note = '' AND NEW.at = OLD.at AND NEW.reason = OLD.reason AND COALESCE(NEW.from_id, 0) = COALESCE(OLD.from_id, 0)
  AND COALESCE(NEW.to_id, 0) = COALESCE(OLD.to_id, 0) AND COALESCE(NEW.by_id, 0) = COALESCE(OLD.by_id, 0))
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
