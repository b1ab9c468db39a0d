package org

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"cohort/app/clean"
	"cohort/app/fault"
)

// MenuEntry is one entry of a role's menu: a place of the screens, or a list with
// a filter, under a title of the school's own. Its text has no blanks in it:
//
//	customers
//	待跟进=customers?stale:yes+owner:me
type MenuEntry struct {
	Title string // "": the place's own
	Place string // name of a place, or of a resource where there is a query
	Query string // in the list language
}

// The bounds of a menu.
const (
	maxEntries = 40
	maxTitle   = 30
	maxQuery   = 500
)

var placeForm = regexp.MustCompile(`^[a-z][a-z_]*$`)

// ParseMenuEntry reads the text form.
func ParseMenuEntry(text string) (e MenuEntry, err error) {
	head, query, asks := strings.Cut(text, "?")
	title, place, titled := strings.Cut(head, "=")
	if !titled {
		title, place = "", head
	}
	if e.Title, err = url.QueryUnescape(title); err == nil && asks {
		e.Query, err = url.QueryUnescape(query)
	}
	e.Place, e.Title, e.Query = place, clean.Line(e.Title), clean.Line(e.Query)
	if err != nil || !placeForm.MatchString(e.Place) || titled && e.Title == "" || asks && e.Query == "" {
		return e, fault.Field("menu", "org.menu_form", "text", text)
	}
	switch {
	case utf8.RuneCountInString(e.Title) > maxTitle:
		return e, fault.Field("menu", "fault.too_long", "max", maxTitle)
	case utf8.RuneCountInString(e.Query) > maxQuery:
		return e, fault.Field("menu", "fault.too_long", "max", maxQuery)
	}
	return e, nil
}

// String gives the text form, which ParseMenuEntry reads.
func (e MenuEntry) String() string {
	s := e.Place
	if e.Title != "" {
		s = escape(e.Title) + "=" + s
	}
	if e.Query != "" {
		s += "?" + escape(e.Query)
	}
	return s
}

// escape keeps a text readable: only what separates the parts is written anew.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == ' ' || unicode.IsSpace(r) || strings.ContainsRune("%+=?", r) {
			b.WriteString(url.QueryEscape(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ParseMenu reads a stored menu; an entry that cannot be read is left out.
func ParseMenu(words []string) (menu []MenuEntry) {
	for _, w := range words {
		if e, err := ParseMenuEntry(w); err == nil {
			menu = append(menu, e)
		}
	}
	return menu
}
