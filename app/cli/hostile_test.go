package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cohort/app/hostiletest"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/seed"
	"cohort/db"
	"cohort/db/dbtest"
)

// hostileSchool is the demo school with every text an attack, and an applicant with an open link.
func hostileSchool(t *testing.T) (s *school, applicant string) {
	t.Helper()
	s = schoolIn(t, dbtest.Address(t), slog.LevelError)
	_, err := seed.Demo(context.Background(), s.Seeding())
	s.must(err)
	s.must(s.DB.Read(context.Background(), func(tx *db.Tx) error {
		for _, login := range []string{"admin", "manager", "sales_a", "lecturer", "kobe"} {
			a, err := s.Org.FindAccount(context.Background(), policy.System, login)
			if err != nil {
				return err
			}
			s.ids[login] = a.ID
		}
		return nil
	}))
	id := s.list("admin", "enrollments list state:invited --limit 1")[0]["id"].(float64)
	applicant = "enroll-" + s.object("admin", "enrollments link "+number(int64(id)))["token"].(string)
	_ = s.DB.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec("DROP TRIGGER audit_change"); return err }) // histories, too; SQLite
	took, err := hostiletest.Poison(context.Background(), s.DB)
	if err != nil || len(took) < 50 {
		t.Fatalf("only %d columns took the texts: %v, %v", len(took), took, err)
	}
	s.Org.Invalidate()
	return s, applicant
}

// errTried ends a transaction of which nothing stays.
var errTried = errors.New("only tried")

// try runs a command of which nothing stays: the next one finds the school as it was.
func (s *school) try(login string, lang i18n.Lang, args []string, stdin string) (r result) {
	_ = s.DB.Write(context.Background(), func(tx *db.Tx) error {
		var out, errOut bytes.Buffer
		r.code = Run(tx.Join(), s.App, s.session(login, lang), args, strings.NewReader(stdin), &out, &errOut)
		r.out, r.err = out.String(), errOut.String()
		return errTried
	})
	return r
}

// TestNoCommandSaysWhatActs runs every command of every kind of person, in words and as JSON, with records by their numbers
// and with an attack for an argument and on standard input. A new command is in it by itself.
func TestNoCommandSaysWhatActs(t *testing.T) {
	s, applicant := hostileSchool(t)
	plain := hostiletest.Plain()
	told := map[string]bool{}
	for n, login := range []string{"admin", "lecturer", "kobe", applicant} {
		c := &call{ctx: context.Background(), app: s.App, by: s.actorOf(login), sess: s.session(login, i18n.English), p: s.Printer(i18n.English)}
		for i, cmd := range c.commands() {
			if c.allowed(cmd) != nil || told[cmd.path] || cmd.path == "backup" { // a backup is no text
				continue
			}
			evil := plain[i%len(plain)]
			for k, arg := range []string{"1", "2", "kobe", evil} {
				args := strings.Fields(cmd.path)
				for range max(cmd.min, min(1, cmd.max)) {
					args = append(args, arg)
				}
				if k == 1 {
					args = strings.Fields(cmd.path)
				}
				for _, flag := range cmd.required {
					args = append(args, "--"+flag, evil)
				}
				if k == 2 && !strings.Contains(cmd.use, "LOGIN") {
					continue
				}
				for _, more := range []string{"", "--json"}[:2-k/3] {
					r := s.try(login, i18n.Langs[(i+k+n)%2], append(slices.Clone(args), strings.Fields(more)...), evil)
					if s.harmless(strings.Join(args[:min(2, len(args))], " ")+" "+arg+" "+more, r); strings.Contains(r.out, hostiletest.Mark) {
						told[cmd.path] = true
					}
				}
			}
		}
	}
	if len(told) < 60 {
		t.Errorf("only %d commands say such a text", len(told))
	}
}

// actorOf gives the rights of an account or of an applicant.
func (s *school) actorOf(login string) policy.Actor {
	by, ok := s.session(login, i18n.English).Actor(context.Background())
	if !ok {
		s.t.Fatalf("%s may not come in", login)
	}
	return by
}

// harmless looks at what a command has said: text that acts on no terminal, or a file that no program runs.
func (s *school) harmless(what string, r result) {
	s.t.Helper()
	if bad, found := hostiletest.Acts(strings.ReplaceAll(r.err, "\r", "")); found {
		s.t.Errorf("%s: on standard error: %q", what, bad)
	}
	switch {
	case strings.HasPrefix(r.out, "PK"):
		s.packed(what, r.out)
	case strings.HasPrefix(r.out, "%PDF"):
		if found := regexp.MustCompile(`/(JavaScript|JS|URI|OpenAction|Launch|AA)\b`).FindString(r.out); found != "" {
			s.t.Errorf("%s: a page that does %s", what, found)
		}
	default:
		if bad, found := hostiletest.Acts(strings.TrimPrefix(r.out, "\ufeff")); found {
			s.t.Errorf("%s: %q", what, bad)
		}
	}
}

// packed looks at the names in an archive.
func (s *school) packed(what, text string) {
	z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
	if err != nil {
		s.t.Errorf("%s: %v", what, err)
		return
	}
	for _, f := range z.File {
		if bad, found := hostiletest.Acts(f.Name); found || strings.HasPrefix(f.Name, "/") || slices.Contains(strings.Split(f.Name, "/"), "..") {
			s.t.Errorf("%s: a file called %q %s", what, f.Name, bad)
		}
		if strings.HasSuffix(f.Name, ".json") || strings.HasSuffix(f.Name, ".md") {
			if bad, found := hostiletest.Acts(unpacked(s, f)); found {
				s.t.Errorf("%s: in %s: %q", what, f.Name, bad)
			}
		}
	}
}

func unpacked(s *school, f *zip.File) string {
	r, err := f.Open()
	s.must(err)
	b, err := io.ReadAll(r)
	s.must(err)
	return string(b)
}

// TestNoExportIsRun takes every record out as CSV and XLSX: no cell is a formula, none acts on a terminal.
func TestNoExportIsRun(t *testing.T) {
	s, _ := hostileSchool(t)
	guarded := 0
	for _, name := range s.Engine.Names() {
		group := groupName(name)
		if r := s.run("admin", group+" export --format csv --reason test"); r.code == 0 {
			rows, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
			s.must(err)
			guarded += s.cells(group+" csv", rows)
		}
		if r := s.run("admin", group+" export --format json --reason test"); r.code == 0 {
			s.harmless(group+" json", r)
		}
		if r := s.run("admin", group+" export --format xlsx --reason test"); r.code == 0 {
			guarded += s.cells(group+" xlsx", s.book(group, r.out))
		}
	}
	if guarded < 100 {
		t.Errorf("only %d cells were made text", guarded)
	}
}

// cells looks at cells as a spreadsheet program does, and counts those that were guarded.
func (s *school) cells(what string, rows [][]string) (guarded int) {
	for _, row := range rows {
		for _, cell := range row {
			if bad, found := hostiletest.Acts(strings.ReplaceAll(cell, "\r\n", "\n")); found {
				s.t.Errorf("%s: %q", what, bad)
			}
			if _, err := strconv.ParseFloat(cell, 64); err != nil && hostiletest.Formula(cell) {
				s.t.Errorf("%s: a formula: %q", what, cell)
			}
			if strings.HasPrefix(cell, "'") && hostiletest.Formula(cell[1:]) {
				guarded++
			}
		}
	}
	return guarded
}

// cell is one of a sheet, as the file holds it.
type cell struct {
	Type    string  `xml:"t,attr"`
	Formula *string `xml:"f"`
	Value   string  `xml:"v"`
	Text    string  `xml:"is>t"`
}

// book reads the cells of an XLSX file: each is a text or a number.
func (s *school) book(what, text string) (rows [][]string) {
	z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
	s.must(err)
	for _, f := range z.File {
		if strings.Contains(f.Name, "..") || strings.Contains(f.Name, "vba") || strings.Contains(f.Name, "externalLink") {
			s.t.Errorf("%s: %s", what, f.Name)
		}
		if f.Name != "xl/worksheets/sheet1.xml" {
			continue
		}
		var sheet struct {
			Rows []struct {
				Cells []cell `xml:"c"`
			} `xml:"sheetData>row"`
			Links []struct{} `xml:"hyperlinks>hyperlink"`
		}
		s.must(xml.Unmarshal([]byte(unpacked(s, f)), &sheet))
		if len(sheet.Links) > 0 {
			s.t.Errorf("%s: links", what)
		}
		for _, row := range sheet.Rows {
			var out []string
			for _, c := range row.Cells {
				if _, err := strconv.ParseFloat(c.Value, 64); c.Formula != nil || c.Type != "inlineStr" && (c.Type != "" && c.Type != "n" || c.Value != "" && err != nil) {
					s.t.Errorf("%s: %+v is neither a text nor a number", what, c)
				}
				out = append(out, c.Text)
			}
			rows = append(rows, out)
		}
	}
	return rows
}
