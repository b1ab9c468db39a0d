package bench

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"cohort/app"
	"cohort/app/customer"
	"cohort/app/resource"
	"cohort/app/seed"
	"cohort/db/pgtest"
)

// BenchmarkEngines does the same work on SQLite and, where COHORT_TEST_DATABASE names a server (one that syncs, for
// honest writes), on PostgreSQL: through the services, with rights, audit trail and all.
func BenchmarkEngines(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchEngine(b, "") })
	if pgtest.On() {
		b.Run("postgres", func(b *testing.B) { benchEngine(b, pgtest.Create(b)) })
	}
}

func benchEngine(b *testing.B, database string) {
	ctx := context.Background()
	dir := b.TempDir()
	open := func(name string) *inside {
		c, err := app.FromEnv(func(v string) string {
			return map[string]string{"COHORT_DATA": filepath.Join(dir, name), "COHORT_DATABASE": database, "COHORT_AGE_KEY": "off"}[v]
		})
		must(b, err)
		a, err := app.Open(ctx, c, slog.New(slog.DiscardHandler))
		must(b, err)
		b.Cleanup(func() { _ = a.Close() })
		return &inside{a, b}
	}
	s := open("a")
	_, err := seed.Demo(ctx, s.Seeding())
	must(b, err)
	by, admin := s.as("sales_a"), s.as("admin")
	list, err := s.Engine.List(ctx, by, "customers", "", resource.Page{Limit: 50})
	must(b, err)
	var n atomic.Int64
	add := func(s *inside) error {
		i := n.Add(1)
		_, err := s.Customers.Add(ctx, by, customer.NewCustomer{Name: "张思远", Phone: fmt.Sprintf("137%08d", i), Source: "baidu"})
		return err
	}
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			_, err := s.Engine.List(ctx, by, "customers", "", resource.Page{Limit: 50})
			must(b, err)
		}
	})
	b.Run("record", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			_, _, err := s.Engine.Show(ctx, by, "customers", list.Rows[i%len(list.Rows)].ID)
			must(b, err)
		}
	})
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			_, err := s.Engine.List(ctx, admin, "customers", "王", resource.Page{Limit: 50})
			must(b, err)
		}
	})
	b.Run("add/1", func(b *testing.B) { eachOf(b, 1, func() error { return add(s) }) })
	b.Run("add/64", func(b *testing.B) { eachOf(b, 64, func() error { return add(s) }) })
	if database == "" {
		return
	}
	other := open("b")
	b.Run("add/64 in two processes", func(b *testing.B) {
		var turn atomic.Int64
		eachOf(b, 64, func() error {
			if turn.Add(1)%2 == 0 {
				return add(other)
			}
			return add(s)
		})
	})
}

// eachOf runs b.N calls from so many goroutines.
func eachOf(b *testing.B, goroutines int, f func() error) {
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range goroutines {
		all.Go(func() {
			for next.Add(1) <= int64(b.N) {
				if err := f(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "/s")
}
