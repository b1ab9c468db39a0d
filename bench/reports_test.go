package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cohort/app/report"
	"cohort/app/seed"
)

// BenchmarkReportsOfAMonth asks every report for one month, and every first
// screen, in schools whose months are alike and whose histories are 14 and 60
// months long: what differs between the two is what grows with history. Where
// COHORT_BENCH_SCHOOL names the data folder of a filled school (people p1, p39
// and p40: sales, sales manager, administrator), that one is asked, too; with
// COHORT_BENCH_COLD by a program that has just been started, of a database of
// which nothing is in memory.
func BenchmarkReportsOfAMonth(b *testing.B) {
	if data := os.Getenv("COHORT_BENCH_SCHOOL"); data != "" {
		s := &filled{b: b, data: data, cold: os.Getenv("COHORT_BENCH_COLD") != ""}
		s.reports("school", "p40")
		s.homes("school", "p1", "p31", "p39", "p40")
		return
	}
	for _, months := range []int{14, 60} {
		data := filepath.Join(b.TempDir(), "school")
		demo(b, data)
		in := enter(b, data)
		must(b, seed.Bulk{Customers: 700 * months, Span: time.Duration(months) * 30 * 24 * time.Hour, Seed: 1}.Run(b.Context(), in.DB))
		must(b, seed.Classroom{Enrollments: 150 * months, Payments: 375 * months}.Run(b.Context(), in.DB))
		must(b, in.Close())
		s := &filled{b: b, data: data}
		name := fmt.Sprint(months, "-months")
		s.reports(name, "admin")
		s.homes(name, "sales_a", "manager", "lecturer", "admin")
	}
}

// filled is a school that is asked, by one program or, cold, by a new one for
// each question.
type filled struct {
	b    *testing.B
	data string
	cold bool
	open *inside
}

// reports asks for the month that has just ended.
func (f *filled) reports(name, login string) {
	s := f.enter(f.b)
	month := report.Month(s.DB.Now().In(s.Zone)).Shift(-1)
	for _, r := range s.Reports.Names(s.as(login)) {
		f.ask(r.Name+"/"+name, func(b *testing.B, s *inside) {
			_, err := s.Reports.Show(b.Context(), s.as(login), report.Ask{Name: r.Name, Period: month})
			must(b, err)
		})
	}
}

func (f *filled) homes(name string, logins ...string) {
	for _, login := range logins {
		f.ask("home-of-"+login+"/"+name, func(b *testing.B, s *inside) {
			_, err := s.Home.Show(b.Context(), s.as(login))
			must(b, err)
		})
	}
}

// ask gives the middle and the slow end, and the processor's time, which other
// work on the machine changes less.
func (f *filled) ask(name string, do func(b *testing.B, s *inside)) {
	f.b.Run(name, func(b *testing.B) {
		var all times
		var spent time.Duration
		for b.Loop() {
			s := f.enter(b)
			begin, cpu := time.Now(), processor()
			do(b, s)
			all, spent = append(all, time.Since(begin)), spent+processor()-cpu
		}
		all.report(b, "")
		b.ReportMetric(millis(spent)/float64(len(all)), "cpu-ms")
	})
}

// enter opens the school once, or anew and with cold memory.
func (f *filled) enter(b *testing.B) *inside {
	if f.open != nil && !f.cold {
		return f.open
	}
	if f.open != nil {
		must(b, f.open.Close())
		forget(b, filepath.Join(f.data, "cohort.db"))
	}
	f.open = enter(f.b, f.data)
	return f.open
}

// forget drops what the system keeps of a file in memory.
func forget(b *testing.B, path string) {
	file, err := os.Open(path)
	must(b, err)
	defer func() { _ = file.Close() }()
	must(b, file.Sync())
	must(b, unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_DONTNEED))
}

// processor is the time that this process has spent on the processor.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
