package enrollment

import "cohort/app/resource"

// DepartmentField is the consultant's department, for whatever hangs on an
// enrollment.
func DepartmentField() resource.Field {
	return resource.Field{Name: "department", Kind: resource.Relation, SQL: "consultants.department_id",
		Label: "(SELECT name FROM departments WHERE departments.id = consultants.department_id)", Ref: "departments",
		Lookup: "SELECT id FROM departments WHERE lower(name) {in}", Filter: "enrollments.consultant_id IN (SELECT id FROM accounts WHERE department_id {in})", Detail: true}
}

// SourceField is the source of the customer.
func SourceField() resource.Field {
	return resource.Field{Name: "source", Kind: resource.Relation, SQL: "customers.source_id",
		Label: "(SELECT name FROM sources WHERE sources.id = customers.source_id)",
		Code:  "(SELECT code FROM sources WHERE sources.id = customers.source_id)",
		Ref:   "sources", Lookup: "SELECT id FROM sources WHERE code {in} OR lower(name) {in}", Detail: true}
}

// CampaignField is the campaign by which the customer came.
func CampaignField() resource.Field {
	return resource.Field{Name: "campaign", Kind: resource.Relation, SQL: "customers.campaign_id",
		Label: "(SELECT name FROM campaigns WHERE campaigns.id = customers.campaign_id)",
		Ref:   "campaigns", Lookup: "SELECT id FROM campaigns WHERE lower(name) {in}", Detail: true}
}

// StateNames are the states as they are stored.
func StateNames() []string {
	names := make([]string, len(States))
	for i, s := range States {
		names[i] = string(s)
	}
	return names
}
