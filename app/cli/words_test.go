package cli

import (
	"context"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"cohort/app/i18n"
	"cohort/app/policy"
)

// TestEveryRecordHasWords asks for the labels of every field, choice and
// resource that is declared.
func TestEveryRecordHasWords(t *testing.T) {
	s := newSchool(t)
	missing := map[string]bool{}
	need := func(key string) {
		if !i18n.Has(key) && !missing[key] {
			missing[key] = true
			t.Errorf("no words for %s", key)
		}
	}
	for _, name := range s.Engine.Names() {
		res, _ := s.Engine.Get(name)
		need("resource." + name)
		need("one." + name)
		for _, f := range res.Fields {
			need("field." + f.Name)
			for _, c := range f.Choices {
				need("choice." + f.Name + "." + c)
			}
			if f.Group != "" {
				need("group." + f.Group)
			}
		}
	}
	for _, f := range append(fillable, "documents", "agree") {
		need("field." + f)
	}
	for key, e := range i18n.Catalogue() {
		for _, l := range i18n.Langs {
			if e[l] == "" && (strings.HasPrefix(key, "field.") || strings.HasPrefix(key, "cli.")) {
				t.Errorf("%s has no words in %s", key, l)
			}
		}
	}
}

// TestHelpOfEveryCommand prints every command's help in both languages, for
// each kind of person who may use it.
func TestHelpOfEveryCommand(t *testing.T) {
	s := newSchool(t)
	applicant, _ := s.enroll()
	invited, err := s.Org.Invite(context.Background(), policy.System, s.ids["roleless"])
	s.must(err)
	c := &call{ctx: context.Background(), app: s.App, by: policy.System, sess: s.session("admin", i18n.English), p: s.Printer(i18n.English)}
	for _, lang := range i18n.Langs {
		for _, cmd := range c.commands() {
			login := "admin"
			if strings.HasPrefix(cmd.path, "enrollment ") || cmd.path == "documents rm" {
				login = applicant
			}
			if cmd.path == "activate" {
				login = invited.User
			}
			r := s.in(lang, login, cmd.path+" --help", "")
			if r.code != 0 || r.err != "" {
				t.Errorf("%s --help: exit %d, %s", cmd.path, r.code, r.err)
			}
			tidyHelp(t, cmd.path, r.out)
			if again := s.in(lang, login, "help "+cmd.path, ""); again.out != r.out {
				t.Errorf("help %s differs from --help", cmd.path)
			}
			group, _, _ := strings.Cut(cmd.path, " ")
			tidyHelp(t, group, s.in(lang, login, "help "+group, "").out)
		}
		for _, login := range []string{"admin", "manager", "sales_a", "lecturer", "roleless", applicant} {
			tidyHelp(t, login, s.in(lang, login, "help", "").out)
		}
	}
}

func tidyHelp(t *testing.T, name, text string) {
	t.Helper()
	if strings.ContainsAny(text, "«»{}") || strings.TrimSpace(text) == "" {
		t.Errorf("%s: words are missing: %s", name, text)
	}
	for _, line := range strings.Split(text, "\n") {
		if n := ansi.StringWidth(line); n > helpWidth {
			t.Errorf("%s: %d cells: %s", name, n, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("%s: blanks at the end: %q", name, line)
		}
	}
}
