package customer

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

func TestAddNormalisesAndOwns(t *testing.T) {
	w := school(t)
	c, err := w.Add(w.ctx, w.as("a"), NewCustomer{Name: " 王\u202e小明 ", QQ: "QQ:12 345 678", Phone: "+86 138-0013-8000", Email: "Wang@Example.COM",
		WeChat: "Wang_Ming", IDNumber: "11010519491231002x", Source: "baidu", Courses: []int64{1, 2, 1}, Tags: []string{"vip", " vip ", "急"},
		Said: "想学 Python\x1b[31m", Next: "2026-11-22"})
	w.must(err)
	want := Customer{ID: c.ID, Version: 1, Name: "王小明", QQ: "12345678", WeChat: "wang_ming", Phone: "13800138000", Email: "wang@example.com",
		IDNumber: "11010519491231002X", Source: "baidu", SourceID: c.SourceID, Said: "想学 Python", Status: NotEnrolled, Owner: w.ids["a"],
		Department: w.dept["sales one"], OwnerLogin: "u_a", OwnerName: "李雷", Touched: w.clock, NextFollowUp: "2026-11-22", Created: w.clock, Updated: w.clock}
	if c != want {
		t.Fatalf("\n%+v\nwant\n%+v", c, want)
	}
	row, fields, err := w.Engine.Show(w.ctx, w.as("a"), "customers", c.ID)
	w.must(err)
	text := map[string]string{}
	for _, f := range fields {
		text[f.Name] = f.Typed(row.Values[f.Name])
	}
	for name, want := range map[string]string{"courses": "linux, python", "tags": "vip, 急", "owner": "u_a", "source": "baidu", "phone": "13800138000", "stale": "no"} {
		if text[name] != want {
			t.Errorf("%s: %q, want %q", name, text[name], want)
		}
	}
	if v := row.Values["id_number"]; v.Mode != policy.Masked || v.Label != "110***********002X" {
		t.Errorf("ID number shown as %+v", v)
	}
}

func TestAddRefuses(t *testing.T) {
	w := school(t)
	a := w.as("a")
	old := w.add(a, "介绍人", "13900000001")
	foreign := w.ids["c"]
	for name, x := range map[string]struct {
		by  policy.Actor
		n   NewCustomer
		key string
	}{
		"no name":             {a, NewCustomer{Phone: "13800000000", Source: "baidu"}, "fault.required"},
		"no contact":          {a, NewCustomer{Name: "x", Source: "baidu"}, "customer.contact_needed"},
		"no source":           {a, NewCustomer{Name: "x", Phone: "13800000000"}, "fault.required"},
		"unknown source":      {a, NewCustomer{Name: "x", Phone: "13800000000", Source: "tv"}, "list.no_such"},
		"bad phone":           {a, NewCustomer{Name: "x", Phone: "1380000", Source: "baidu"}, "customer.bad_phone"},
		"bad ID":              {a, NewCustomer{Name: "x", Phone: "13800000000", Source: "baidu", IDNumber: "110105194912310021"}, "customer.bad_id_digit"},
		"referral by nobody":  {a, NewCustomer{Name: "x", Phone: "13800000000", Source: "referral"}, "customer.who_referred"},
		"referral by a ghost": {a, NewCustomer{Name: "x", Phone: "13800000000", Source: "referral", ReferredBy: 4711}, "record.no_such"},
		"unknown course":      {a, NewCustomer{Name: "x", Phone: "13800000000", Source: "baidu", Courses: []int64{99}}, "record.no_such"},
		"next in the past":    {a, NewCustomer{Name: "x", Phone: "13800000000", Source: "baidu", Next: "2026-11-21"}, "customer.next_past"},
		"for somebody else":   {a, NewCustomer{Name: "x", Phone: "13800000000", Source: "baidu", Owner: w.ids["b"]}, "fault.forbidden"},
		"manager for others":  {w.as("manager"), NewCustomer{Name: "x", Phone: "13800000000", Source: "baidu", Owner: foreign}, "fault.forbidden"},
		"a lecturer":          {w.as("lecturer"), NewCustomer{Name: "x", Phone: "13800000000", Source: "baidu"}, "fault.forbidden"},
		"a student":           {w.as("student"), NewCustomer{Name: "x", Phone: "13800000000", Source: "baidu"}, "fault.forbidden"},
	} {
		_, err := w.Add(w.ctx, x.by, x.n)
		if f, ok := fault.As(err); !ok || f.Key != x.key {
			t.Errorf("%s: %v, want %s", name, err, x.key)
		}
	}
	if n, _, _ := w.Engine.Count(w.ctx, policy.System, "customers", ""); n != 1 {
		t.Errorf("%d customers are left behind", n)
	}
	c, err := w.Add(w.ctx, w.as("manager"), NewCustomer{Name: "x", Phone: "13800000000", Source: "referral", ReferredBy: old.ID, Owner: w.ids["b"]})
	w.must(err)
	if c.Owner != w.ids["b"] || c.ReferredBy != old.ID {
		t.Errorf("%+v", c)
	}
	if _, err := w.Engine.Add(w.ctx, a, "customers", map[string]string{"name": "x", "phone": "13811112222", "source": "baidu", "status": "enrolled"}); !fault.Is(err, "list.not_input") {
		t.Errorf("entered as enrolled: %v", err)
	}
}

func TestDuplicateWords(t *testing.T) {
	w := school(t)
	w.add(w.as("a"), "王小明", "13800138000")
	w.later(3 * time.Hour)
	d := w.as("c")
	_, err := w.Add(w.ctx, d, NewCustomer{Name: "小王", Phone: "+86 138 0013 8000", Source: "zhihu"})
	f := w.refused(err, "customer.exists")
	if f.Field != Phone || f.Kind != fault.Conflict {
		t.Errorf("%+v", f)
	}
	zh, en := w.said(f.On(""))
	wantZh, wantEn := "客户已存在:由李雷负责,3 小时前录入,还没有跟进过。可运行:customers notify-owner 联系方式",
		"customer exists: owned by 李雷, entered 3 hours ago and never followed up. Run: customers notify-owner CONTACT"
	if zh != wantZh || en != wantEn {
		t.Errorf("%s\n%s", zh, en)
	}
	_, err = w.FollowUp(w.ctx, w.as("a"), NewFollowUp{Customer: 1, Note: "聊过"})
	w.must(err)
	w.later(3 * 24 * time.Hour)
	d.Via = policy.Screen
	_, err = w.Add(w.ctx, d, NewCustomer{Name: "小王", Phone: "13800138000", Source: "zhihu"})
	zh, en = w.said(w.refused(err, "customer.exists").On(""))
	wantZh, wantEn = "客户已存在:由李雷负责,上次跟进:3 天前。按 ctrl+n 通知课程顾问。",
		"customer exists: owned by 李雷, last followed up 3 days ago. Press ctrl+n to notify the owner."
	if zh != wantZh || en != wantEn {
		t.Errorf("%s\n%s", zh, en)
	}
}

func TestEveryContactThatIsTakenIsNamed(t *testing.T) {
	w := school(t)
	w.add(w.as("a"), "王", "13800138000")
	_, err := w.Add(w.ctx, w.as("a"), NewCustomer{Name: "李", QQ: "12345678", Source: "baidu"})
	w.must(err)
	_, err = w.Add(w.ctx, w.as("b"), NewCustomer{Name: "新", Phone: "13800138000", QQ: "12345678", Source: "baidu"})
	var fields []string
	f, _ := fault.As(err)
	f.Each(func(f *fault.Fault) { fields = append(fields, f.Field) })
	if !reflect.DeepEqual(fields, []string{Phone, QQ}) {
		t.Errorf("%v", err)
	}
	if err := w.Change(w.ctx, w.as("a"), 2, 0, resource.Values{Phone: "13800138000"}); !fault.Is(err, "customer.exists") {
		t.Errorf("a change to a taken phone: %v", err)
	}
	w.must(w.Change(w.ctx, w.as("a"), 1, 0, resource.Values{Phone: "138 0013 8000", "memo": "his own phone"}))
}

func TestTwoAddTheSameContactAtOnce(t *testing.T) {
	w := school(t)
	for round := range 20 {
		phone := "1390000" + string([]byte{'0' + byte(round/10), '0' + byte(round%10)}) + "00"
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, who := range []policy.Actor{w.as("a"), w.as("c")} {
			wg.Go(func() {
				_, errs[i] = w.Add(w.ctx, who, NewCustomer{Name: "抢", Phone: phone, Source: "baidu"})
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("round %d: %v, %v", round, errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil {
				w.refused(err, "customer.exists")
			}
		}
	}
}

// TestTheIndexDecides: where two engines' writers get past the look-up, the
// unique index refuses and the person reads the same.
func TestTheIndexDecides(t *testing.T) {
	w := school(t)
	w.add(w.as("a"), "王", "13800138000")
	v := resource.Values{Phone: "13800138000"}
	err := w.DB.Write(w.ctx, func(tx *db.Tx) error {
		_, err := insertCustomer(tx, 0, []column{{"name", "x"}, {"phone", "13800138000"}, {"source_id", int64(1)}})
		return refused(err)
	})
	f := w.refused(w.explain(w.ctx, w.as("c"), v, err), "customer.exists")
	if f.Field != Phone {
		t.Errorf("%+v", f)
	}
}
