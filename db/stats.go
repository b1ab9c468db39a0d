package db

import (
	"sync/atomic"
	"time"
)

// Stats are what has happened since the database was opened, for metrics.
type Stats struct {
	Reads      int64 // transactions
	Writes     int64 // functions run by Write, failed ones among them
	Failed     int64 // of Writes
	Groups     int64 // commits; Writes / Groups is how many share one disk sync
	Statements int64 // run in either kind of transaction
	HeldMicros int64 // microseconds that write functions held the writer
	Queue      int   // write functions waiting now
	Readers    int   // reader connections in use now
}

// counters are behind Stats.
type counters struct {
	reads, writes, failed, groups, statements, held atomic.Int64
}

// Stats tells what has happened so far.
func (d *DB) Stats() Stats {
	c := &d.count
	return Stats{
		Reads: c.reads.Load(), Writes: c.writes.Load(), Failed: c.failed.Load(), Groups: c.groups.Load(),
		Statements: c.statements.Load(), HeldMicros: c.held.Load(),
		Queue: len(d.writes.queue), Readers: len(d.readers.seats),
	}
}

// wrote counts one write function.
func (d *DB) wrote(held time.Duration, err error) {
	d.count.writes.Add(1)
	d.count.held.Add(held.Microseconds())
	if err != nil {
		d.count.failed.Add(1)
	}
}
