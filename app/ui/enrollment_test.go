package ui

import (
	"strings"
	"testing"

	"cohort/app/enrollment"
	"cohort/app/policy"
)

// Sales make a link: pick a class, agree the price, and there it is.
func TestEnrollmentIsMade(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "sales_a", "")
	id := customerOf(t, a, "sales_a")
	s.show(s.desk.newEnrollment(id))
	s.See("Pick a class", "linux-40", "python-s9", "¥19,800.00")
	s.both()
	for !strings.HasPrefix(s.Highlighted(), "python-s9") {
		s.Keys("j")
	}
	s.Keys("enter").See("price agreed", "19800.00")
	s.both()
	for range 8 {
		s.Keys("backspace")
	}
	s.Type("18800").Keys("ctrl+s").See("the link is ready", "¥18,800.00", "ssh -p 2222 enroll-", "@school.example", "Works until", "made the enrollment")
	s.both()
	s.Keys("c").See("enroll-")
	if !strings.HasPrefix(s.Clip, "ssh -p 2222 enroll-") || !strings.Contains(s.Clip, "\nscp -P 2222 ") {
		t.Errorf("copied %q", s.Clip)
	}
	s.both()
	s.Keys("esc", "e").See("Mail the link")
	s.Type("new@example.com").Keys("enter").See("on its way to new@example.com", "mailed the link")
	old := s.Row("ssh -p 2222")
	s.Keys("r").See("Issue a new link?").Keys("enter").See("a new link is ready", "issued a new link")
	if now := s.Row("ssh -p 2222"); now == old || now == "" {
		t.Errorf("the link is still %q", now)
	}
	s.Keys("x", "y").See("the link is revoked", "taken back. Issue a new one").SeeNot("enroll-")
	s.both()
	s.Keys("c").See("taken back")
	s.Keys("d").See("Cancel", "reason").Type("found another school").Keys("ctrl+s").See("cancelled", "found another school")
	s.both()
	s.Keys("d").See("cancelled")
}

// Who may see an enrollment but not its link does not see it.
func TestEnrollmentWithoutTheLink(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "kobe", "")
	own := ownEnrollment(t, a, "kobe")
	s.show(s.desk.enrollment(own))
	s.See("approved", "python-s9").SeeNot("enroll-", "Link for the applicant")
	s.Keys("c").SeeNot("enroll-")
	s.both()
}

func TestEnrollmentPageIsLive(t *testing.T) {
	a := openSchool(t)
	id := inState(t, a, "invited")
	s := person(t, a, "manager", "enrollments/"+itoa(id))
	s.See("No documents yet")
	if err := upload(t, a, id, "front.jpg", jpegOf(t, 30, 20)); err != nil {
		t.Fatal(err)
	}
	s.See("front.jpg")
	if _, err := a.Enrollments.Fill(bg, policy.Applicant(id, policy.Screen, ""), 0, map[string]string{"email": "x@example.com"}); err != nil {
		t.Fatal(err)
	}
	s.See("x@example.com")
}

func TestEnrollmentList(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "enrollments")
	s.See("customer", "state", "submitted", "1-")
	s.both()
	s.Keys("f").See("to review", "with the applicant")
	s.both()
	none := person(t, a, "admin", "")
	none.show(none.desk.enrollments("state:expired"))
	none.Keys("enter")
	none.both()
}

func TestCommandLinesBreakWhereAShellGoesOn(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "")
	e := kitEnv(s)
	for _, w := range []int{20, 30, 45, 60, 80, 200} {
		lines := commandLines(e, "scp -P 2222 front.jpg back.jpg enroll-abcdefghijklmnopqrstuvwxyz@school.example:", w)
		joined := ""
		for i, l := range lines {
			l = strings.TrimPrefix(plain(l), "    ")
			if len(l)+4 > w {
				t.Errorf("%d: %q is too wide", w, l)
			}
			if i < len(lines)-1 {
				l = strings.TrimSuffix(l, `\`)
			}
			joined += l
		}
		if joined != "scp -P 2222 front.jpg back.jpg enroll-abcdefghijklmnopqrstuvwxyz@school.example:" {
			t.Errorf("%d: %q", w, joined)
		}
	}
	if got := uploadLine(enrollment.Link{Token: "t", Host: "h", Port: 22}, 5); got != "scp id.jpg enroll-t@h:" {
		t.Errorf("%q", got)
	}
}
