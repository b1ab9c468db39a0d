package kit

import (
	"context"
	"slices"
	"strings"

	"cohort/app/fault"
)

// SavedList is a list's state that was kept under a name.
type SavedList struct {
	ID      int64
	Name    string
	Query   string
	Columns []string // keys; none: those that the list has
	Owner   string   // who shares it, where that is somebody else
	Shared  string   // with whom, "" for nobody
	Mine    bool     // may be dropped
}

// SavedLists keeps lists by name for the person, and for others too where he
// shares one.
type SavedLists struct {
	Lists func(ctx context.Context) ([]SavedList, error)
	Save  func(ctx context.Context, s SavedList) error
	Drop  func(ctx context.Context, id int64) error
	// Share says with whom the person may share one; nil: with nobody.
	Share func() []Option
}

func (l *List) savedOptions(saved []SavedList) []Option {
	var out []Option
	for _, s := range saved {
		o := Option{Value: "saved:" + ID(s.ID), Label: s.Name, Note: s.Query}
		switch {
		case s.Shared != "" && s.Owner != "":
			o.Label += " (" + l.env.T("kit.saved.by", "who", s.Owner) + ")"
		case s.Shared != "":
			o.Label += " (" + l.env.T("kit.saved.shared", "with", s.Shared) + ")"
		}
		out = append(out, o)
	}
	return out
}

func findSaved(id string, saved []SavedList) (SavedList, bool) {
	for _, s := range saved {
		if ID(s.ID) == id {
			return s, true
		}
	}
	return SavedList{}, false
}

func (l *List) openSaved(id string, saved []SavedList) Cmd {
	s, ok := findSaved(id, saved)
	if !ok {
		return nil
	}
	if l.Spec.Tailor != nil && len(s.Columns) > 0 {
		l.Spec.Columns = l.tailored(s.Columns)
		l.query = s.Query
		return l.load(0)
	}
	return l.SetQuery(s.Query)
}

// dropAction takes the highlighted saved list away.
func (l *List) dropAction(o Option, saved []SavedList) []Action {
	id, ok := strings.CutPrefix(o.Value, "saved:")
	s, found := findSaved(id, saved)
	if !ok || !found || !s.Mine {
		return nil
	}
	return []Action{{ID: "kit.saved.drop", Keys: []string{"ctrl+x"}, Weight: 2, Danger: true,
		Confirm: &Question{Key: "kit.saved.drop_ask", Args: []any{"name", s.Name}}, Run: func() Cmd {
			return Do("drop", func(ctx context.Context) error { return l.Spec.Saved.Drop(ctx, s.ID) }, func(err error) Cmd {
				if err != nil {
					return Fail(err)
				}
				return Close(Toast(Good, "kit.saved.dropped", "name", s.Name))
			})
		}}}
}

// saveList asks for a name and keeps the list's state under it.
func (l *List) saveList() Cmd {
	fields := []Field{
		{Name: "name", Label: "kit.saved.name", Required: true, Limit: 40},
		{Name: "query", Label: "kit.search", Kind: KindShow, Value: Value{Text: l.query}},
	}
	if l.Spec.Saved.Share != nil {
		options := append([]Option{{Label: l.env.T("kit.saved.nobody")}}, l.Spec.Saved.Share()...)
		fields = append(fields, Field{Name: "share", Label: "kit.saved.share", Kind: KindChoice, Options: options})
	}
	kept := SavedList{Query: l.query}
	if !slices.EqualFunc(l.Spec.Columns, l.usual, func(a, b Column) bool { return a.Key == b.Key }) {
		kept.Columns = l.columnKeys()
	}
	return Show(NewForm(FormSpec{Name: "kit.saved.save", Fields: fields, Save: func(ctx context.Context, in Submit) (Cmd, error) {
		kept.Name, kept.Shared = in.Values.Text("name"), in.Values.Text("share")
		if err := l.Spec.Saved.Save(ctx, kept); err != nil {
			return nil, err
		}
		return Close(Toast(Good, "kit.saved.kept", "name", kept.Name)), nil
	}}))
}

// savedActions keeps and copies the list's state.
func (l *List) savedActions() []Action {
	var out []Action
	if l.Spec.NoSearch {
		return nil
	}
	out = append(out, Action{ID: "kit.list.copy", Keys: []string{"y"}, Weight: -1, Run: l.copyState, WhyNot: l.whyNoState()})
	if l.Spec.Saved != nil {
		out = append(out, Action{ID: "kit.saved.save", Keys: []string{"S"}, Weight: -1, Run: l.saveList, WhyNot: l.whyNoState()})
	}
	return out
}

func (l *List) whyNoState() error {
	if l.query == "" {
		return fault.New(fault.Invalid, "kit.list.no_state")
	}
	return nil
}

// copyState puts the list's state on the clipboard: pasted behind "/" it makes
// the same list, and on the command line too.
func (l *List) copyState() Cmd { return Copy(l.query) }
