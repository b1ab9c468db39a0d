package cli

import (
	"context"
	"encoding/csv"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"cohort/app/resource"
	"cohort/db"
)

// hostile is what a stranger may try: it colours, moves the cursor, renames the window, turns the writing round, rings,
// and begins as a formula does.
const hostile = "=HYPERLINK(1)\x1b[31m\x1b[2J\x1b]0;owned\x07\u202egnp.exe\u2066\u200b\r\u009b5m@"

var ownColumn = regexp.MustCompile(`^([a-z_]+)\.([a-z_]+)$`)

// byName are tables whose texts the program itself goes by: with others in them the reader would have no rights.
var byName = map[string]bool{"roles": true, "permissions": true, "account_grants": true}

// poison writes hostile text straight into every text column that some declared record shows, past all cleaning, and says
// how many columns took it. Where the table's own rules refuse it, nobody can put it there.
func (s *school) poison() (columns int) {
	s.t.Helper()
	for _, name := range s.Engine.Names() {
		res, _ := s.Engine.Get(name)
		for _, f := range res.Fields {
			m := ownColumn.FindStringSubmatch(f.SQL)
			if m == nil || f.Kind != resource.Text && f.Kind != resource.LongText || f.Sealed || byName[m[1]] || f.SQL == "accounts.login" {
				continue
			}
			_ = s.DB.Write(context.Background(), func(tx *db.Tx) error {
				r, err := tx.Exec("UPDATE "+m[1]+" SET "+m[2]+" = $1 || CAST(id AS TEXT) WHERE "+m[1]+".id > 0", hostile)
				if err != nil {
					return err
				}
				if n, err := r.RowsAffected(); err == nil && n > 0 {
					columns++
				}
				return nil
			})
		}
	}
	s.Org.Invalidate()
	return columns
}

// acts finds a character that would do something on a terminal.
func acts(text string) (rune, bool) {
	for _, r := range text {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Bidi_Control)) {
			return r, true
		}
	}
	return 0, false
}

// TestNoTextOfPeopleActsOnATerminal lists, shows and exports every record whose every text is hostile.
func TestNoTextOfPeopleActsOnATerminal(t *testing.T) {
	s := newSchool(t)
	s.enroll()
	if n := s.poison(); n < 15 {
		t.Fatalf("only %d columns took the text", n)
	}
	shown, exported := 0, 0
	if r := s.run("admin", "customers list"); r.code != 0 {
		t.Fatalf("nothing can be listed: %+v", r)
	}
	by, _ := s.session("admin", "en").Actor(context.Background())
	for _, name := range s.Engine.Names() {
		res, _ := s.Engine.Get(name)
		for _, format := range []string{"", " --json"} {
			if r := s.run("admin", groupName(name)+" list"+format); r.code == 0 {
				shown += strings.Count(r.out, "HYPERLINK")
				if bad, found := acts(r.out); found {
					t.Errorf("%s list%s: %U in %q", name, format, bad, r.out)
				}
			}
		}
		list, err := s.Engine.List(context.Background(), by, name, "", resource.Page{Limit: 1})
		if err != nil || len(list.Rows) == 0 {
			continue
		}
		if r := s.run("admin", groupName(name)+" show "+number(list.Rows[0].ID)); r.code == 0 {
			if bad, found := acts(r.out); found {
				t.Errorf("%s show: %U in %q", name, bad, r.out)
			}
		}
		exported += s.exported(res)
	}
	if shown < 20 || exported < 5 {
		t.Errorf("only %d texts were shown and %d exported", shown, exported)
	}
}

// exported looks at what a spreadsheet program would open, and counts the texts that were made harmless.
func (s *school) exported(res *resource.Resource) (n int) {
	s.t.Helper()
	r := s.run("admin", groupName(res.Name)+" export --format csv --reason test")
	if r.code != 0 {
		return 0
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.out, "\ufeff"))).ReadAll()
	if err != nil {
		s.t.Errorf("%s export: %v", res.Name, err)
	}
	for _, row := range rows {
		for _, cell := range row {
			n += strings.Count(cell, "'=HYPERLINK")
			if cell != "" && strings.IndexByte("=@\t\r", cell[0]) >= 0 {
				s.t.Errorf("%s export: a formula: %q", res.Name, cell)
			}
		}
	}
	return n
}
