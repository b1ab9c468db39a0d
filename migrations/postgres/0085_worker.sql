-- +goose Up
-- Who follows up a stale customer goes on with him: after his call the customer
-- is stale no more. The ready-made role of a school that exists already.
INSERT INTO permissions (role_id, resource, action, row_rule, field_rules)
SELECT roles.id, 'customers', acts.action, 'worker=$me', '' FROM roles, (SELECT 'follow_up' AS action UNION ALL SELECT 'reveal') AS acts
WHERE roles.name = 'sales' ON CONFLICT DO NOTHING;
INSERT INTO permissions (role_id, resource, action, row_rule, field_rules)
SELECT id, 'enrollments', 'add', 'worker=$me', '' FROM roles WHERE name = 'sales' ON CONFLICT DO NOTHING;
