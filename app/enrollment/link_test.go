package enrollment

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
)

func TestAskingAgainGivesTheSameEnrollmentAndLink(t *testing.T) {
	s := newSchool(t)
	by, id := s.as("sales_a"), s.customer("sales_a")
	e, link, err := s.Create(bg, by, id, s.class, nil)
	must(t, err)
	if !regexp.MustCompile(`^[a-z2-7]{26}$`).MatchString(link.Token) || link.SSH() != "ssh -p 2222 enroll-"+link.Token+"@school.example" ||
		link.Upload() != "scp -P 2222 FILE… enroll-"+link.Token+"@school.example:" || link.At("h", 22).SSH() != "ssh enroll-"+link.Token+"@h" {
		t.Errorf("%+v: %s, %s", link, link.SSH(), link.Upload())
	}
	if e.State != Invited || e.Price != 598000 || e.Consultant != s.who["sales_a"] {
		t.Errorf("%+v", e)
	}
	again, link2, err := s.Create(bg, by, id, s.class, nil)
	if err != nil || again.ID != e.ID || link2.Token != link.Token {
		t.Errorf("asked again: %d %v, %v", again.ID, link2 == link, err)
	}
	shown, err := s.Link(bg, by, e.ID)
	if err != nil || shown.Token != link.Token {
		t.Errorf("shown: %v %v", shown.Token == link.Token, err)
	}
	if n := s.num("SELECT count(*) FROM enrollments"); n != 1 {
		t.Errorf("%d enrollments", n)
	}
	if n := s.num("SELECT count(*) FROM enrollments WHERE token_hash LIKE '%' || $1 || '%'", link.Token); n != 0 {
		t.Error("the token itself is in the database")
	}
	price := int64(1)
	if _, _, err := s.Create(bg, by, id, s.class, &price); key(err) != "fault.read_only" {
		t.Errorf("another price for what is agreed: %v", err)
	}
}

func TestLinksThatDoNotOpen(t *testing.T) {
	s := newSchool(t)
	by := s.as("sales_a")
	e, link, err := s.Create(bg, by, s.customer("sales_a"), s.class, nil)
	must(t, err)
	opens := func(token, want string) {
		t.Helper()
		if _, err := s.OpenLink(bg, token, "192.0.2.9"); key(err) != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
	opens(link.Token, "")
	opens(" Enroll-"+strings.ToUpper(link.Token), "")
	for _, bad := range []string{"", "x", strings.Repeat("a", 26), link.Token[:25], link.Token + "a", strings.Repeat("é", 13), "' OR 1=1 --aaaaaaaaaaaaaaaa"} {
		opens(bad, "enrollment.link_unknown")
	}
	_, second, err := s.Reissue(bg, by, e.ID)
	must(t, err)
	opens(link.Token, "enrollment.link_unknown")
	opens(second.Token, "")
	_, err = s.Revoke(bg, by, e.ID)
	must(t, err)
	opens(second.Token, "enrollment.link_unknown")
	if _, err := s.Form(bg, policy.Applicant(e.ID, policy.Screen, "")); key(err) != "enrollment.link_unknown" {
		t.Errorf("a form behind a revoked link: %v", err)
	}
	if _, err := s.Link(bg, by, e.ID); key(err) != "enrollment.revoked" {
		t.Errorf("a revoked link is shown: %v", err)
	}
	_, third, err := s.Create(bg, by, e.Customer, s.class, nil)
	must(t, err)
	opens(third.Token, "")
	s.clock.Pass(14*24*time.Hour + time.Millisecond)
	opens(third.Token, "enrollment.link_expired") // before the worker has looked
	n, err := s.expired(bg)
	must(t, err)
	if n != 1 || s.text("SELECT state FROM enrollments") != "expired" {
		t.Errorf("%d expired", n)
	}
	opens(third.Token, "enrollment.link_expired")
	if _, err := s.Link(bg, by, e.ID); key(err) != "enrollment.no_link" {
		t.Errorf("an expired link is shown: %v", err)
	}
	e, fourth, err := s.Reissue(bg, by, e.ID)
	if err != nil || e.State != Invited {
		t.Errorf("%s, %v", e.State, err)
	}
	opens(fourth.Token, "")
	_, err = s.Cancel(bg, by, e.ID, "no longer interested")
	must(t, err)
	opens(fourth.Token, "enrollment.link_cancelled")
}

func TestUnderReviewTheLinkOpensReadOnlyAndApprovedItTellsToLogIn(t *testing.T) {
	s := newSchool(t)
	e, by := s.submitted("sales_a", s.class)
	link, err := s.Link(bg, s.as("sales_a"), e.ID)
	must(t, err)
	opened, err := s.OpenLink(bg, link.Token, "")
	if err != nil || opened.State != Submitted {
		t.Fatalf("%+v %v", opened, err)
	}
	f, err := s.Form(bg, by)
	if err != nil || f.Editable || f.SHA256 == "" || f.Signed.IsZero() {
		t.Errorf("%+v %v", f.State, err)
	}
	_, err = s.Approve(bg, s.as("admin"), e.ID, e.Version)
	must(t, err)
	if _, err := s.OpenLink(bg, link.Token, ""); key(err) != "enrollment.link_approved" {
		t.Errorf("approved: %v", err)
	}
}

func TestAClassThatIsOverOrFullIsRefused(t *testing.T) {
	s := newSchool(t)
	by := s.as("sales_a")
	if _, _, err := s.Create(bg, by, s.customer("sales_a"), s.other, nil); key(err) != "enrollment.class_over" {
		t.Errorf("an ended class: %v", err)
	}
	for range 2 {
		e, _ := s.submitted("sales_a", s.small)
		_, err := s.Approve(bg, s.as("admin"), e.ID, 0)
		must(t, err)
	}
	if _, _, err := s.Create(bg, by, s.customer("sales_a"), s.small, nil); key(err) != "enrollment.class_full" {
		t.Errorf("a full class: %v", err)
	}
	below := int64(-1)
	if _, _, err := s.Create(bg, by, s.customer("sales_a"), s.class, &below); key(err) != "enrollment.price_negative" {
		t.Errorf("a negative price: %v", err)
	}
	if _, _, err := s.Create(bg, by, s.customer("sales_a"), 999, nil); fault.Of(err) != fault.NotFound {
		t.Errorf("a class that is not: %v", err)
	}
}

// TestWhoGetsTheCredit: a stale customer is whose who enrolls him; a colleague
// who makes a link for another's customer leaves it to the owner.
func TestWhoGetsTheCredit(t *testing.T) {
	s := newSchool(t)
	id := s.customer("sales_a")
	if _, _, err := s.Create(bg, s.as("sales_b"), id, s.class, nil); fault.Of(err) != fault.Forbidden {
		t.Errorf("a fresh customer of A, enrolled by B: %v", err)
	}
	e, _, err := s.Create(bg, s.as("manager"), s.customer("sales_a"), s.class, nil)
	if err != nil || e.Consultant != s.who["sales_a"] {
		t.Errorf("made by the manager, credit to %d, %v", e.Consultant, err)
	}
	s.clock.Pass(31 * 24 * time.Hour)
	e, _, err = s.Create(bg, s.as("sales_b"), id, s.class, nil)
	if err != nil || e.Consultant != s.who["sales_b"] {
		t.Fatalf("a stale customer of A, enrolled by B: credit to %d, %v", e.Consultant, err)
	}
	if _, _, err := s.Create(bg, s.as("sales_a"), id, s.class, nil); key(err) != "enrollment.others" {
		t.Errorf("A asks for B's link: %v", err)
	}
	e, _, err = s.Create(bg, policy.System, s.customer("sales_a"), s.class, nil)
	if err != nil || e.Consultant != s.who["sales_a"] {
		t.Errorf("by the system: %d %v", e.Consultant, err)
	}
}

func TestACancelledEnrollmentIsTakenUpAgain(t *testing.T) {
	s := newSchool(t)
	e, by := s.invite("sales_a", s.class)
	s.ready(by)
	_, err := s.Cancel(bg, s.as("sales_a"), e.ID, "wants to think")
	must(t, err)
	again, link, err := s.Create(bg, s.as("sales_a"), e.Customer, s.class, nil)
	if err != nil || again.ID != e.ID || again.State != Invited || again.Reason != "" {
		t.Fatalf("%+v %v", again, err)
	}
	if _, err := s.OpenLink(bg, link.Token, ""); err != nil {
		t.Error(err)
	}
	f, err := s.Form(bg, by)
	if err != nil || len(f.Documents) != 1 || !f.Agreed.IsZero() {
		t.Errorf("%d documents, agreed %v, %v", len(f.Documents), f.Agreed, err)
	}
}

func TestMailingTheLink(t *testing.T) {
	s := newSchool(t)
	e, by := s.invite("sales_a", s.class)
	if _, err := s.MailLink(bg, s.as("sales_a"), e.ID, ""); key(err) != "enrollment.no_address" {
		t.Errorf("to nobody: %v", err)
	}
	if _, err := s.MailLink(bg, s.as("sales_a"), e.ID, "nonsense"); fault.Of(err) != fault.Invalid {
		t.Errorf("to nonsense: %v", err)
	}
	must(t, s.SetLang(bg, by, "en"))
	for range 2 {
		to, err := s.MailLink(bg, s.as("sales_a"), e.ID, "Wang <w@example.com>")
		if err != nil || to != "w@example.com" {
			t.Errorf("%q %v", to, err)
		}
	}
	link, err := s.Link(bg, s.as("sales_a"), e.ID)
	must(t, err)
	body := s.letter("invite")
	if s.num("SELECT count(*) FROM mails") != 1 || !strings.Contains(body, link.SSH()) || !strings.Contains(body, link.Upload()) || strings.ContainsAny(body, "{«") {
		t.Errorf("%d mails: %s", s.num("SELECT count(*) FROM mails"), body)
	}
	if n := s.num("SELECT count(*) FROM mails WHERE body LIKE '%' || $1 || '%'", link.Token); n != 0 {
		t.Error("the token is in the log of mails")
	}
	if n := s.num("SELECT count(*) FROM audit WHERE changes LIKE '%' || $1 || '%'", link.Token); n != 0 {
		t.Error("the token is in the audit trail")
	}
}

func FuzzOpenLink(f *testing.F) {
	s := newSchool(f)
	e, link, err := s.Create(bg, s.as("sales_a"), s.customer("sales_a"), s.class, nil)
	must(f, err)
	f.Add(link.Token)
	f.Add("enroll-" + link.Token)
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		opened, err := s.OpenLink(bg, token, "")
		if err == nil && (opened.Enrollment != e.ID || !strings.Contains(strings.ToLower(token), link.Token)) {
			t.Fatalf("%q opens %d", token, opened.Enrollment)
		}
		if err != nil && key(err) != "enrollment.link_unknown" {
			t.Fatalf("%q: %v", token, err)
		}
	})
}
