package policy

import (
	"strings"

	"cohort/app/fault"
)

// FormatRows writes a row rule as text: "owner=$me source=qq_group|baidu".
func FormatRows(conds []Cond) string {
	var out []string
	for _, c := range conds {
		out = append(out, c.Field+"="+strings.Join(c.Values, "|"))
	}
	return strings.Join(out, " ")
}

// ParseRows reads the text form of a row rule; an empty text is no limit.
func ParseRows(s string) ([]Cond, error) {
	var out []Cond
	for _, part := range strings.Fields(s) {
		f, v, ok := strings.Cut(part, "=")
		if !ok || f == "" || v == "" || strings.HasPrefix(v, "|") || strings.HasSuffix(v, "|") || strings.Contains(v, "||") {
			return nil, fault.Field("rows", "policy.row_form", "text", part)
		}
		out = append(out, Cond{Field: f, Values: strings.Split(v, "|")})
	}
	return out, nil
}

// FormatFields writes field rules as text: "qq:masked id_number:hidden".
func FormatFields(rules []FieldRule) string {
	var out []string
	for _, r := range rules {
		out = append(out, r.Field+":"+r.Mode.String())
	}
	return strings.Join(out, " ")
}

// ParseFields reads the text form of field rules.
func ParseFields(s string) ([]FieldRule, error) {
	var out []FieldRule
	for _, part := range strings.Fields(s) {
		f, m, ok := strings.Cut(part, ":")
		if _, known := modeNames[m]; !ok || !known || f == "" {
			return nil, fault.Field("fields", "policy.field_form", "text", part)
		}
		out = append(out, FieldRule{Field: f, Mode: ParseMode(m)})
	}
	return out, nil
}
