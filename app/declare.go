package app

import (
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
)

// declare registers the records of the base and of org, which know the engine
// only from here.
func (a *App) declare() {
	a.Engine.Register(accounts())
	a.Engine.Register(mails())
	a.Engine.Register(departments())
	a.Engine.Register(auditTrail())
	a.Engine.Register(resource.TrashRecord())
}

// auditTrail is read only; nobody adds to it but the acts themselves. Entries
// are in the order of their ids, which is the order of time.
func auditTrail() *resource.Resource {
	return &resource.Resource{
		Name: "audit", Large: true, Key: "audit.id", Title: "audit.action", Order: "-id",
		Fields: []resource.Field{
			{Name: "at", Kind: resource.Time, SQL: "audit.at", Column: true, Width: 16},
			{Name: "login", SQL: "audit.login", Column: true, Width: 14, Search: search("audit.login")},
			{Name: "act", SQL: "audit.action", Column: true, Width: 12, Search: search("audit.action")},
			{Name: "on", SQL: "audit.resource", Column: true, Width: 14, Search: search("audit.resource")},
			{Name: "record", Kind: resource.Int, SQL: "audit.record_id", Column: true, Width: 8},
			{Name: "face", Kind: resource.Choice, SQL: "audit.face", Choices: []string{"screen", "command", "files", "worker", "server", "login"}, Column: true, Priority: 2},
			{Name: "from", SQL: "audit.addr", Column: true, Width: 15, Priority: 1},
			{Name: "changes", Kind: resource.LongText, SQL: "audit.changes", Detail: true, NoFilter: true},
		},
		Rules: policy.Fields{"account": {Cond: "audit.account_id {in}"}},
	}
}

// search finds a word at the beginning of a column.
func search(column string) func(string, policy.Args) string {
	return func(w string, args policy.Args) string { return resource.Prefix(column, w, args) }
}

func departments() *resource.Resource {
	return &resource.Resource{
		Name: "departments", Key: "departments.id", Ver: "departments.version", Title: "departments.name", Code: "name", Order: "name",
		From: "departments LEFT JOIN departments AS above ON above.id = departments.parent_id LEFT JOIN accounts AS head ON head.id = departments.manager_id",
		Fields: []resource.Field{
			{Name: "name", Column: true, Sort: true, Width: 20, Search: search("departments.name")},
			{Name: "parent", Kind: resource.Relation, SQL: "departments.parent_id", Label: "above.name", Ref: "departments", Lookup: "SELECT id FROM departments WHERE lower(name) {in}", Column: true, Width: 20},
			{Name: "manager", Kind: resource.Relation, SQL: "departments.manager_id", Label: "head.name", Code: "head.login", Ref: "accounts", Lookup: accountLookup, Column: true, Width: 16},
		},
		Rules: org.DepartmentRules,
	}
}

const accountLookup = "SELECT id FROM accounts WHERE login {in}"

// accounts says which of its fields may be given; making and changing one is
// the faces' own, because a one-time password comes back.
func accounts() *resource.Resource {
	const roles = "(SELECT string_agg(roles.name, char(31)) FROM account_roles JOIN roles ON roles.id = account_roles.role_id WHERE account_roles.account_id = accounts.id)"
	return &resource.Resource{
		Name: "accounts", Key: "accounts.id", Ver: "accounts.version", Title: "accounts.name", Code: "login", Order: "login",
		From: "accounts LEFT JOIN departments ON departments.id = accounts.department_id LEFT JOIN campuses ON campuses.id = accounts.campus_id",
		Fields: []resource.Field{
			{Name: "login", Column: true, Sort: true, Width: 16, Search: search("accounts.login"), Input: true, AddOnly: true, Required: true},
			{Name: "name", Column: true, Width: 16, Search: search("accounts.name"), Input: true, Required: true},
			{Name: "roles", Kind: resource.Strings, SQL: roles, Column: true, Width: 20, Input: true, AddOnly: true, Flag: "role",
				Filter: "EXISTS (SELECT 1 FROM account_roles JOIN roles ON roles.id = account_roles.role_id WHERE account_roles.account_id = accounts.id AND roles.name {in})"},
			{Name: "active", Kind: resource.Bool, SQL: "accounts.active", Column: true, Width: 6},
			{Name: "second_factor", Kind: resource.Bool, SQL: "EXISTS (SELECT 1 FROM account_totp WHERE account_totp.account_id = accounts.id AND account_totp.since > 0)", Column: true, Width: 6, Priority: 2,
				Filter: "EXISTS (SELECT 1 FROM account_totp WHERE account_totp.account_id = accounts.id AND account_totp.since > 0)"},
			{Name: "department", Kind: resource.Relation, SQL: "accounts.department_id", Label: "departments.name", Ref: "departments", Lookup: "SELECT id FROM departments WHERE lower(name) {in}", Column: true, Width: 14, Priority: 2, Input: true},
			{Name: "campus", Kind: resource.Relation, SQL: "accounts.campus_id", Label: "campuses.name", Ref: "campuses", Lookup: "SELECT id FROM campuses WHERE lower(name) {in}", Width: 10, Priority: 3, Input: true},
			{Name: "email", SQL: "accounts.email", Input: true, Column: true, Width: 24, Priority: 3},
			{Name: "phone", SQL: "accounts.phone", Input: true, Width: 13, Priority: 4},
			{Name: "lang", Kind: resource.Choice, SQL: "accounts.lang", Input: true, Choices: []string{"zh", "en"}},
			{Name: "must_change", Kind: resource.Bool, SQL: "accounts.must_change"},
			{Name: "last_seen", Kind: resource.Time, SQL: "accounts.last_seen_at", Column: true, Width: 16, Priority: 2},
			{Name: "created", Kind: resource.Time, SQL: "accounts.created_at"},
		},
		Rules: org.Rules, Rights: []string{"assign", "grant", "invite", "disable", "reset", "handover"},
	}
}

// mails is the log of the outbox. The body is not a field: it may hold a
// one-time password, and is read one by one through the mail service.
func mails() *resource.Resource {
	return &resource.Resource{
		Name: "mails", Large: true, Key: "mails.id", Title: "mails.subject", Order: "-created", Rights: []string{"retry"},
		Fields: []resource.Field{
			{Name: "created", Kind: resource.Time, SQL: "mails.created_at", Column: true, Sort: true, Width: 16},
			{Name: "to", SQL: "mails.to_addr", Column: true, Width: 26, Search: search("mails.to_addr")},
			{Name: "template", SQL: "mails.template", Column: true, Width: 14, Priority: 2},
			{Name: "subject", SQL: "mails.subject", Column: true, Width: 30},
			{Name: "state", Kind: resource.Choice, SQL: "mails.state", Choices: []string{"queued", "sent", "dead"}, Column: true, Width: 8},
			{Name: "tries", Kind: resource.Int, SQL: "mails.tries", Column: true, Width: 5, Priority: 2},
			{Name: "last_error", SQL: "mails.last_error", Width: 30, Priority: 3},
			{Name: "sent", Kind: resource.Time, SQL: "mails.sent_at", Column: true, Width: 16, Priority: 3},
		},
	}
}
