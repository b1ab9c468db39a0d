package ui

import (
	"strconv"
	"strings"

	"cohort/app/org"
)

// diffLines says what changes of roles would add and take: a line for each
// action, then how many rows and which fields.
func (d *desk) diffLines(diffs []org.Diff) (out []string) {
	for _, x := range diffs {
		out = append(out, d.p().T("cli.policy.diff_of", "role", d.roleTitle(x.Role), "n", x.Holders))
		for _, l := range x.Lines {
			out = append(out, d.diffLine(l)...)
		}
		if x.Partial {
			out = append(out, d.p().T("cli.policy.partial", "n", x.Counted, "all", x.Holders))
		}
		out = append(out, "")
	}
	return out
}

func (d *desk) diffLine(l org.DiffLine) []string {
	sign := "~ "
	switch {
	case l.Before == nil:
		sign = "+ "
	case l.After == nil:
		sign = "- "
	}
	text := sign + d.recordWord(l.Resource) + ", " + d.verbWord(l.Action, l.Resource) + ": "
	switch {
	case l.Before == nil:
		text += d.ruleWords(l.After)
	case l.After == nil:
		text += d.ruleWords(l.Before)
	default:
		text += d.ruleWords(l.Before) + " > " + d.ruleWords(l.After)
	}
	out := []string{text}
	for _, r := range []struct {
		key string
		org.Reach
	}{{"ui.diff.gained", l.Gained}, {"ui.diff.lost", l.Lost}} {
		if r.Rows > 0 {
			out = append(out, "    "+d.p().T(r.key, "rows", countText(r.Rows, r.Capped), "n", r.Accounts))
		}
	}
	for _, list := range [2][]org.FieldDiff{l.Opened, l.Closed} {
		for _, f := range list {
			out = append(out, "    "+d.p().Or("field."+f.Field, f.Field)+": "+d.p().T("mode."+f.From.String())+" > "+d.p().T("mode."+f.To.String()))
		}
	}
	return out
}

// ruleWords says rules as the audit trail has them; "*" is all rows.
func (d *desk) ruleWords(rules []string) string {
	out := make([]string, len(rules))
	for i, r := range rules {
		if r == "*" || strings.HasPrefix(r, "* ") {
			r = d.p().T("ui.matrix.all_rows") + r[1:]
		}
		out[i] = r
	}
	if len(out) > 4 {
		out = append(out[:3], "+"+strconv.Itoa(len(out)-3))
	}
	return strings.Join(out, "; ")
}
