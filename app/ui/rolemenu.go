package ui

import (
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// menu gives the entries that the actor's roles put into his menu and his rights
// open: those of roles with a menu of their own in its order, then the usual
// places that his other roles open, and what is granted to him alone.
func (d *desk) menu(by policy.Actor) []kit.Entry {
	var out []kit.Entry
	seen := map[string]bool{}
	put := func(key string, e kit.Entry, ok bool) {
		if ok && !seen[key] {
			seen[key] = true
			out = append(out, e)
		}
	}
	for _, r := range by.Rights.Roles {
		for _, m := range org.ParseMenu(r.Menu) {
			e, ok := d.entry(by, m)
			put(m.String(), e, ok)
		}
	}
	for _, p := range places() {
		if p.usual(by) {
			put(p.name, d.placeEntry(p), true)
		}
	}
	return out
}

// usual says whether a place is in the usual part of the actor's menu: some role
// without a menu of its own opens it, or a grant of his own does.
func (p place) usual(by policy.Actor) bool {
	if !p.shown(by) {
		return false
	}
	if len(by.Rights.Roles) == 0 {
		return true
	}
	cut := false
	for _, r := range by.Rights.Roles {
		if len(r.Menu) > 0 {
			cut = true
			continue
		}
		if p.shown(by.As(r.Name)) {
			return true
		}
	}
	return !cut || p.resource != "" && p.shown(by.As(""))
}

// placeEntry is a place under its own name.
func (d *desk) placeEntry(p place) kit.Entry {
	return kit.Entry{ID: "ui.place." + p.name, Group: p.group, Open: func() kit.Screen { return p.open(d) }}
}

// entry makes an entry of a role's own menu: a place, or a list with its filter;
// false where the actor's rights do not open it.
func (d *desk) entry(by policy.Actor, m org.MenuEntry) (kit.Entry, bool) {
	for _, p := range places() {
		if p.name == m.Place && m.Query == "" {
			e := d.placeEntry(p)
			e.Group = ""
			return titled(e, m), p.shown(by)
		}
	}
	if _, ok := d.app.Engine.Get(m.Place); !ok {
		return kit.Entry{}, false
	}
	e := kit.Entry{ID: "resource." + m.Place, Open: func() kit.Screen { return d.listOf(m.Place, m.Query) }}
	return titled(e, m), by.Can("list", m.Place) && !onlyOwn(by, m.Place)
}

// titled gives an entry the school's own words, where it has any.
func titled(e kit.Entry, m org.MenuEntry) kit.Entry {
	if m.Title != "" {
		e.ID, e.Args = "ui.menu.own", []any{"title", m.Title}
	}
	return e
}
