package session

import "time"

// Ban is who has failed to log in too often, as lists show it. Where Login is
// "", whoever comes from the address; where Addr is "", the account from wherever
// it has not been before, which is only made to wait.
type Ban struct {
	ID       string // for lifting it; the same while it lasts
	Login    string
	Addr     string // without port; of IPv6 the network
	Failures int
	Last     time.Time // the last failure
	Until    time.Time // attempts are refused until then; zero: they only wait
}

// Doorkeeper knows whom the server's door holds off. It is what a Registry may be,
// too.
type Doorkeeper interface {
	// Bans lists who is held off or was shortly before, the newest failure first.
	Bans() []Ban
	// Lift forgets the failures of one; it says whether there was such a ban.
	Lift(id string) bool
}
