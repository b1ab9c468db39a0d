-- +goose Up
-- What opens an account or an enrollment (passwords, addresses) is not in a mail's body any more: the body names it by
-- stars, and the whole body is here, sealed with the school's key, until the mail is sent or given up for good.
-- '' : the body is all there is; '-' : the secret was wiped.
ALTER TABLE mails ADD COLUMN sealed TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE mails SET body = '********', sealed = '-'
WHERE state <> 'queued' AND template IN ('invite', 'returned', 'approved_new', 'account', 'reset', 'activation');
CREATE INDEX mails_sealed ON mails (created_at) WHERE sealed > '-';
