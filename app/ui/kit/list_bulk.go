package kit

import (
	"context"
	"errors"
	"strings"

	"cohort/app/ui/kit/width"
)

// Bulk is something that is done to every marked row, one after the other: what
// one row refuses does not stop the others.
type Bulk struct {
	Name   string // message key: the title of the question and of the progress bar
	Args   []any
	Ask    string // message key of the question, with {n}; "" asks nothing
	Body   []any  // said below the question
	Yes    string // message key of the "yes" label
	Danger bool
	Run    func(ctx context.Context, ids []int64) ([]Result, error)
	Then   func() Cmd // when it is done; may be nil
}

// Result is what became of one row.
type Result struct {
	ID    int64
	Title string
	Err   error // nil: done
}

// Each does something to every marked row, says how far it is, and tells the
// result: a toast when all went well, else a list of what was refused.
func (l *List) Each(label string, do func(ctx context.Context, id int64) error) Cmd {
	names := l.titles()
	return l.Bulk(Bulk{Name: label, Run: func(ctx context.Context, ids []int64) ([]Result, error) {
		out := make([]Result, len(ids))
		for i, id := range ids {
			out[i] = Result{ID: id, Title: names[id], Err: do(ctx, id)}
			Report(ctx, i+1, len(ids))
		}
		return out, nil
	}})
}

// titles are what the rows that are held are called: their first cell.
func (l *List) titles() map[int64]string {
	names := map[int64]string{}
	for _, r := range l.rows {
		if len(r.Cells) > 0 {
			names[r.ID] = r.Cells[0].Text
		}
	}
	return names
}

// Bulk asks, with the number of rows, does it, and shows the result of each.
func (l *List) Bulk(b Bulk) Cmd {
	ids := l.Marked()
	if len(ids) == 0 {
		return nil
	}
	if b.Ask == "" {
		return l.bulk(b, ids)
	}
	body := append([]any{l.env.T(b.Ask, "n", len(ids)), l.someTitles(ids)}, b.Body...)
	return Show(&Confirm{Name: b.Name, Args: b.Args, Body: body, Yes: b.Yes, Danger: b.Danger, Then: func() Cmd { return l.bulk(b, ids) }})
}

// someTitles names the first rows of many.
func (l *List) someTitles(ids []int64) string {
	names := l.titles()
	var out []string
	for _, id := range ids {
		if n := names[id]; n != "" && len(out) < 8 {
			out = append(out, n)
		}
	}
	text := strings.Join(out, l.env.T("list.comma"))
	if len(ids) > len(out) {
		return l.env.T("kit.bulk.more", "list", text, "n", len(ids)-len(out))
	}
	return text
}

func (l *List) bulk(b Bulk, ids []int64) Cmd {
	return Work[[]Result]{Name: "each", Label: b.Name, Write: true,
		Do: func(ctx context.Context) ([]Result, error) { return b.Run(ctx, ids) },
		Then: func(list []Result, err error) Cmd {
			if err != nil && len(list) == 0 {
				return Fail(err)
			}
			l.Unmark()
			for _, r := range list {
				if r.Err != nil && len(list) > 1 {
					l.marked[r.ID] = true // what is left to do
				}
			}
			return Batch(l.Reload(), l.bulkResult(list), after(b.Then))
		}}.Cmd()
}

// bulkResult says what happened to each row: what was refused first.
func (l *List) bulkResult(list []Result) Cmd {
	var bad, good []string
	var errs []error
	for _, r := range list {
		name := width.Clean(r.Title)
		if name == "" {
			name = "#" + ID(r.ID)
		}
		if r.Err == nil {
			good = append(good, "+ "+name)
			continue
		}
		errs = append(errs, r.Err)
		bad = append(bad, "! "+name+": "+strings.ReplaceAll(l.env.Error(r.Err), "\n", " "))
	}
	switch {
	case len(bad) == 0:
		return Toast(Good, "kit.each.done", "n", len(list))
	case len(list) == 1:
		return Fail(errors.Join(errs...))
	}
	return Show(&Viewer{Key: "kit.each.some", Args: []any{"done", len(good), "failed", len(bad)}, Lines: append(bad, good...), Note: "kit.each.marked"})
}
