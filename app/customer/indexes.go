package customer

import "cohort/app/resource"

// listIndexes are the indexes of the migrations by which lists of customers are
// walked: every order in every scope that people keep open all day.
var listIndexes = []resource.Index{
	{Name: "customers_created", Order: "created"},
	{Name: "customers_touched", Order: "last"},
	{Name: "customers_next", Order: "next"},
	{Name: "customers_name", Order: "name"},
	{Name: "customers_owner_created", Scope: []string{"owner"}, Order: "created"},
	{Name: "customers_owner_touched", Scope: []string{"owner"}, Order: "last"},
	{Name: "customers_owner_next", Scope: []string{"owner"}, Order: "next"},
	{Name: "customers_owner_name", Scope: []string{"owner"}, Order: "name"},
	{Name: "customers_owner_status_touched", Scope: []string{"owner", "status"}, Order: "last"},
	{Name: "customers_source_created", Scope: []string{"source"}, Order: "created"},
	{Name: "customers_source_touched", Scope: []string{"source"}, Order: "last"},
	{Name: "customers_source_next", Scope: []string{"source"}, Order: "next"},
	{Name: "customers_source_name", Scope: []string{"source"}, Order: "name"},
	{Name: "customers_status_created", Scope: []string{"status"}, Order: "created"},
	{Name: "customers_status_touched", Scope: []string{"status"}, Order: "last"},
	{Name: "customers_status_next", Scope: []string{"status"}, Order: "next"},
	{Name: "customers_status_name", Scope: []string{"status"}, Order: "name"},
}
