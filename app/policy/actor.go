// Package policy answers one question for every way in: may this account do
// this action on this resource, on which rows, with which fields? Roles and
// rules are data; this package knows no resource by name. Everything is denied
// that no rule allows.
package policy

import "time"

// Face is the way somebody came in.
type Face string

// The faces.
const (
	Screen  Face = "screen"
	Command Face = "command"
	Files   Face = "files"
	Worker  Face = "worker"
	Server  Face = "server" // the cohort binary on the server's own shell
)

// Actor is who acts, as every service method's second parameter. It is a small
// value that points to an immutable snapshot of rights; sessions take a fresh
// one for every request, so that a changed role works at once.
type Actor struct {
	Account    int64  // 0 for the system and for applicants
	Enrollment int64  // the one enrollment an applicant's link opens, else 0
	Login      string // log-in name, "enroll" for applicants, "system"
	Name       string // display name
	Via        Face
	Addr       string // remote address, without port
	Rights     *Rights

	// Unsure is why his rights cannot be asked for just now, as when the database is away. Rights are then those last
	// known, or none: good for drawing, and for nothing else.
	Unsure error
}

// System acts for background work; it may do everything.
var System = Actor{Login: "system", Name: "system", Via: Worker, Rights: &Rights{all: true}}

// Applicant is somebody who came in by an enrollment link. He has no grants:
// the enrollment service alone decides what the link opens.
func Applicant(enrollment int64, via Face, addr string) Actor {
	return Actor{Enrollment: enrollment, Login: "enroll", Via: via, Addr: addr, Rights: &Rights{}}
}

// IsSystem says whether a is background work or the server's own shell.
func (a Actor) IsSystem() bool { return a.Rights != nil && a.Rights.all }

// Scope holds the values that row rules name with a dollar sign.
type Scope struct {
	Me          int64
	Departments []int64 // one's department and those below it
	Classes     []int64 // classes one teaches or attends
	Campus      int64
	Customer    int64 // the customer record of a student's account
}

// Rights is an immutable snapshot: the union of the grants of an account's
// roles and its own, less its denials, with the scope their row rules refer to.
// MustChange bars everything but changing the password.
type Rights struct {
	all        bool
	Roles      []Role
	Scope      Scope
	MustChange bool
	MustEnroll bool      // a role wants a second factor and there is none yet: bars everything but setting one up
	Activating bool      // came by an activation address: may choose a password there, and nothing else
	Read       time.Time // when the snapshot was taken
	byKey      map[key][]Grant
	denied     map[key][]Grant
}

// Barred says whether the account has to do something else first, before it may
// do anything.
func (r *Rights) Barred() bool { return r.MustChange || r.MustEnroll }

type key struct{ resource, action string }

// Role names a role that granted something, for menus and explanations.
type Role struct {
	ID    int64
	Name  string // stable name: sales, sales_manager, lecturer, student, admin or the school's own
	Title string // the school's own words for it, or ""
	Menu  []string
}

// Has says whether the account holds the role.
func (r *Rights) Has(role string) bool {
	for _, x := range r.Roles {
		if x.Name == role {
			return true
		}
	}
	return false
}

// NewRights makes a snapshot from grants and denials.
func NewRights(roles []Role, scope Scope, grants []Grant) *Rights {
	r := &Rights{Roles: roles, Scope: scope, byKey: map[key][]Grant{}, denied: map[key][]Grant{}}
	for _, g := range inOrder(grants) {
		to := r.byKey
		if g.Deny {
			to = r.denied
		}
		k := key{g.Resource, g.Action}
		to[k] = append(to[k], g)
	}
	return r
}

// Grants lists all grants and denials of the snapshot, in order.
func (r *Rights) Grants() []Grant {
	var all []Grant
	for _, m := range [2]map[key][]Grant{r.byKey, r.denied} {
		for _, list := range m {
			all = append(all, list...)
		}
	}
	return inOrder(all)
}

// Only gives what one role alone grants; "" gives the account's own grants.
// Denials stay.
func (r *Rights) Only(role string) *Rights {
	var some []Grant
	for _, g := range r.Grants() {
		if g.Deny || g.Role == role {
			some = append(some, g)
		}
	}
	out := NewRights(r.Roles, r.Scope, some)
	out.MustChange, out.MustEnroll, out.Read = r.MustChange, r.MustEnroll, r.Read
	return out
}

// As is the actor with what one of his roles alone grants; "" with his own
// grants alone.
func (a Actor) As(role string) Actor {
	a.Rights = a.Rights.Only(role)
	return a
}
