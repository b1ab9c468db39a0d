package customer

import (
	"regexp"

	"cohort/app/catalog"
	"cohort/app/fault"
	"cohort/app/resource"
	"cohort/db"
)

var sourceForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_]*$`)

func (s *Service) sourceTable() catalog.Table {
	return catalog.Table{DB: s.DB, Bus: s.Bus, Engine: s.Engine, Name: "sources",
		Columns: map[string]string{"code": "code", "name": "name", "position": "position", "active": "active"},
		Taken:   map[string]string{"sources.code": "code"},
		Default: func(_ *db.Tx, v resource.Values) error {
			if !v.Has("active") {
				v["active"] = true
			}
			return nil
		},
		Check: func(_ *db.Tx, v resource.Values) error {
			if !sourceForm.MatchString(v.Str("code")) {
				return fault.Field("code", "customer.source_form")
			}
			return nil
		},
	}
}

func (s *Service) campaignTable() catalog.Table {
	return catalog.Table{DB: s.DB, Bus: s.Bus, Engine: s.Engine, Name: "campaigns",
		Columns: map[string]string{"name": "name", "source": "source_id", "cost": "cost", "starts": "starts_on", "ends": "ends_on"},
		Taken:   map[string]string{"campaigns.name": "name"},
		Check: func(_ *db.Tx, v resource.Values) error {
			var bad []*fault.Fault
			if v.Int("cost") < 0 {
				bad = append(bad, fault.Field("cost", "catalog.at_least", "n", 0))
			}
			if v.Str("ends") != "" && v.Str("ends") < v.Str("starts") {
				bad = append(bad, fault.Field("ends", "catalog.ends_early"))
			}
			return fault.Join(bad...)
		},
	}
}
