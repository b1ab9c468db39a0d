package resource

import (
	"context"
	"strings"

	"cohort/db"
)

// Register adds a resource. One with nothing but its name works: its fields are
// read from the table of that name. A declaration that cannot work is a fault of
// the program, found at start.
func (e *Engine) Register(r *Resource) {
	if len(r.Fields) == 0 && r.Name != "" && e.DB != nil {
		err := e.DB.Read(context.Background(), func(tx *db.Tx) error { return r.derive(tx) })
		if err != nil {
			panic(err)
		}
	}
	e.Registry.Register(r)
}

// derive fills an empty declaration in from the table: numbers, texts, yes and
// no, days (…_on), times (…_at) and relations for what they are.
func (r *Resource) derive(tx *db.Tx) error {
	cols, err := tx.Columns(r.Name)
	if err != nil || len(cols) == 0 {
		return err
	}
	title := titleColumn(cols)
	from := r.Name
	for _, c := range cols {
		if c.Key || c.Name == "version" || secret(c.Name) {
			continue
		}
		f := r.derived(c)
		if c.Refers != "" {
			join, err := f.relate(tx, r.Name, c)
			if err != nil {
				return err
			}
			from += join
		}
		r.Fields = append(r.Fields, f)
	}
	r.entitle(title, cols)
	if r.From == "" {
		r.From = from
	}
	if r.Table == nil {
		r.Table = &Table{}
	}
	return nil
}

// entitle says what records are called, found and sorted by.
func (r *Resource) entitle(title string, cols []db.Column) {
	for _, c := range cols {
		if c.Name == "version" {
			r.Ver = r.Name + ".version"
		}
		if c.Name == title && c.Unique && r.Code == "" {
			r.Code = title
		}
	}
	if title == "" {
		return
	}
	if r.Title == "" {
		r.Title = r.Name + "." + title
	}
	if r.Order == "" {
		r.Order = title
	}
}

// titleColumn is the column that names a row to people, "" where there is none.
func titleColumn(cols []db.Column) string {
	for _, want := range []string{"code", "login", "name", "title"} {
		for _, c := range cols {
			if c.Name == want && !c.Number {
				return want
			}
		}
	}
	return ""
}

// secret says that a column is not for people: what proves who somebody is.
func secret(name string) bool {
	for _, word := range []string{"password", "secret", "token", "hash", "private"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func (r *Resource) derived(c db.Column) Field {
	f := Field{Name: c.Name, SQL: r.Name + "." + c.Name, Column: true, Input: true, Required: c.NotNull && !c.Preset, Max: 2000}
	day, isDay := strings.CutSuffix(c.Name, "_on")
	at, isTime := strings.CutSuffix(c.Name, "_at")
	switch {
	case c.Flag:
		f.Kind = Bool
	case c.Refers != "":
		f.Kind, f.Ref, f.Name = Relation, c.Refers, strings.TrimSuffix(c.Name, "_id")
	case isTime && c.Number:
		f.Kind, f.Name = Time, at
	case isDay && !c.Number:
		f.Kind, f.Name = Day, day
	case c.Number:
		f.Kind = Int
	default:
		f.Search = Contains(f.SQL)
	}
	if c.Name == "created_at" || c.Name == "updated_at" {
		f.Input, f.Column, f.Detail = false, false, true
	}
	return f
}

// relate finds what the rows that a field points to are called, and gives the
// join for it.
func (f *Field) relate(tx *db.Tx, table string, c db.Column) (join string, err error) {
	cols, err := tx.Columns(c.Refers)
	if err != nil {
		return "", err
	}
	alias := "to_" + f.Name
	f.Label = alias + ".id"
	if title := titleColumn(cols); title != "" {
		f.Label = alias + "." + title
		f.Lookup = "SELECT id FROM " + c.Refers + " WHERE lower(" + title + ") {in}"
	}
	return " LEFT JOIN " + c.Refers + " AS " + alias + " ON " + alias + ".id = " + table + "." + c.Name, nil
}
