package enrollment

import (
	"context"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// Contract is a signed contract as the student sees it.
type Contract struct {
	Enrollment            int64
	Class, Course, Campus string // code, names
	Consultant            string
	Price                 int64
	Text, SHA256          string
	Signed, Approved      time.Time
	Whole                 bool // the text still has the hash it was signed with
}

// own is the customer whose records a student's account shows.
func own(by policy.Actor, action, resource string) (int64, error) {
	if err := by.NeedAny(action, resource); err != nil {
		return 0, err
	}
	if by.Rights.Scope.Customer == 0 {
		return 0, policy.NotFound()
	}
	return by.Rights.Scope.Customer, nil
}

// MyContracts gives the student's signed contracts, the newest first.
func (s *Service) MyContracts(ctx context.Context, by policy.Actor) (out []Contract, err error) {
	id, err := own(by, "view", "enrollments")
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := s.approvedOf(tx, by, id)
		for _, e := range list {
			out = append(out, contractOf(e))
		}
		return err
	})
	return out, err
}

func contractOf(e Enrollment) Contract {
	return Contract{Enrollment: e.ID, Class: e.ClassCode, Course: e.CourseName, Campus: e.CampusName, Consultant: e.ConsultantName,
		Price: e.Price, Text: e.Contract, SHA256: e.SHA256, Signed: e.Signed, Approved: e.Approved, Whole: sum(e.Contract) == e.SHA256}
}

// MyContract gives the student's contract for a class, by its code.
func (s *Service) MyContract(ctx context.Context, by policy.Actor, class string) (Contract, error) {
	list, err := s.MyContracts(ctx, by)
	if err != nil {
		return Contract{}, err
	}
	for _, c := range list {
		if c.Class == class {
			return c, nil
		}
	}
	return Contract{}, policy.NotFound()
}

// Membership is one class that a student is in.
type Membership struct {
	Class                int64
	Code, Kind           string
	CourseCode, Course   string
	Campus               string
	Starts, Ends         string
	Lecturers            []string
	Students, Lessons    int
	Joined               time.Time
	Enrollment, CourseID int64
}

// MyClasses gives the classes that the student is in, the newest first.
func (s *Service) MyClasses(ctx context.Context, by policy.Actor) (list []Membership, err error) {
	id, err := own(by, "view", "classes")
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err = s.memberships(tx, by, id)
		return err
	})
	return list, err
}

// Outline is what a course is about.
type Outline struct {
	Code, Name string
	Text       string // Markdown
}

// Outline gives the outline of a course, by its code, to a student of one of
// its classes and to who may view the course.
func (s *Service) Outline(ctx context.Context, by policy.Actor, course string) (o Outline, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		id, found, err := outlineOf(tx, course)
		if err != nil {
			return err
		}
		if id == 0 {
			return policy.NotFound()
		}
		o = found
		return s.Engine.Need(tx, by, "view", "courses", id)
	})
	if err != nil {
		return Outline{}, err
	}
	return o, nil
}

// MyDocument is one of the student's own documents.
type MyDocument struct {
	Document
	Class string
}

// MyDocuments gives the documents that the student sent for all his
// enrollments.
func (s *Service) MyDocuments(ctx context.Context, by policy.Actor) (list []MyDocument, err error) {
	id, err := own(by, "list", "documents")
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err = s.documentsOfCustomer(tx, by, id)
		return err
	})
	return list, err
}
