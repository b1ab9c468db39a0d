-- +goose Up
-- Failed log-ins of today, for the administrator's first screen.
CREATE INDEX audit_login_failed ON audit (at) WHERE action = 'login_failed';
