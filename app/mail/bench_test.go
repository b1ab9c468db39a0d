package mail

import (
	"fmt"
	"testing"

	"cohort/db"

	"cohort/app/outbox"
)

// BenchmarkSendBatch is what a full batch costs, from the claim to the last mark on the disk, over one connection.
func BenchmarkSendBatch(b *testing.B) {
	p := &postbox{}
	p.start(b, false, false)
	s := newSchool(b, p.url("tls=none"))
	n := 0
	for b.Loop() {
		b.StopTimer()
		s.write(func(tx *db.Tx) error {
			for range outbox.Batch {
				n++
				if _, _, err := Queue(tx, Message{Dedup: fmt.Sprint(n), To: "a@example.com", Subject: "x", Body: "y"}); err != nil {
					return err
				}
			}
			return nil
		})
		b.StartTimer()
		s.round()
	}
	if got := len(p.all()); got != n {
		b.Fatalf("%d of %d arrived", got, n)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n), "µs/mail")
}
