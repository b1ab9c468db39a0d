-- +goose Up
-- A next follow-up may carry a time of day, "15:04" as the school's clocks show
-- it; '' is any time of that day. A follow-up where nobody answered says so.
ALTER TABLE customers ADD COLUMN next_follow_up_time TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE follow_ups ADD COLUMN next_time TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE follow_ups ADD COLUMN no_answer BIGINT NOT NULL DEFAULT 0 CHECK (no_answer IN (0, 1));

-- The queue of calls. What is due: a person's own by day, by time of day (those
-- without one behind), the warmest first, then the longest untouched.
CREATE INDEX customers_due ON customers (owner_id, next_follow_up_on,
  (CASE WHEN next_follow_up_time = '' THEN '~' ELSE next_follow_up_time END),
  (CASE intention WHEN 'within_two_weeks' THEN 0 WHEN 'within_month' THEN 1 WHEN '' THEN 2 WHEN 'no_plan' THEN 3 ELSE 4 END),
  touched_at, id) WHERE next_follow_up_on <> '' AND never_contact = 0;

-- The stale ones of everybody, and of each owner: the warmest first, then the
-- longest untouched.
CREATE INDEX customers_stale ON customers (
  (CASE intention WHEN 'within_two_weeks' THEN 0 WHEN 'within_month' THEN 1 WHEN '' THEN 2 WHEN 'no_plan' THEN 3 ELSE 4 END),
  touched_at, id, owner_id, next_follow_up_on) WHERE status = 'not_enrolled' AND never_contact = 0;
CREATE INDEX customers_owner_stale ON customers (owner_id,
  (CASE intention WHEN 'within_two_weeks' THEN 0 WHEN 'within_month' THEN 1 WHEN '' THEN 2 WHEN 'no_plan' THEN 3 ELSE 4 END),
  touched_at, id, next_follow_up_on) WHERE status = 'not_enrolled' AND never_contact = 0;

-- How a person's day went.
CREATE INDEX follow_ups_day ON follow_ups (author_id, at, no_answer);
