package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cohort/app/report"
	"cohort/app/seed"
)

// BenchmarkReportsOfAMonth asks every report for one month, and every first
// screen, in schools whose months are alike and whose histories are 14 and 60
// months long: what differs between the two is what grows with history. Where
// COHORT_BENCH_SCHOOL names the data folder of a filled school (people p1, p39
// and p40: sales, sales manager, administrator), that one is asked, too.
func BenchmarkReportsOfAMonth(b *testing.B) {
	if data := os.Getenv("COHORT_BENCH_SCHOOL"); data != "" {
		s := enter(b, data)
		s.reports(b, "school", "p40")
		s.homes(b, "school", "p1", "p31", "p39", "p40")
		return
	}
	for _, months := range []int{14, 60} {
		data := filepath.Join(b.TempDir(), "school")
		demo(b, data)
		s := enter(b, data)
		must(b, seed.Bulk{Customers: 700 * months, Span: time.Duration(months) * 30 * 24 * time.Hour, Seed: 1}.Run(b.Context(), s.DB))
		must(b, seed.Classroom{Enrollments: 150 * months, Payments: 375 * months}.Run(b.Context(), s.DB))
		name := fmt.Sprint(months, "-months")
		s.reports(b, name, "admin")
		s.homes(b, name, "sales_a", "manager", "lecturer", "admin")
	}
}

// reports asks for the month that has just ended.
func (s *inside) reports(b *testing.B, name, login string) {
	by := s.as(login)
	month := report.Month(s.DB.Now().In(s.Zone)).Shift(-1)
	for _, r := range s.Reports.Names(by) {
		b.Run(r.Name+"/"+name, func(b *testing.B) {
			loop(b, func() {
				_, err := s.Reports.Show(b.Context(), by, report.Ask{Name: r.Name, Period: month})
				must(b, err)
			})
		})
	}
}

func (s *inside) homes(b *testing.B, name string, logins ...string) {
	for _, login := range logins {
		by := s.as(login)
		b.Run("home-of-"+login+"/"+name, func(b *testing.B) {
			loop(b, func() {
				_, err := s.Home.Show(b.Context(), by)
				must(b, err)
			})
		})
	}
}
