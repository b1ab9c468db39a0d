package files

import (
	"context"
	"io"
	"log/slog"
	"path"
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/hostiletest"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/seed"
	"cohort/app/session"
	"cohort/db"
	"cohort/db/dbtest"
)

// TestNoNameLeadsElsewhere walks the whole tree of every kind of person in a school whose every text is an attack: no name
// leads out of a folder, breaks a line of the old protocol or acts on a terminal, and no text that the program writes into
// a file does.
func TestNoNameLeadsElsewhere(t *testing.T) {
	ctx := context.Background()
	c, err := app.FromEnv(func(string) string { return "" })
	treeOK(t, err)
	c.Data, c.Database = t.TempDir(), dbtest.Address(t)
	a, err := app.Open(ctx, c, slog.New(slog.DiscardHandler))
	treeOK(t, err)
	t.Cleanup(func() { _ = a.Close() })
	_, err = seed.Demo(ctx, a.Seeding())
	treeOK(t, err)
	took, err := hostiletest.Poison(ctx, a.DB)
	treeOK(t, err)
	for _, table := range []string{"documents", "classes", "import_batches", "exports", "homework_files"} { // names that lead elsewhere
		_ = a.DB.Write(ctx, func(tx *db.Tx) error {
			column := map[string]string{"classes": "code"}[table]
			if column == "" {
				column = "name"
			}
			_, err := tx.Exec("UPDATE " + table + " SET " + column + " = CASE id % 3 WHEN 0 THEN '../../' WHEN 1 THEN '/etc/' ELSE '..' END || CAST(id AS TEXT) WHERE id % 4 = 0")
			return err
		})
	}
	a.Org.Invalidate()
	seen, texts := 0, 0
	for _, login := range []string{"admin", "manager", "sales_a", "lecturer", "kobe"} {
		acc, err := a.Org.FindAccount(ctx, policy.System, login)
		treeOK(t, err)
		for _, lang := range i18n.Langs {
			tree := NewTree(a, &session.Session{Host: "school.example", Port: 2222, Lang: func(context.Context) i18n.Lang { return lang },
				Actor: func(ctx context.Context) (policy.Actor, bool) {
					by, err := a.Org.Actor(ctx, acc.ID, policy.Files, "192.0.2.1")
					return by, err == nil
				}})
			n, m := walkTree(t, tree, "/")
			seen, texts = seen+n, texts+m
		}
	}
	if seen < 100 || texts < 20 {
		t.Errorf("only %d names and %d texts seen, with %v", seen, texts, took)
	}
}

// walkTree looks at every name below a folder and at the beginning of every text.
func walkTree(t *testing.T, tree FS, dir string) (names, texts int) {
	t.Helper()
	list, err := tree.List(context.Background(), dir)
	if err != nil {
		return 0, 0
	}
	for _, x := range list {
		names++
		if bad, found := hostiletest.Acts(x.Name); found || x.Name == "" || x.Name == "." || x.Name == ".." || strings.ContainsAny(x.Name, "/\\\n\t") {
			t.Errorf("%s has a %q %s", dir, x.Name, bad)
			continue
		}
		p := path.Join(dir, x.Name)
		if x.Dir {
			n, m := walkTree(t, tree, p)
			names, texts = names+n, texts+m
			continue
		}
		if ext := path.Ext(x.Name); ext == ".txt" || ext == ".md" || ext == ".csv" {
			texts++
			f, err := tree.Open(context.Background(), p)
			if err != nil {
				continue
			}
			b, err := io.ReadAll(io.NewSectionReader(f, 0, 64<<10))
			if bad, found := hostiletest.Acts(strings.ReplaceAll(string(b), "\r\n", "\n")); err == nil && found && !strings.HasPrefix(p, "/homework") {
				t.Errorf("%s says %q", p, bad)
			}
			_ = f.Close()
		}
	}
	return names, texts
}
