// Package bus tells open sessions that something changed, after the commit.
// It carries no data: who hears "customer 42 changed" reads the record again,
// through his own rights.
package bus

import "sync"

// Event says what changed.
type Event struct {
	Resource string // "customers", "enrollments", "accounts", "policy" …
	ID       int64  // 0: several or all
	Verb     string // "changed", "added", "deleted", or the resource's own: "notified", "document"
	Account  int64  // whom it concerns, where it concerns one person; 0: anyone
}

// Bus hands events to subscribers. The zero value works.
type Bus struct {
	mu    sync.RWMutex
	subs  map[*Sub]struct{}
	relay func(Event)
}

// Sub is one subscription. C is signalled (capacity one) when events wait;
// Take gives them.
type Sub struct {
	C chan struct{}

	bus     *Bus
	mu      sync.Mutex
	pending map[Event]struct{}
	order   []Event
	flooded bool
}

// maxPending bounds what a subscriber that does not listen may pile up.
const maxPending = 256

// Subscribe starts a subscription; call Close when done.
func (b *Bus) Subscribe() *Sub {
	s := &Sub{C: make(chan struct{}, 1), bus: b, pending: map[Event]struct{}{}}
	b.mu.Lock()
	if b.subs == nil {
		b.subs = map[*Sub]struct{}{}
	}
	b.subs[s] = struct{}{}
	b.mu.Unlock()
	return s
}

// Relay hands every event that is published here to f, too, which tells other processes of the school and must not
// block. Call it before the first event.
func (b *Bus) Relay(f func(Event)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.relay = f
}

// Publish hands e to every subscriber. It never blocks.
func (b *Bus) Publish(e Event) {
	b.Hear(e)
	b.mu.RLock()
	relay := b.relay
	b.mu.RUnlock()
	if relay != nil {
		relay(e)
	}
}

// Flood tells every subscriber that events were lost: everything shown or remembered is to be read again.
func (b *Bus) Flood() {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for s := range b.subs {
		s.mu.Lock()
		s.flooded = true
		s.mu.Unlock()
		s.signal()
	}
}

// Hear hands e, which another process has published, to the subscribers of this one.
func (b *Bus) Hear(e Event) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for s := range b.subs {
		s.put(e)
	}
}

func (s *Sub) put(e Event) {
	s.mu.Lock()
	if _, twice := s.pending[e]; !twice {
		if len(s.order) >= maxPending {
			s.flooded = true
		} else {
			s.pending[e] = struct{}{}
			s.order = append(s.order, e)
		}
	}
	s.mu.Unlock()
	s.signal()
}

func (s *Sub) signal() {
	select {
	case s.C <- struct{}{}:
	default:
	}
}

// Take gives the waiting events in order, each once. flooded says that some
// were lost and everything shown should be read again.
func (s *Sub) Take() (events []Event, flooded bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	events, flooded = s.order, s.flooded
	s.order, s.flooded = nil, false
	clear(s.pending)
	return events, flooded
}

// Close ends the subscription.
func (s *Sub) Close() {
	s.bus.mu.Lock()
	delete(s.bus.subs, s)
	s.bus.mu.Unlock()
}
