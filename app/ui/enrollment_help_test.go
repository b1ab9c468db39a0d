package ui

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cohort/app"
	"cohort/app/enrollment"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/seed"
	"cohort/app/session"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/kittest"
	"cohort/db"
)

var bg = context.Background()

// school is the demo school's data folder, made once: path → bytes.
var school = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "cohort-ui")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	a, err := app.Open(bg, schoolConfig(dir), slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if _, err := seed.Demo(bg, a.Seeding()); err != nil {
		return nil, err
	}
	if err := a.Close(); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	return files, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		files[name], err = os.ReadFile(path)
		return err
	})
})

func schoolConfig(dir string) app.Config {
	// The key file lies beside the data: both are within dir.
	return app.Config{Data: filepath.Join(dir, "data"), Listen: "127.0.0.1:2222", Lang: "zh", Zone: "Asia/Shanghai", StaleDays: 30, LinkDays: 14}
}

// openSchool opens a school in a temporary folder, filled with the demo.
func openSchool(t testing.TB) *app.App {
	t.Helper()
	files, err := school()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a, err := app.Open(bg, schoolConfig(dir), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// seat is one session under test.
type seat struct {
	*kittest.Driver
	desk *desk
	app  *app.App
}

// sit opens a session's screens at an address ("" for home).
func sit(t testing.TB, a *app.App, by func(context.Context) (policy.Actor, bool), start string) *seat {
	t.Helper()
	s := &session.Session{Addr: "192.0.2.7", Term: "xterm-256color", Host: "school.example", Port: 2222, Start: start, Via: policy.Screen,
		Actor: by, Lang: func(context.Context) i18n.Lang { return i18n.English }}
	d := &desk{app: a, sess: s, start: start, theme: kit.NewTheme(kit.Color256)}
	d.speak(a.Printer(i18n.English))
	who, ok := by(bg)
	if !ok {
		t.Fatal("no actor")
	}
	return &seat{Driver: kittest.New(t, d.options(who)), desk: d, app: a}
}

// person opens a session of an account.
func person(t testing.TB, a *app.App, login, start string) *seat {
	t.Helper()
	id := accountID(t, a, login)
	return sit(t, a, func(ctx context.Context) (policy.Actor, bool) {
		by, err := a.Org.Actor(ctx, id, policy.Screen, "192.0.2.7")
		return by, err == nil
	}, start)
}

func accountID(t testing.TB, a *app.App, login string) (id int64) {
	t.Helper()
	err := a.DB.Read(bg, func(tx *db.Tx) error { return tx.QueryRow("SELECT id FROM accounts WHERE login = $1", login).Scan(&id) })
	if err != nil {
		t.Fatal(login, err)
	}
	return id
}

func actorOf(t testing.TB, a *app.App, login string) policy.Actor {
	t.Helper()
	by, err := a.Org.Actor(bg, accountID(t, a, login), policy.Screen, "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	return by
}

// applies opens the session of an enrollment's link.
func applies(t testing.TB, a *app.App, id int64) *seat {
	t.Helper()
	return sit(t, a, func(context.Context) (policy.Actor, bool) {
		return policy.Applicant(id, policy.Screen, "192.0.2.8"), true
	}, "")
}

// inState gives a demo enrollment in a state, the newest one.
func inState(t testing.TB, a *app.App, state string) (id int64) {
	t.Helper()
	err := a.DB.Read(bg, func(tx *db.Tx) error {
		return tx.QueryRow("SELECT max(id) FROM enrollments WHERE state = $1", state).Scan(&id)
	})
	if err != nil {
		t.Fatal(state, err)
	}
	return id
}

// upload sends a document as the file face does.
func upload(t testing.TB, a *app.App, id int64, name string, data []byte) error {
	t.Helper()
	u, err := a.Enrollments.Upload(bg, policy.Applicant(id, policy.Files, "192.0.2.8"), name, int64(len(data)))
	if err != nil {
		return err
	}
	if _, err := u.WriteAt(data, 0); err != nil {
		u.Abort()
		return err
	}
	_, err = u.Commit()
	return err
}

func jpegOf(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			m.Set(x, y, color.RGBA{uint8(x), uint8(y), 120, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// both draws what is on the screen in both languages at every size, and fails on
// words that are missing. The services' own words are in the desk's printer, so
// that it changes with the screen's.
func (s *seat) both() {
	s.T.Helper()
	w, h := s.W, s.H
	for _, l := range []i18n.Lang{i18n.Chinese, i18n.English} {
		s.Send(kit.Configure(func(o *kit.Options) {
			s.desk.speak(s.app.Printer(l))
			o.Printer = s.desk.p()
		}))
		for _, z := range kittest.Sizes {
			s.Resize(z.W, z.H)
			if text := s.Text(); strings.ContainsAny(text, "«»") {
				s.T.Fatalf("%s: words are missing\n%s", l, text)
			}
		}
	}
	s.Resize(w, h)
}

func enrollmentOf(t testing.TB, a *app.App, id int64) enrollment.Enrollment {
	t.Helper()
	e, err := a.Enrollments.Get(bg, actorOf(t, a, "admin"), id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// show puts a screen on top.
func (s *seat) show(screen kit.Screen) { s.T.Helper(); s.Send(kit.Push(screen)) }

func itoa(id int64) string { return kit.ID(id) }

func kitEnv(s *seat) kit.Env { return kit.Env{Printer: s.desk.p(), Theme: s.desk.theme} }

func plain(s string) string { return kit.Strip(s) }

// number reads one number out of the database.
func number(t testing.TB, a *app.App, query string, args ...any) (n int64) {
	t.Helper()
	if err := a.DB.Read(bg, func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// customerOf is a customer of an account's who is enrolled nowhere.
func customerOf(t testing.TB, a *app.App, login string) int64 {
	t.Helper()
	return number(t, a, "SELECT max(id) FROM customers WHERE owner_id = $1 AND id NOT IN (SELECT customer_id FROM enrollments)", accountID(t, a, login))
}

// emptyCustomer is a customer who is enrolled nowhere.
func emptyCustomer(t testing.TB, a *app.App) int64 {
	t.Helper()
	return number(t, a, "SELECT max(id) FROM customers WHERE id NOT IN (SELECT customer_id FROM enrollments)")
}

// ownEnrollment is a student's enrollment.
func ownEnrollment(t testing.TB, a *app.App, login string) int64 {
	t.Helper()
	return number(t, a, "SELECT max(e.id) FROM enrollments e JOIN students s ON s.customer_id = e.customer_id WHERE s.account_id = $1", accountID(t, a, login))
}

// looks counts how often reading an enrollment was written down.
func looks(t testing.TB, a *app.App) int64 {
	t.Helper()
	return number(t, a, "SELECT count(*) FROM audit WHERE resource = 'enrollments' AND action = 'view'")
}
