-- +goose Up
-- The school. Times are UTC milliseconds (0: never), days are text YYYY-MM-DD
-- ('' : none), money is fen, flags are 0 or 1. Columns that lists are ordered by
-- are NOT NULL, so that pages by key set need no special case for NULL.

CREATE TABLE settings (
  key   TEXT COLLATE "C" PRIMARY KEY,
  value TEXT COLLATE "C" NOT NULL
);

-- org ------------------------------------------------------------------------

CREATE TABLE campuses (
  id         BIGINT PRIMARY KEY,
  version    BIGINT NOT NULL DEFAULT 1,
  name       TEXT COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
  address    TEXT COLLATE "C" NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE departments (
  id         BIGINT PRIMARY KEY,
  version    BIGINT NOT NULL DEFAULT 1,
  name       TEXT COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
  parent_id  BIGINT REFERENCES departments (id),
  manager_id BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CHECK (parent_id IS NULL OR parent_id <> id)
);

CREATE TABLE accounts (
  id            BIGINT PRIMARY KEY,
  version       BIGINT NOT NULL DEFAULT 1,
  login         TEXT COLLATE "C" NOT NULL UNIQUE CHECK (login <> '' AND login NOT ILIKE 'enroll-%'),
  name          TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
  email         TEXT COLLATE "C" NOT NULL DEFAULT '',
  phone         TEXT COLLATE "C" NOT NULL DEFAULT '',
  department_id BIGINT REFERENCES departments (id),
  campus_id     BIGINT REFERENCES campuses (id),
  lang          TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (lang IN ('', 'zh', 'en')),
  password_hash TEXT COLLATE "C" NOT NULL DEFAULT '',
  must_change   BIGINT NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
  active        BIGINT NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  demo          BIGINT NOT NULL DEFAULT 0 CHECK (demo IN (0, 1)),
  last_seen_at  BIGINT NOT NULL DEFAULT 0,
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL
);
ALTER TABLE departments ADD FOREIGN KEY (manager_id) REFERENCES accounts (id);
CREATE INDEX accounts_department ON accounts (department_id);

CREATE TABLE account_keys (
  id           BIGINT PRIMARY KEY,
  account_id   BIGINT NOT NULL REFERENCES accounts (id),
  fingerprint  TEXT COLLATE "C" NOT NULL,
  public_key   TEXT COLLATE "C" NOT NULL,
  comment      TEXT COLLATE "C" NOT NULL DEFAULT '',
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL DEFAULT 0,
  UNIQUE (account_id, fingerprint)
);

CREATE TABLE roles (
  id         BIGINT PRIMARY KEY,
  version    BIGINT NOT NULL DEFAULT 1,
  name       TEXT COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
  title      TEXT COLLATE "C" NOT NULL DEFAULT '',
  menu       TEXT COLLATE "C" NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE account_roles (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  role_id    BIGINT NOT NULL REFERENCES roles (id),
  PRIMARY KEY (account_id, role_id)
);
CREATE INDEX account_roles_role ON account_roles (role_id);

-- One permission of a role. row_rule: "owner=$me source=qq_group|baidu", all of
-- which must hold; field_rules: "phone:masked id_number:hidden".
CREATE TABLE permissions (
  id          BIGINT PRIMARY KEY,
  role_id     BIGINT NOT NULL REFERENCES roles (id),
  resource    TEXT COLLATE "C" NOT NULL CHECK (resource <> ''),
  action      TEXT COLLATE "C" NOT NULL CHECK (action <> ''),
  row_rule    TEXT COLLATE "C" NOT NULL DEFAULT '',
  field_rules TEXT COLLATE "C" NOT NULL DEFAULT '',
  UNIQUE (role_id, resource, action, row_rule)
);

-- catalog --------------------------------------------------------------------

CREATE TABLE courses (
  id         BIGINT PRIMARY KEY,
  version    BIGINT NOT NULL DEFAULT 1,
  code       TEXT COLLATE "C" NOT NULL UNIQUE CHECK (code <> ''),
  name       TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
  price      BIGINT NOT NULL DEFAULT 0 CHECK (price >= 0),
  months     BIGINT NOT NULL DEFAULT 0 CHECK (months >= 0),
  outline    TEXT COLLATE "C" NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE contract_templates (
  id         BIGINT PRIMARY KEY,
  version    BIGINT NOT NULL DEFAULT 1,
  name       TEXT COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
  body       TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE classes (
  id              BIGINT PRIMARY KEY,
  version         BIGINT NOT NULL DEFAULT 1,
  code            TEXT COLLATE "C" NOT NULL UNIQUE CHECK (code <> ''),
  course_id       BIGINT NOT NULL REFERENCES courses (id),
  campus_id       BIGINT NOT NULL REFERENCES campuses (id),
  kind            TEXT COLLATE "C" NOT NULL CHECK (kind IN ('full_time', 'weekend', 'online')),
  term            BIGINT NOT NULL CHECK (term > 0),
  starts_on       TEXT COLLATE "C" NOT NULL DEFAULT '',
  ends_on         TEXT COLLATE "C" NOT NULL DEFAULT '',
  capacity        BIGINT NOT NULL CHECK (capacity > 0),
  planned_lessons BIGINT NOT NULL DEFAULT 0 CHECK (planned_lessons >= 0),
  template_id     BIGINT NOT NULL REFERENCES contract_templates (id),
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  UNIQUE (campus_id, kind, course_id, term),
  CHECK (ends_on = '' OR starts_on <= ends_on)
);
CREATE INDEX classes_starts ON classes (starts_on, id);

CREATE TABLE class_lecturers (
  class_id   BIGINT NOT NULL REFERENCES classes (id),
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (class_id, account_id)
);
CREATE INDEX class_lecturers_account ON class_lecturers (account_id);

-- customer -------------------------------------------------------------------

-- The editable list of sources; code is what is typed, name what is shown where
-- the catalogues have no words for the code.
CREATE TABLE sources (
  id         BIGINT PRIMARY KEY,
  version    BIGINT NOT NULL DEFAULT 1,
  code       TEXT COLLATE "C" NOT NULL UNIQUE CHECK (code <> ''),
  name       TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
  position   BIGINT NOT NULL DEFAULT 0,
  active     BIGINT NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE campaigns (
  id         BIGINT PRIMARY KEY,
  version    BIGINT NOT NULL DEFAULT 1,
  source_id  BIGINT NOT NULL REFERENCES sources (id),
  name       TEXT COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
  cost       BIGINT NOT NULL DEFAULT 0 CHECK (cost >= 0),
  starts_on  TEXT COLLATE "C" NOT NULL DEFAULT '',
  ends_on    TEXT COLLATE "C" NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- Contacts are stored normalised. touched_at is the last follow-up, or the
-- creation where there was none: what "not followed up for 30 days" counts from.
CREATE TABLE customers (
  id                BIGINT PRIMARY KEY,
  version           BIGINT NOT NULL DEFAULT 1,
  name              TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
  name_key          TEXT COLLATE "C" NOT NULL DEFAULT '',
  sex               TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (sex IN ('', 'male', 'female')),
  qq                TEXT COLLATE "C" NOT NULL DEFAULT '',
  wechat            TEXT COLLATE "C" NOT NULL DEFAULT '',
  phone             TEXT COLLATE "C" NOT NULL DEFAULT '',
  email             TEXT COLLATE "C" NOT NULL DEFAULT '',
  id_number         TEXT COLLATE "C" NOT NULL DEFAULT '',
  emergency         TEXT COLLATE "C" NOT NULL DEFAULT '',
  source_id         BIGINT NOT NULL REFERENCES sources (id),
  campaign_id       BIGINT REFERENCES campaigns (id),
  referred_by       BIGINT REFERENCES customers (id),
  said              TEXT COLLATE "C" NOT NULL DEFAULT '',
  memo              TEXT COLLATE "C" NOT NULL DEFAULT '',
  status            TEXT COLLATE "C" NOT NULL DEFAULT 'not_enrolled' CHECK (status IN ('not_enrolled', 'enrolled', 'dropped_out')),
  owner_id          BIGINT REFERENCES accounts (id),
  never_contact     BIGINT NOT NULL DEFAULT 0 CHECK (never_contact IN (0, 1)),
  last_follow_up_at BIGINT NOT NULL DEFAULT 0,
  touched_at        BIGINT NOT NULL,
  next_follow_up_on TEXT COLLATE "C" NOT NULL DEFAULT '',
  intention         TEXT COLLATE "C" NOT NULL DEFAULT '',
  created_by        BIGINT REFERENCES accounts (id),
  created_at        BIGINT NOT NULL,
  updated_at        BIGINT NOT NULL,
  CHECK (referred_by IS NULL OR referred_by <> id),
  CHECK (qq <> '' OR wechat <> '' OR phone <> '' OR email <> '')
);
CREATE UNIQUE INDEX customers_qq ON customers (qq) WHERE qq <> '';
CREATE UNIQUE INDEX customers_wechat ON customers (wechat) WHERE wechat <> '';
CREATE UNIQUE INDEX customers_phone ON customers (phone) WHERE phone <> '';
CREATE UNIQUE INDEX customers_email ON customers (email) WHERE email <> '';
-- One index for each order of the lists: the scope's columns first, then the
-- sort key and the id.
CREATE INDEX customers_created ON customers (created_at, id);
CREATE INDEX customers_touched ON customers (touched_at, id);
CREATE INDEX customers_next ON customers (next_follow_up_on, id);
CREATE INDEX customers_name ON customers (name, id);
CREATE INDEX customers_owner_created ON customers (owner_id, created_at, id);
CREATE INDEX customers_owner_touched ON customers (owner_id, touched_at, id);
CREATE INDEX customers_owner_next ON customers (owner_id, next_follow_up_on, id);
CREATE INDEX customers_owner_status_touched ON customers (owner_id, status, touched_at, id);
CREATE INDEX customers_status_touched ON customers (status, touched_at, id);
CREATE INDEX customers_source_created ON customers (source_id, created_at, id);
CREATE INDEX customers_referred ON customers (referred_by) WHERE referred_by IS NOT NULL;

-- One- and two-character grams of lower-cased names, cut by the program: finds
-- two-character Chinese names at a million rows.
CREATE TABLE name_grams (
  gram        TEXT COLLATE "C" NOT NULL,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  PRIMARY KEY (gram, customer_id)
);
CREATE INDEX name_grams_customer ON name_grams (customer_id);

CREATE TABLE customer_courses (
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  course_id   BIGINT NOT NULL REFERENCES courses (id),
  PRIMARY KEY (customer_id, course_id)
);
CREATE INDEX customer_courses_course ON customer_courses (course_id, customer_id);

CREATE TABLE customer_tags (
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  tag         TEXT COLLATE "C" NOT NULL CHECK (tag <> ''),
  PRIMARY KEY (customer_id, tag)
);
CREATE INDEX customer_tags_tag ON customer_tags (tag, customer_id);

CREATE TABLE follow_ups (
  id          BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  author_id   BIGINT REFERENCES accounts (id),
  at          BIGINT NOT NULL,
  channel     TEXT COLLATE "C" NOT NULL CHECK (channel IN ('phone', 'qq', 'wechat', 'email', 'visit', 'other')),
  note        TEXT COLLATE "C" NOT NULL CHECK (note <> ''),
  intention   TEXT COLLATE "C" NOT NULL CHECK (intention IN ('no_plan', 'within_month', 'within_two_weeks', 'enrolled', 'enrolled_elsewhere', 'never_contact')),
  next_on     TEXT COLLATE "C" NOT NULL DEFAULT '',
  created_at  BIGINT NOT NULL
);
CREATE INDEX follow_ups_customer ON follow_ups (customer_id, at, id);
CREATE INDEX follow_ups_author ON follow_ups (author_id, at, id);
CREATE INDEX follow_ups_at ON follow_ups (at, id);

-- enrollment -----------------------------------------------------------------

CREATE TABLE enrollments (
  id              BIGINT PRIMARY KEY,
  version         BIGINT NOT NULL DEFAULT 1,
  customer_id     BIGINT NOT NULL REFERENCES customers (id),
  class_id        BIGINT NOT NULL REFERENCES classes (id),
  consultant_id   BIGINT NOT NULL REFERENCES accounts (id),
  state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('invited', 'submitted', 'returned', 'approved', 'cancelled', 'expired')),
  price           BIGINT NOT NULL CHECK (price >= 0),
  token_hash      TEXT COLLATE "C" NOT NULL UNIQUE,
  token_serial    BIGINT NOT NULL DEFAULT 1,
  link_expires_at BIGINT NOT NULL,
  revoked_at      BIGINT NOT NULL DEFAULT 0,
  -- what the applicant fills in
  name            TEXT COLLATE "C" NOT NULL DEFAULT '',
  sex             TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (sex IN ('', 'male', 'female')),
  id_kind         TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (id_kind IN ('', 'id_card', 'passport')),
  id_number       TEXT COLLATE "C" NOT NULL DEFAULT '',
  phone           TEXT COLLATE "C" NOT NULL DEFAULT '',
  email           TEXT COLLATE "C" NOT NULL DEFAULT '',
  emergency       TEXT COLLATE "C" NOT NULL DEFAULT '',
  lang            TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (lang IN ('', 'zh', 'en')),
  agreed_at       BIGINT NOT NULL DEFAULT 0,
  -- what is signed
  contract        TEXT COLLATE "C" NOT NULL DEFAULT '',
  contract_sha256 TEXT COLLATE "C" NOT NULL DEFAULT '',
  signed_at       BIGINT NOT NULL DEFAULT 0,
  submitted_at    BIGINT NOT NULL DEFAULT 0,
  approved_by     BIGINT REFERENCES accounts (id),
  approved_at     BIGINT NOT NULL DEFAULT 0,
  reason          TEXT COLLATE "C" NOT NULL DEFAULT '', -- why returned or cancelled
  returned_by     BIGINT REFERENCES accounts (id),
  returned_at     BIGINT NOT NULL DEFAULT 0,
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  UNIQUE (customer_id, class_id),
  CHECK (state NOT IN ('submitted', 'approved') OR (agreed_at > 0 AND signed_at > 0 AND contract <> '' AND contract_sha256 <> '' AND email <> '')),
  CHECK (state <> 'approved' OR (approved_by IS NOT NULL AND approved_at > 0))
);
CREATE INDEX enrollments_state ON enrollments (state, submitted_at, id);
CREATE INDEX enrollments_created ON enrollments (created_at, id);
CREATE INDEX enrollments_class ON enrollments (class_id, state);
CREATE INDEX enrollments_consultant ON enrollments (consultant_id, created_at, id);
CREATE INDEX enrollments_expiry ON enrollments (link_expires_at) WHERE state = 'invited';

-- A signed contract is what was signed: neither the text nor its hash may
-- change while it is under review or once it is approved.
-- +goose StatementBegin
CREATE FUNCTION enrollments_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('submitted', 'approved') AND NEW.state = OLD.state
  AND (OLD.contract <> NEW.contract OR OLD.contract_sha256 <> NEW.contract_sha256 OR OLD.signed_at <> NEW.signed_at OR OLD.price <> NEW.price) THEN
    RAISE EXCEPTION 'enrollment_signed';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER enrollments_signed BEFORE UPDATE OF contract, contract_sha256, signed_at, price ON enrollments FOR EACH ROW EXECUTE FUNCTION enrollments_signed();
-- An approval is for good; only a drop-out or a transfer, acts of their own,
-- come after it.
-- +goose StatementBegin
CREATE FUNCTION enrollments_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'approved' AND NEW.state <> 'approved' THEN
    RAISE EXCEPTION 'enrollment_approved';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER enrollments_approved BEFORE UPDATE OF state ON enrollments FOR EACH ROW EXECUTE FUNCTION enrollments_approved();

-- At most three documents: a document takes one of three places.
CREATE TABLE documents (
  id            BIGINT PRIMARY KEY,
  enrollment_id BIGINT NOT NULL REFERENCES enrollments (id),
  place         BIGINT NOT NULL CHECK (place BETWEEN 1 AND 3),
  name          TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
  stored        TEXT COLLATE "C" NOT NULL,
  size          BIGINT NOT NULL CHECK (size BETWEEN 1 AND 2097152),
  type          TEXT COLLATE "C" NOT NULL CHECK (type IN ('image/jpeg', 'image/png', 'application/pdf')),
  sha256        TEXT COLLATE "C" NOT NULL,
  remark        TEXT COLLATE "C" NOT NULL DEFAULT '',
  uploaded_at   BIGINT NOT NULL,
  UNIQUE (enrollment_id, place),
  UNIQUE (enrollment_id, name)
);
CREATE INDEX documents_stored ON documents (stored);

-- Documents are locked while an enrollment is not the applicant's to fill in.
-- +goose StatementBegin
CREATE FUNCTION documents_locked_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT state FROM enrollments WHERE id = NEW.enrollment_id) NOT IN ('invited', 'returned') THEN
    RAISE EXCEPTION 'documents_locked';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER documents_locked_in BEFORE INSERT ON documents FOR EACH ROW EXECUTE FUNCTION documents_locked_in();
-- +goose StatementBegin
CREATE FUNCTION documents_locked_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT state FROM enrollments WHERE id = OLD.enrollment_id) NOT IN ('invited', 'returned') THEN
    RAISE EXCEPTION 'documents_locked';
  END IF;
  RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER documents_locked_out BEFORE DELETE ON documents FOR EACH ROW EXECUTE FUNCTION documents_locked_out();

CREATE TABLE students (
  id          BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL UNIQUE REFERENCES customers (id),
  account_id  BIGINT NOT NULL UNIQUE REFERENCES accounts (id),
  created_at  BIGINT NOT NULL
);

CREATE TABLE student_classes (
  student_id    BIGINT NOT NULL REFERENCES students (id),
  class_id      BIGINT NOT NULL REFERENCES classes (id),
  enrollment_id BIGINT NOT NULL UNIQUE REFERENCES enrollments (id),
  joined_at     BIGINT NOT NULL,
  PRIMARY KEY (student_id, class_id)
);
CREATE INDEX student_classes_class ON student_classes (class_id);

-- Append-only: a mistake is corrected by a negative entry.
CREATE TABLE payments (
  id            BIGINT PRIMARY KEY,
  enrollment_id BIGINT NOT NULL REFERENCES enrollments (id),
  kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('deposit', 'tuition', 'refund')),
  amount        BIGINT NOT NULL CHECK (amount <> 0),
  method        TEXT COLLATE "C" NOT NULL DEFAULT '',
  receipt       TEXT COLLATE "C" NOT NULL UNIQUE,
  taken_by      BIGINT NOT NULL REFERENCES accounts (id),
  at            BIGINT NOT NULL
);
CREATE INDEX payments_enrollment ON payments (enrollment_id, at, id);
-- +goose StatementBegin
CREATE FUNCTION payments_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER payments_change BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION payments_change();
-- +goose StatementBegin
CREATE FUNCTION payments_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER payments_delete BEFORE DELETE ON payments FOR EACH ROW EXECUTE FUNCTION payments_delete();

-- telling --------------------------------------------------------------------

-- kind is a message key, args its arguments as JSON, link an address such as
-- customers/42.
CREATE TABLE notifications (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  kind       TEXT COLLATE "C" NOT NULL,
  args       TEXT COLLATE "C" NOT NULL DEFAULT '',
  link       TEXT COLLATE "C" NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  read_at    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX notifications_account ON notifications (account_id, created_at, id);
CREATE INDEX notifications_unread ON notifications (account_id) WHERE read_at = 0;

-- The outbox. dedup is unique, so that one business act mails once.
CREATE TABLE mails (
  id            BIGINT PRIMARY KEY,
  dedup         TEXT COLLATE "C" NOT NULL UNIQUE,
  to_addr       TEXT COLLATE "C" NOT NULL CHECK (to_addr <> ''),
  template      TEXT COLLATE "C" NOT NULL,
  lang          TEXT COLLATE "C" NOT NULL,
  subject       TEXT COLLATE "C" NOT NULL,
  body          TEXT COLLATE "C" NOT NULL,
  message_id    TEXT COLLATE "C" NOT NULL,
  state         TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'sent', 'dead')),
  tries         BIGINT NOT NULL DEFAULT 0,
  next_at       BIGINT NOT NULL,
  leased_until  BIGINT NOT NULL DEFAULT 0,
  last_error    TEXT COLLATE "C" NOT NULL DEFAULT '',
  resource      TEXT COLLATE "C" NOT NULL DEFAULT '',
  record_id     BIGINT NOT NULL DEFAULT 0,
  created_at    BIGINT NOT NULL,
  sent_at       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX mails_due ON mails (next_at) WHERE state = 'queued';
CREATE INDEX mails_created ON mails (created_at, id);

-- Append-only, each entry carries the hash of the one before.
CREATE TABLE audit (
  id         BIGINT PRIMARY KEY,
  at         BIGINT NOT NULL,
  account_id BIGINT NOT NULL DEFAULT 0,
  login      TEXT COLLATE "C" NOT NULL,
  face       TEXT COLLATE "C" NOT NULL,
  addr       TEXT COLLATE "C" NOT NULL DEFAULT '',
  action     TEXT COLLATE "C" NOT NULL,
  resource   TEXT COLLATE "C" NOT NULL,
  record_id  BIGINT NOT NULL DEFAULT 0,
  changes    TEXT COLLATE "C" NOT NULL DEFAULT '',
  hash       TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_record ON audit (resource, record_id, id);
CREATE INDEX audit_account ON audit (account_id, id);
-- +goose StatementBegin
CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_change BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_change();
-- +goose StatementBegin
CREATE FUNCTION audit_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append_only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_delete BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_delete();
