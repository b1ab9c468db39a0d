package seed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sort"
	"strings"
	"time"

	"cohort/app/org"
	"cohort/app/policy"
	"cohort/db"
)

// Password opens every account of the demo school, on loopback only.
const Password = "cohort-demo"

// demo is the demo school while it is being filled.
type demo struct {
	School
	ctx    context.Context
	rng    *rand.Rand
	now    time.Time
	ids    map[string]int64 // accounts by login, courses and classes by code, departments and campuses by name
	events []event
	taken  map[string]bool // contacts given away
}

// event is something that happened in the school's past.
type event struct {
	at time.Time
	do func(ctx context.Context) error
}

// Demo fills an empty school once; made is false where there is a school
// already. Everything goes through the services, at the time at which it is
// said to have happened, so that history, audit and figures fit together.
func Demo(ctx context.Context, s School) (made bool, err error) {
	var accounts int
	err = s.DB.Read(ctx, func(tx *db.Tx) error { return tx.QueryRow("SELECT count(*) FROM accounts").Scan(&accounts) })
	if err != nil || accounts > 0 {
		return false, err
	}
	d := &demo{School: s, ctx: ctx, rng: rand.New(rand.NewPCG(1, 2026)), now: s.DB.Now().In(s.Zone), ids: map[string]int64{}, taken: map[string]bool{}}
	for _, step := range []func() error{d.places, d.accounts, d.courses, d.classes, d.campaigns, d.people, d.students, d.open, d.questions, d.lessons, d.surveys, d.play, d.phrases, d.tidy} {
		if err := step(); err != nil {
			return false, fmt.Errorf("demo school: %w", err)
		}
	}
	return true, nil
}

// founded is when the school began: 15 months ago.
func (d *demo) founded() time.Time { return d.now.AddDate(0, -15, 0) }

func (d *demo) at(t time.Time) context.Context { return db.WithTime(d.ctx, t) }

// later keeps something for play, which makes everything happen in its order and
// by now at the latest: just after midnight today's lesson is on the plan already.
func (d *demo) later(at time.Time, do func(ctx context.Context) error) {
	if at.After(d.now) {
		at = d.now
	}
	d.events = append(d.events, event{at, do})
}

// soon is later for what follows from an event while the past is played; what
// would be in the future does not happen.
func (d *demo) soon(at time.Time, do func(ctx context.Context) error) {
	if at.After(d.now) {
		return
	}
	i := sort.Search(len(d.events), func(i int) bool { return d.events[i].at.After(at) })
	d.events = slices.Insert(d.events, i, event{at, do})
}

func (d *demo) play() error {
	sort.SliceStable(d.events, func(i, j int) bool { return d.events[i].at.Before(d.events[j].at) })
	for len(d.events) > 0 {
		e := d.events[0]
		d.events = d.events[1:]
		if err := e.do(d.at(e.at)); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) places() error {
	ctx := d.at(d.founded())
	for _, c := range []org.Campus{{Name: "北京", Address: "北京市海淀区中关村大街 27 号"}, {Name: "上海", Address: "上海市杨浦区国定路 323 号"}} {
		made, err := d.Org.AddCampus(ctx, policy.System, c)
		if err != nil {
			return err
		}
		d.ids[c.Name] = made.ID
	}
	for _, x := range [][2]string{{"招生部", ""}, {"招生一部", "招生部"}, {"招生二部", "招生部"}, {"教学部", ""}, {"行政部", ""}} {
		made, err := d.Org.AddDepartment(ctx, policy.System, org.Department{Name: x[0], Parent: d.ids[x[1]]})
		if err != nil {
			return err
		}
		d.ids[x[0]] = made.ID
	}
	return nil
}

// staff are the accounts one logs in with; the log-ins printed at the start name
// them.
var staff = []struct{ login, name, department, campus, role string }{
	{"admin", "管理员 Admin", "行政部", "北京", "admin"},
	{"manager", "王芳", "招生部", "北京", "sales_manager"},
	{"sales_a", "李雷", "招生一部", "北京", "sales"},
	{"sales_b", "韩梅梅", "招生一部", "北京", "sales"},
	{"sales_c", "Lucy Brown", "招生二部", "上海", "sales"},
	{"sales_d", "张伟", "招生二部", "上海", "sales"},
	{"lecturer", "林涛", "教学部", "北京", "lecturer"},
	{"lecturer_2", "Alex Chen", "教学部", "上海", "lecturer"},
}

func (d *demo) accounts() error {
	hash := org.HashForSeed(Password)
	err := d.DB.Write(d.at(d.founded()), func(tx *db.Tx) error {
		for _, a := range staff {
			made, err := d.Org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: a.login, Name: a.name, Email: a.login + "@cohort.example",
				Department: d.ids[a.department], Campus: d.ids[a.campus], Roles: []string{a.role}}, hash)
			if err != nil {
				return err
			}
			d.ids[a.login] = made.ID
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.Org.SetManager(d.at(d.founded()), policy.System, d.ids["招生部"], d.ids["manager"])
}

func (d *demo) courses() error {
	for _, c := range []struct{ code, name, price, months, outline string }{
		{"python", "Python 全栈开发 Full-stack Python", "19800", "6", pythonOutline},
		{"linux", "Linux 云计算运维 Linux & Cloud", "16800", "5", linuxOutline},
	} {
		id, err := d.Engine.Add(d.at(d.founded()), policy.System, "courses",
			map[string]string{"code": c.code, "name": c.name, "price": c.price, "months": c.months, "outline": c.outline})
		if err != nil {
			return err
		}
		d.ids[c.code] = id
	}
	return nil
}

// classes are made a good while before they begin, at dates counted from now,
// so that two are always open and have begun.
func (d *demo) classes() error {
	for _, c := range []struct {
		code, course, campus, kind, term, lecturers string
		starts, months, capacity                    int // months from now; 0: running since begins
	}{
		{"python-s7", "python", "北京", "full_time", "7", "lecturer", -13, 6, 30},
		{"python-s8", "python", "北京", "full_time", "8", "lecturer", -7, 6, 30},
		{"linux-39", "linux", "上海", "weekend", "39", "lecturer_2", -8, 5, 24},
		{"python-s9", "python", "北京", "full_time", "9", "lecturer", 0, 6, 30},
		{"linux-40", "linux", "上海", "weekend", "40", "lecturer_2", 0, 5, 24},
		{"python-o3", "python", "上海", "online", "3", "lecturer,lecturer_2", -2, 8, 60},
	} {
		first := time.Date(d.now.Year(), d.now.Month(), 5, 9, 0, 0, 0, d.Zone).AddDate(0, c.starts, 0)
		if c.starts == 0 {
			first = d.begins()
		}
		id, err := d.Engine.Add(d.at(d.founded()), policy.System, "classes", map[string]string{"code": c.code, "course": c.course, "campus": c.campus,
			"kind": c.kind, "term": c.term, "starts": first.Format(time.DateOnly), "ends": first.AddDate(0, c.months, 0).Format(time.DateOnly),
			"capacity": fmt.Sprint(c.capacity), "lessons": "60", "lecturers": c.lecturers})
		if err != nil {
			return fmt.Errorf("class %s: %w", c.code, err)
		}
		d.ids[c.code] = id
	}
	return nil
}

// actor acts for one of the demo's people.
func (d *demo) actor(login string) (policy.Actor, error) {
	return d.Org.Actor(d.ctx, d.ids[login], policy.Screen, "127.0.0.1")
}

// tidy ends the past: mails of long ago were sent and notices of long ago read,
// and the students whose names are told log in with the demo password.
func (d *demo) tidy() error {
	return d.DB.Write(d.ctx, func(tx *db.Tx) error {
		old := db.Millis(d.now.AddDate(0, 0, -3))
		for _, sql := range []string{
			"UPDATE mails SET state = 'sent', tries = 1, sent_at = created_at + 1500 WHERE created_at < $1",
			"UPDATE notifications SET read_at = created_at + 3600000 WHERE created_at < $1",
		} {
			if _, err := tx.Exec(sql, old); err != nil {
				return err
			}
		}
		// Kobe is known by his English name.
		if _, err := tx.Exec("UPDATE accounts SET login = 'kobe' WHERE login = 'kebi'"); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE accounts SET password_hash = $1, must_change = 0, demo = 1 WHERE id IN (SELECT account_id FROM students)",
			org.HashForSeed(Password))
		return err
	})
}

// Lines are the exact commands to try each role with, printed at the start.
func Lines(listen string) string {
	host, port, _ := net.SplitHostPort(listen)
	var b strings.Builder
	fmt.Fprintf(&b, "A demo school. Everybody's password: %s\n\n", Password)
	for _, l := range [][2]string{
		{"ssh -p %s sales_a@%s", "sales: customers, follow-ups, enrollments (also sales_b, sales_c, sales_d)"},
		{"ssh -p %s manager@%s", "sales manager: the department's customers"},
		{"ssh -p %s admin@%s", "administrator: review, accounts, mail"},
		{"ssh -p %s lecturer@%s", "lecturer: own classes, roll call, grades"},
		{"ssh -p %s kobe@%s", "student: contract, lessons, scores, documents"},
		{"ssh -p %s sales_a@%s customers list 'last:>30d' --json", "the same as a command"},
		{"ssh -p %s sales_a@%s enrollments create --customer 1 --class python-s9", "makes an enrollment link"},
	} {
		fmt.Fprintf(&b, "  %-66s %s\n", fmt.Sprintf(l[0], port, host), l[1])
	}
	fmt.Fprintf(&b, "  %-66s %s\n", fmt.Sprintf("scp -P %s FILE... enroll-TOKEN@%s:", port, host), "sends documents by such a link")
	fmt.Fprintf(&b, "  %-66s %s\n\n", fmt.Sprintf("scp -P %s 'admin@%s:enrollments/1/*' .", port, host), "fetches them")
	return b.String()
}
