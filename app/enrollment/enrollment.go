// Package enrollment leads a customer from the link to the student: the link,
// the form that the applicant fills, the documents he sends, the contract, the
// review, and the approval that makes him a student with an account.
//
// An enrollment moves through states; everything else hangs on them:
//
//	invited ──submit──▶ submitted ──approve──▶ approved
//	   ▲                 │     ▲
//	   │ again        return   submit
//	   │                 ▼     │
//	expired ◀──time──  returned        cancelled: from all but approved
//
// Staff come with rights, asked through the engine's row rules. An applicant
// comes with the one enrollment that his link opens and no rights at all.
package enrollment

import (
	"log/slog"
	"time"

	"cohort/app/blob"
	"cohort/app/bus"
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/mail"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// State is where an enrollment stands.
type State string

// The states.
const (
	Invited   State = "invited"
	Submitted State = "submitted"
	Returned  State = "returned"
	Approved  State = "approved"
	Cancelled State = "cancelled"
	Expired   State = "expired"
)

// States lists every state, in the order of the way through.
var States = []State{Invited, Submitted, Returned, Approved, Cancelled, Expired}

// Open says whether the applicant may still fill in and send documents.
func (s State) Open() bool { return s == Invited || s == Returned }

// word says the state inside a message.
func (s State) word() i18n.Word { return i18n.W("choice.state." + string(s)) }

// Enrollment is one customer on his way into one class. Times are zero where
// the thing has not happened.
type Enrollment struct {
	ID, Version           int64
	Customer, Consultant  int64
	Class, Course, Campus int64
	State                 State
	Price                 int64 // fen

	CustomerName, ClassCode, CourseCode, CourseName, CampusName string
	ConsultantName, ConsultantLogin                             string

	Serial      int64 // of the link
	LinkExpires time.Time
	Revoked     time.Time

	Filled // what the applicant filled in

	Lang     string // "", "zh" or "en": how to write to the applicant
	Agreed   time.Time
	Contract string // as agreed to, and signed once Signed is set; "" in passing
	SHA256   string // of Contract
	// ContractSize is the length of a signed contract that the actor may read.
	ContractSize int
	Signed       time.Time

	Submitted    time.Time
	ApprovedBy   int64
	ApproverName string
	Approved     time.Time
	Reason       string // why returned or cancelled
	ReturnedBy   int64
	Returned     time.Time
	Created      time.Time
	Documents    int // how many there are
}

// Filled is what the applicant says about himself.
type Filled struct {
	Name, Sex, IDKind, IDNumber, Phone, Email, Emergency string
}

// called is the best name there is for the applicant.
func (e Enrollment) called() string {
	if e.Name != "" {
		return e.Name
	}
	return e.CustomerName
}

// alive says to the applicant why his link does not work.
func (e Enrollment) alive(now time.Time) error {
	switch {
	case !e.Revoked.IsZero():
		return linkUnknown()
	case e.State == Cancelled:
		return fault.New(fault.Conflict, "enrollment.link_cancelled")
	case e.State == Approved:
		return fault.New(fault.Conflict, "enrollment.link_approved", "class", e.ClassCode)
	case e.State == Expired || e.State.Open() && !e.LinkExpires.After(now):
		return fault.New(fault.Conflict, "enrollment.link_expired")
	}
	return nil
}

// Deps are what the service works with.
type Deps struct {
	DB        *db.DB
	Bus       *bus.Bus
	Engine    *resource.Engine
	Blobs     *blob.Store // holds documents and nothing else: the sweep takes what no document names
	Org       *org.Service
	Catalog   *catalog.Service
	Customers *customer.Service
	Mail      *mail.Service  // nil: mails are written, and the worker finds them when it looks
	Secret    []byte         // 32 bytes; every link token is derived from it
	Zone      *time.Location // the school's; nil: UTC
	Host      func() (host string, port int)
	LinkDays  int // how long a link works; 0: 14
	// DocumentDays is for how many days after the approval documents are kept; nil or 0: for ever.
	DocumentDays func() int
	Lang         i18n.Lang
	Log          *slog.Logger
}

// Hook runs inside an approval when a student joins a class; the classroom
// makes study records there.
type Hook func(tx *db.Tx, student, class int64) error

// Service holds the rules of this noun. Make one with New.
type Service struct {
	Deps
	// OnJoin runs in the approval's transaction. Set it before serving.
	OnJoin []Hook

	refused blob.Refusals
}

// New makes the service and declares its resources.
func New(d Deps) *Service {
	if d.LinkDays <= 0 {
		d.LinkDays = 14
	}
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	if d.Lang == "" {
		d.Lang = i18n.Chinese
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Host == nil {
		d.Host = func() (string, int) { return "localhost", 22 }
	}
	s := &Service{Deps: d}
	register(&d.Engine.Registry)
	if d.Blobs != nil {
		d.Blobs.Refer(s.named)
	}
	return s
}

// changed tells open sessions after the commit.
func (s *Service) changed(tx *db.Tx, id int64, verb string) {
	tx.AfterCommit(func() { s.tell(id, verb) })
}

func (s *Service) tell(id int64, verb string) {
	if s.Bus != nil {
		s.Bus.Publish(bus.Event{Resource: "enrollments", ID: id, Verb: verb})
	}
}

// need asks for a right on one enrollment through the row rules.
func (s *Service) need(tx *db.Tx, by policy.Actor, action string, id int64) error {
	return s.Engine.Need(tx, by, action, "enrollments", id)
}

// fetch reads an enrollment through the actor's right to do the action on it.
func (s *Service) fetch(tx *db.Tx, by policy.Actor, action string, id int64) (Enrollment, error) {
	if err := s.need(tx, by, action, id); err != nil {
		return Enrollment{}, err
	}
	return byID(tx, id)
}

func stale() error { return fault.New(fault.Stale, "fault.stale") }

// wrongState refuses an act that the state does not allow.
func wrongState(e Enrollment) error {
	return fault.New(fault.Conflict, "enrollment.state", "state", e.State.word())
}
