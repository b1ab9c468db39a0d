-- +goose Up
-- What the lists of customers need besides: the last four digits of a phone.
CREATE INDEX customers_phone_tail ON customers (substr(phone, length(phone) - 3)) WHERE phone <> '';
