package customer_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"cohort/app/bus"
	"cohort/app/customer"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/seed"
	"cohort/db"
)

// library is one large school for all benchmarks: COHORT_BENCH_CUSTOMERS
// customers (100,000 where it is not set), of thirty sales in three departments.
type library struct {
	*customer.Service
	engine *resource.Engine
	sales  policy.Actor
	admin  policy.Actor // the same account with every right
	phone  string       // of a customer
	err    error
}

var (
	one   library
	built sync.Once
)

func bigLibrary(b *testing.B) *library {
	b.Helper()
	built.Do(func() { one.err = one.build() })
	if one.err != nil {
		b.Fatal(one.err)
	}
	return &one
}

// build keeps the database between runs in COHORT_BENCH_DIR, where it is set.
func (l *library) build() error {
	ctx := context.Background()
	n, _ := strconv.Atoi(os.Getenv("COHORT_BENCH_CUSTOMERS"))
	if n == 0 {
		n = 100_000
	}
	dir := os.Getenv("COHORT_BENCH_DIR")
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "cohort-bench"); err != nil {
			return err
		}
	}
	d, err := db.Open(ctx, db.Options{Path: filepath.Join(dir, fmt.Sprintf("customers-%d.db", n)), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	events := &bus.Bus{}
	l.engine = &resource.Engine{DB: d, Zone: time.UTC}
	l.Service = customer.New(customer.Deps{DB: d, Bus: events, Engine: l.engine})
	o := org.New(d, events, org.Options{Log: slog.New(slog.DiscardHandler)})
	have, _, err := l.engine.Count(ctx, policy.System, "customers", "")
	if err == nil && have == 0 {
		err = l.fill(ctx, d, o, n)
	}
	if err != nil {
		return err
	}
	if l.sales, err = o.Actor(ctx, 5, policy.Command, ""); err != nil {
		return err
	}
	l.admin = l.sales
	l.admin.Rights = policy.System.Rights
	return d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT phone FROM customers WHERE phone <> '' ORDER BY id DESC LIMIT 1`).Scan(&l.phone)
	})
}

func (l *library) fill(ctx context.Context, d *db.DB, o *org.Service, n int) error {
	if err := o.EnsureRoles(ctx); err != nil {
		return err
	}
	if err := l.EnsureSources(ctx, policy.System); err != nil {
		return err
	}
	for i := range 3 {
		if _, err := o.AddDepartment(ctx, policy.System, org.Department{Name: fmt.Sprint("sales ", i)}); err != nil {
			return err
		}
	}
	err := d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO courses (code, name, created_at, updated_at) VALUES ('python', 'Python', 1, 1), ('linux', 'Linux', 1, 1)`); err != nil {
			return err
		}
		for i := range 30 {
			_, err := o.SeedAccountIn(tx, policy.System, org.NewAccount{Login: fmt.Sprintf("sales_%02d", i), Name: "S", Department: int64(1 + i%3), Roles: []string{"sales"}}, "x")
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	start := time.Now()
	if err := (seed.Bulk{Customers: n, Seed: 1}).Run(ctx, d); err != nil {
		return err
	}
	fmt.Printf("%d customers with their follow-ups in %s\n", n, time.Since(start).Round(time.Second))
	return nil
}

// BenchmarkPage reads a page of fifty rows with what a list shows of them.
func BenchmarkPage(b *testing.B) {
	l := bigLibrary(b)
	for _, q := range []string{"", "owner:me", "owner:me status:not_enrolled sort:last", "status:not_enrolled", "source:baidu sort:-last", "stale:yes",
		"stale:yes sort:-last", "last:>30d owner:me", `department:"sales 1"`, "status:not_enrolled,dropped_out sort:name", "courses:python", "tags:vip", "next:today"} {
		b.Run(name(q), func(b *testing.B) { l.lists(b, l.sales, q, resource.Page{}) })
	}
	b.Run("everything_counted", func(b *testing.B) { l.lists(b, l.sales, "", resource.Page{Count: true}) })
	deep, err := l.engine.List(context.Background(), l.sales, "customers", "created:<200d", resource.Page{})
	if err != nil || len(deep.Keys) == 0 {
		b.Fatal(err)
	}
	b.Run("deep", func(b *testing.B) { l.lists(b, l.sales, "", resource.Page{After: deep.Keys[0]}) })
}

func name(q string) string {
	if q == "" {
		return "everything"
	}
	return q
}

// BenchmarkSearch finds by a rare name, a frequent one, one character, the end
// and the beginning of a phone.
func BenchmarkSearch(b *testing.B) {
	l := bigLibrary(b)
	for _, q := range []string{"龚楠榕", "楠榕", "王伟", "王", "kobe", "王 owner:me", l.phone[7:], l.phone[:9]} {
		b.Run(q, func(b *testing.B) { l.lists(b, l.admin, q, resource.Page{}) })
	}
}

func (l *library) lists(b *testing.B, by policy.Actor, q string, p resource.Page) {
	rows := 0
	for b.Loop() {
		list, err := l.engine.List(context.Background(), by, "customers", q, p)
		if err != nil {
			b.Fatal(err)
		}
		rows = len(list.Rows)
	}
	b.ReportMetric(float64(rows), "rows")
}

// BenchmarkCheck asks for a contact that is there, its audit entry on the disk.
func BenchmarkCheck(b *testing.B) {
	l := bigLibrary(b)
	for b.Loop() {
		if f, err := l.Check(context.Background(), l.sales, "", l.phone); err != nil || !f.Exists {
			b.Fatal(f, err)
		}
	}
}

// BenchmarkTaken is what a form asks while a contact is typed that is free.
func BenchmarkTaken(b *testing.B) {
	l := bigLibrary(b)
	for b.Loop() {
		if c, err := l.Taken(context.Background(), l.sales, customer.Phone, "13800138000", 0); err != nil || !c.Free {
			b.Fatal(c, err)
		}
	}
}

// BenchmarkDetail shows one customer whole.
func BenchmarkDetail(b *testing.B) {
	l := bigLibrary(b)
	for b.Loop() {
		if _, _, err := l.engine.Show(context.Background(), l.sales, "customers", 4711); err != nil {
			b.Fatal(err)
		}
	}
}
