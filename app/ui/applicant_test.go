package ui

import (
	"strings"
	"testing"
	"time"

	"cohort/app/enrollment"
)

// The applicant's whole way by keys: welcome, data, documents, contract, submit.
func TestApplicantFillsTheFormByKeys(t *testing.T) {
	a := openSchool(t)
	id := inState(t, a, "invited")
	e := enrollmentOf(t, a, id)
	s := applies(t, a, id)
	s.See("Hello "+e.CustomerName, e.ClassCode, a.Printer("en").Money(e.Price), e.ConsultantName)
	s.both()

	s.Keys("enter").See("by the school", "full name", "ID number")
	s.both()
	s.Keys("tab", "tab", "tab").Type("11010119900307461").See("1 more digit")
	s.Type("1").See("the identity card number is wrong")
	s.Keys("backspace").Type("0").See("the check digit is right: born 1990-03-07, male")
	s.Keys("tab").Type("138 0013 8999").Keys("tab").Type("zhou@example.com")
	s.Keys("ctrl+s").See("Received 0/3", "scp -P 2222 id.jpg enroll-", "@school.example:")
	if got := enrollmentOf(t, a, id); got.Sex != "male" || got.Phone != "13800138999" || got.Email != "zhou@example.com" {
		t.Errorf("the draft was saved as %+v", got.Filled)
	}
	s.both()

	if err := upload(t, a, id, "front.jpg", jpegOf(t, 60, 40)); err != nil {
		t.Fatal(err)
	}
	s.See("Received 1/3", "front.jpg", "received front.jpg (1/3)") // without a key
	s.Keys("ctrl+s").See("Training agreement", "[ ] I have read")
	s.Keys("a").See("[x] I have read")
	s.both()
	s.Keys("ctrl+s").See("Everything is there", "[x] complete")
	s.both()
	s.Keys("ctrl+s").See("Sign the contract and submit").Keys("y").See("Submitted, under review", "SHA-256", "zhou@example.com")
	s.both()
	if got := enrollmentOf(t, a, id); got.State != enrollment.Submitted {
		t.Errorf("state %s", got.State)
	}
}

func TestApplicantIsToldWhyAFileWasNotTaken(t *testing.T) {
	a := openSchool(t)
	id := inState(t, a, "invited")
	s := applies(t, a, id)
	s.Keys("3").See("Received 0/3")
	if err := upload(t, a, id, "notes.jpg", []byte("only words")); err == nil {
		t.Fatal("taken")
	}
	s.See("Not taken", "notes.jpg", "only JPEG, PNG or PDF")
	s.both()
	for _, n := range []string{"1.jpg", "2.jpg", "3.jpg"} {
		if err := upload(t, a, id, n, jpegOf(t, 30+len(n), 20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := upload(t, a, id, "4.jpg", jpegOf(t, 20, 20)); err == nil {
		t.Fatal("a fourth was taken")
	}
	s.See("Received 3/3", "at most three files")
	s.Keys("d").See("1.jpg", "2.jpg").Keys("enter").See("Remove 1.jpg?").Keys("y").See("Received 2/3")
	s.Keys("enter").See("2.jpg", "1 / 2").Keys("n").See("2 / 2").Keys("esc").See("Received 2/3")
}

// What is missing is named, and leads to where it is asked.
func TestApplicantJumpsToWhatIsMissing(t *testing.T) {
	a := openSchool(t)
	s := applies(t, a, inState(t, a, "invited"))
	s.Keys("5").See("still missing", "at least one document", "your agreement")
	s.both()
	s.Keys("s").See("cannot be submitted yet")
	s.Keys("enter").Type("x") // the data, at the first thing that is missing
	s.See("by the school")
	s.Keys("pgup").See("What you enroll in")
	s.Keys("4", "a").See("fill in name and ID number first")
}

// A wrong number keeps one on the step; what is right is saved all the same.
func TestApplicantsDraftSurvives(t *testing.T) {
	a := openSchool(t)
	id := inState(t, a, "invited")
	s := applies(t, a, id)
	s.Keys("enter", "tab", "tab", "tab").Type("110101199003074611").Keys("tab", "tab").Type("me@example.com")
	s.Keys("ctrl+s").See("ID number", "check digit").SeeNot("Received")
	if got := enrollmentOf(t, a, id); got.Email != "me@example.com" || got.IDNumber != "" {
		t.Errorf("saved: %+v", got.Filled)
	}
	// Typing on is saved by itself a moment later, and another session goes on there.
	s.Keys("tab", "tab", "tab").Type("mother 13911112222")
	s.Advance(3 * time.Second)
	if got := enrollmentOf(t, a, id); got.Emergency != "mother 13911112222" {
		t.Errorf("saved: %+v", got.Filled)
	}
	again := applies(t, a, id)
	again.Keys("2").See("mother 13911112222", "me@example.com")
	// The language changes the labels at once and keeps what is typed.
	s.Type("0").Keys("ctrl+t").See("mother 139111122220")
}

// What is typed while another session writes stays; the rest follows.
func TestApplicantsTwoSessions(t *testing.T) {
	a := openSchool(t)
	id := inState(t, a, "invited")
	one, two := applies(t, a, id), applies(t, a, id)
	one.Keys("enter").Type("Z")
	two.Keys("enter", "tab", "tab", "tab", "tab", "tab").Type("two@example.com").Keys("ctrl+s").See("Received")
	one.See("two@example.com")
	one.Keys("ctrl+s").See("Received")
	if got := enrollmentOf(t, a, id); !strings.HasSuffix(got.Name, "Z") || got.Email != "two@example.com" {
		t.Errorf("saved: %+v", got.Filled)
	}
}

// An enrollment that comes back says why on top, and goes out again.
func TestApplicantCorrectsWhatWasReturned(t *testing.T) {
	a := openSchool(t)
	id := inState(t, a, "submitted")
	s := applies(t, a, id)
	s.See("Submitted, under review")
	admin := actorOf(t, a, "admin")
	docs, err := a.Enrollments.Documents(bg, admin, id)
	if err != nil || len(docs) == 0 {
		t.Fatal(docs, err)
	}
	if _, err := a.Enrollments.Return(bg, admin, id, 0, "The back is dark.", map[int64]string{docs[1].ID: "too dark to read"}); err != nil {
		t.Fatal(err)
	}
	s.See("To correct", "The back is dark.", docs[1].Name, "too dark to read", "has returned your enrollment")
	s.both()
	s.Keys("2").See("! Returned: The back is dark.")
	s.both()
	s.Keys("ctrl+s").See("too dark to read")
	s.both()
	s.Keys("5").See("Everything is there").Keys("s", "y").See("Submitted, under review")

	if _, err := a.Enrollments.Approve(bg, admin, id, 0); err != nil {
		t.Fatal(err)
	}
	s.See("was approved. Log in with the name and password")
	s.both()
}

func TestAnApplicantWhoseLinkIsGoneIsTold(t *testing.T) {
	a := openSchool(t)
	id := inState(t, a, "invited")
	s := applies(t, a, id)
	if _, err := a.Enrollments.Revoke(bg, actorOf(t, a, "admin"), id); err != nil {
		t.Fatal(err)
	}
	s.See("there is no such enrollment link")
	s.both()
}
