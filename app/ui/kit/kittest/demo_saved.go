package kittest

import (
	"context"
	"slices"

	"cohort/app/ui/kit"
)

// savedLists are kept in memory; one of them is shared by somebody else.
func (d *Demo) savedLists() *kit.SavedLists {
	if d.saved == nil {
		d.saved = []kit.SavedList{{ID: 1, Name: "from Baidu", Query: "source:baidu", Owner: "Alice", Shared: "sales"}}
	}
	return &kit.SavedLists{Share: func() []kit.Option { return options([]string{"sales"}) },
		Lists: func(context.Context) ([]kit.SavedList, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			return slices.Clone(d.saved), nil
		},
		Save: func(_ context.Context, s kit.SavedList) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			s.ID, s.Mine = int64(len(d.saved)+1), true
			d.saved = append(d.saved, s)
			return nil
		},
		Drop: func(_ context.Context, id int64) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.saved = slices.DeleteFunc(d.saved, func(s kit.SavedList) bool { return s.ID == id })
			return nil
		}}
}

func (d *Demo) keep(_ context.Context, p kit.ListPrefs) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Prefs = p
	return nil
}
