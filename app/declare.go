package app

import (
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/setting"
)

// declare registers the records of the base and of org, which know the engine
// only from here.
func (a *App) declare() {
	a.Engine.Register(accounts())
	a.Engine.Register(mails())
	a.Engine.Register(a.messages())
	a.Engine.Register(departments())
	a.Engine.Register(auditTrail())
	a.Engine.Grantable(policy.Known{Resource: "sessions", Actions: []string{"list", "end"}, Rows: org.Rules})
	a.Engine.Grantable(policy.Known{Resource: setting.Resource, Actions: []string{"change"}})
	a.Engine.Grantable(policy.Known{Resource: "bans", Actions: []string{"list", "lift"}})
	a.Engine.Register(notifications())
	a.Engine.Register(resource.TrashRecord())
}

// auditTrail is read only; nobody adds to it but the acts themselves. Entries
// are in the order of their ids, which is the order of time.
func auditTrail() *resource.Resource {
	return &resource.Resource{
		Name: "audit", Large: true, Rights: []string{"verify"}, Key: "audit.id", Title: "audit.action", Order: "-id",
		Fields: []resource.Field{
			{Name: "at", Kind: resource.Time, SQL: "audit.at", Column: true, Width: 16, Sort: true, Order: "audit.id"},
			{Name: "login", SQL: "audit.login", Column: true, Width: 14, Search: search("audit.login")},
			{Name: "act", SQL: "audit.action", Word: "action", Column: true, Width: 12, Search: search("audit.action")},
			{Name: "on", SQL: "audit.resource", Word: "resource", Column: true, Width: 14, Search: search("audit.resource")},
			{Name: "record", Kind: resource.Int, SQL: "audit.record_id", Column: true, Width: 8},
			{Name: "face", Kind: resource.Choice, SQL: "audit.face", Choices: []string{"screen", "command", "files", "worker", "server", "login"}, Column: true, Priority: 2},
			{Name: "from", SQL: "audit.addr", Column: true, Width: 15, Priority: 1},
			{Name: "changes", Kind: resource.LongText, SQL: "audit.resource || ' ' || audit.changes", Detail: true, NoFilter: true, Shown: shownChanges},
			{Name: "erased_by", Kind: resource.Int, SQL: "NULLIF(audit.erased_by, 0)", Detail: true, NoFilter: true},
		},
		Rules: policy.Fields{"account": {Cond: "audit.account_id {in}"}},
	}
}

// search finds a word at the beginning of a column.
func search(column string) func(string, policy.Args) string {
	return func(w string, args policy.Args) string { return resource.Prefix(column, w, args) }
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

// notifications are everybody's own. Their sentences are made for each reader by
// the service of notifications; the record tells when, about what, read or not.
func notifications() *resource.Resource {
	const unread = "notifications.read_at = 0"
	return &resource.Resource{
		Name: "notifications", Large: true, Title: "notifications.link", Order: "-created", Own: "notifications.account_id",
		Fields: []resource.Field{
			{Name: "created", Kind: resource.Time, SQL: "notifications.created_at", Column: true, Sort: true, Width: 16},
			{Name: "about", SQL: "notifications.kind", Column: true, Width: 20, Search: search("notifications.kind")},
			{Name: "link", SQL: "notifications.link", Column: true, Width: 20},
			{Name: "unread", Kind: resource.Bool, SQL: "CASE WHEN " + unread + " THEN 1 ELSE 0 END", Filter: unread, Column: true, Width: 6},
			{Name: "read", Kind: resource.Time, SQL: "notifications.read_at", Width: 16},
		},
	}
}
