-- +goose Up
-- Payments: what a correction corrects, why, instalments, receipt numbers. A
-- payment is never changed: whatever must hold of all of them together is asked
-- when one is put in.
ALTER TABLE payments ADD COLUMN corrects BIGINT REFERENCES payments (id);
ALTER TABLE payments ADD COLUMN note TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE UNIQUE INDEX payments_corrects ON payments (corrects) WHERE corrects IS NOT NULL;
-- The balance of one enrollment, and the lists and figures by time, each out of
-- the index alone.
CREATE INDEX payments_balance ON payments (enrollment_id, amount);
CREATE INDEX payments_at ON payments (at, id, kind, amount, enrollment_id, taken_by, method);
CREATE INDEX payments_taken_by ON payments (taken_by, at, id);

-- Money comes in with a plus and goes out with a minus; only a correction has
-- the other sign.
-- +goose StatementBegin
CREATE FUNCTION payments_sign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.corrects IS NULL AND (NEW.kind = 'refund' AND NEW.amount > 0 OR NEW.kind <> 'refund' AND NEW.amount < 0) THEN
    RAISE EXCEPTION 'payment_sign';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER payments_sign BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION payments_sign();
-- A correction takes back one whole entry of the same enrollment, and is not
-- corrected itself.
-- +goose StatementBegin
CREATE FUNCTION payments_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.corrects IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payments AS wrong WHERE wrong.id = NEW.corrects AND wrong.corrects IS NULL
  AND wrong.enrollment_id = NEW.enrollment_id AND wrong.kind = NEW.kind AND wrong.amount = -NEW.amount) THEN
    RAISE EXCEPTION 'payment_correction';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER payments_correction BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION payments_correction();
-- No more is given back than was paid.
-- +goose StatementBegin
CREATE FUNCTION payments_below() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amount < 0 AND (SELECT COALESCE(sum(amount), 0) FROM payments WHERE enrollment_id = NEW.enrollment_id) + NEW.amount < 0 THEN
    RAISE EXCEPTION 'payment_below';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER payments_below BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION payments_below();
-- No more is taken than was agreed.
-- +goose StatementBegin
CREATE FUNCTION payments_above() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amount > 0 AND (SELECT COALESCE(sum(amount), 0) FROM payments WHERE enrollment_id = NEW.enrollment_id) + NEW.amount
  > (SELECT price FROM enrollments WHERE id = NEW.enrollment_id) THEN
    RAISE EXCEPTION 'payment_above';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER payments_above BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION payments_above();

-- How an enrollment's price is to be paid: what is due on which day.
CREATE TABLE instalments (
  id            BIGINT PRIMARY KEY,
  enrollment_id BIGINT NOT NULL REFERENCES enrollments (id),
  number        BIGINT NOT NULL CHECK (number BETWEEN 1 AND 60),
  due_on        TEXT COLLATE "C" NOT NULL CHECK (due_on <> ''),
  amount        BIGINT NOT NULL CHECK (amount > 0),
  created_at    BIGINT NOT NULL,
  UNIQUE (enrollment_id, number),
  UNIQUE (enrollment_id, due_on)
);
CREATE INDEX instalments_due ON instalments (due_on, id);

-- The last receipt number of each year. It is raised in the transaction of the
-- payment, so that no number is missing and none is there twice.
CREATE TABLE receipt_numbers (
  year BIGINT PRIMARY KEY,
  last BIGINT NOT NULL CHECK (last > 0)
);
