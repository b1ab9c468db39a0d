package line

import (
	"context"
	"sync"

	tea "charm.land/bubbletea/v2"
)

// Mailbox holds messages for a program until it takes them. Posting never blocks, whatever the program or its client
// does: there is one place for each kind of message, and a newer message takes the place of an undelivered older one.
// The zero value is ready. A mailbox belongs to one program.
type Mailbox struct {
	mu    sync.Mutex
	kinds []any // in the order of their first undelivered message
	msgs  map[any]tea.Msg
	bell  chan struct{}
}

// maxKinds bounds a mailbox that nobody empties; beyond it the oldest message is lost.
const maxKinds = 1024

// Post leaves msg for the program. kind is any comparable value, for example "customer 42" or a type of one's own.
func (m *Mailbox) Post(kind any, msg tea.Msg) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.init()
	if _, waiting := m.msgs[kind]; !waiting {
		if len(m.kinds) == maxKinds {
			delete(m.msgs, m.kinds[0])
			m.kinds = m.kinds[1:]
		}
		m.kinds = append(m.kinds, kind)
	}
	m.msgs[kind] = msg
	select {
	case m.bell <- struct{}{}:
	default:
	}
}

func (m *Mailbox) init() {
	if m.bell == nil {
		m.bell = make(chan struct{}, 1)
		m.msgs = make(map[any]tea.Msg)
	}
}

// rung is ready when there is something to take.
func (m *Mailbox) rung() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.init()
	return m.bell
}

// take removes the oldest message; false when there is none.
func (m *Mailbox) take() (tea.Msg, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.kinds) == 0 {
		m.kinds = nil
		return nil, false
	}
	kind := m.kinds[0]
	m.kinds = m.kinds[1:]
	msg := m.msgs[kind]
	delete(m.msgs, kind)
	return msg, true
}

// deliver hands the messages on, one by one; send may block.
func (m *Mailbox) deliver(ctx context.Context, send func(tea.Msg)) {
	bell := m.rung()
	for {
		select {
		case <-ctx.Done():
			return
		case <-bell:
		}
		for msg, ok := m.take(); ok && ctx.Err() == nil; msg, ok = m.take() {
			send(msg)
		}
	}
}
