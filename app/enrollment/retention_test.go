package enrollment

import (
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
)

// The bytes of documents go when they were kept long enough; row, hash and approval stay, and a reader is told why.
func TestDocumentsAreRemovedByTheRule(t *testing.T) {
	s := newSchool(t)
	days := 0
	s.DocumentDays = func() int { return days }
	e, by := s.pupil(s.class)
	waiting, _ := s.submitted("sales_b", s.class)
	before := s.stored()
	s.clock.Pass(31 * 24 * time.Hour)
	if n, err := s.Outlived(bg, policy.System); n != 0 || err != nil {
		t.Errorf("0 days keep for ever: %d, %v", n, err)
	}
	if days = 31; true {
		if n, err := s.Outlived(bg, policy.System); n != 0 || err != nil {
			t.Errorf("on the last day: %d, %v", n, err)
		}
	}
	s.clock.Pass(time.Minute)
	if n, err := s.Outlived(bg, s.as("admin")); n != 0 || err != nil {
		t.Errorf("by a person: %d, %v", n, err)
	}
	n, err := s.Outlived(bg, policy.System)
	if n != 1 || err != nil || s.stored() != before {
		t.Fatalf("removed %d, %v; files %d, before %d: the same bytes are another's, too", n, err, s.stored(), before)
	}
	docs, err := s.MyDocuments(bg, by)
	must(t, err)
	if len(docs) != 1 || docs[0].Removed.IsZero() || docs[0].RemovedWhy != ByRule || len(docs[0].SHA256) != 64 {
		t.Fatalf("%+v", docs)
	}
	if _, _, err := s.OpenDocument(bg, by, e.ID, docs[0].ID); !fault.Is(err, "enrollment.document_removed_rule") {
		t.Errorf("read: %v", err)
	}
	if got, err := s.Get(bg, s.as("admin"), e.ID); err != nil || got.State != Approved {
		t.Errorf("%v %v", got.State, err)
	}
	if d, err := s.Documents(bg, s.as("admin"), waiting.ID); err != nil || !d[0].Removed.IsZero() {
		t.Errorf("one that waits: %+v %v", d, err)
	}
	if n := s.num("SELECT count(*) FROM audit WHERE resource = 'documents' AND action = 'remove' AND changes LIKE '%rule%'"); n != 1 {
		t.Errorf("%d audit entries", n)
	}
	_, err = s.Approve(bg, s.as("admin"), waiting.ID, 0)
	must(t, err)
	if n, err := s.Outlived(bg, policy.System); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	s.clock.Pass(32 * 24 * time.Hour)
	if n, err := s.Outlived(bg, policy.System); n != 1 || err != nil || s.stored() != before-1 {
		t.Errorf("the other's: %d, %v; files %d, before %d", n, err, s.stored(), before)
	}
}

// A student sees who has read what he sent; he himself and others' documents are not in the list.
func TestWhoSawMyDocuments(t *testing.T) {
	s := newSchool(t)
	e, by := s.pupil(s.class)
	other, _ := s.submitted("sales_b", s.class)
	for _, id := range []int64{e.ID, other.ID} {
		docs, err := s.Documents(bg, s.as("admin"), id)
		must(t, err)
		f, _, err := s.OpenDocument(bg, s.as("admin"), id, docs[0].ID)
		must(t, err)
		must(t, f.Close())
	}
	docs, err := s.MyDocuments(bg, by)
	must(t, err)
	f, _, err := s.OpenDocument(bg, by, e.ID, docs[0].ID)
	must(t, err)
	must(t, f.Close())
	list, err := s.WhoSaw(bg, by)
	must(t, err)
	read := 0
	for _, x := range list {
		if x.Act == "download" {
			read++
			if x.Who != "admin" && x.Who == "" || x.What != docs[0].Name || x.Class == "" {
				t.Errorf("%+v", x)
			}
		}
	}
	if read != 1 {
		t.Errorf("read %d times: %+v", read, list)
	}
	if _, err := s.WhoSaw(bg, s.as("sales_a")); err == nil {
		t.Error("for one who is no student")
	}
}
