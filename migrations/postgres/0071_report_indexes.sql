-- +goose Up
-- What the figures of a month are counted from: one stretch of one index each,
-- which holds all that is counted and by what it is cut. The cost of a month is
-- the rows of that month, however long the history is.
CREATE INDEX customers_figures ON customers (created_at, source_id, owner_id, campaign_id, status);
CREATE INDEX enrollments_figures ON enrollments (state, approved_at, consultant_id, class_id, customer_id, price);
CREATE INDEX follow_ups_figures ON follow_ups (at, author_id, customer_id);
CREATE INDEX campaigns_source ON campaigns (source_id, starts_on);
