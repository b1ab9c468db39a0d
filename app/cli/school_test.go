package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cohort/app"
	"cohort/app/customer"
	"cohort/app/i18n"
	"cohort/app/mail"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/session"
	"cohort/db"
	"cohort/db/dbtest"
)

// school is a small real school in a temporary folder.
type school struct {
	*app.App
	t   testing.TB
	ids map[string]int64
	log *bytes.Buffer
}

// people are the accounts of the school; each is its own role's example.
var people = []struct{ login, name, department, role string }{
	{"admin", "管理员", "行政部", "admin"},
	{"manager", "王芳", "招生部", "sales_manager"},
	{"sales_a", "李雷", "招生部", "sales"},
	{"sales_b", "韩梅梅", "招生部", "sales"},
	{"lecturer", "林涛", "教学部", "lecturer"},
	{"roleless", "无名", "行政部", ""},
}

// seedHash is hashed once: hashing is slow on purpose.
var seedHash = sync.OnceValue(func() string { return org.HashForSeed(org.DemoPassword) })

func newSchool(t testing.TB) *school {
	t.Helper()
	s := schoolIn(t, dbtest.Address(t), slog.LevelError)
	s.fill()
	return s
}

// schoolIn makes an empty school in a database, "" for a file in its folder, and logs from a level on.
func schoolIn(t testing.TB, address string, level slog.Level) *school {
	t.Helper()
	c, err := app.FromEnv(func(name string) string {
		return map[string]string{"COHORT_DATA": t.TempDir(), "COHORT_DATABASE": address, "COHORT_ZONE": "Asia/Shanghai", "COHORT_LANG": "en"}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &school{t: t, ids: map[string]int64{}, log: &bytes.Buffer{}}
	s.App, err = app.Open(context.Background(), c, slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: level})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func (s *school) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *school) fill() {
	ctx := context.Background()
	for _, d := range []string{"行政部", "招生部", "教学部"} {
		made, err := s.Org.AddDepartment(ctx, policy.System, org.Department{Name: d})
		s.must(err)
		s.ids[d] = made.ID
	}
	s.must(s.DB.Write(ctx, func(tx *db.Tx) error {
		for _, p := range people {
			var roles []string
			if p.role != "" {
				roles = []string{p.role}
			}
			a, err := s.Org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: p.login, Name: p.name, Email: p.login + "@school.example",
				Department: s.ids[p.department], Roles: roles}, seedHash())
			if err != nil {
				return err
			}
			s.ids[p.login] = a.ID
		}
		return nil
	}))
	s.add("campuses", map[string]string{"name": "北京", "address": "海淀"}, "北京")
	s.add("courses", map[string]string{"code": "python", "name": "Python 全栈", "price": "5980", "months": "6", "outline": "# Python\n\n- 变量"}, "python")
	s.add("courses", map[string]string{"code": "linux", "name": "Linux 运维", "price": "4980", "months": "5"}, "linux")
	s.add("classes", map[string]string{"code": "python-s9", "course": "python", "campus": "北京", "kind": "weekend", "term": "9", "capacity": "30", "lecturers": "lecturer"}, "python-s9")
	s.add("classes", map[string]string{"code": "linux-40", "course": "linux", "campus": "北京", "kind": "full_time", "term": "40", "capacity": "30"}, "linux-40")
	s.customers()
}

func (s *school) add(name string, typed map[string]string, key string) {
	s.t.Helper()
	id, err := s.Engine.Add(context.Background(), policy.System, name, typed)
	s.must(err)
	s.ids[key] = id
}

// customers enters one of each salesperson's, and an old one of sales_b's that
// nobody has followed up.
func (s *school) customers() {
	for _, c := range []struct {
		key, owner string
		ago        int
		n          customer.NewCustomer
	}{
		{"own", "sales_a", 1, customer.NewCustomer{Name: "王小明", Sex: "male", Phone: "13800138000", QQ: "12345678", Source: "baidu", Tags: []string{"vip"}, Memo: "secret-memo"}},
		{"other", "sales_b", 1, customer.NewCustomer{Name: "李四光", Phone: "13900139000", QQ: "87654321", Source: "zhihu"}},
		{"stale", "sales_b", 90, customer.NewCustomer{Name: "赵老师", Phone: "13700137000", Source: "qq_group"}},
	} {
		ctx := db.WithTime(context.Background(), s.DB.Now().AddDate(0, 0, -c.ago))
		by, err := s.Org.Actor(ctx, s.ids[c.owner], policy.Command, "192.0.2.1")
		s.must(err)
		made, err := s.Customers.Add(ctx, by, c.n)
		s.must(err)
		s.ids[c.key] = made.ID
	}
}

// actor gives the rights of an account as they are now.
func (s *school) actor(login string) policy.Actor {
	s.t.Helper()
	by, err := s.Org.Actor(context.Background(), s.ids[login], policy.Command, "192.0.2.1")
	s.must(err)
	return by
}

// session is a command's session of an account, of an applicant where login
// begins with "enroll-", or of an activation address.
func (s *school) session(login string, lang i18n.Lang) *session.Session {
	ss := &session.Session{ID: "t", Addr: "192.0.2.1", Host: "school.example", Port: 2222, Via: policy.Command}
	ss.Lang = func(ctx context.Context) i18n.Lang {
		if acc, err := s.Org.GetAccount(ctx, policy.System, s.ids[login]); err == nil && acc.Lang != "" {
			return i18n.Lang(acc.Lang)
		}
		return lang
	}
	ss.Actor = func(ctx context.Context) (policy.Actor, bool) {
		if token, ok := strings.CutPrefix(login, "enroll-"); ok {
			opened, err := s.Enrollments.OpenLink(ctx, token, ss.Addr)
			return policy.Applicant(opened.Enrollment, policy.Command, ss.Addr), err == nil
		}
		if ss.Activation != "" {
			by, err := s.Org.Activation(ctx, ss.Activation, policy.Command, ss.Addr)
			return by, err == nil
		}
		by, err := s.Org.Actor(ctx, s.ids[login], policy.Command, ss.Addr)
		return by, err == nil
	}
	ss.Activation, _ = strings.CutPrefix(login, org.ActivationPrefix)
	if ss.Activation == login {
		ss.Activation = ""
	}
	return ss
}

// result is what a command gave.
type result struct {
	code     int
	out, err string
}

// run runs one command line as it is typed in a local shell and split by the
// server: here at blanks, with single quotes.
func (s *school) run(login, line string) result { return s.in(i18n.English, login, line, "") }

func (s *school) in(lang i18n.Lang, login, line, stdin string) result {
	var out, errOut bytes.Buffer
	code := Run(context.Background(), s.App, s.session(login, lang), split(line), strings.NewReader(stdin), &out, &errOut)
	return result{code, out.String(), errOut.String()}
}

func split(line string) (args []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			args = append(args, part)
			continue
		}
		args = append(args, strings.Fields(part)...)
	}
	return args
}

// ok runs a command that must succeed.
func (s *school) ok(login, line string) string {
	s.t.Helper()
	r := s.run(login, line)
	if r.code != 0 || r.err != "" {
		s.t.Fatalf("%s: %s: exit %d, stderr %q", login, line, r.code, r.err)
	}
	return r.out
}

// object runs a command with --json that gives one record.
func (s *school) object(login, line string) map[string]any {
	s.t.Helper()
	out := s.ok(login, line+" --json")
	v := map[string]any{}
	if err := json.Unmarshal([]byte(out), &v); err != nil || strings.Count(out, "\n") != 1 {
		s.t.Fatalf("%s: %v: %q", line, err, out)
	}
	return v
}

// list runs a command with --json that gives records.
func (s *school) list(login, line string) []map[string]any {
	s.t.Helper()
	out := s.ok(login, line+" --json")
	var v []map[string]any
	if err := json.Unmarshal([]byte(out), &v); err != nil || v == nil || strings.Count(out, "\n") != 1 {
		s.t.Fatalf("%s: %v: %q", line, err, out)
	}
	return v
}

// enroll makes a link for the customer of sales_a and gives its user name.
func (s *school) enroll() (login string, id int64) {
	s.t.Helper()
	v := s.object("sales_a", "enrollments create --customer "+number(s.ids["own"])+" --class python-s9")
	return "enroll-" + v["token"].(string), int64(v["id"].(float64))
}

// send uploads a picture as an applicant's scp does.
func (s *school) send(login, name string) {
	s.t.Helper()
	var b bytes.Buffer
	s.must(png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 10))))
	b.WriteString(name) // two documents differ
	by, _ := s.session(login, i18n.English).Actor(context.Background())
	u, err := s.Enrollments.Upload(context.Background(), by, name, int64(b.Len()))
	s.must(err)
	_, err = u.WriteAt(b.Bytes(), 0)
	s.must(err)
	_, err = u.Commit()
	s.must(err)
}

const filled = "enrollment fill --name 王小明 --sex male --id-number 11010519491231002X --email wxm@example.com --emergency 13900000000"

// submitted leads an applicant to the review.
func (s *school) submitted() (login string, id int64) {
	s.t.Helper()
	login, id = s.enroll()
	s.ok(login, filled)
	s.send(login, "id-front.png")
	s.ok(login, "enrollment agree")
	s.ok(login, "enrollment submit")
	return login, id
}

// student approves an enrollment and gives the student's log-in name, whose
// one-time password is changed where wanted.
func (s *school) student(changed bool) string {
	s.t.Helper()
	_, id := s.submitted()
	s.ok("admin", "enrollments approve "+number(id))
	list, err := s.Engine.List(context.Background(), policy.System, "students", "", resource.Page{})
	s.must(err)
	login := list.Rows[0].Values["account"].Code
	a, err := s.Org.FindAccount(context.Background(), policy.System, login)
	s.must(err)
	s.ids[login] = a.ID
	if changed {
		s.changePassword(login)
	}
	return login
}

// changePassword ends the one-time password as its owner does, with the one
// that was mailed.
func (s *school) changePassword(login string) {
	s.t.Helper()
	secret, err := os.ReadFile(filepath.Join(s.Config.Data, "secret.key"))
	s.must(err)
	var to, body, sealed string
	s.must(s.DB.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT to_addr, body, sealed FROM mails WHERE template = 'approved_new' ORDER BY id DESC LIMIT 1`).Scan(&to, &body, &sealed)
	}))
	body, err = mail.Whole(secret, to, body, sealed)
	s.must(err)
	_, after, _ := strings.Cut(body, "One-time password: ")
	password, _, _ := strings.Cut(after, "\n")
	r := s.in(i18n.English, login, "password", password+"\ncorrect horse 9 battery\n")
	if r.code != 0 {
		s.t.Fatalf("password: %+v", r)
	}
}

func TestMain(m *testing.M) {
	time.Local = time.FixedZone("CST", 8*3600)
	os.Exit(m.Run())
}
