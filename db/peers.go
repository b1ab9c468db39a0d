package db

import (
	"context"
	"time"
)

// peers is what an engine offers that several processes can share.
type peers interface {
	// listen calls heard with what others say until the connection is lost; ready is called once it listens.
	listen(ctx context.Context, o Options, channel string, ready func(), heard func(text string)) error
	say(ctx context.Context, d *DB, channel, text string) error
	// lead runs f while this process is the one that leads; it returns when it was not, or no longer is.
	lead(ctx context.Context, o Options, f func(ctx context.Context)) error
	hold(ctx context.Context, o Options, key int32) (release func(), ok bool, err error)
}

// Shared tells whether other processes may be at work on the same database.
func (d *DB) Shared() bool {
	_, ok := d.engine.(peers)
	return ok
}

// MaxSaid is how many bytes one text may have that [DB.Say] carries.
const MaxSaid = 7900

// Say tells text to all processes that [DB.Listen] on the channel, this one too. It is told after what has been
// committed before; a process that does not listen just now never hears of it.
func (d *DB) Say(ctx context.Context, channel, text string) error {
	p, ok := d.engine.(peers)
	if !ok {
		return nil
	}
	return p.say(ctx, d, channel, text)
}

// again is how long to wait before the server is asked anew.
const again = time.Second

// Listen hears what processes on the same database say on a channel, until ctx ends. When the server goes away it is
// asked again until it is back. missed is called whenever it begins to listen: whatever was said before is lost.
func (d *DB) Listen(ctx context.Context, channel string, heard func(text string), missed func()) {
	p, ok := d.engine.(peers)
	if !ok {
		<-ctx.Done()
		return
	}
	for quiet := false; ctx.Err() == nil; quiet = true {
		err := p.listen(ctx, d.opt, channel, func() { quiet = false; missed() }, heard)
		if ctx.Err() == nil && !quiet {
			d.opt.Log.Warn("db: not connected with the other processes; it is tried again every second", "err", err)
		}
		pause(ctx, again)
	}
}

// Hold takes something long for this process alone until release is called, or the process dies: an import under way. It
// is not ok where another process holds it. Within one process it does not count; where there can be but one process, it
// always is ok.
func (d *DB) Hold(ctx context.Context, key int64) (release func(), ok bool, err error) {
	p, shared := d.engine.(peers)
	if !shared {
		return func() {}, true, nil
	}
	return p.hold(ctx, d.opt, int32(key))
}

// Lead runs f in one process of all that share the database, and in another one when that ends. Where there can be but
// one it runs at once. f must return when its ctx ends, which is when this process leads no longer or Lead's ctx ends.
func (d *DB) Lead(ctx context.Context, f func(ctx context.Context)) {
	p, ok := d.engine.(peers)
	if !ok {
		f(ctx)
		return
	}
	for ctx.Err() == nil {
		if err := p.lead(ctx, d.opt, f); err != nil && ctx.Err() == nil {
			d.opt.Log.Warn("db: the work done once for all processes rests here", "err", err)
		}
		pause(ctx, again)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
