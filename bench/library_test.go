package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"cohort/app/customer"
	"cohort/app/grams"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// pageRows is what a screen of 40 lines asks for.
const pageRows = 111

// words are what the benchmarks look for in a library, taken from it.
type words struct {
	rare, rareName  string // a pair of characters few names hold, and the newest of those
	common          string // a pair that many hold
	one             string // the character that most hold
	three           string // a whole name of three characters
	phone, phoneEnd string // of somebody in the middle
	middle          int64  // his id
	initials, said  string // of a whole name of three characters, and how it is said
	family          string // how the most frequent family name is said
	inPhone, inQQ   string // four digits of the middle of a phone and of a QQ
	next            string // the phone of somebody behind him: who is looked up gets a longer history
}

// staff are the log-ins of those who ask a library.
type staff struct{ sales, other, admin string }

// library is the school of COHORT_BENCH_SCHOOL, or one that is filled for this.
func library(b *testing.B) (*inside, staff) {
	if data := os.Getenv("COHORT_BENCH_SCHOOL"); data != "" {
		return enter(b, data), staff{"p1", "p2", "p40"}
	}
	return enter(b, school(b, customers)), staff{"sales_a", "sales_b", "admin"}
}

func (s *inside) words() (w words) {
	s.b.Helper()
	text := func(to *string, query string, args ...any) func(tx *db.Tx) error {
		return func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(to) }
	}
	for _, step := range []func(tx *db.Tx) error{
		text(&w.rare, `SELECT gram FROM name_grams WHERE length(gram) = 2 AND gram > '一' GROUP BY gram ORDER BY abs(count(*) - 3), gram LIMIT 1`),
		text(&w.common, `SELECT gram FROM name_grams WHERE length(gram) = 2 AND gram > '一' GROUP BY gram ORDER BY abs(count(*) - 1700), gram LIMIT 1`),
		text(&w.one, `SELECT gram FROM name_grams WHERE length(gram) = 1 GROUP BY gram ORDER BY count(*) DESC LIMIT 1`),
		text(&w.three, `SELECT name FROM customers WHERE length(name) = 3 AND name > '一' ORDER BY id DESC LIMIT 1 OFFSET 500`),
		text(&w.inQQ, `SELECT substr(qq, 4, 4) FROM customers WHERE length(qq) > 8 ORDER BY id DESC LIMIT 1`),
		func(tx *db.Tx) error { return text(&w.rareName, newestWith, w.rare)(tx) },
		func(tx *db.Tx) error {
			row := tx.QueryRow(`SELECT id, phone FROM customers WHERE phone <> '' AND id >= (SELECT (min(id) + max(id)) / 2 FROM customers) ORDER BY id LIMIT 1`)
			return row.Scan(&w.middle, &w.phone)
		},
		func(tx *db.Tx) error {
			return text(&w.next, `SELECT phone FROM customers WHERE phone <> '' AND id > $1 ORDER BY id LIMIT 1`, w.middle)(tx)
		},
	} {
		must(s.b, s.DB.Read(s.b.Context(), step))
	}
	w.phoneEnd = w.phone[len(w.phone)-4:]
	w.inPhone = w.phone[4:8]
	sounds := grams.Sounds(w.three)
	w.family, w.said, w.initials = sounds[0], sounds[1], sounds[2]
	return w
}

const newestWith = `SELECT name FROM customers WHERE id IN (SELECT customer_id FROM name_grams WHERE gram = $1) ORDER BY created_at DESC LIMIT 1`

// BenchmarkLibrary asks the engine for what screens and commands ask it, as a
// salesperson, who sees most contacts masked, and as an administrator.
func BenchmarkLibrary(b *testing.B) {
	s, who := library(b)
	w := s.words()
	depth, err := s.Engine.CursorOf(b.Context(), s.as(who.admin), "customers", "", w.middle)
	must(b, err)
	byLast, err := s.Engine.CursorOf(b.Context(), s.as(who.admin), "customers", "sort:-last", w.middle)
	must(b, err)
	page := resource.Page{}
	typed := resource.Page{Limit: pageRows, Count: true}
	for _, c := range []struct {
		name, query string
		page        resource.Page
	}{
		{"page/first", "", page},
		{"page/half-way", "", resource.Page{After: depth}},
		{"page/half-way-by-last", "sort:-last", resource.Page{After: byLast}},
		{"page/owner-status", "owner:" + who.other + " status:not_enrolled sort:-last", page},
		{"page/source", "source:baidu", page},
		{"page/two-statuses", "status:enrolled,dropped_out sort:-last", page},
		{"page/stale", "stale:yes sort:last", page},
		{"page/screen", "", typed}, // what the list asks for when it opens
		{"search/pair-rare", w.rare, page},
		{"search/pair-common", w.common, page},
		{"search/one-character", w.one, page},
		{"search/name", w.three, page},
		{"search/phone-tail", w.phoneEnd, page},
		{"search/phone", w.phone, page},
		{"filter/phone", "phone:" + w.phone, page},
		{"search/nothing", "龘龘", page},
		{"search/initials", w.initials, page},
		{"search/pinyin", w.said, page},
		{"search/pinyin-family", w.family, page},
		{"search/pinyin-two-words", w.family + " " + w.initials[1:], page},
		{"search/phone-middle", w.inPhone, page},
		{"search/qq-part", w.inQQ, page},
		{"search/one-letter", "w", page},
		{"search/one-digit", "4", page},
		{"search/tag", "tags:vip", page},
		{"search/combined", w.initials + " status:not_enrolled source:baidu", page},
		{"typed/initials", w.initials, typed},
		{"typed/phone-middle", w.inPhone, typed},
		{"typed/pair-rare", w.rare, typed}, // what the screen asks for while one types
		{"typed/pair-common", w.common, typed},
		{"typed/one-character", w.one, typed},
		{"typed/phone-tail", w.phoneEnd, typed},
		{"typed/one-character-of-mine", w.one + " owner:me", typed},
		{"typed/pinyin-family-of-mine", w.family + " owner:me", typed},
	} {
		s.both(b, who, c.name, func(ctx context.Context, by policy.Actor) (int, error) {
			l, err := s.Engine.List(ctx, by, "customers", c.query, c.page)
			return max(len(l.Rows), l.Total), err
		})
	}
	for name, query := range map[string]string{"count/not-enrolled": "status:not_enrolled", "count/source-status": "source:baidu status:enrolled"} {
		s.both(b, who, name, func(ctx context.Context, by policy.Actor) (int, error) {
			n, _, err := s.Engine.Count(ctx, by, "customers", query)
			return n, err
		})
	}
	s.both(b, who, "calls/next", func(ctx context.Context, by policy.Actor) (int, error) {
		q, err := s.Customers.Calls(ctx, by, customer.Place{}, 50)
		return len(q.Calls), err
	})
	s.both(b, who, "calls/day", func(ctx context.Context, by policy.Actor) (int, error) {
		_, err := s.Customers.Day(ctx, by)
		return 1, err
	})
	s.both(b, who, "one/show", func(ctx context.Context, by policy.Actor) (int, error) {
		_, fields, err := s.Engine.Show(ctx, by, "customers", w.middle)
		return len(fields), err
	})
	s.both(b, who, "one/page", func(ctx context.Context, by policy.Actor) (int, error) { return s.page(ctx, by, w.middle) })
	s.both(b, who, "one/check", func(ctx context.Context, by policy.Actor) (int, error) {
		f, err := s.Customers.Check(ctx, by, "", w.next)
		return map[bool]int{true: 1}[f.Exists], err
	})
}

// page is what the screen of one customer asks for.
func (s *inside) page(ctx context.Context, by policy.Actor, id int64) (int, error) {
	if _, _, err := s.Engine.Show(ctx, by, "customers", id); err != nil {
		return 0, err
	}
	for _, action := range []string{"change", "follow_up", "assign", "reveal"} {
		_ = s.Engine.May(ctx, by, action, "customers", id)
	}
	list, err := s.Customers.History(ctx, by, id)
	return len(list), err
}

// both runs something as sales and as admin, and says how much was found.
func (s *inside) both(b *testing.B, who staff, name string, f func(ctx context.Context, by policy.Actor) (int, error)) {
	for _, login := range []string{who.sales, who.admin} {
		b.Run(name+"/"+login, func(b *testing.B) {
			ctx, by, found := context.Background(), s.as(login), 0
			loop(b, func() {
				var err error
				found, err = f(ctx, by)
				must(b, err)
			})
			b.ReportMetric(float64(found), "found")
		})
	}
}

// BenchmarkReaders are pages of random owners at random depth, eight readers at
// once.
func BenchmarkReaders(b *testing.B) {
	s := enter(b, school(b, customers))
	w := s.words()
	at, err := s.Engine.CursorOf(b.Context(), s.as("admin"), "customers", "sort:-last", w.middle)
	must(b, err)
	var n atomic.Int64
	b.SetParallelism(4)
	b.ResetTimer()
	begin := time.Now()
	b.RunParallel(func(pb *testing.PB) {
		by := s.as("admin")
		for pb.Next() {
			query := fmt.Sprintf("owner:%s status:not_enrolled sort:-last", sales[rand.IntN(len(sales))])
			if _, err := s.Engine.List(context.Background(), by, "customers", query, resource.Page{After: at}); err != nil {
				b.Error(err)
				return
			}
			n.Add(1)
		}
	})
	b.ReportMetric(float64(n.Load())/time.Since(begin).Seconds(), "pages/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkSearchScreen types a search on the screen, over SSH: from the last
// key to the frame with the customer. 120 ms of it are waited on purpose, for
// further keys.
func BenchmarkSearchScreen(b *testing.B) {
	data := school(b, customers)
	in := enter(b, data)
	w := in.words()
	var tailName string
	must(b, in.DB.Read(b.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT name FROM customers WHERE id = $1`, w.middle).Scan(&tailName)
	}))
	must(b, in.Close())
	top := topCustomer(b, data)
	s := serve(b, data, "--demo")
	for _, c := range [][3]string{{"pair", w.rare, w.rareName}, {"phone", w.phone, tailName}} {
		b.Run(c[0], func(b *testing.B) {
			all := crowd(b, s, 1, func(int) string { return "admin" }, list, top)
			defer leave(all)
			y := all[0]
			var took times
			for b.Loop() {
				must(b, y.press("/"))
				y.quiet()
				y.expect(c[2])
				begin := time.Now()
				must(b, y.press(c[1]))
				at, err := y.wait()
				must(b, err)
				took = append(took, at.Sub(begin))
				y.expect(top)
				must(b, y.press("\x1b"))
				_, err = y.wait()
				must(b, err)
				y.quiet()
			}
			took.report(b, "")
		})
	}
}
