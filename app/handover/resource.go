package handover

import (
	"cohort/app/policy"
	"cohort/app/resource"
)

// receipts declares the hand-overs, which are read and never edited.
func receipts() *resource.Resource {
	person := func(name, column, table string) resource.Field {
		return resource.Field{Name: name, Kind: resource.Relation, SQL: "handovers." + column, Label: table + ".name", Code: table + ".login", Ref: "accounts",
			Lookup: "SELECT id FROM accounts WHERE login {in}", Column: true, Width: 12}
	}
	from, to, by := person("from_account", "from_id", "giver"), person("to_account", "to_id", "taker"), person("by_account", "by_id", "doer")
	consultant := person("enrollments_to", "enrollments_to", "consultant")
	consultant.Column, by.Priority = false, 2
	return &resource.Resource{
		Name: "handovers", Title: "giver.name", Order: "-id",
		From: `handovers JOIN accounts AS giver ON giver.id = handovers.from_id LEFT JOIN accounts AS taker ON taker.id = handovers.to_id
			LEFT JOIN accounts AS doer ON doer.id = handovers.by_id LEFT JOIN accounts AS consultant ON consultant.id = handovers.enrollments_to`,
		Fields: []resource.Field{
			{Name: "at", Kind: resource.Time, Column: true, Width: 16},
			from, to, by, consultant,
			{Name: "customers", Kind: resource.Int, Column: true, Width: 6},
			{Name: "with_next", Kind: resource.Int, SQL: "handovers.due", Column: true, Width: 6, Priority: 3},
			{Name: "enrollments", Kind: resource.Int, Column: true, Width: 6},
			{Name: "classes", Kind: resource.Int, Column: true, Width: 6, Priority: 1},
			{Name: "query", Width: 20},
			{Name: "reason", Width: 20},
			{Name: "undone", Kind: resource.Time, SQL: "handovers.undone_at", Column: true, Width: 16, Priority: 2},
		},
		Rules: policy.Fields{
			"account":    {Cond: "handovers.from_id {in}"},
			"department": {Cond: "giver.department_id {in}"},
		},
	}
}
