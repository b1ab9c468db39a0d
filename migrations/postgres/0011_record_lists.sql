-- +goose Up
-- What lists of records need besides: a campaign reckons its customers, and the
-- audit trail is filtered by time.
CREATE INDEX customers_campaign ON customers (campaign_id, status) WHERE campaign_id IS NOT NULL;
CREATE INDEX audit_at ON audit (at, id);
