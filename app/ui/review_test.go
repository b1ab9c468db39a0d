package ui

import (
	"strings"
	"testing"

	"cohort/app/enrollment"
	"cohort/app/ui/kit/picture"
)

// The queue shows what waited longest first; the review shows form, pictures and
// contract, and approves.
func TestReviewApproves(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "review")
	s.See("waiting", "Maria Silva", "孙悦")
	if !strings.HasPrefix(s.Highlighted(), "Maria Silva") {
		t.Errorf("first in the queue: %q", s.Highlighted())
	}
	s.both()
	s.Keys("enter").See("Review Maria Silva linux-40", "applicant", "school", "maria@example.com", "places left", "id-front.jpg")
	s.both()
	for range 5 {
		if strings.Contains(s.Text(), "was signed") {
			break
		}
		s.Keys("ctrl+d")
	}
	s.See("the text is the one that was signed", "Training agreement")
	s.both()
	s.Keys("v").See("id-front.jpg", "JPEG", "1 / 2", "▀")
	s.both()
	s.Keys("right").See("id-back.jpg", "2 / 2").Keys("esc")
	s.Keys("g", "a").See("Take Maria Silva into linux-40?").Keys("y").See("approved: Maria Silva is in linux-40", "approved by")
	s.both()
	s.Keys("a").See("approved it already")
	s.Keys("n").See("Review 孙悦").Keys("n").See("no more to review")
	s.Keys("esc").SeeNot("Maria Silva")
}

// Who comes second is told who was first.
func TestReviewOfTwo(t *testing.T) {
	a := openSchool(t)
	id := inState(t, a, "submitted")
	one, two := person(t, a, "admin", "review"), person(t, a, "admin", "enrollments/"+itoa(id))
	two.Keys("v").See("The form")
	one.Keys("enter").See("The form")
	if _, err := a.Enrollments.Approve(bg, actorOf(t, a, "admin"), id, 0); err != nil {
		t.Fatal(err)
	}
	two.See("approved by") // by itself
	two.Keys("a").See("approved it already")
}

func TestReviewReturnsWithRemarks(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "review")
	s.Keys("enter", "b").See("Return Maria Silva", "id-front.jpg", "remark 2")
	s.both()
	s.Keys("ctrl+s").See("reason") // is asked for
	s.Type("The back is dark.").Keys("tab", "tab").Type("too dark").Keys("ctrl+s")
	s.See("returned to Maria Silva", "returned", "The back is dark.").Keys("space").See("too dark")
	s.both()
	s.Keys("a").See("is returned")
	id := number(t, a, "SELECT e.id FROM enrollments e JOIN customers c ON c.id = e.customer_id WHERE c.name = 'Maria Silva'")
	if e := enrollmentOf(t, a, id); e.State != enrollment.Returned || e.Reason != "The back is dark." {
		t.Errorf("%+v", e)
	}
}

// A document that is no picture is described; a damaged one is said to be.
func TestReviewOfOtherFiles(t *testing.T) {
	a := openSchool(t)
	id := inState(t, a, "invited")
	broken := jpegOf(t, 400, 300)
	for name, data := range map[string][]byte{"cert.pdf": []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"), "broken.jpg": broken[:len(broken)*2/3], "good.jpg": broken} {
		if err := upload(t, a, id, name, data); err != nil {
			t.Fatal(name, err)
		}
	}
	s := person(t, a, "admin", "enrollments/"+itoa(id))
	s.Keys("tab", "tab", "tab").See("cert.pdf")
	d := s.desk
	docs, err := a.Enrollments.Documents(bg, actorOf(t, a, "admin"), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range docs {
		v := sit(t, a, d.sess.Actor, "")
		v.desk.sess = d.sess
		screen := v.desk.document(docs, x.ID, nil)
		v.show(screen)
		switch x.Name {
		case "cert.pdf":
			v.See("A PDF file cannot be shown", "scp -P 2222 'admin@school.example:enrollments/"+itoa(id)+"/*' .", x.SHA256[:20])
		case "broken.jpg":
			v.See("damaged or too large")
		default:
			v.See("▀")
		}
		v.both()
	}
}

// Terminals with pixels get them; what is on the screen then is blank cells.
func TestReviewInPixels(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "")
	s.desk.sess.Term = "xterm-kitty"
	s.show(s.desk.review(inState(t, a, "submitted")))
	s.Resize(120, 60)
	if picture.Detect(s.desk.sess.Term, nil) != picture.Kittys {
		t.Fatal("no Kitty")
	}
	s.See("id-front.jpg").SeeNot("▀")
	if n := len(s.Root.Pictures()); n != 2 {
		t.Errorf("%d pictures, want 2", n)
	}
	for _, p := range s.Root.Pictures() {
		if !strings.Contains(p.Payload, "\x1b_G") || p.X+p.W > 120 || p.Y+p.H > 60 {
			t.Errorf("picture at %d,%d of %dx%d", p.X, p.Y, p.W, p.H)
		}
	}
	s.Keys("v").See("1 / 2")
	if n := len(s.Root.Pictures()); n != 1 {
		t.Errorf("%d pictures, want 1", n)
	}
}

// Looking at one enrollment writes down that one looked, once: what happens to
// others does not make it look again.
func TestReviewLooksOnce(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "review")
	before := looks(t, a)
	s.Keys("enter").See("The form")
	once := looks(t, a) - before
	if err := upload(t, a, inState(t, a, "invited"), "x.jpg", jpegOf(t, 20, 20)); err != nil {
		t.Fatal(err)
	}
	s.Keys("j", "k")
	s.Settle()
	if again := looks(t, a) - before; again != once || once < 1 {
		t.Errorf("looked %d times, then %d", once, again)
	}
}
