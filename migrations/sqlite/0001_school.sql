-- +goose Up
-- The school. Times are UTC milliseconds (0: never), days are text YYYY-MM-DD
-- ('' : none), money is fen, flags are 0 or 1. Columns that lists are ordered by
-- are NOT NULL, so that pages by key set need no special case for NULL.

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- org ------------------------------------------------------------------------

CREATE TABLE campuses (
  id         INTEGER PRIMARY KEY,
  version    INTEGER NOT NULL DEFAULT 1,
  name       TEXT NOT NULL UNIQUE CHECK (name <> ''),
  address    TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);

CREATE TABLE departments (
  id         INTEGER PRIMARY KEY,
  version    INTEGER NOT NULL DEFAULT 1,
  name       TEXT NOT NULL UNIQUE CHECK (name <> ''),
  parent_id  INTEGER REFERENCES departments (id),
  manager_id INTEGER REFERENCES accounts (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (parent_id IS NULL OR parent_id <> id)
);

CREATE TABLE accounts (
  id            INTEGER PRIMARY KEY,
  version       INTEGER NOT NULL DEFAULT 1,
  login         TEXT NOT NULL UNIQUE CHECK (login <> '' AND login NOT LIKE 'enroll-%'),
  name          TEXT NOT NULL CHECK (name <> ''),
  email         TEXT NOT NULL DEFAULT '',
  phone         TEXT NOT NULL DEFAULT '',
  department_id INTEGER REFERENCES departments (id),
  campus_id     INTEGER REFERENCES campuses (id),
  lang          TEXT NOT NULL DEFAULT '' CHECK (lang IN ('', 'zh', 'en')),
  password_hash TEXT NOT NULL DEFAULT '',
  must_change   INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
  active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  demo          INTEGER NOT NULL DEFAULT 0 CHECK (demo IN (0, 1)),
  last_seen_at  INTEGER NOT NULL DEFAULT 0,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL
);
CREATE INDEX accounts_department ON accounts (department_id);

CREATE TABLE account_keys (
  id           INTEGER PRIMARY KEY,
  account_id   INTEGER NOT NULL REFERENCES accounts (id),
  fingerprint  TEXT NOT NULL,
  public_key   TEXT NOT NULL,
  comment      TEXT NOT NULL DEFAULT '',
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account_id, fingerprint)
);

CREATE TABLE roles (
  id         INTEGER PRIMARY KEY,
  version    INTEGER NOT NULL DEFAULT 1,
  name       TEXT NOT NULL UNIQUE CHECK (name <> ''),
  title      TEXT NOT NULL DEFAULT '',
  menu       TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);

CREATE TABLE account_roles (
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  role_id    INTEGER NOT NULL REFERENCES roles (id),
  PRIMARY KEY (account_id, role_id)
);
CREATE INDEX account_roles_role ON account_roles (role_id);

-- One permission of a role. row_rule: "owner=$me source=qq_group|baidu", all of
-- which must hold; field_rules: "phone:masked id_number:hidden".
CREATE TABLE permissions (
  id          INTEGER PRIMARY KEY,
  role_id     INTEGER NOT NULL REFERENCES roles (id),
  resource    TEXT NOT NULL CHECK (resource <> ''),
  action      TEXT NOT NULL CHECK (action <> ''),
  row_rule    TEXT NOT NULL DEFAULT '',
  field_rules TEXT NOT NULL DEFAULT '',
  UNIQUE (role_id, resource, action, row_rule)
);

-- catalog --------------------------------------------------------------------

CREATE TABLE courses (
  id         INTEGER PRIMARY KEY,
  version    INTEGER NOT NULL DEFAULT 1,
  code       TEXT NOT NULL UNIQUE CHECK (code <> ''),
  name       TEXT NOT NULL CHECK (name <> ''),
  price      INTEGER NOT NULL DEFAULT 0 CHECK (price >= 0),
  months     INTEGER NOT NULL DEFAULT 0 CHECK (months >= 0),
  outline    TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);

CREATE TABLE contract_templates (
  id         INTEGER PRIMARY KEY,
  version    INTEGER NOT NULL DEFAULT 1,
  name       TEXT NOT NULL UNIQUE CHECK (name <> ''),
  body       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);

CREATE TABLE classes (
  id              INTEGER PRIMARY KEY,
  version         INTEGER NOT NULL DEFAULT 1,
  code            TEXT NOT NULL UNIQUE CHECK (code <> ''),
  course_id       INTEGER NOT NULL REFERENCES courses (id),
  campus_id       INTEGER NOT NULL REFERENCES campuses (id),
  kind            TEXT NOT NULL CHECK (kind IN ('full_time', 'weekend', 'online')),
  term            INTEGER NOT NULL CHECK (term > 0),
  starts_on       TEXT NOT NULL DEFAULT '',
  ends_on         TEXT NOT NULL DEFAULT '',
  capacity        INTEGER NOT NULL CHECK (capacity > 0),
  planned_lessons INTEGER NOT NULL DEFAULT 0 CHECK (planned_lessons >= 0),
  template_id     INTEGER NOT NULL REFERENCES contract_templates (id),
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  UNIQUE (campus_id, kind, course_id, term),
  CHECK (ends_on = '' OR starts_on <= ends_on)
);
CREATE INDEX classes_starts ON classes (starts_on, id);

CREATE TABLE class_lecturers (
  class_id   INTEGER NOT NULL REFERENCES classes (id),
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (class_id, account_id)
);
CREATE INDEX class_lecturers_account ON class_lecturers (account_id);

-- customer -------------------------------------------------------------------

-- The editable list of sources; code is what is typed, name what is shown where
-- the catalogues have no words for the code.
CREATE TABLE sources (
  id         INTEGER PRIMARY KEY,
  version    INTEGER NOT NULL DEFAULT 1,
  code       TEXT NOT NULL UNIQUE CHECK (code <> ''),
  name       TEXT NOT NULL CHECK (name <> ''),
  position   INTEGER NOT NULL DEFAULT 0,
  active     INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);

CREATE TABLE campaigns (
  id         INTEGER PRIMARY KEY,
  version    INTEGER NOT NULL DEFAULT 1,
  source_id  INTEGER NOT NULL REFERENCES sources (id),
  name       TEXT NOT NULL UNIQUE CHECK (name <> ''),
  cost       INTEGER NOT NULL DEFAULT 0 CHECK (cost >= 0),
  starts_on  TEXT NOT NULL DEFAULT '',
  ends_on    TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);

-- Contacts are stored normalised. touched_at is the last follow-up, or the
-- creation where there was none: what "not followed up for 30 days" counts from.
CREATE TABLE customers (
  id                INTEGER PRIMARY KEY,
  version           INTEGER NOT NULL DEFAULT 1,
  name              TEXT NOT NULL CHECK (name <> ''),
  name_key          TEXT NOT NULL DEFAULT '',
  sex               TEXT NOT NULL DEFAULT '' CHECK (sex IN ('', 'male', 'female')),
  qq                TEXT NOT NULL DEFAULT '',
  wechat            TEXT NOT NULL DEFAULT '',
  phone             TEXT NOT NULL DEFAULT '',
  email             TEXT NOT NULL DEFAULT '',
  id_number         TEXT NOT NULL DEFAULT '',
  emergency         TEXT NOT NULL DEFAULT '',
  source_id         INTEGER NOT NULL REFERENCES sources (id),
  campaign_id       INTEGER REFERENCES campaigns (id),
  referred_by       INTEGER REFERENCES customers (id),
  said              TEXT NOT NULL DEFAULT '',
  memo              TEXT NOT NULL DEFAULT '',
  status            TEXT NOT NULL DEFAULT 'not_enrolled' CHECK (status IN ('not_enrolled', 'enrolled', 'dropped_out')),
  owner_id          INTEGER REFERENCES accounts (id),
  never_contact     INTEGER NOT NULL DEFAULT 0 CHECK (never_contact IN (0, 1)),
  last_follow_up_at INTEGER NOT NULL DEFAULT 0,
  touched_at        INTEGER NOT NULL,
  next_follow_up_on TEXT NOT NULL DEFAULT '',
  intention         TEXT NOT NULL DEFAULT '',
  created_by        INTEGER REFERENCES accounts (id),
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL,
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
  gram        TEXT NOT NULL,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  PRIMARY KEY (gram, customer_id)
) WITHOUT ROWID;
CREATE INDEX name_grams_customer ON name_grams (customer_id);

CREATE TABLE customer_courses (
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  course_id   INTEGER NOT NULL REFERENCES courses (id),
  PRIMARY KEY (customer_id, course_id)
);
CREATE INDEX customer_courses_course ON customer_courses (course_id, customer_id);

CREATE TABLE customer_tags (
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  tag         TEXT NOT NULL CHECK (tag <> ''),
  PRIMARY KEY (customer_id, tag)
);
CREATE INDEX customer_tags_tag ON customer_tags (tag, customer_id);

CREATE TABLE follow_ups (
  id          INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  author_id   INTEGER REFERENCES accounts (id),
  at          INTEGER NOT NULL,
  channel     TEXT NOT NULL CHECK (channel IN ('phone', 'qq', 'wechat', 'email', 'visit', 'other')),
  note        TEXT NOT NULL CHECK (note <> ''),
  intention   TEXT NOT NULL CHECK (intention IN ('no_plan', 'within_month', 'within_two_weeks', 'enrolled', 'enrolled_elsewhere', 'never_contact')),
  next_on     TEXT NOT NULL DEFAULT '',
  created_at  INTEGER NOT NULL
);
CREATE INDEX follow_ups_customer ON follow_ups (customer_id, at, id);
CREATE INDEX follow_ups_author ON follow_ups (author_id, at, id);
CREATE INDEX follow_ups_at ON follow_ups (at, id);

-- enrollment -----------------------------------------------------------------

CREATE TABLE enrollments (
  id              INTEGER PRIMARY KEY,
  version         INTEGER NOT NULL DEFAULT 1,
  customer_id     INTEGER NOT NULL REFERENCES customers (id),
  class_id        INTEGER NOT NULL REFERENCES classes (id),
  consultant_id   INTEGER NOT NULL REFERENCES accounts (id),
  state           TEXT NOT NULL CHECK (state IN ('invited', 'submitted', 'returned', 'approved', 'cancelled', 'expired')),
  price           INTEGER NOT NULL CHECK (price >= 0),
  token_hash      TEXT NOT NULL UNIQUE,
  token_serial    INTEGER NOT NULL DEFAULT 1,
  link_expires_at INTEGER NOT NULL,
  revoked_at      INTEGER NOT NULL DEFAULT 0,
  -- what the applicant fills in
  name            TEXT NOT NULL DEFAULT '',
  sex             TEXT NOT NULL DEFAULT '' CHECK (sex IN ('', 'male', 'female')),
  id_kind         TEXT NOT NULL DEFAULT '' CHECK (id_kind IN ('', 'id_card', 'passport')),
  id_number       TEXT NOT NULL DEFAULT '',
  phone           TEXT NOT NULL DEFAULT '',
  email           TEXT NOT NULL DEFAULT '',
  emergency       TEXT NOT NULL DEFAULT '',
  lang            TEXT NOT NULL DEFAULT '' CHECK (lang IN ('', 'zh', 'en')),
  agreed_at       INTEGER NOT NULL DEFAULT 0,
  -- what is signed
  contract        TEXT NOT NULL DEFAULT '',
  contract_sha256 TEXT NOT NULL DEFAULT '',
  signed_at       INTEGER NOT NULL DEFAULT 0,
  submitted_at    INTEGER NOT NULL DEFAULT 0,
  approved_by     INTEGER REFERENCES accounts (id),
  approved_at     INTEGER NOT NULL DEFAULT 0,
  reason          TEXT NOT NULL DEFAULT '', -- why returned or cancelled
  returned_by     INTEGER REFERENCES accounts (id),
  returned_at     INTEGER NOT NULL DEFAULT 0,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
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
CREATE TRIGGER enrollments_signed BEFORE UPDATE OF contract, contract_sha256, signed_at, price ON enrollments
WHEN OLD.state IN ('submitted', 'approved') AND NEW.state = OLD.state
  AND (OLD.contract <> NEW.contract OR OLD.contract_sha256 <> NEW.contract_sha256 OR OLD.signed_at <> NEW.signed_at OR OLD.price <> NEW.price)
BEGIN
  SELECT RAISE(ABORT, 'enrollment_signed');
END;
-- +goose StatementEnd
-- An approval is for good; only a drop-out or a transfer, acts of their own,
-- come after it.
-- +goose StatementBegin
CREATE TRIGGER enrollments_approved BEFORE UPDATE OF state ON enrollments
WHEN OLD.state = 'approved' AND NEW.state <> 'approved'
BEGIN
  SELECT RAISE(ABORT, 'enrollment_approved');
END;
-- +goose StatementEnd

-- At most three documents: a document takes one of three places.
CREATE TABLE documents (
  id            INTEGER PRIMARY KEY,
  enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
  place         INTEGER NOT NULL CHECK (place BETWEEN 1 AND 3),
  name          TEXT NOT NULL CHECK (name <> ''),
  stored        TEXT NOT NULL,
  size          INTEGER NOT NULL CHECK (size BETWEEN 1 AND 2097152),
  type          TEXT NOT NULL CHECK (type IN ('image/jpeg', 'image/png', 'application/pdf')),
  sha256        TEXT NOT NULL,
  remark        TEXT NOT NULL DEFAULT '',
  uploaded_at   INTEGER NOT NULL,
  UNIQUE (enrollment_id, place),
  UNIQUE (enrollment_id, name)
);
CREATE INDEX documents_stored ON documents (stored);

-- Documents are locked while an enrollment is not the applicant's to fill in.
-- +goose StatementBegin
CREATE TRIGGER documents_locked_in BEFORE INSERT ON documents
WHEN (SELECT state FROM enrollments WHERE id = NEW.enrollment_id) NOT IN ('invited', 'returned')
BEGIN
  SELECT RAISE(ABORT, 'documents_locked');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER documents_locked_out BEFORE DELETE ON documents
WHEN (SELECT state FROM enrollments WHERE id = OLD.enrollment_id) NOT IN ('invited', 'returned')
BEGIN
  SELECT RAISE(ABORT, 'documents_locked');
END;
-- +goose StatementEnd

CREATE TABLE students (
  id          INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL UNIQUE REFERENCES customers (id),
  account_id  INTEGER NOT NULL UNIQUE REFERENCES accounts (id),
  created_at  INTEGER NOT NULL
);

CREATE TABLE student_classes (
  student_id    INTEGER NOT NULL REFERENCES students (id),
  class_id      INTEGER NOT NULL REFERENCES classes (id),
  enrollment_id INTEGER NOT NULL UNIQUE REFERENCES enrollments (id),
  joined_at     INTEGER NOT NULL,
  PRIMARY KEY (student_id, class_id)
);
CREATE INDEX student_classes_class ON student_classes (class_id);

-- Append-only: a mistake is corrected by a negative entry.
CREATE TABLE payments (
  id            INTEGER PRIMARY KEY,
  enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
  kind          TEXT NOT NULL CHECK (kind IN ('deposit', 'tuition', 'refund')),
  amount        INTEGER NOT NULL CHECK (amount <> 0),
  method        TEXT NOT NULL DEFAULT '',
  receipt       TEXT NOT NULL UNIQUE,
  taken_by      INTEGER NOT NULL REFERENCES accounts (id),
  at            INTEGER NOT NULL
);
CREATE INDEX payments_enrollment ON payments (enrollment_id, at, id);
-- +goose StatementBegin
CREATE TRIGGER payments_change BEFORE UPDATE ON payments BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER payments_delete BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd

-- telling --------------------------------------------------------------------

-- kind is a message key, args its arguments as JSON, link an address such as
-- customers/42.
CREATE TABLE notifications (
  id         INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  kind       TEXT NOT NULL,
  args       TEXT NOT NULL DEFAULT '',
  link       TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  read_at    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX notifications_account ON notifications (account_id, created_at, id);
CREATE INDEX notifications_unread ON notifications (account_id) WHERE read_at = 0;

-- The outbox. dedup is unique, so that one business act mails once.
CREATE TABLE mails (
  id            INTEGER PRIMARY KEY,
  dedup         TEXT NOT NULL UNIQUE,
  to_addr       TEXT NOT NULL CHECK (to_addr <> ''),
  template      TEXT NOT NULL,
  lang          TEXT NOT NULL,
  subject       TEXT NOT NULL,
  body          TEXT NOT NULL,
  message_id    TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'dead')),
  tries         INTEGER NOT NULL DEFAULT 0,
  next_at       INTEGER NOT NULL,
  leased_until  INTEGER NOT NULL DEFAULT 0,
  last_error    TEXT NOT NULL DEFAULT '',
  resource      TEXT NOT NULL DEFAULT '',
  record_id     INTEGER NOT NULL DEFAULT 0,
  created_at    INTEGER NOT NULL,
  sent_at       INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX mails_due ON mails (next_at) WHERE state = 'queued';
CREATE INDEX mails_created ON mails (created_at, id);

-- Append-only, each entry carries the hash of the one before.
CREATE TABLE audit (
  id         INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL,
  account_id INTEGER NOT NULL DEFAULT 0,
  login      TEXT NOT NULL,
  face       TEXT NOT NULL,
  addr       TEXT NOT NULL DEFAULT '',
  action     TEXT NOT NULL,
  resource   TEXT NOT NULL,
  record_id  INTEGER NOT NULL DEFAULT 0,
  changes    TEXT NOT NULL DEFAULT '',
  hash       TEXT NOT NULL
);
CREATE INDEX audit_record ON audit (resource, record_id, id);
CREATE INDEX audit_account ON audit (account_id, id);
-- +goose StatementBegin
CREATE TRIGGER audit_change BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
