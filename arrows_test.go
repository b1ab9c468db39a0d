package cohort

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// arrows says which of our packages each may import: the house's floors, as
// ARCHITECTURE.md draws them. A base package may be used by all above it.
var arrows = map[string][]string{
	"migrations":       {},
	"db":               {"migrations"},
	"db/pgtest":        {},
	"db/dbtest":        {"db", "db/pgtest", "migrations"},
	"app/clean":        {},
	"app/hostiletest":  {"db"},
	"app/fault":        {},
	"app/i18n":         {"app/fault"},
	"app/bus":          {},
	"app/when":         {"app/fault"},
	"app/keyring":      {"app/seal"},
	"app/userca":       {},
	"app/blob":         {"app/fault", "app/keyring"},
	"app/grams":        {"app/clean"},
	"app/policy":       {"app/fault", "app/i18n"},
	"app/sheet":        {"app/clean", "app/fault"},
	"app/qr":           {},
	"app/seal":         {},
	"app/setting":      {"app/audit", "app/bus", "app/clean", "app/fault", "app/i18n", "app/policy", "app/seal", "db"},
	"app/session":      {"app/i18n", "app/policy", "app/fault"},
	"app/resource":     {"app/audit", "app/bus", "app/fault", "app/i18n", "app/policy", "app/clean", "app/when", "db"},
	"app/backup":       {"db"},
	"app/audit":        {"app/clean", "app/policy", "db"},
	"app/notify":       {"app/bus", "app/i18n", "app/policy", "app/fault", "db"},
	"app/outbox":       {"app/bus", "db"},
	"app/mail":         {"app/outbox", "app/seal", "app/audit", "app/bus", "app/i18n", "app/policy", "app/fault", "app/notify", "app/clean", "app/resource", "db"},
	"app/message":      {"app/outbox", "app/mail", "app/notify", "app/setting", "app/audit", "app/bus", "app/i18n", "app/policy", "app/fault", "app/clean", "db"},
	"app/org":          {base},
	"app/catalog":      {base, "app/org"},
	"app/customer":     {base, "app/org", "app/catalog"},
	"app/enrollment":   {base, "app/org", "app/catalog", "app/customer"},
	"app/payment":      {base, "app/org", "app/catalog", "app/customer", "app/enrollment", "app/paper"},
	"app/paper":        {},
	"app/teaching":     {base, "app/org", "app/catalog", "app/customer", "app/enrollment"},
	"app/handover":     {base, "app/org", "app/catalog", "app/customer", "app/enrollment"},
	"app/question":     {base, "app/org", "app/catalog"},
	"app/exchange":     {base},
	"app/report":       {base, "app/org", "app/catalog", "app/customer", "app/enrollment", "app/payment", "app/teaching", "app/survey"},
	"app/survey":       {base, "app/catalog"},
	"app/home":         {base, "app/report", "app/survey", "app/teaching"},
	"app/seed":         {base, nouns},
	"app":              {base, nouns, "app/seed"},
	"app/ui/kit":       {"app/bus", "app/fault", "app/grams", "app/i18n", "app/when", "app/ui/kit/"},
	"app/ui/kit/line":  {"app/ui/kit/width"},
	"app/ui/kit/input": {"app/ui/kit/width"},
	"app/ui/kit/":      {"app/bus", "app/fault", "app/i18n", "app/ui/kit", "app/ui/kit/"},
	"app/ui":           {base, nouns, "app", "app/ui/kit", "app/ui/kit/"},
	"app/cli":          {base, nouns, "app"},
	"app/files":        {base, nouns, "app"},
	"sshsrv":           {"app/session", "app/fault", "app/i18n", "app/policy", "app/bus", "app/files", "app/ui/kit/line", "app/ui/kit", "app/ui", "app/cli"},
	"sshsrv/":          {"sshsrv", "app", "app/"},
	"cmd/cohort":       {"sshsrv", "sshsrv/", "app", "app/", "db"},
	"e2e":              {"sshsrv", "sshsrv/", "app", "app/", "db", "cmd/cohort"},
}

// The two groups that lists above may name.
const (
	base  = "(base)"
	nouns = "(nouns)"
)

// One name to a line: several people add to them at once.
var groups = map[string][]string{
	base: {
		"app/clean",
		"app/grams",
		"app/fault",
		"app/i18n",
		"app/bus",
		"app/when",
		"app/blob",
		"app/keyring",
		"app/userca",
		"app/policy",
		"app/session",
		"app/sheet",
		"app/seal",
		"app/qr",
		"app/setting",
		"app/backup",
		"app/resource",
		"app/audit",
		"app/notify",
		"app/outbox",
		"app/message",
		"app/mail",
		"db",
	},
	nouns: {
		"app/org",
		"app/catalog",
		"app/customer",
		"app/enrollment",
		"app/payment",
		"app/teaching",
		"app/question",
		"app/report",
		"app/exchange",
		"app/handover",
		"app/survey",
		"app/home",
	},
}

// only names the packages that may import a library: terminal libraries belong
// to the screens and the server, drivers to db.
var only = map[string][]string{
	"charm.land/bubbletea": {"app/ui", "sshsrv", "cmd/"},
	"charm.land/lipgloss":  {"app/ui"},
	"charm.land/glamour":   {"app/ui"},
	"charm.land/wish":      {"sshsrv"},
	"modernc.org/sqlite":   {"db"},
	"github.com/jackc/pgx": {"db"},
	"github.com/xuri":      {"app/sheet"},
	"database/sql":         {"db", "app/"},
}

// TestArrows reads the imports of everything that ships and fails on an arrow
// that is not in the table. Tests may reach further.
func TestArrows(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from := filepath.ToSlash(filepath.Dir(path))
		for _, im := range file.Imports {
			to := strings.Trim(im.Path.Value, `"`)
			if !libraryAllowed(from, to) {
				t.Errorf("%s may not import %s", path, to)
			}
			if rest, ours := strings.CutPrefix(to, "cohort/"); ours && !allowed(from, rest) {
				t.Errorf("%s: no arrow from %s to %s", path, from, rest)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func libraryAllowed(from, to string) bool {
	for lib, who := range only {
		if strings.HasPrefix(to, lib) {
			return covers(who, from)
		}
	}
	return true
}

// covers says whether a list names a package: itself, or a folder above it that
// ends with a slash or, for libraries, stands for all below.
func covers(list []string, pkg string) bool {
	for _, l := range list {
		if pkg == l || strings.HasPrefix(pkg, strings.TrimSuffix(l, "/")+"/") {
			return true
		}
	}
	return false
}

func allowed(from, to string) bool {
	list, ok := arrows[from]
	for dir := from; !ok && strings.Contains(dir, "/"); {
		dir = dir[:strings.LastIndex(dir, "/")]
		list, ok = arrows[dir+"/"]
	}
	for _, l := range list {
		if members, isGroup := groups[l]; isGroup {
			for _, m := range members {
				if m == to {
					return true
				}
			}
		}
		if l == to || strings.HasSuffix(l, "/") && strings.HasPrefix(to, l) {
			return true
		}
	}
	return false
}
