-- +goose Up
-- What goes to people's QQ, the school's QQ group and its web hook. dedup is unique, so that one notification goes once;
-- message_key stays the same on every try, so that the other side can know it for the same message.
CREATE TABLE messages (
  id            BIGINT PRIMARY KEY,
  dedup         TEXT COLLATE "C" NOT NULL UNIQUE CHECK (dedup <> ''),
  channel       TEXT COLLATE "C" NOT NULL CHECK (channel IN ('qq', 'group', 'hook')),
  account_id    BIGINT REFERENCES accounts (id),
  target        TEXT COLLATE "C" NOT NULL DEFAULT '',
  kind          TEXT COLLATE "C" NOT NULL,
  body          TEXT COLLATE "C" NOT NULL CHECK (body <> ''),
  message_key   TEXT COLLATE "C" NOT NULL,
  state         TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'sent', 'dead')),
  tries         BIGINT NOT NULL DEFAULT 0,
  next_at       BIGINT NOT NULL,
  leased_until  BIGINT NOT NULL DEFAULT 0,
  last_error    TEXT COLLATE "C" NOT NULL DEFAULT '',
  created_at    BIGINT NOT NULL,
  sent_at       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX messages_due ON messages (next_at) WHERE state = 'queued';
CREATE INDEX messages_created ON messages (created_at, id);

-- Which kinds of notification a person also wants by e-mail or QQ; no row is no.
CREATE TABLE notify_choices (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  kind       TEXT COLLATE "C" NOT NULL,
  channel    TEXT COLLATE "C" NOT NULL CHECK (channel IN ('mail', 'qq')),
  PRIMARY KEY (account_id, kind, channel)
);

-- What a person wishes of telling besides: the own QQ number, and whether contacts are links on the screen.
CREATE TABLE account_wishes (
  account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
  qq         TEXT COLLATE "C" NOT NULL DEFAULT '',
  links      BIGINT NOT NULL DEFAULT 1 CHECK (links IN (0, 1))
);

-- forward is 1 until the notification's mails and messages are in their outboxes. dedup is '' or names what may be told
-- to an account once only, such as a morning's digest.
ALTER TABLE notifications ADD COLUMN forward BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notifications ADD COLUMN dedup TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX notifications_forward ON notifications (id) WHERE forward = 1;
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, dedup) WHERE dedup <> '';
