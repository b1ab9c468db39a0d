package kittest

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/ui/kit"
)

// Demo is a toy program with every widget over made-up people: the kit's own
// tests, its benchmark and pictures use it.
type Demo struct {
	Bus    bus.Bus
	mu     sync.Mutex
	people []Person
	Delay  func(what string) // called before each answer; tests hold answers back with it
	Saves  int
	saved  []kit.SavedList
	Prefs  kit.ListPrefs // as they were kept last
}

// Person is a made-up record.
type Person struct {
	ID      int64
	Name    string
	Phone   string
	Source  string
	Status  string
	Owner   string
	Last    time.Time
	Memo    string
	Fee     int64
	Version int64
}

var sources = []string{"baidu", "qq_group", "zhihu", "referral", "website", "event"}
var family = []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗")
var given = []string{"小明", "思远", "雨欣", "子涵", "浩然", "诗琪", "建国", "秀英", "志强", "晓东", "丽华", "欧阳娜娜", "伟", "静"}
var latin = []string{"Kobe Bryant", "Maria Fernandez-Lopez", "Tom Li", "Zoë Müller"}

// NewDemo makes n people.
func NewDemo(n int) *Demo {
	demoWords()
	d := &Demo{}
	for i := range n {
		p := Person{ID: int64(i + 1), Version: 1, Source: sources[i*7%6], Status: []string{"new", "new", "enrolled", "dropped"}[i%4],
			Owner: []string{"李雷", "韩梅梅", "Alice", "Bob"}[i/3%4], Last: Start.Add(-time.Duration(i*i%9000) * time.Hour), Fee: int64(i%7) * 99_800}
		p.Name = string(family[i*3%len(family)]) + given[i%len(given)]
		if i%9 == 5 {
			p.Name = latin[i/9%len(latin)]
		}
		p.Phone = fmt.Sprintf("138%08d", i*7919%100000000)
		p.Memo = "想学 Python 全栈,周末有空;pays monthly. 上次说要和家人商量。"
		d.people = append(d.people, p)
	}
	return d
}

func (d *Demo) wait(what string) {
	if d.Delay != nil {
		d.Delay(what)
	}
}

// Options makes a program of the demo.
func (d *Demo) Options(l i18n.Lang) kit.Options {
	return kit.Options{
		Printer: i18n.Printer{Lang: l}, Name: "Cohort", Person: "李雷 (sales)", Bus: &d.Bus,
		Menu: []kit.Entry{
			{ID: "demo.people", Open: func() kit.Screen { return d.People() }, Badge: func() string { return "3" }},
			{ID: "demo.enroll", Group: "demo.group", Open: func() kit.Screen { return d.Steps() }},
			{ID: "demo.short", Group: "demo.group", Open: func() kit.Screen { return d.Few(0) }},
		},
		Unread: func(context.Context) (int, error) { return 2, nil }, UnreadOn: "notes", UnreadKey: "demo.unread",
		Resolve: func(a string) (kit.Screen, error) {
			var id int64
			if _, err := fmt.Sscanf(a, "people/%d", &id); err != nil {
				return nil, fault.New(fault.NotFound, "fault.not_found")
			}
			return d.Person(id), nil
		},
	}
}

// Columns are those of the list of people.
func Columns() []kit.Column {
	return []kit.Column{
		{Key: "name", Name: "demo.name", Width: 10, Share: 2, Max: 24, Sort: true},
		{Key: "phone", Name: "demo.phone", Width: 11, Drop: 2},
		{Key: "source", Name: "demo.source", Width: 12, Drop: 3},
		{Key: "status", Name: "demo.status", Width: 8},
		{Key: "owner", Name: "demo.owner", Width: 8, Drop: 4},
		{Key: "last", Name: "demo.last", Width: 12, Sort: true},
		{Key: "fee", Name: "demo.fee", Width: 11, Right: true, Drop: 5},
		{Key: "memo", Name: "demo.memo", Width: 16, Share: 3, Drop: 6, Tone: kit.Muted},
	}
}

// People is a list with everything.
func (d *Demo) People() *kit.List {
	return kit.NewList(kit.ListSpec{
		Name: "demo.people", Addr: "people", Columns: Columns(), Source: kit.SourceFunc(d.Page), Watch: []string{"people"}, Select: true, All: d.all,
		Filters: []kit.Filter{
			{Field: "source", Name: "demo.source", Options: options(sources)},
			{Field: "last", Name: "demo.last", Kind: kit.FilterDate, Empty: true},
			{Field: "fee", Name: "demo.fee", Kind: kit.FilterNumber, Empty: true},
			{Field: "owner", Name: "demo.owner", Kind: kit.FilterRelation, Search: d.owners},
			{Field: "phone", Name: "demo.phone", Kind: kit.FilterText},
			{Field: "vip", Name: "demo.vip", Kind: kit.FilterYesNo},
		},
		Views: []kit.ListView{{ID: "demo.mine", Query: "owner:李雷"}},
		Edit:  d.inRow(), Saved: d.savedLists(), Tailor: &kit.Tailor{Columns: Columns(), Prefs: d.Prefs, Keep: d.keep},
		Open: func(r kit.Row) kit.Cmd { return kit.Push(d.Person(r.ID)) },
		Actions: func(l *kit.List) []kit.Action {
			return []kit.Action{
				{ID: "demo.add", Keys: []string{"n"}, Weight: 9, Run: func() kit.Cmd { return kit.Push(d.Form(0)) }},
				{ID: "demo.claim", Keys: []string{"c"}, Weight: 7, Run: func() kit.Cmd { return l.Each("demo.claiming", d.Claim) }},
				{ID: "demo.export", Keys: []string{"x"}, Weight: 5, WhyNot: fault.New(fault.Forbidden, "fault.forbidden", "action", i18n.W("demo.export")), Run: func() kit.Cmd { return nil }},
			}
		},
	})
}

func (d *Demo) all(_ context.Context, query string) ([]int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var ids []int64
	for _, p := range d.people {
		if d.hit(p, query) {
			ids = append(ids, p.ID)
		}
	}
	return ids, nil
}

// Few is a short list of n people, with a word for none.
func (d *Demo) Few(n int) *kit.List {
	return kit.NewList(kit.ListSpec{Name: "demo.short", Columns: Columns(), NoSearch: true, Empty: "demo.empty",
		Source: kit.SourceFunc(func(context.Context, kit.Request) (kit.Page, error) {
			p := kit.Page{Total: n}
			for _, x := range d.people[:n] {
				p.Rows = append(p.Rows, row(x))
			}
			return p, nil
		})})
}

func options(values []string) []kit.Option {
	var out []kit.Option
	for _, v := range values {
		out = append(out, kit.Option{Value: v, Label: v})
	}
	return out
}

func (d *Demo) owners(_ context.Context, text string) ([]kit.Option, error) {
	d.wait("owners " + text)
	var out []kit.Option
	for _, o := range []string{"李雷", "韩梅梅", "Alice", "Bob"} {
		if strings.Contains(strings.ToLower(o), strings.ToLower(text)) {
			out = append(out, kit.Option{Value: o, Label: o, Note: "sales"})
		}
	}
	return out, nil
}

func row(p Person) kit.Row {
	pr := i18n.Printer{Lang: i18n.Chinese, Now: func() time.Time { return Start }}
	r := kit.Row{ID: p.ID, Cursor: p.ID, Cells: []kit.Cell{{Text: p.Name}, {Text: p.Phone[:3] + "****" + p.Phone[7:]}, {Text: p.Source}, {Text: p.Status}, {Text: p.Owner},
		{Text: pr.Ago(p.Last)}, {Text: pr.Money(p.Fee)}, {Text: p.Memo}}}
	if p.Status == "dropped" {
		r.Tone = kit.Muted
	}
	if Start.Sub(p.Last) > 300*24*time.Hour {
		r.Cells[5].Tone = kit.Warn
	}
	return r
}

// Page is the list's source: words are looked for in the name.
func (d *Demo) Page(ctx context.Context, q kit.Request) (kit.Page, error) {
	d.wait("page " + q.Query)
	if strings.Contains(q.Query, "bad:") {
		return kit.Page{}, fault.New(fault.Invalid, "list.no_field", "field", "bad", "fields", "source, owner")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var hits []Person
	for _, p := range d.people {
		if d.hit(p, q.Query) {
			hits = append(hits, p)
		}
	}
	if s, ok := kit.Term(q.Query, "sort"); ok && strings.Contains(s, "name") {
		sort.SliceStable(hits, func(i, j int) bool { return hits[i].Name < hits[j].Name })
	}
	return picked(stretch(hits, q), q.Columns), ctx.Err()
}

// picked puts the cells into the order of the columns that are shown.
func picked(p kit.Page, keys []string) kit.Page {
	at := map[string]int{}
	for i, c := range Columns() {
		at[c.Key] = i
	}
	for i, r := range p.Rows {
		cells := make([]kit.Cell, len(keys))
		for k, key := range keys {
			cells[k] = r.Cells[at[key]]
		}
		p.Rows[i].Cells = cells
	}
	return p
}

func (d *Demo) hit(p Person, query string) bool {
	for _, w := range strings.Fields(query) {
		switch f, v, ok := strings.Cut(w, ":"); {
		case !ok && !strings.Contains(strings.ToLower(p.Name), strings.ToLower(w)):
			return false
		case f == "source" && !strings.Contains(v, p.Source), f == "owner" && v != p.Owner:
			return false
		}
	}
	return true
}

func stretch(hits []Person, q kit.Request) kit.Page {
	at := -1
	for i, p := range hits {
		if p.ID == q.After {
			at = i
		}
	}
	from, to := at+1, min(len(hits), at+1+q.Limit)
	more := to < len(hits)
	if q.Back {
		if at < 0 {
			at = len(hits)
		}
		from, to = max(0, at-q.Limit), at
		more = from > 0
	}
	out := kit.Page{More: more, Total: min(len(hits), 10_000), Capped: len(hits) > 10_000}
	for _, p := range hits[from:to] {
		out.Rows = append(out.Rows, row(p))
	}
	return out
}

// Claim makes a person one's own; every fifth is refused.
func (d *Demo) Claim(_ context.Context, id int64) error {
	d.wait("claim")
	if id%5 == 0 {
		return fault.New(fault.Conflict, "fault.stale")
	}
	d.Change(id, func(p *Person) { p.Owner = "李雷" })
	return nil
}

// Change changes a person and tells the bus, as another session would.
func (d *Demo) Change(id int64, f func(*Person)) {
	d.mu.Lock()
	for i := range d.people {
		if d.people[i].ID == id {
			f(&d.people[i])
			d.people[i].Version++
		}
	}
	d.mu.Unlock()
	d.Bus.Publish(bus.Event{Resource: "people", ID: id, Verb: "changed"})
}

// Insert puts a person in front of all others.
func (d *Demo) Insert(p Person) {
	d.mu.Lock()
	p.ID = int64(len(d.people) + 1)
	p.Version, p.Phone = 1, "13900000000"
	d.people = append([]Person{p}, d.people...)
	d.mu.Unlock()
	d.Bus.Publish(bus.Event{Resource: "people", ID: p.ID, Verb: "added"})
}

// Find gives a person.
func (d *Demo) Find(id int64) (Person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.people {
		if p.ID == id {
			return p, nil
		}
	}
	return Person{}, fault.New(fault.NotFound, "fault.not_found")
}
