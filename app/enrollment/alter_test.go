package enrollment

import (
	"context"
	"testing"

	"cohort/app/fault"
)

// TestPriceAndConsultantUntilItIsSubmitted: the school changes what it agreed
// upon by the record's own form, as far as rights reach, and only while nothing
// is signed.
func TestPriceAndConsultantUntilItIsSubmitted(t *testing.T) {
	s := newSchool(t)
	change := func(login string, id int64, typed map[string]string) error {
		return s.Engine.Change(context.Background(), s.as(login), "enrollments", id, 0, typed)
	}
	e, _ := s.invite("sales_a", s.class)
	must(t, change("sales_a", e.ID, map[string]string{"price": "100"}))
	if n := s.num(`SELECT price FROM enrollments WHERE id = $1`, e.ID); n != 10_000 {
		t.Errorf("price %d", n)
	}
	if err := change("sales_a", e.ID, map[string]string{"price": "-1"}); !fault.Is(err, "record.at_least") {
		t.Error(err)
	}
	if err := change("sales_b", e.ID, map[string]string{"price": "1"}); fault.Of(err) != fault.NotFound {
		t.Error("of another salesperson:", err)
	}
	if err := change("sales_a", e.ID, map[string]string{"consultant": "sales_b"}); err == nil {
		t.Error("gave his enrollment away without the right to the row behind it")
	}
	done, _ := s.submitted("sales_a", s.class)
	if err := change("admin", done.ID, map[string]string{"price": "1"}); !fault.Is(err, "enrollment.signed_stays") {
		t.Error(err)
	}
}
