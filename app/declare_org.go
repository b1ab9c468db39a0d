package app

import (
	"cohort/app/fault"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

func departments() *resource.Resource {
	return &resource.Resource{
		Name: "departments", Key: "departments.id", Ver: "departments.version", Title: "departments.name", Code: "name", Order: "name", Table: departmentTable(),
		From: "departments LEFT JOIN departments AS above ON above.id = departments.parent_id LEFT JOIN accounts AS head ON head.id = departments.manager_id",
		Fields: []resource.Field{
			{Name: "name", SQL: "departments.name", Column: true, Input: true, Required: true, Max: 60, Width: 20},
			{Name: "parent", Kind: resource.Relation, SQL: "departments.parent_id", Label: "above.name", Ref: "departments", Lookup: "SELECT id FROM departments WHERE lower(name) {in}", Column: true, Input: true, Width: 20},
			{Name: "manager", Kind: resource.Relation, SQL: "departments.manager_id", Label: "head.name", Code: "head.login", Ref: "accounts", Lookup: accountLookup, Column: true, Input: true, Width: 16},
			{Name: "people", Kind: resource.Int, SQL: "(SELECT count(*) FROM accounts WHERE accounts.department_id = departments.id AND accounts.active = 1)", Column: true, Width: 6},
			{Name: "created", Kind: resource.Time, SQL: "departments.created_at", Detail: true},
			{Name: "updated", Kind: resource.Time, SQL: "departments.updated_at", Detail: true},
		},
		Rules: org.DepartmentRules,
	}
}

// departmentTable keeps departments a tree. Nobody makes himself the manager of
// one: more rows would be his.
func departmentTable() *resource.Table {
	return &resource.Table{
		Allow: func(tx *db.Tx, by policy.Actor, id int64, v resource.Values) error {
			if m := v.Int("manager"); m != 0 && m == by.Account {
				return fault.New(fault.Forbidden, "org.own_rights").On("manager")
			}
			return notBelowItself(tx, id, v.Int("parent"))
		},
	}
}

// notBelowItself refuses a parent that is the department or below it.
func notBelowItself(tx *db.Tx, id, parent int64) error {
	for at := parent; id != 0 && at != 0; {
		if at == id {
			return fault.Field("parent", "org.department_circle")
		}
		above, err := departmentAbove(tx, at)
		if err != nil {
			return err
		}
		at = above
	}
	return nil
}

const accountLookup = "SELECT id FROM accounts WHERE login {in}"

// accounts says which of its fields may be given; making and changing one is
// the faces' own, because a one-time password comes back.
func accounts() *resource.Resource {
	const roles = "(SELECT string_agg(roles.name, '" + resource.Sep + "') FROM account_roles JOIN roles ON roles.id = account_roles.role_id WHERE account_roles.account_id = accounts.id)"
	return &resource.Resource{
		Name: "accounts", Key: "accounts.id", Ver: "accounts.version", Title: "accounts.name", Code: "login", Order: "login",
		From: "accounts LEFT JOIN departments ON departments.id = accounts.department_id LEFT JOIN campuses ON campuses.id = accounts.campus_id",
		Fields: []resource.Field{
			{Name: "login", Column: true, Sort: true, Width: 16, Search: search("accounts.login"), Input: true, AddOnly: true, Required: true},
			{Name: "name", Column: true, Width: 16, Search: search("accounts.name"), Input: true, Required: true},
			{Name: "roles", Kind: resource.Strings, SQL: roles, Column: true, Width: 20, Input: true, AddOnly: true, Flag: "role",
				Filter: "EXISTS (SELECT 1 FROM account_roles JOIN roles ON roles.id = account_roles.role_id WHERE account_roles.account_id = accounts.id AND roles.name {in})"},
			{Name: "active", Kind: resource.Bool, SQL: "accounts.active", Column: true, Width: 6},
			{Name: "second_factor", Kind: resource.Bool, SQL: "CASE WHEN EXISTS (SELECT 1 FROM account_totp WHERE account_totp.account_id = accounts.id AND account_totp.since > 0) THEN 1 ELSE 0 END", Column: true, Width: 6, Priority: 2,
				Filter: "EXISTS (SELECT 1 FROM account_totp WHERE account_totp.account_id = accounts.id AND account_totp.since > 0)"},
			{Name: "department", Kind: resource.Relation, SQL: "accounts.department_id", Label: "departments.name", Ref: "departments", Lookup: "SELECT id FROM departments WHERE lower(name) {in}", Column: true, Width: 14, Priority: 2, Input: true},
			{Name: "campus", Kind: resource.Relation, SQL: "accounts.campus_id", Label: "campuses.name", Ref: "campuses", Lookup: "SELECT id FROM campuses WHERE lower(name) {in}", Width: 10, Priority: 3, Input: true},
			{Name: "email", SQL: "accounts.email", Input: true, Column: true, Width: 24, Priority: 3},
			{Name: "phone", SQL: "accounts.phone", Input: true, Width: 13, Priority: 4},
			{Name: "lang", Kind: resource.Choice, SQL: "accounts.lang", Input: true, Choices: []string{"zh", "en"}},
			{Name: "must_change", Kind: resource.Bool, SQL: "accounts.must_change"},
			{Name: "invited", Kind: resource.Time, Detail: true,
				SQL: "COALESCE((SELECT v.expires_at FROM activations v WHERE v.account_id = accounts.id AND v.used_at = 0 AND v.revoked_at = 0), 0)"},
			{Name: "disabled_reason", SQL: "accounts.disabled_reason", Detail: true},
			{Name: "last_seen", Kind: resource.Time, SQL: "accounts.last_seen_at", Column: true, Width: 16, Priority: 2},
			{Name: "created", Kind: resource.Time, SQL: "accounts.created_at"},
		},
		Rules: org.Rules, Rights: []string{"assign", "grant", "invite", "disable", "reset", "handover"},
	}
}
