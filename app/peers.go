package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"time"

	"cohort/app/bus"
	"cohort/db"
)

// Several processes may serve one school from one database server. What changes in one is told to the others after the
// commit, so that their screens and what they remember follow.

// channel is where processes tell each other.
const channel = "cohort_events"

// A process gathers events for a moment, so that an import is not a thousand messages; beyond so many it says only that
// much has changed.
const (
	gather    = 20 * time.Millisecond
	maxGather = 1000
)

// said is one message.
type said struct {
	From    string      `json:"f"`           // the process, which does not listen to itself
	Events  []bus.Event `json:"e,omitempty"` //
	Flooded bool        `json:"x,omitempty"` // much has changed: read everything again
}

// peers connects the buses of the processes.
type peers struct {
	app  *App
	name string
	out  chan bus.Event
	lost chan struct{} // signalled when out was full
}

func newPeers(a *App) *peers {
	p := &peers{app: a, name: rand.Text(), out: make(chan bus.Event, maxGather), lost: make(chan struct{}, 1)}
	if a.DB.Shared() {
		a.Bus.Relay(p.put)
	}
	return p
}

// newMark tells this process from others of the school, in the ids of its sessions: short, and without signs that are
// taken for each other.
func newMark() string { return strings.ToLower(rand.Text()[:4]) }

// place is what people call this process: the machine, and the port that it listens at.
func (a *App) place() string {
	name, err := os.Hostname()
	if err != nil {
		name = a.Mark
	}
	if at := a.address.Load(); at != nil {
		name += ":" + strconv.Itoa(int(at.Port()))
	}
	return name
}

func (p *peers) put(e bus.Event) {
	select {
	case p.out <- e:
	default:
		select {
		case p.lost <- struct{}{}:
		default:
		}
	}
}

// hear takes what others have said.
func (p *peers) hear(ctx context.Context) error {
	p.app.DB.Listen(ctx, channel, func(text string) {
		var s said
		if err := json.Unmarshal([]byte(text), &s); err != nil || s.From == p.name {
			return
		}
		for _, e := range s.Events {
			p.app.Bus.Hear(e)
		}
		if s.Flooded {
			p.app.Bus.Flood()
		}
	}, p.app.Bus.Flood)
	return nil
}

// tell says what has changed here until ctx ends.
func (p *peers) tell(ctx context.Context) error {
	for {
		s := said{From: p.name}
		select {
		case <-ctx.Done():
			return nil
		case <-p.lost:
			s.Flooded = true
		case e := <-p.out:
			s.Events = append(s.Events, e)
		}
		wait(ctx, gather)
		p.more(&s)
		p.send(ctx, s)
	}
}

// more takes what waits by now.
func (p *peers) more(s *said) {
	for {
		select {
		case e := <-p.out:
			s.Events = append(s.Events, e)
		case <-p.lost:
			s.Flooded = true
		default:
			return
		}
	}
}

// send says it, in as many messages as it takes; where that would be many, that much has changed. A server that has
// gone is waited for: the others must hear of it.
func (p *peers) send(ctx context.Context, s said) {
	text, err := json.Marshal(s)
	if err == nil && (s.Flooded || len(text) > db.MaxSaid) {
		text, err = json.Marshal(said{From: p.name, Flooded: true})
	}
	for err == nil && ctx.Err() == nil {
		if p.app.DB.Say(ctx, channel, string(text)) == nil {
			return
		}
		wait(ctx, time.Second)
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// recoverImports takes back imports whose process has died. A process that is alone does so when it starts.
func (a *App) recoverImports(ctx context.Context) error {
	for a.DB.Shared() && ctx.Err() == nil {
		if err := a.Exchange.Recover(ctx); err != nil {
			return err
		}
		wait(ctx, time.Minute)
	}
	return nil
}
