package monitor

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cohort/app"
)

// school gives the figures that are read when they are asked for.
type school struct{ app *app.App }

// figure describes one figure without labels.
func figure(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }

var (
	reads      = figure("cohort_db_reads_total", "Read transactions.")
	writes     = figure("cohort_db_writes_total", "Write functions run.")
	failed     = figure("cohort_db_writes_failed_total", "Write functions whose changes were undone.")
	groups     = figure("cohort_db_commits_total", "Commits; writes share them.")
	statements = figure("cohort_db_statements_total", "SQL statements run.")
	held       = figure("cohort_db_writer_held_seconds_total", "How long write functions held the only writer.")
	queue      = figure("cohort_db_writer_queue", "Write functions that wait for the writer now.")
	readers    = figure("cohort_db_readers_busy", "Reader connections in use now.")
	mailsWait  = figure("cohort_outbox_waiting", "Mails that wait to be sent.")
	mailsDead  = figure("cohort_outbox_dead", "Mails that were given up.")
	diskFree   = figure("cohort_disk_free_bytes", "Free bytes on the disk of the data.")
)

// Describe is prometheus.Collector's.
func (school) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{reads, writes, failed, groups, statements, held, queue, readers, mailsWait, mailsDead, diskFree} {
		ch <- d
	}
}

// Collect is prometheus.Collector's. A figure that cannot be read is left out.
func (s school) Collect(ch chan<- prometheus.Metric) {
	count := func(d *prometheus.Desc, v float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v)
	}
	gauge := func(d *prometheus.Desc, v float64) { ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	st := s.app.DB.Stats()
	count(reads, float64(st.Reads))
	count(writes, float64(st.Writes))
	count(failed, float64(st.Failed))
	count(groups, float64(st.Groups))
	count(statements, float64(st.Statements))
	count(held, float64(st.HeldMicros)/1e6)
	gauge(queue, float64(st.Queue))
	gauge(readers, float64(st.Readers))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if waiting, dead, err := s.app.Outbox(ctx); err == nil {
		gauge(mailsWait, float64(waiting))
		gauge(mailsDead, float64(dead))
	}
	if free, err := s.app.Free(); err == nil {
		gauge(diskFree, float64(free))
	}
}
