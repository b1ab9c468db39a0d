// Package seed fills a school: a demo one to look around in, and bulks of
// customers to measure with.
package seed

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"cohort/app/customer"
	"cohort/db"
)

// Bulk fills a library with customers for benchmarks. The school must have its
// sources; owners, courses and campaigns are taken from what is there.
type Bulk struct {
	Customers int
	FollowUps int           // of each customer on average; 0: 3
	Span      time.Duration // the customers came within so long before now; 0: 14 months
	Seed      uint64        // the same seed gives the same library
	Progress  func(done int)
}

// The customers of one round: enough to be fast, few enough that progress is
// seen and, where each is a transaction, that other writers do not wait long.
const round = 1000

// From so many customers on, everything is one transaction, during which the
// indexes of the lists are away: they are made anew at the end, sorted, in a
// third of the time.
var large = 50_000

// Run inserts the customers. What a small bulk has inserted stays when ctx
// ends; a large one is all or nothing, and nobody else writes meanwhile.
func (o Bulk) Run(ctx context.Context, d *db.DB) error {
	if o.FollowUps == 0 {
		o.FollowUps = 3
	}
	if o.Span == 0 {
		o.Span = 14 * 30 * 24 * time.Hour
	}
	g := &maker{Bulk: o, rng: rand.New(rand.NewPCG(o.Seed, 42)), now: d.Now()}
	if err := d.Read(ctx, g.school); err != nil {
		return err
	}
	if o.Customers >= large {
		return d.Write(ctx, func(tx *db.Tx) error {
			return withoutIndexes(tx, bulkTables, func() error {
				return o.rounds(ctx, g, func(r *rows) error { return r.insert(tx) })
			})
		})
	}
	return o.rounds(ctx, g, func(r *rows) error {
		return d.Write(ctx, func(tx *db.Tx) error { return r.insert(tx) })
	})
}

func (o Bulk) rounds(ctx context.Context, g *maker, insert func(*rows) error) error {
	for done := 0; done < o.Customers; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(round, o.Customers-done)
		if err := insert(g.make(n, done)); err != nil {
			return err
		}
		done += n
		if o.Progress != nil {
			o.Progress(done)
		}
	}
	return nil
}

// maker makes believable customers.
type maker struct {
	Bulk
	rng  *rand.Rand
	now  time.Time
	next int64 // id of the next customer
	fid  int64 // id of the next follow-up

	owners, courses, sources []int64
	taken                    map[string]bool // contacts of those who are there
}

// rows are what one batch inserts, each a slice of columns.
type rows struct {
	customers, grams, sounds, parts, courses, tags, follows [][]any
}

func (g *maker) make(n, done int) *rows {
	r := &rows{}
	for i := range n {
		at := float64(done+i+1) / float64(g.Customers+1)
		g.customer(r, g.now.Add(-time.Duration(float64(g.Span)*(1-at))))
	}
	for _, keys := range [][][]any{r.grams, r.sounds, r.parts} { // in the order in which they are kept
		slices.SortFunc(keys, func(a, b []any) int { return slices.CompareFunc(a, b, compareKey) })
	}
	return r
}

func compareKey(a, b any) int {
	if s, ok := a.(string); ok {
		return strings.Compare(s, b.(string))
	}
	return cmp.Compare(a.(int64), b.(int64))
}

// chance is true in p of 100 cases.
func (g *maker) chance(p int) bool { return g.rng.IntN(100) < p }

func pick[T any](g *maker, list []T) T { return list[g.rng.IntN(len(list))] }

func (g *maker) customer(r *rows, created time.Time) {
	name, sex := g.name()
	id, c := g.free()
	owner := any(nil)
	if len(g.owners) > 0 && !g.chance(8) {
		owner = pick(g, g.owners)
	}
	l := g.life(r, id, owner, created)
	said := ""
	if g.chance(60) {
		said = pick(g, inquiries)
	}
	keys := customer.KeysOf(name, func(kind string) string { return c[kindAt[kind]] })
	r.customers = append(r.customers, []any{id, name, nameKey(name), keys.SoundsText(), sex, c[0], c[1], c[2], c[3], pick(g, g.sources), said, l.status, owner,
		l.never, l.last, l.touched, l.next, l.intention, owner, created.UnixMilli(), max(created.UnixMilli(), l.last)})
	for _, gram := range customer.Grams(name) {
		r.grams = append(r.grams, []any{gram, id})
	}
	for _, s := range keys.Sounds {
		r.sounds = append(r.sounds, []any{s, id})
	}
	for _, p := range keys.Parts {
		r.parts = append(r.parts, []any{p.Kind, p.Text, p.Ahead, id})
	}
	if len(g.courses) > 0 {
		r.courses = append(r.courses, []any{id, pick(g, g.courses)})
	}
	if g.chance(10) {
		r.tags = append(r.tags, []any{id, pick(g, tags)})
	}
}

// life is what became of a customer.
type life struct {
	status, intention, next string
	never, last, touched    int64
}

// life makes the follow-ups of a customer and what they led to.
func (g *maker) life(r *rows, id int64, author any, created time.Time) life {
	l := life{status: customer.NotEnrolled, touched: created.UnixMilli()}
	at := created
	for range g.rng.IntN(2*g.FollowUps + 1) {
		at = at.Add(time.Duration(1+g.rng.IntN(20*24*60)) * time.Minute)
		if at.After(g.now) {
			break
		}
		l.intention = pick(g, customer.Intentions[:3])
		l.last, l.touched = at.UnixMilli(), at.UnixMilli()
		r.follows = append(r.follows, []any{g.fid, id, author, l.last, pick(g, channels), pick(g, notes), l.intention, "", l.last})
		g.fid++
	}
	switch n := g.rng.IntN(100); {
	case l.last == 0:
	case n < 24:
		l.status, l.intention = customer.Enrolled, "enrolled"
	case n < 26:
		l.status, l.intention = customer.DroppedOut, "no_plan"
	case n < 28:
		l.intention, l.never = "never_contact", 1
	case n < 50:
		l.next = g.now.AddDate(0, 0, g.rng.IntN(28)-9).Format(time.DateOnly)
	}
	return l
}

// free gives the next id whose contacts nobody has.
func (g *maker) free() (id int64, c [4]string) {
	for {
		id, c = g.next, g.contacts(g.next)
		g.next++
		if !g.taken[c[0]] && !g.taken[c[1]] {
			return id, c
		}
	}
}

// kindAt is where contacts gives the contact of a kind.
var kindAt = map[string]int{customer.Phone: 0, customer.QQ: 1, customer.WeChat: 2, customer.Email: 3}

// contacts gives phone, QQ, WeChat and e-mail, unlike those of any other id.
func (g *maker) contacts(id int64) (c [4]string) {
	if g.chance(82) {
		c[0] = phones[id%int64(len(phones))] + fmt.Sprintf("%08d", id/int64(len(phones))*92_821_037%100_000_000)
	}
	if g.chance(55) || c[0] == "" {
		c[1] = fmt.Sprint(200_000_000 + id*7_919%8_000_000_000)
	}
	if g.chance(35) {
		c[2] = fmt.Sprintf("wx_%s%d", pick(g, handles), id)
	}
	if g.chance(12) {
		c[3] = fmt.Sprintf("%s.%d@example.com", pick(g, handles), id)
	}
	return c
}

func (g *maker) name() (name, sex string) {
	sex = "male"
	if g.chance(42) {
		sex = "female"
	}
	if g.chance(10) {
		return pick(g, latinFirst) + " " + pick(g, latinLast), sex
	}
	name = g.surname() + pick(g, given)
	if !g.chance(22) {
		name += pick(g, given)
	}
	return name, sex
}

// surname is the more frequent the nearer to the list's beginning.
func (g *maker) surname() string {
	n := g.rng.Float64()
	return surnames[int(n*n*float64(len(surnames)))]
}
