package app

import (
	"context"

	"cohort/app/message"
	"cohort/app/policy"
	"cohort/app/resource"
)

// messages is the log of what went to QQ, the group and the hook.
func (a *App) messages() *resource.Resource {
	return &resource.Resource{
		Name: "messages", Large: true, Key: "messages.id", Title: "messages.kind", Order: "-created", Rights: []string{"retry", "test"},
		From: "messages LEFT JOIN accounts ON accounts.id = messages.account_id",
		Fields: []resource.Field{
			{Name: "created", Kind: resource.Time, SQL: "messages.created_at", Column: true, Sort: true, Width: 16},
			{Name: "way", Kind: resource.Choice, SQL: "messages.channel", Column: true, Width: 9, Choices: []string{string(message.QQ), string(message.Group), string(message.Hook)}},
			{Name: "receiver", Kind: resource.Relation, SQL: "messages.account_id", Label: "accounts.name", Code: "accounts.login", Ref: "accounts", Lookup: accountLookup, Column: true, Width: 12, Priority: 1},
			{Name: "target_number", SQL: "messages.target", Column: true, Width: 12, Priority: 2, Search: search("messages.target")},
			{Name: "about_kind", SQL: "messages.kind", Column: true, Width: 14, Priority: 2},
			{Name: "state", Kind: resource.Choice, SQL: "messages.state", Choices: []string{"queued", "sent", "dead"}, Column: true, Width: 8},
			{Name: "message", Kind: resource.LongText, SQL: "messages.body", Detail: true, NoFilter: true},
			{Name: "tries", Kind: resource.Int, SQL: "messages.tries", Column: true, Width: 5, Priority: 2},
			{Name: "last_error", SQL: "messages.last_error", Column: true, Width: 30, Priority: 3},
			{Name: "sent", Kind: resource.Time, SQL: "messages.sent_at", Width: 16},
		},
		Actions: []resource.Action{{Name: "retry", Run: func(ctx context.Context, by policy.Actor, id int64, _ resource.Values) error {
			_, err := a.Messages.Retry(ctx, by, id)
			return err
		}}},
	}
}
