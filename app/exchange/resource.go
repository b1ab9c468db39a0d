package exchange

import (
	"cohort/app/policy"
	"cohort/app/resource"
)

// imports declares the files that were sent, for rights to those of others and
// the search in all of them. One's own need no right of their own.
func imports() *resource.Resource {
	return &resource.Resource{
		Name: "imports", From: "import_batches LEFT JOIN accounts ON accounts.id = import_batches.account_id", Key: "import_batches.id",
		Title: "import_batches.name", Order: "-id", Rights: []string{"undo"},
		Fields: []resource.Field{
			{Name: "import_file", SQL: "import_batches.name", Column: true, Width: 24, Search: resource.Contains("import_batches.name")},
			{Name: "account", Kind: resource.Relation, SQL: "import_batches.account_id", Label: "accounts.name", Code: "accounts.login", Ref: "accounts",
				Lookup: "SELECT id FROM accounts WHERE login {in}", Column: true, Width: 10},
			{Name: "import_records", SQL: "import_batches.resource", Column: true, Width: 12},
			{Name: "import_state", Kind: resource.Choice, SQL: "import_batches.state", Column: true, Choices: states()},
			{Name: "import_rows", Kind: resource.Int, SQL: "import_batches.row_count", Column: true},
			{Name: "import_added", Kind: resource.Int, SQL: "import_batches.added", Column: true},
			{Name: "import_changed", Kind: resource.Int, SQL: "import_batches.changed", Column: true},
			{Name: "import_refused", Kind: resource.Int, SQL: "import_batches.refused", Column: true},
			{Name: "created", Kind: resource.Time, SQL: "import_batches.created_at", Column: true},
		},
		Rules: policy.Fields{"account": {Cond: "import_batches.account_id {in}"}},
	}
}

func states() (list []string) {
	for _, s := range []State{Uploaded, Checked, Running, Done, Undoing, Undone, TakenBack} {
		list = append(list, string(s))
	}
	return list
}
