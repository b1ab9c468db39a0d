-- +goose Up
-- What was paid for an enrollment stands beside its price, and what is due up to and with an instalment beside its amount,
-- in fen: what is owed is read from one index of enrollments, and an instalment is late when upto is above what was paid.
ALTER TABLE enrollments ADD COLUMN paid INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instalments ADD COLUMN upto INTEGER NOT NULL DEFAULT 0;

DROP INDEX enrollments_figures;
UPDATE enrollments SET paid = money.sum FROM (SELECT enrollment_id, sum(amount) AS sum FROM payments GROUP BY enrollment_id) AS money
  WHERE money.enrollment_id = enrollments.id;
UPDATE instalments SET upto = (SELECT sum(x.amount) FROM instalments AS x WHERE x.enrollment_id = instalments.enrollment_id AND x.number <= instalments.number);
CREATE INDEX enrollments_figures ON enrollments (state, approved_at, consultant_id, class_id, customer_id, price, paid);
CREATE INDEX instalments_late ON instalments (due_on, enrollment_id, amount, upto);

-- Kept by the database itself. Payments are only ever added.
-- +goose StatementBegin
CREATE TRIGGER payments_paid AFTER INSERT ON payments
BEGIN
  UPDATE enrollments SET paid = paid + NEW.amount WHERE id = NEW.enrollment_id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER instalments_upto AFTER INSERT ON instalments
BEGIN
  UPDATE instalments SET upto = (SELECT sum(x.amount) FROM instalments AS x WHERE x.enrollment_id = instalments.enrollment_id AND x.number <= instalments.number)
    WHERE enrollment_id = NEW.enrollment_id AND number >= NEW.number;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER instalments_upto_gone AFTER DELETE ON instalments
BEGIN
  UPDATE instalments SET upto = upto - OLD.amount WHERE enrollment_id = OLD.enrollment_id AND number > OLD.number;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER instalments_upto_moved AFTER UPDATE OF enrollment_id, number, amount ON instalments
BEGIN
  UPDATE instalments SET upto = (SELECT sum(x.amount) FROM instalments AS x WHERE x.enrollment_id = instalments.enrollment_id AND x.number <= instalments.number)
    WHERE enrollment_id IN (OLD.enrollment_id, NEW.enrollment_id);
END;
-- +goose StatementEnd
