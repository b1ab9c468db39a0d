package app

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db/dbtest"
)

func open(t *testing.T) *App {
	t.Helper()
	a, err := Open(context.Background(), Config{Data: t.TempDir(), Database: dbtest.Address(t)}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// TestReadyRolesSpeakTheVocabulary: what the ready-made roles name is declared,
// each action, row-rule field and field.
func TestReadyRolesSpeakTheVocabulary(t *testing.T) {
	a := open(t)
	roles, err := a.Org.Roles(context.Background(), policy.System)
	if err != nil || len(roles) < 5 {
		t.Fatal(roles, err)
	}
	for _, r := range roles {
		page, err := a.Org.GetRole(context.Background(), policy.System, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Permissions {
			known, ok := a.Engine.Known(p.Resource)
			if !ok {
				t.Errorf("%s: nothing is declared as %s", r.Name, p.Resource)
				continue
			}
			rows, err1 := policy.ParseRows(p.Rows)
			fields, err2 := policy.ParseFields(p.Fields)
			if err1 != nil || err2 != nil {
				t.Errorf("%s %s: %v %v", r.Name, p.Resource, err1, err2)
			}
			if err := known.Check(policy.Grant{Resource: p.Resource, Action: p.Action, Rows: rows, Fields: fields}); err != nil {
				t.Errorf("%s: %v", r.Name, err)
			}
		}
	}
}

// asks finds the places of the code that ask for a right by name.
var asks = regexp.MustCompile(`(?:Need|NeedAny|May|Can|Where|Sees|right|can|may|Each|Forbidden)\([^"()]*"([a-z_]+)", "([a-z_]+)"`)

// TestEveryRightIsDeclared reads the sources: a right that is asked for must be
// one that a role can name, or nobody could be given it but by "*".
func TestEveryRightIsDeclared(t *testing.T) {
	a := open(t)
	found := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range asks.FindAllStringSubmatch(string(text), -1) {
			known, ok := a.Engine.Known(m[2])
			if !ok {
				continue // a resource without records of its own
			}
			found++
			if !slices.Contains(known.Actions, m[1]) {
				t.Errorf("%s asks for %q on %s, which does not declare it in Rights", path, m[1], m[2])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range a.Engine.Names() {
		known, _ := a.Engine.Known(name)
		for _, action := range known.Actions {
			if !i18n.Has("action." + action) {
				t.Errorf("no words for the right to %s %s", action, name)
			}
		}
	}
	for _, name := range a.Engine.Names() {
		known, _ := a.Engine.Known(name)
		for _, row := range known.RowNames() {
			if !i18n.Has("field." + row) {
				t.Errorf("no words for the row-rule field %s of %s", row, name)
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d rights found: the pattern no longer fits the code", found)
	}
}
