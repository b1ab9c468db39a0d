package session

import "time"

// Forget is how long failed log-ins count after the last of them.
const Forget = 15 * time.Minute

// What failures are counted of.
const (
	OfPair    = "pair"    // a name from an address
	OfAddress = "address" // an address with whatever name
	OfName    = "name"    // a name from whatever address
)

// Failure is what the door of one process tells those of the others, and hears from them.
type Failure struct {
	Sort     string // OfPair …
	Who      string // a hash of whom they are of, in hex
	Login    string // as typed; "" for an address
	Addr     string // "" for a name
	Failures int    // told: since it was told last; heard: of all processes
	Last     time.Time
	Clear    bool // told: what was before counts no more
}

// Sharer is what a Doorkeeper may be, too: one that counts failures together with the doors of other processes.
type Sharer interface {
	// Fresh is signalled when there is something to tell.
	Fresh() <-chan struct{}
	// Tell takes out what is to be told, the most failures first.
	Tell(most int) []Failure
	// Untold puts back what could not be told.
	Untold(list []Failure)
	// Hear takes in what all processes have counted.
	Hear(list []Failure)
}
