-- +goose Up
-- Payments: what a correction corrects, why, instalments, receipt numbers. A
-- payment is never changed: whatever must hold of all of them together is asked
-- when one is put in.
ALTER TABLE payments ADD COLUMN corrects INTEGER REFERENCES payments (id);
ALTER TABLE payments ADD COLUMN note TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX payments_corrects ON payments (corrects) WHERE corrects IS NOT NULL;
-- The balance of one enrollment, and the lists and figures by time, each out of
-- the index alone.
CREATE INDEX payments_balance ON payments (enrollment_id, amount);
CREATE INDEX payments_at ON payments (at, id, kind, amount, enrollment_id, taken_by, method);
CREATE INDEX payments_taken_by ON payments (taken_by, at, id);

-- Money comes in with a plus and goes out with a minus; only a correction has
-- the other sign.
-- +goose StatementBegin
CREATE TRIGGER payments_sign BEFORE INSERT ON payments
WHEN NEW.corrects IS NULL AND (NEW.kind = 'refund' AND NEW.amount > 0 OR NEW.kind <> 'refund' AND NEW.amount < 0)
BEGIN
  SELECT RAISE(ABORT, 'payment_sign');
END;
-- +goose StatementEnd
-- A correction takes back one whole entry of the same enrollment, and is not
-- corrected itself.
-- +goose StatementBegin
CREATE TRIGGER payments_correction BEFORE INSERT ON payments
WHEN NEW.corrects IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payments AS wrong WHERE wrong.id = NEW.corrects AND wrong.corrects IS NULL
  AND wrong.enrollment_id = NEW.enrollment_id AND wrong.kind = NEW.kind AND wrong.amount = -NEW.amount)
BEGIN
  SELECT RAISE(ABORT, 'payment_correction');
END;
-- +goose StatementEnd
-- No more is given back than was paid.
-- +goose StatementBegin
CREATE TRIGGER payments_below BEFORE INSERT ON payments
WHEN NEW.amount < 0 AND (SELECT COALESCE(sum(amount), 0) FROM payments WHERE enrollment_id = NEW.enrollment_id) + NEW.amount < 0
BEGIN
  SELECT RAISE(ABORT, 'payment_below');
END;
-- +goose StatementEnd
-- No more is taken than was agreed.
-- +goose StatementBegin
CREATE TRIGGER payments_above BEFORE INSERT ON payments
WHEN NEW.amount > 0 AND (SELECT COALESCE(sum(amount), 0) FROM payments WHERE enrollment_id = NEW.enrollment_id) + NEW.amount
  > (SELECT price FROM enrollments WHERE id = NEW.enrollment_id)
BEGIN
  SELECT RAISE(ABORT, 'payment_above');
END;
-- +goose StatementEnd

-- How an enrollment's price is to be paid: what is due on which day.
CREATE TABLE instalments (
  id            INTEGER PRIMARY KEY,
  enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
  number        INTEGER NOT NULL CHECK (number BETWEEN 1 AND 60),
  due_on        TEXT NOT NULL CHECK (due_on <> ''),
  amount        INTEGER NOT NULL CHECK (amount > 0),
  created_at    INTEGER NOT NULL,
  UNIQUE (enrollment_id, number),
  UNIQUE (enrollment_id, due_on)
);
CREATE INDEX instalments_due ON instalments (due_on, id);

-- The last receipt number of each year. It is raised in the transaction of the
-- payment, so that no number is missing and none is there twice.
CREATE TABLE receipt_numbers (
  year INTEGER PRIMARY KEY,
  last INTEGER NOT NULL CHECK (last > 0)
);
