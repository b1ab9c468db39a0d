-- +goose Up
-- What the lists of enrollments need besides: every order people may sort by.
CREATE INDEX enrollments_submitted ON enrollments (submitted_at, id);
CREATE INDEX enrollments_approved ON enrollments (approved_at, id);
CREATE INDEX enrollments_state_created ON enrollments (state, created_at, id);
CREATE INDEX enrollments_consultant_submitted ON enrollments (consultant_id, submitted_at, id);
CREATE INDEX enrollments_consultant_approved ON enrollments (consultant_id, approved_at, id);
