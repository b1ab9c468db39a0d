package kit

import (
	"context"
	"strings"

	"cohort/app/fault"
)

// filterRange asks for the two ends of a stretch, either of which may be left
// open.
func (l *List) filterRange(f Filter, now string, set func(string) Cmd) Cmd {
	from, to := rangeEnds(now)
	kind := KindText
	if f.Kind == FilterDate {
		kind = KindDate
	}
	title := l.env.Label(f.Name)
	return Show(NewForm(FormSpec{Name: "kit.filter.range_of", Args: []any{"field", title}, SaveID: "kit.take",
		Fields: []Field{
			{Name: "from", Label: "kit.filter.from", Kind: kind, Value: Value{Text: from}, Limit: 30},
			{Name: "to", Label: "kit.filter.to", Kind: kind, Value: Value{Text: to}, Limit: 30},
		},
		Save: func(_ context.Context, in Submit) (Cmd, error) {
			value := rangeText(in.Values.Text("from"), in.Values.Text("to"))
			if f.Check != nil && value != "" {
				if err := f.Check(value); err != nil {
					ft, _ := fault.As(err)
					if ft == nil {
						return nil, err
					}
					return nil, ft.On("")
				}
			}
			return Close(after(func() Cmd { return set(value) })), nil
		}}))
}

// rangeText writes a stretch in the list language: a..b, or one open end.
func rangeText(from, to string) string {
	switch {
	case from == "" && to == "":
		return ""
	case to == "":
		return ">=" + from
	case from == "":
		return "<=" + to
	}
	return from + ".." + to
}

// rangeEnds reads what rangeText wrote; anything else has no ends.
func rangeEnds(text string) (from, to string) {
	if a, b, ok := strings.Cut(text, ".."); ok {
		return a, b
	}
	if a, ok := strings.CutPrefix(text, ">="); ok {
		return a, ""
	}
	if b, ok := strings.CutPrefix(text, "<="); ok {
		return "", b
	}
	return "", ""
}
