package catalog

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
	"cohort/db/dbtest"
)

// house is a school with two lecturers and its first course, campus and
// template.
type house struct {
	*Service
	t   *testing.T
	ctx context.Context
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, ctx: context.Background()}
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	d, err := db.Open(h.ctx, db.Options{Path: dbtest.Path(t), Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return now }})
	h.must(err)
	t.Cleanup(func() { _ = d.Close() })
	h.Service = New(d, &bus.Bus{}, &resource.Engine{DB: d, Zone: time.FixedZone("CST", 8*3600)})
	h.sql(`INSERT INTO accounts (id, login, name, active, created_at, updated_at) VALUES (1, 'gao', '高老师', 1, 1, 1), (2, 'li', '李老师', 1, 1, 1), (3, 'gone', '走了', 0, 1, 1)`)
	_, err = h.EnsureTemplate(h.ctx, policy.System)
	h.must(err)
	h.add("campuses", "name", "北京")
	h.add("courses", "code", "Python", "name", "Python 全栈", "price", "19,800", "months", "6", "outline", "# 大纲\n\n1. 基础\x1b[2J")
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) sql(text string, args ...any) {
	h.t.Helper()
	h.must(h.db.Write(h.ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	}))
}

func pairs(kv []string) map[string]string {
	m := map[string]string{}
	for i := 0; i+1 < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	return m
}

func (h *house) try(name string, kv ...string) (int64, error) {
	return h.engine.Add(h.ctx, policy.System, name, pairs(kv))
}

func (h *house) add(name string, kv ...string) int64 {
	h.t.Helper()
	id, err := h.try(name, kv...)
	h.must(err)
	return id
}

func (h *house) class(term string, more ...string) int64 {
	h.t.Helper()
	return h.add("classes", append([]string{"course", "python", "campus", "北京", "kind", "full_time", "term", term, "capacity", "2"}, more...)...)
}

func TestAClassAndWhatAnEnrollmentAsksOfIt(t *testing.T) {
	h := newHouse(t)
	id := h.class("9", "starts", "2026-12-01", "lecturers", "gao, li", "lessons", "60")
	c, err := h.ClassByCode(h.ctx, policy.System, " Python-S9 ")
	h.must(err)
	if c.ID != id || c.Code != "python-s9" || c.Price != 1980000 || c.CourseName != "Python 全栈" || c.CampusName != "北京" || c.Free() != 2 ||
		c.Outline != "# 大纲\n\n1. 基础" || c.TemplateBody != strings.TrimSpace(DefaultTemplate) {
		t.Errorf("%+v", c)
	}
	row, fields, err := h.engine.Show(h.ctx, policy.System, "classes", id)
	h.must(err)
	got := resource.Typed(row, fields)
	for f, want := range map[string]string{"lecturers": "gao, li", "course": "python", "kind": "full_time", "lessons": "60"} {
		if got[f] != want {
			t.Errorf("%s: %q, want %q", f, got[f], want)
		}
	}
	if _, err := h.ClassByCode(h.ctx, policy.System, "none"); !fault.Is(err, "fault.not_found") {
		t.Error(err)
	}
}

func TestClassesAreRefused(t *testing.T) {
	h := newHouse(t)
	h.class("9")
	ok := []string{"course", "python", "campus", "北京", "kind", "full_time", "term", "10", "capacity", "2"}
	for name, x := range map[string]struct {
		more []string
		key  string
	}{
		"same term":    {[]string{"term", "9", "code", "other"}, "record.taken"},
		"same code":    {[]string{"code", "python-s9"}, "record.taken"},
		"bad code":     {[]string{"code", "python s9"}, "catalog.code_form"},
		"term":         {[]string{"term", "-1"}, "record.at_least"},
		"capacity":     {[]string{"capacity", "-5"}, "record.at_least"},
		"no capacity":  {[]string{"capacity", "0"}, "fault.required"},
		"ends early":   {[]string{"starts", "2026-12-01", "ends", "2026-11-30"}, "catalog.ends_early"},
		"no course":    {[]string{"course", "cobol"}, "list.no_such"},
		"ghost course": {[]string{"course", "#77", "code", "x"}, "record.no_such"},
		"kind":         {[]string{"kind", "nightly"}, "fault.bad_choice"},
		"students":     {[]string{"students", "7"}, "list.not_input"},
	} {
		_, err := h.try("classes", append(ok[:len(ok):len(ok)], x.more...)...)
		if !fault.Is(err, x.key) {
			t.Errorf("%s: %v, want %s", name, err, x.key)
		}
	}
	h.add("classes", ok...)
}

func TestFreePlacesAndOpenClasses(t *testing.T) {
	h := newHouse(t)
	full, open, over := h.class("1"), h.class("2", "starts", "2026-12-01", "ends", "2027-06-01"), h.class("3", "ends", "2026-11-21")
	today := h.class("4", "starts", "2026-11-22", "ends", "2026-11-22")
	for i := int64(1); i <= 2; i++ {
		h.student(i, full)
	}
	h.student(3, open)
	list, err := h.OpenClasses(h.ctx, policy.System)
	h.must(err)
	var ids []int64
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	if !reflect.DeepEqual(ids, []int64{today, open}) || list[1].Free() != 1 {
		t.Errorf("%v (over: %d)", ids, over)
	}
	l, err := h.engine.List(h.ctx, policy.System, "classes", "free:0", resource.Page{})
	if err != nil || len(l.Rows) != 1 || l.Rows[0].ID != full {
		t.Errorf("%+v %v", l.Rows, err)
	}
	err = h.engine.Change(h.ctx, policy.System, "classes", full, 0, map[string]string{"capacity": "1"})
	if !fault.Is(err, "catalog.too_small") {
		t.Error(err)
	}
	only := policy.Actor{Account: 1, Rights: policy.NewRights(nil, policy.Scope{Me: 1, Classes: []int64{open}},
		[]policy.Grant{{Resource: "classes", Action: "list", Rows: []policy.Cond{{Field: "class", Values: []string{"$my_classes"}}}}})}
	if list, err := h.OpenClasses(h.ctx, only); err != nil || len(list) != 1 || list[0].ID != open {
		t.Errorf("%v %v", list, err)
	}
	if _, err := h.Class(h.ctx, only, open); !fault.Is(err, "fault.not_found") {
		t.Errorf("listed only, and yet shown: %v", err)
	}
}

func (h *house) student(n, class int64) {
	h.t.Helper()
	h.sql(`INSERT INTO sources (id, code, name, created_at, updated_at) VALUES (1, 'x', 'x', 1, 1) ON CONFLICT DO NOTHING`)
	h.sql(`INSERT INTO accounts (id, login, name, created_at, updated_at) VALUES ($1, 's' || $2, 's', 1, 1)`, 100+n, fmt.Sprint(100+n))
	h.sql(`INSERT INTO customers (id, name, qq, source_id, touched_at, created_at, updated_at) VALUES ($1, 's', '1000' || $2, 1, 1, 1, 1)`, n, fmt.Sprint(n))
	h.sql(`INSERT INTO enrollments (id, customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, created_at, updated_at)
		VALUES ($1, $1, $2, 1, 'invited', 0, $3, 1, 1, 1)`, n, class, fmt.Sprint(n))
	h.sql(`INSERT INTO students (id, customer_id, account_id, created_at) VALUES ($1, $1, $2, 1)`, n, 100+n)
	h.sql(`INSERT INTO student_classes (student_id, class_id, enrollment_id, joined_at) VALUES ($1, $2, $1, 1)`, n, class)
}

func TestLecturers(t *testing.T) {
	h := newHouse(t)
	id := h.class("1")
	h.must(h.AddLecturer(h.ctx, policy.System, id, 1))
	h.must(h.AddLecturer(h.ctx, policy.System, id, 1))
	h.must(h.AddLecturer(h.ctx, policy.System, id, 2))
	h.must(h.RemoveLecturer(h.ctx, policy.System, id, 2))
	for _, nobody := range []int64{3, 99} {
		if err := h.AddLecturer(h.ctx, policy.System, id, nobody); !fault.Is(err, "list.no_such") {
			t.Errorf("account %d: %v", nobody, err)
		}
	}
	l, err := h.engine.List(h.ctx, policy.System, "classes", "lecturers:gao", resource.Page{})
	if err != nil || len(l.Rows) != 1 {
		t.Errorf("%+v %v", l.Rows, err)
	}
	n := 0
	h.must(h.db.Read(h.ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM audit WHERE resource = 'classes' AND action LIKE '%lecturer'`).Scan(&n)
	}))
	if n != 3 {
		t.Errorf("%d entries in the audit trail", n)
	}
	none := policy.Actor{Account: 1, Rights: policy.NewRights(nil, policy.Scope{}, []policy.Grant{{Resource: "classes", Action: "view"}})}
	if err := h.AddLecturer(h.ctx, none, id, 2); !fault.Is(err, "fault.forbidden") {
		t.Error(err)
	}
}

func TestChangesNameTheVersion(t *testing.T) {
	h := newHouse(t)
	h.must(h.engine.Change(h.ctx, policy.System, "courses", 1, 1, map[string]string{"price": "20000"}))
	if err := h.engine.Change(h.ctx, policy.System, "courses", 1, 1, map[string]string{"price": "1"}); !fault.Is(err, "fault.stale") {
		t.Error(err)
	}
	h.must(h.engine.Change(h.ctx, policy.System, "courses", 1, 0, map[string]string{"months": "7"}))
	if err := h.engine.Change(h.ctx, policy.System, "courses", 1, 0, map[string]string{"code": "!"}); !fault.Is(err, "catalog.code_form") {
		t.Error(err)
	}
	if err := h.engine.Change(h.ctx, policy.System, "courses", 9, 0, map[string]string{"name": "x"}); !fault.Is(err, "fault.not_found") {
		t.Error(err)
	}
}

// TestOneMayNotAddBeyondOnesRule: a row rule holds for what is added as well.
func TestOneMayNotAddBeyondOnesRule(t *testing.T) {
	h := newHouse(t)
	by := policy.Actor{Account: 1, Login: "gao", Rights: policy.NewRights(nil, policy.Scope{Campus: 1},
		[]policy.Grant{{Resource: "classes", Action: "add", Rows: []policy.Cond{{Field: "campus", Values: []string{"$my_campus"}}}},
			{Resource: "courses", Action: "list"}, {Resource: "campuses", Action: "list"}})}
	h.add("campuses", "name", "上海")
	v := map[string]string{"course": "python", "campus": "上海", "kind": "weekend", "term": "1", "capacity": "5"}
	if _, err := h.engine.Add(h.ctx, by, "classes", v); !fault.Is(err, "fault.forbidden") {
		t.Error(err)
	}
	v["campus"] = "北京"
	_, err := h.engine.Add(h.ctx, by, "classes", v)
	h.must(err)
}

func TestContracts(t *testing.T) {
	h := newHouse(t)
	_, err := h.try("contract_templates", "name", "x", "body", "Dear {student}, you owe {prize}.")
	f, ok := fault.As(err)
	if !ok || f.Key != "catalog.placeholder" {
		t.Fatal(err)
	}
	if en := (i18n.Printer{Lang: i18n.English}).Fault(f); !strings.Contains(en, `"{prize}"`) || !strings.Contains(en, "{price} {date}") {
		t.Error(en)
	}
	h.must(CheckTemplate(DefaultTemplate))
	got := RenderContract("{student} {student}: {price} {date}", map[string]string{"student": "{price}", "price": "¥1.00"})
	if got != "{price} {price}: ¥1.00 {date}" {
		t.Error(got)
	}
	all := map[string]string{}
	for _, p := range Placeholders {
		all[p] = "«" + p + "»"
		if !strings.Contains(DefaultTemplate, "{"+p+"}") {
			t.Errorf("the first template lacks {%s}", p)
		}
	}
	if out := RenderContract(DefaultTemplate, all); strings.ContainsAny(out, "{}") {
		t.Error(out)
	}
	id, err := h.EnsureTemplate(h.ctx, policy.System)
	if err != nil || id != 1 {
		t.Errorf("%d %v", id, err)
	}
}

// TestEveryMethodNamesItsActor: the actor is the second parameter.
func TestEveryMethodNamesItsActor(t *testing.T) {
	actor := reflect.TypeFor[policy.Actor]()
	service := reflect.TypeFor[*Service]()
	for i := range service.NumMethod() {
		if m := service.Method(i); m.Type.NumIn() < 3 || m.Type.In(2) != actor {
			t.Errorf("%s: %s", m.Name, m.Type)
		}
	}
}
