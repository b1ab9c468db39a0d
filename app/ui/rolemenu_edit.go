package ui

import (
	"context"
	"slices"

	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// editMenu chooses a role's menu: what is in it, in which order; ctrl+n makes an
// entry of the school's own, a list with its filter. Nothing chosen is the usual
// menu.
func (d *desk) editMenu(p org.RolePage) kit.Cmd {
	menu := org.ParseMenu(p.Menu)
	return d.menuPicker(p, menu)
}

func (d *desk) menuPicker(p org.RolePage, menu []org.MenuEntry) kit.Cmd {
	var chosen []kit.Option
	for _, m := range menu {
		chosen = append(chosen, d.menuOption(m))
	}
	pick := &kit.Picker{Name: "ui.rolemenu", Args: []any{"role", d.roleTitle(p.Role)}, Options: d.menuOptions(menu), Many: true, Ordered: true, Chosen: chosen,
		NewLabel: "ui.rolemenu.own"}
	pick.New = func(string) kit.Cmd { return kit.Push(d.ownEntry(p, entriesOf(pick.Chosen))) }
	pick.Then = func(o []kit.Option) kit.Cmd {
		next := entriesOf(o)
		return d.act("menu", func(ctx context.Context, by policy.Actor) error {
			_, err := d.app.Org.ChangeRole(ctx, by, p.ID, p.Version, org.RoleChange{Menu: &next})
			return err
		}, "ui.matrix.saved")
	}
	return kit.Show(pick)
}

func (d *desk) menuOption(m org.MenuEntry) kit.Option {
	return kit.Option{Value: m.String(), Label: d.entryWord(m), Note: m.Place}
}

// menuOptions offers the places, the lists of all records, and what the menu has
// of its own already.
func (d *desk) menuOptions(menu []org.MenuEntry) (out []kit.Option) {
	put := func(m org.MenuEntry) {
		o := d.menuOption(m)
		if !slices.ContainsFunc(out, func(x kit.Option) bool { return x.Value == o.Value }) {
			out = append(out, o)
		}
	}
	for _, p := range places() {
		put(org.MenuEntry{Place: p.name})
	}
	for _, name := range d.recordOrder() {
		put(org.MenuEntry{Place: name})
	}
	for _, m := range menu {
		put(m)
	}
	return out
}

func entriesOf(list []kit.Option) []org.MenuEntry {
	menu := []org.MenuEntry{}
	for _, o := range list {
		if m, err := org.ParseMenuEntry(o.Value); err == nil {
			menu = append(menu, m)
		}
	}
	return menu
}

// ownEntry makes an entry of the school's own: a list with a filter, typed or
// taken from a saved list.
func (d *desk) ownEntry(p org.RolePage, menu []org.MenuEntry) kit.Screen {
	return kit.NewForm(kit.FormSpec{Name: "ui.rolemenu.own", Intro: "ui.rolemenu.own_intro", SaveID: "ui.matrix.take",
		Fields: []kit.Field{
			{Name: "title", Required: true, Limit: 30},
			{Name: "resource", Kind: kit.KindChoice, Required: true, Options: d.resourceOptions(false)},
			{Name: "saved", Label: "ui.rolemenu.saved", Kind: kit.KindRelation, Search: d.savedSearch, Help: "ui.rolemenu.saved_help"},
			{Name: "query", Label: "ui.rolemenu.query", Limit: 500, Help: "ui.rolemenu.query_help"},
		},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Cmd, error) {
				m := org.MenuEntry{Title: in.Values.Text("title"), Place: in.Values.Text("resource"), Query: in.Values.Text("query")}
				if saved := in.Values.Int("saved"); saved != 0 {
					l, err := d.savedList(ctx, by, saved)
					if err != nil {
						return nil, err
					}
					m.Place, m.Query = l.Resource, l.Query
				}
				if err := d.app.Org.CheckMenu(ctx, by, []org.MenuEntry{m}); err != nil {
					return nil, err
				}
				return kit.Close(d.menuPicker(p, append(menu, m))), nil
			})(ctx)
		}})
}

// savedSearch offers one's saved lists, of all records.
func (d *desk) savedSearch(ctx context.Context, text string) ([]kit.Option, error) {
	return asks(d, func(ctx context.Context, by policy.Actor) ([]kit.Option, error) {
		list, err := d.app.Engine.SavedLists(ctx, by, "")
		var out []kit.Option
		for _, l := range list {
			out = append(out, kit.Option{Value: kit.ID(l.ID), Label: l.Name, Note: l.Resource + " " + l.Query})
		}
		return kit.Fuzzy(text, out), err
	})(ctx)
}

func (d *desk) savedList(ctx context.Context, by policy.Actor, id int64) (found resource.SavedList, err error) {
	list, err := d.app.Engine.SavedLists(ctx, by, "")
	for _, l := range list {
		if l.ID == id {
			found = l
		}
	}
	if err == nil && found.ID == 0 {
		err = policy.NotFound()
	}
	return found, err
}
