-- +goose Up
-- What the lists of customers need besides: the last four digits of a phone,
-- and every order in every scope. The planner takes the index with the scope's
-- column first and the sort key next, and walks it in order.
CREATE INDEX customers_phone_tail ON customers (substr(phone, length(phone) - 3)) WHERE phone <> '';
CREATE INDEX customers_owner_name ON customers (owner_id, name, id);
-- The stale ones in the order of creation begin behind all the newer ones, which
-- are passed over within the index.
CREATE INDEX customers_status_created ON customers (status, created_at, id, touched_at, never_contact);
CREATE INDEX customers_status_next ON customers (status, next_follow_up_on, id);
CREATE INDEX customers_status_name ON customers (status, name, id);
CREATE INDEX customers_source_touched ON customers (source_id, touched_at, id);
CREATE INDEX customers_source_next ON customers (source_id, next_follow_up_on, id);
CREATE INDEX customers_source_name ON customers (source_id, name, id);
