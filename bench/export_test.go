package bench

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"path/filepath"
	"testing"

	"cohort/app/exchange"
	"cohort/app/i18n"
	"cohort/app/sheet"
)

// BenchmarkExport takes all customers out in each format, over SSH by a client
// that throws it away, and, as the floor, by sqlite3 itself: the rows of one table
// without rights, words or relations.
func BenchmarkExport(b *testing.B) {
	data := school(b, customers)
	b.Run("inside", func(b *testing.B) {
		a := enter(b, data)
		by := a.as("admin")
		for _, format := range exchange.Formats {
			b.Run(format, func(b *testing.B) {
				x := exchange.Export{Resource: "customers", Format: format, Reason: "a benchmark", Lang: i18n.English}
				rows := 0
				for b.Loop() {
					n, err := a.Exchange.Export(context.Background(), by, x, io.Discard, nil)
					must(b, err)
					rows += n
				}
				perSecond(b, rows)
			})
		}
	})
	b.Run("ssh/"+sheet.CSV, func(b *testing.B) {
		s, ssh := serve(b, data, "--demo"), program(b, "ssh")
		s.memory(b, func() {
			for b.Loop() {
				s.drain(b, int64(customers)*20, ssh, "admin@"+s.host(), "customers export --reason benchmark")
			}
		})
		perSecond(b, customers*b.N)
	})
	b.Run("sqlite3/csv", func(b *testing.B) {
		sqlite := program(b, "sqlite3")
		for b.Loop() {
			var out bytes.Buffer
			cmd := exec.Command(sqlite, "-csv", "-header", "-readonly", filepath.Join(data, "cohort.db"), "SELECT * FROM customers ORDER BY created_at DESC, id DESC")
			cmd.Stdout = &out
			must(b, cmd.Run())
		}
		perSecond(b, customers*b.N)
	})
}

// perSecond reports how many rows a second there were.
func perSecond(b *testing.B, rows int) {
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
