package resource

import "cohort/app/policy"

// TrashRecord declares the trash itself: what is in it, who put it there and
// when. What the records held is not shown; they are brought back for that.
func TrashRecord() *Resource {
	return &Resource{
		Name: "trash", Title: "trash.title", Order: "-at", Large: true, Rights: []string{"restore", "purge"},
		Fields: []Field{
			{Name: "at", Kind: Time, SQL: "trash.at", Column: true, Sort: true, Width: 16},
			{Name: "of", SQL: "trash.resource", Word: "resource", Column: true, Width: 16, Search: func(w string, args policy.Args) string {
				return Prefix("trash.resource", w, args)
			}},
			{Name: "record", Kind: Int, SQL: "trash.record_id", Column: true, Width: 8},
			{Name: "title", SQL: "trash.title", Column: true, Width: 24, Search: Contains("trash.title")},
			{Name: "login", SQL: "trash.login", Column: true, Width: 14},
			{Name: "parts", SQL: "trash.parts", Column: true, Width: 24, Priority: 3, NoFilter: true},
		},
		Rules: policy.Fields{"account": {Cond: "trash.account_id {in}"}, "of": {Cond: "trash.resource {in}", Text: true}},
	}
}
