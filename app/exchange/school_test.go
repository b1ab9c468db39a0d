package exchange_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/exchange"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"
)

var bg = context.Background()

// school is a small real school in a temporary folder.
type school struct {
	*app.App
	t        testing.TB
	data     string
	database string
	ids      map[string]int64
}

func newSchool(t testing.TB) *school {
	t.Helper()
	s := &school{t: t, data: t.TempDir(), database: dbtest.Address(t), ids: map[string]int64{}}
	s.open()
	t.Cleanup(func() { _ = s.Close() })
	s.must(s.DB.Write(bg, func(tx *db.Tx) error {
		for _, p := range [][3]string{{"admin", "管理员", "admin"}, {"sales_a", "李雷", "sales"}, {"sales_b", "韩梅梅", "sales"}} {
			a, err := s.Org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: p[0], Name: p[1], Email: p[0] + "@school.example", Roles: []string{p[2]}}, "")
			s.ids[p[0]] = a.ID
			if err != nil {
				return err
			}
		}
		return nil
	}))
	s.add("campuses", "name", "北京", "address", "海淀")
	s.add("courses", "code", "python", "name", "Python 全栈", "price", "5980", "months", "6", "outline", "# Python\n\n- 变量")
	s.add("courses", "code", "linux", "name", "Linux 运维", "price", "4980", "months", "5")
	s.add("classes", "code", "python-s9", "course", "python", "campus", "北京", "kind", "weekend", "term", "9", "capacity", "30")
	return s
}

// open opens the school, as a start of the server does.
func (s *school) open() {
	c, err := app.FromEnv(func(name string) string {
		return map[string]string{"COHORT_DATA": s.data, "COHORT_DATABASE": s.database, "COHORT_ZONE": "Asia/Shanghai", "COHORT_LANG": "en"}[name]
	})
	s.must(err)
	s.App, err = app.Open(bg, c, slog.New(slog.DiscardHandler))
	s.must(err)
}

func (s *school) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// add adds a record of field, value pairs.
func (s *school) add(name string, pairs ...string) int64 {
	s.t.Helper()
	typed := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		typed[pairs[i]] = pairs[i+1]
	}
	id, err := s.Engine.Add(bg, policy.System, name, typed)
	s.must(err)
	return id
}

func (s *school) actor(login string) policy.Actor {
	s.t.Helper()
	by, err := s.Org.Actor(bg, s.ids[login], policy.Command, "192.0.2.1")
	s.must(err)
	return by
}

// with is an account with rights of its own.
func (s *school) with(login string, grants ...policy.Grant) policy.Actor {
	by := s.actor(login)
	for i := range grants {
		grants[i].ID = int64(i + 1)
	}
	by.Rights = policy.NewRights(nil, policy.Scope{Me: by.Account}, grants)
	return by
}

// grants gives one grant for each action.
func grants(resource, actions string, rows []policy.Cond, fields ...policy.FieldRule) (list []policy.Grant) {
	for _, a := range strings.Fields(actions) {
		list = append(list, policy.Grant{Resource: resource, Action: a, Rows: rows, Fields: fields})
	}
	return list
}

func (s *school) count(sql string, args ...any) (n int) {
	s.t.Helper()
	s.must(s.DB.Read(bg, func(tx *db.Tx) error { return tx.QueryRow("SELECT count(*) FROM "+sql, args...).Scan(&n) }))
	return n
}

// take takes a file of records.
func (s *school) take(by policy.Actor, record, file string) exchange.Batch {
	s.t.Helper()
	b, err := s.Exchange.Take(bg, by, record+".csv", record, strings.NewReader(file))
	s.must(err)
	return b
}

// set changes how a file is imported.
func (s *school) set(by policy.Actor, id int64, mode, match string) {
	s.t.Helper()
	_, err := s.Exchange.Set(bg, by, id, exchange.Settings{Mode: &mode, Match: &match})
	s.must(err)
}

func (s *school) check(by policy.Actor, id int64) exchange.Batch {
	s.t.Helper()
	b, err := s.Exchange.Check(bg, by, id, nil)
	s.must(err)
	return b
}

func (s *school) run(by policy.Actor, id int64) exchange.Batch {
	s.t.Helper()
	b, err := s.Exchange.Import(bg, by, id, nil)
	s.must(err)
	return b
}

// rows gives the whole report, a line for each row.
func (s *school) rows(by policy.Actor, id int64) (out []string) {
	s.t.Helper()
	p := s.Printer(i18n.English)
	for behind := 0; ; {
		list, err := s.Exchange.Rows(bg, by, id, "", behind, 1000)
		s.must(err)
		if len(list) == 0 {
			return out
		}
		for _, r := range list {
			changes, why := s.Exchange.Said(p, "customers", r)
			out = append(out, fmt.Sprintf("%d %s %s|%s|%s", r.Line, r.Outcome, r.Title, changes, why))
			behind = r.Line
		}
	}
}

// export gives an export as text.
func (s *school) export(by policy.Actor, x exchange.Export) string {
	s.t.Helper()
	var b bytes.Buffer
	x.Reason = "test"
	_, err := s.Exchange.Export(bg, by, x, &b, nil)
	s.must(err)
	return b.String()
}
