package customer

import (
	"regexp"

	"cohort/app/fault"
	"cohort/app/resource"
	"cohort/db"
)

var sourceForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_]*$`)

func checkSourceCode(v any) *fault.Fault {
	if code, _ := v.(string); !sourceForm.MatchString(code) {
		return fault.Field("code", "customer.source_form")
	}
	return nil
}

func sourceTable() *resource.Table {
	return &resource.Table{Default: func(_ *db.Tx, v resource.Values) error {
		if !v.Has("active") {
			v["active"] = true
		}
		return nil
	}}
}
