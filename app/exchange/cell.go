package exchange

import (
	"strings"
	"time"

	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/sheet"
)

// moment is a time in a file: whole, since an import reads it back.
const moment = "2006-01-02 15:04:05.999"

// table says how values stand in a file: with words in the reader's language, or
// with stable names for programs. Either way an import reads them back as what
// they were.
type table struct {
	p      i18n.Printer
	stable bool
}

// heading is what stands above a field's column.
func (t table) heading(f resource.Field) string {
	if t.stable {
		return f.Name
	}
	return t.p.Or("field."+f.Name, f.Name)
}

// cell is a value as a cell.
func (t table) cell(f resource.Field, v resource.Value) sheet.Cell {
	switch {
	case v.Mode == policy.Hidden:
		return sheet.Cell{}
	case v.Mode == policy.Masked:
		return sheet.Cell{Text: v.Label}
	}
	switch raw := v.Raw.(type) {
	case int64:
		return sheet.Cell{Text: t.number(f, v, raw), Number: f.Kind == resource.Int || f.Kind == resource.Money}
	case string:
		if f.Kind == resource.Choice && raw != "" && !t.stable {
			return sheet.Cell{Text: f.ChoiceLabel(t.p, raw)}
		}
	case bool:
		if !t.stable {
			return sheet.Cell{Text: f.Text(t.p, v)}
		}
	}
	return sheet.Cell{Text: f.Typed(v)}
}

func (t table) number(f resource.Field, v resource.Value, n int64) string {
	switch {
	case f.Kind == resource.Time && n == 0:
		return ""
	case f.Kind == resource.Time && !t.stable:
		return time.UnixMilli(n).In(t.zone()).Format(moment)
	case f.Kind == resource.Relation && n != 0 && v.Code == "" && findable(f, v.Label):
		return v.Label
	case f.Kind == resource.Int && n == 0:
		return "0"
	}
	return f.Typed(v)
}

func (t table) zone() *time.Location {
	if t.p.Zone == nil {
		return time.UTC
	}
	return t.p.Zone
}

// findable says that a relation's label, typed, leads to the record again.
func findable(f resource.Field, label string) bool {
	return f.Lookup != "" && label != "" && !strings.HasPrefix(label, "#") && len(resource.Words(label)) == 1 && resource.Words(label)[0] == label
}
