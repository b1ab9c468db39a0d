package customer

import (
	"cohort/app/fault"
	"cohort/app/resource"
	"cohort/db"
)

// campaignResource declares campaigns with what they brought: the customers who
// came by them, those with an approved enrollment, and the cost of each. Where
// nobody came there is no cost of one.
func campaignResource() *resource.Resource {
	const (
		leads    = "(SELECT count(*) FROM customers WHERE customers.campaign_id = campaigns.id)"
		enrolled = `(SELECT count(*) FROM customers JOIN enrollments ON enrollments.customer_id = customers.id AND enrollments.state = 'approved'
			WHERE customers.campaign_id = campaigns.id)`
	)
	each := func(of string) string {
		return "(CASE WHEN " + of + " > 0 THEN campaigns.cost / " + of + " END)"
	}
	return &resource.Resource{
		Name: "campaigns", Ver: "campaigns.version", Title: "campaigns.name", Code: "name", Order: "-starts", Table: campaignTable(),
		From: "campaigns LEFT JOIN sources ON sources.id = campaigns.source_id",
		Fields: []resource.Field{
			{Name: "name", SQL: "campaigns.name", Column: true, Input: true, Required: true, Max: 80},
			{Name: "source", Kind: resource.Relation, SQL: "campaigns.source_id", Label: "sources.name", Code: "sources.code",
				Ref: "sources", Lookup: lookupSource, Column: true, Input: true, Required: true},
			{Name: "cost", Kind: resource.Money, SQL: "campaigns.cost", Column: true, Input: true, Check: resource.AtLeast(0)},
			{Name: "starts", Kind: resource.Day, SQL: "campaigns.starts_on", Column: true, Input: true},
			{Name: "ends", Kind: resource.Day, SQL: "campaigns.ends_on", Column: true, Input: true, Priority: 3},
			{Name: "leads", Kind: resource.Int, SQL: leads, Column: true, Width: 6, Priority: 1},
			{Name: "enrolled", Kind: resource.Int, SQL: enrolled, Column: true, Width: 6, Priority: 1},
			{Name: "cost_per_lead", Kind: resource.Money, SQL: each(leads), Column: true, Priority: 2},
			{Name: "cost_per_enrollment", Kind: resource.Money, SQL: each(enrolled), Column: true, Priority: 2},
			{Name: "created", Kind: resource.Time, SQL: "campaigns.created_at", Detail: true},
			{Name: "updated", Kind: resource.Time, SQL: "campaigns.updated_at", Detail: true},
		},
	}
}

func campaignTable() *resource.Table {
	return &resource.Table{Check: func(_ *db.Tx, v resource.Values) error {
		if v.Str("ends") != "" && v.Str("ends") < v.Str("starts") {
			return fault.Field("ends", "catalog.ends_early")
		}
		return nil
	}}
}
