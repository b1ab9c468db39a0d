package setting

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

var ctx = context.Background()

var (
	boss  = policy.System
	other = policy.Actor{Account: 7, Rights: &policy.Rights{}}
)

func service(t *testing.T, d *db.DB, b *bus.Bus, secret string) *Service {
	t.Helper()
	s := New(d, b, []byte(secret))
	s.Declare(
		Setting{Name: "quota", Group: "sales", Kind: Int, Default: "5", Min: 0, Max: 100},
		Setting{Name: "open", Group: "sales", Kind: Flag, Default: "off"},
		Setting{Name: "token", Group: "tell", Kind: Secret},
		Setting{Name: "at", Group: "tell", Kind: Clock},
		Setting{Name: "days", Group: "tell", Kind: Numbers, Default: "3 7 15", Min: 1, Max: 365},
		Setting{Name: "style", Group: "tell", Kind: Choice, Default: "plain", Choices: []string{"plain", "wecom"}},
		Setting{Name: "url", Group: "tell", Kind: Text, Check: func(text string) error {
			if text != "" && !strings.HasPrefix(text, "https://") {
				return fault.Field("url", "setting.unclean")
			}
			return nil
		}},
	)
	if err := s.Load(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

func school(t *testing.T) *db.DB {
	t.Helper()
	d, err := db.Open(ctx, db.Options{Path: filepath.Join(t.TempDir(), "school.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestValues(t *testing.T) {
	s := service(t, school(t), &bus.Bus{}, "secret")
	for _, c := range []struct{ name, typed, want, key string }{
		{"quota", " 30 ", "30", ""},
		{"quota", "101", "", "setting.bad_number"},
		{"quota", "-1", "", "setting.bad_number"},
		{"quota", "many", "", "setting.bad_number"},
		{"open", "yes", "on", ""},
		{"open", "关", "off", ""},
		{"open", "maybe", "", "setting.bad_flag"},
		{"at", "8:05", "08:05", ""},
		{"at", "20：30", "20:30", ""},
		{"at", "", "", ""},
		{"at", "25:00", "", "setting.bad_clock"},
		{"days", " 2  9 ", "2 9", ""},
		{"days", "9 2", "", "setting.not_rising"},
		{"days", "9 400", "", "setting.bad_number"},
		{"style", "wecom", "wecom", ""},
		{"style", "smoke", "", "fault.bad_choice"},
		{"url", "https://a", "https://a", ""},
		{"url", "ftp://a", "", "setting.unclean"},
		{"url", "https://a\x1b[2J", "", "setting.unclean"},
		{"url", "https://" + strings.Repeat("a", MaxText), "", "setting.too_long"},
		{"nothing", "1", "", "setting.unknown"},
	} {
		err := s.Set(ctx, boss, c.name, c.typed)
		key := ""
		if f, ok := fault.As(err); ok {
			key = f.Key
		}
		if key != c.key {
			t.Errorf("%s = %q: %v, want %q", c.name, c.typed, err, c.key)
		}
		if err == nil && s.Text(c.name) != c.want {
			t.Errorf("%s = %q reads %q, want %q", c.name, c.typed, s.Text(c.name), c.want)
		}
	}
	if got := s.Numbers("days"); len(got) != 2 || got[1] != 9 {
		t.Errorf("days: %v", got)
	}
}

func TestOnlyWhoMayChange(t *testing.T) {
	s := service(t, school(t), &bus.Bus{}, "secret")
	_, shown := s.Show(ctx, other)
	_, got := s.Get(ctx, other, "quota")
	for name, err := range map[string]error{"show": shown, "get": got, "set": s.Set(ctx, other, "quota", "9"), "reset": s.Reset(ctx, other, "quota"),
		"an unknown one": s.Set(ctx, other, "nothing", "9")} {
		if err == nil || fault.Of(err) != fault.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.Int("quota") != 5 {
		t.Errorf("quota is %d", s.Int("quota"))
	}
}

// A secret is sealed in the database, opens with this school's key only, and is
// neither shown nor audited.
func TestSecret(t *testing.T) {
	d := school(t)
	s := service(t, d, &bus.Bus{}, "secret")
	if err := s.Set(ctx, boss, "token", "open sesame"); err != nil {
		t.Fatal(err)
	}
	if s.Text("token") != "open sesame" {
		t.Errorf("reads %q", s.Text("token"))
	}
	if x, err := s.Get(ctx, boss, "token"); err != nil || x.Value != "" || !x.Set {
		t.Errorf("shown: %+v, %v", x, err)
	}
	var all []string
	err := d.Read(ctx, func(tx *db.Tx) error {
		for _, q := range []string{`SELECT value FROM settings WHERE key = 'token'`, `SELECT changes FROM audit`} {
			var text string
			if err := tx.QueryRow(q).Scan(&text); err != nil {
				return err
			}
			all = append(all, text)
		}
		return nil
	})
	if err != nil || strings.Contains(strings.Join(all, " "), "sesame") {
		t.Errorf("stored %q, %v", all, err)
	}
	if again := service(t, d, &bus.Bus{}, "secret"); again.Text("token") != "open sesame" {
		t.Error("lost by a restart")
	}
	if another := service(t, d, &bus.Bus{}, "another"); another.Text("token") != "" {
		t.Error("another key opens it")
	}
}

// Another process hears of a change and reads it again.
func TestOthersHear(t *testing.T) {
	d, b := school(t), &bus.Bus{}
	one, two := service(t, d, &bus.Bus{}, "secret"), service(t, d, b, "secret")
	run, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- two.Run(run) }()
	if err := one.Set(ctx, boss, "quota", "9"); err != nil {
		t.Fatal(err)
	}
	for two.Int("quota") != 9 {
		b.Publish(bus.Event{Resource: Resource, Verb: "changed"})
	}
	stop()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := one.Reset(ctx, boss, "quota"); err != nil || one.Int("quota") != 5 || one.IsSet("quota") {
		t.Errorf("reset: %v, %d", err, one.Int("quota"))
	}
}

func TestDeclaredWrongly(t *testing.T) {
	s := service(t, school(t), nil, "secret")
	for name, x := range map[string]Setting{"twice": {Name: "quota", Kind: Int, Default: "1"}, "a bad default": {Name: "bad", Kind: Int, Default: "x"}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: accepted", name)
				}
			}()
			s.Declare(x)
		}()
	}
}
