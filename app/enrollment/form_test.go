package enrollment

import (
	"fmt"
	"strings"
	"testing"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
)

// faults gives the message keys of a refusal by field.
func faults(err error) map[string]string {
	out := map[string]string{}
	if f, ok := fault.As(err); ok {
		f.Each(func(f *fault.Fault) { out[f.Field] = f.Key })
	}
	return out
}

func TestFillSavesWhatIsRightAndSaysWhatIsNot(t *testing.T) {
	s := newSchool(t)
	_, by := s.invite("sales_a", s.class)
	f, err := s.Fill(bg, by, 0, map[string]string{"name": " 王\u202e小明\x1b[31m ", "sex": "男人", "id_number": card(1)[:16] + "99", "email": "no", "emergency": "父亲"})
	want := map[string]string{"sex": "fault.bad_choice", "id_number": "customer.bad_id_digit", "email": "customer.bad_email"}
	if got := faults(err); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	name, _ := f.Item("name")
	emergency, _ := f.Item("emergency")
	if name.Typed() != "王小明" || emergency.Typed() != "父亲" {
		t.Errorf("saved %q, %q", name.Typed(), emergency.Typed())
	}
	f, err = s.Fill(bg, by, f.Version, map[string]string{"id_number": strings.ToLower(card(7)), "email": "Wang@Example.com"})
	must(t, err)
	for field, want := range map[string]string{"id_number": card(7), "id_kind": "id_card", "email": "wang@example.com"} {
		if i, _ := f.Item(field); i.Typed() != want {
			t.Errorf("%s is %q", field, i.Typed())
		}
	}
	if _, err := s.Fill(bg, by, f.Version-1, map[string]string{"name": "李雷"}); fault.Of(err) != fault.Stale {
		t.Errorf("an old version: %v", err)
	}
}

func TestWhatTheSchoolEnteredIsReadOnly(t *testing.T) {
	s := newSchool(t)
	e, by := s.invite("sales_a", s.class)
	f, err := s.Form(bg, by)
	must(t, err)
	phone := s.text("SELECT phone FROM customers WHERE id = $1", e.Customer)
	if i, ok := f.Item("phone"); !ok || !i.ReadOnly || i.Typed() != phone {
		t.Errorf("phone: %+v", i)
	}
	same := map[string]string{"price": "5,980.00", "class": "PYTHON-S9", "course": "python", "consultant": "sales_a", "source": "百度推广",
		"phone": "+86 " + phone[:3] + "-" + phone[3:], "qq": s.text("SELECT qq FROM customers WHERE id = $1", e.Customer), "campus": "北京"}
	if _, err := s.Fill(bg, by, 0, same); err != nil {
		t.Errorf("sent along unchanged: %v", err)
	}
	before := s.text("SELECT name || price || phone FROM enrollments")
	for field, value := range map[string]string{"price": "1", "class": "linux-40", "course": "linux", "consultant": "sales_b", "source": "zhihu",
		"phone": "13900000000", "qq": "99999", "campus": "上海", "state": "approved", "customer": "somebody", "starts": "2026-01-01"} {
		_, err := s.Fill(bg, by, 0, map[string]string{field: value})
		if faults(err)[field] != "fault.read_only" {
			t.Errorf("%s = %s: %v", field, value, err)
		}
		for _, l := range i18n.Langs {
			if line := (i18n.Printer{Lang: l}).Error(err); !strings.Contains(line, value) || strings.ContainsAny(line, "«{") {
				t.Errorf("%s does not say what was wrong: %s", field, line)
			}
		}
	}
	for _, field := range []string{"wechat", "id", "version", "approved_by", "token_hash", ""} {
		if _, err := s.Fill(bg, by, 0, map[string]string{field: "x"}); faults(err)[field] != "list.not_input" {
			t.Errorf("%s was taken: %v", field, err)
		}
	}
	if after := s.text("SELECT name || price || phone FROM enrollments"); after != before {
		t.Errorf("changed to %s", after)
	}
}

func TestAFormOfTheSchoolsOwnSourceShowsItsName(t *testing.T) {
	s := newSchool(t)
	e, by := s.invite("sales_a", s.class)
	s.sql("INSERT INTO sources (id, code, name, created_at, updated_at) VALUES (90, 'fair', '校园展会', 1, 1)")
	s.sql("UPDATE customers SET source_id = 90 WHERE id = $1", e.Customer)
	f, err := s.Form(bg, by)
	must(t, err)
	if i, _ := f.Item("source"); i.Show(i18n.Printer{Lang: i18n.English}) != "校园展会" {
		t.Errorf("%+v", i)
	}
	if _, err := s.Fill(bg, by, 0, map[string]string{"source": "baidu"}); !strings.Contains(says(err), "校园展会") {
		t.Error(says(err))
	}
}

func TestSubmitNeedsEverything(t *testing.T) {
	s := newSchool(t)
	e, by := s.invite("sales_a", s.class)
	_, err := s.Submit(bg, by)
	want := map[string]string{"sex": "fault.required", "id_kind": "fault.required", "id_number": "fault.required", "email": "fault.required",
		"documents": "enrollment.no_documents", "agree": "enrollment.not_agreed"}
	if got := faults(err); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("nothing done: %v, want %v", got, want)
	}
	if _, err := s.Agree(bg, by, true); key(err) != "enrollment.agree_early" {
		t.Errorf("agreed to an empty contract: %v", err)
	}
	s.ready(by)
	_, err = s.Agree(bg, by, false)
	must(t, err)
	if _, err := s.Submit(bg, by); faults(err)["agree"] != "enrollment.not_agreed" {
		t.Errorf("the tick was taken back: %v", err)
	}
	_, err = s.Agree(bg, by, true)
	must(t, err)
	must(t, s.RemoveDocument(bg, by, 0, "id.png"))
	if _, err := s.Submit(bg, by); faults(err)["documents"] != "enrollment.no_documents" {
		t.Errorf("without documents: %v", err)
	}
	must(t, s.send(by, "id.png", pngOf(2, 2)))
	f, err := s.Submit(bg, by)
	must(t, err)
	text := s.text("SELECT contract FROM enrollments")
	if f.State != Submitted || f.SHA256 != sum(text) || f.Contract != text || !strings.Contains(text, card(e.ID)) || !strings.Contains(text, "¥5,980.00") || strings.Contains(text, "{") {
		t.Errorf("%s, hash %v, text %s", f.State, f.SHA256 == sum(text), text)
	}
	if n := s.num("SELECT count(*) FROM notifications WHERE kind = 'submitted' AND account_id IN ($1, $2, $3)", s.who["admin"], s.who["boss"], s.who["sales_a"]); n != 3 || n != s.num("SELECT count(*) FROM notifications") {
		t.Errorf("%d were told", n)
	}
}

func TestAgreeingAgainWhenTheContractChanges(t *testing.T) {
	s := newSchool(t)
	e, by := s.invite("sales_a", s.class)
	s.ready(by)
	f, err := s.Fill(bg, by, 0, map[string]string{"emergency": "母亲"})
	if err != nil || f.Agreed.IsZero() {
		t.Errorf("what is not in the contract took the tick away: %v", err)
	}
	f, err = s.Fill(bg, by, 0, map[string]string{"id_number": card(99)})
	if err != nil || !f.Agreed.IsZero() {
		t.Errorf("another ID number left the tick: %v", err)
	}
	if _, err := s.Submit(bg, by); faults(err)["agree"] != "enrollment.not_agreed" {
		t.Errorf("handed in without agreeing again: %v", err)
	}
	_, err = s.Agree(bg, by, true)
	must(t, err)
	s.sql("UPDATE contract_templates SET body = body || ' and all your money'")
	f, err = s.Form(bg, by)
	if err != nil || !f.Agreed.IsZero() {
		t.Errorf("another template left the tick: %v", err)
	}
	if _, err := s.Submit(bg, by); faults(err)["agree"] != "enrollment.contract_changed" {
		t.Errorf("signed what he did not agree to: %v", err)
	}
	_, err = s.Agree(bg, by, true)
	must(t, err)
	_, err = s.Submit(bg, by)
	must(t, err)
	s.sql("UPDATE contract_templates SET body = 'nothing'")
	if text := s.text("SELECT contract FROM enrollments WHERE id = $1", e.ID); !strings.Contains(text, "all your money") {
		t.Error("what is signed changed with the template")
	}
}

func TestUnderReviewEverythingIsLocked(t *testing.T) {
	s := newSchool(t)
	e, by := s.submitted("sales_a", s.class)
	_, fill := s.Fill(bg, by, 0, map[string]string{"name": "李雷"})
	_, agree := s.Agree(bg, by, false)
	_, submit := s.Submit(bg, by)
	for name, err := range map[string]error{"fill": fill, "agree": agree, "submit": submit, "send": s.send(by, "b.png", pngOf(1, 2)), "remove": s.RemoveDocument(bg, by, 0, "id.png")} {
		if key(err) != "enrollment.locked" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if now, _ := s.Get(bg, policy.System, e.ID); now.Version != e.Version {
		t.Error("something was written")
	}
}

func TestStaffHaveNoFormAndApplicantsNoLists(t *testing.T) {
	s := newSchool(t)
	e, by := s.invite("sales_a", s.class)
	if _, err := s.Form(bg, s.as("admin")); fault.Of(err) != fault.Forbidden {
		t.Errorf("an administrator's form: %v", err)
	}
	if _, err := s.Get(bg, by, e.ID); fault.Of(err) != fault.NotFound {
		t.Errorf("an applicant looks from the school's side: %v", err)
	}
	if _, err := s.Approve(bg, by, e.ID, 0); fault.Of(err) != fault.NotFound {
		t.Errorf("an applicant approves himself: %v", err)
	}
	if _, err := s.Documents(bg, by, e.ID+1); fault.Of(err) != fault.NotFound {
		t.Errorf("somebody else's documents: %v", err)
	}
}
