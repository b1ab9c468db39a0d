package session

import (
	"time"

	"cohort/app/fault"
)

// Open is one open session, as lists show it.
type Open struct {
	ID         string // short, and new for every session: "s12", "s12-k7q" where several processes serve the school
	Account    int64  // 0 for an applicant
	Enrollment int64  // 0 for an account
	Login      string
	Addr       string    // remote address without port
	Method     string    // how it was identified: "password", "keyboard-interactive", "publickey", "link"
	Kind       string    // what it does: "screens", "command", "sftp", "scp", "refusal"
	Term       string    // the terminal and its size, "" where there is none
	Since      time.Time // when it began
	Process    string    // which of several processes it is at; "" where there is one
	LastKey    time.Time // when a key was pressed last on its screens; zero for other kinds
}

// Registry knows the open sessions of the server.
type Registry interface {
	// Sessions lists them, the oldest first.
	Sessions() []Open
	// End ends one, with its connection and all that shares it, and tells its
	// person why. Where the session except lies on the same connection, only
	// the one ends. It says whether there was such a session.
	End(id string, why *fault.Fault, except string) bool
}
