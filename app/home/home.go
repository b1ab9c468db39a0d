// Package home is what a person sees first: what needs him now, and how he
// does. It has no figures of its own: what is to be done is the number of rows
// of a list, within his rights, and leads to that list; how he does is a report.
package home

import (
	"context"
	"strconv"
	"time"

	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/report"
	"cohort/app/resource"
	"cohort/app/survey"
	"cohort/app/teaching"
	"cohort/db"
)

// Level says how pressing something is.
type Level int

// The levels.
const (
	Plain Level = iota
	Warn        // to be done
	Bad         // overdue or broken
)

// Entry is one line: a number with the list behind it.
type Entry struct {
	Name  string // its words are home.<name>
	N     int64
	More  bool      // there are at least so many
	Of    int64     // of so many, as a target; 0: none
	Money bool      // N is fen
	Since time.Time // said instead of the number: how long ago
	Word  string    // message key, said instead of the number
	Args  []any     // of Word
	On    time.Time // the day that it is about, said before Text
	Away  int       // how many days from today On is
	Text  string    // said instead of the number, in nobody's language: a title, a name
	Open  string    // address; "" leads nowhere
	Level Level     // where N is not 0
}

// Say gives the entry's value in the reader's language.
func (e Entry) Say(p i18n.Printer) string {
	switch {
	case !e.On.IsZero():
		return e.day(p) + "  " + e.Text
	case e.Text != "":
		return e.Text
	case e.Word != "":
		return p.T(e.Word, e.Args...)
	case !e.Since.IsZero():
		return p.Ago(e.Since)
	case e.Money:
		return p.Money(e.N)
	case e.More:
		return i18n.Group(uint64(e.N)) + "+"
	case e.Of > 0:
		return strconv.FormatInt(e.N, 10) + " / " + strconv.FormatInt(e.Of, 10)
	}
	return strconv.FormatInt(e.N, 10)
}

// day says On as one thinks of it: today, tomorrow, else its weekday.
func (e Entry) day(p i18n.Printer) string {
	day := p.DayWeekday(e.On)
	switch e.Away {
	case 0:
		return p.T("home.on_today", "day", day)
	case 1:
		return p.T("home.on_tomorrow", "day", day)
	}
	return day
}

// Pressing is the level that shows: nothing to do presses nobody.
func (e Entry) Pressing() Level {
	if e.N == 0 {
		return Plain
	}
	return e.Level
}

// Part is a heading with its entries and, of figures, a table, a curve and a
// funnel.
type Part struct {
	Name    string // its words are home.part.<name>
	Entries []Entry
	Table   *report.Result // rows beside the entries
	Curve   []int64        // the chief figure over time, the newest last
	CurveOf string         // its words are home.curve.<this>, and of the newest home.curve.<this>.last
	Funnel  *report.Result // how far the leads of the month have come
}

// Newest says the last figure of the curve, and of when it is.
func (x Part) Newest(p i18n.Printer) string {
	n := x.Curve[len(x.Curve)-1]
	said := any(i18n.Group(uint64(max(0, n))))
	switch {
	case x.CurveOf == "year":
		said = p.Money(n)
	case n < 0:
		said = n
	}
	return p.T("home.curve."+x.CurveOf+".last", "n", said)
}

// Page is a person's first screen.
type Page struct{ Parts []Part }

// Deps is what the service stands on.
type Deps struct {
	DB      *db.DB
	Engine  *resource.Engine
	Reports *report.Service
	Surveys *survey.Service
	Ranks   *teaching.Service
	// System says how the machine is, for who may read that.
	System func(ctx context.Context, by policy.Actor) []Entry
}

// Service makes first screens.
type Service struct{ Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// Show gives the actor's first screen: a part for each thing that he is here,
// and nothing that he may not list.
func (s *Service) Show(ctx context.Context, by policy.Actor) (p Page, err error) {
	if by.Account == 0 || by.Rights.Barred() {
		return p, policy.Forbidden("view", "home")
	}
	m := &maker{Service: s, ctx: ctx, by: by}
	for _, x := range parts {
		if !x.of(by) {
			continue
		}
		part := Part{Name: x.name}
		if err := x.fill(m, &part); err != nil {
			return p, err
		}
		if len(part.Entries)+len(part.Curve) > 0 || part.Table != nil {
			p.Parts = append(p.Parts, part)
		}
	}
	return p, m.unread(&p)
}

// maker makes one page.
type maker struct {
	*Service
	ctx context.Context
	by  policy.Actor
}

// parts are all there are, in their order.
var parts = []struct {
	name string
	of   func(by policy.Actor) bool
	fill func(m *maker, p *Part) error
}{
	{"study", isStudent, (*maker).study},
	{"standing", isStudent, (*maker).standing},
	{"calls", isSales, (*maker).calls},
	{"department", isManager, (*maker).department},
	{"teaching", isLecturer, (*maker).teaching},
	{"classes", isLecturer, (*maker).classes},
	{"school", isOffice, (*maker).school},
	{"month", counts, (*maker).month},
}

// may says whether somebody has a right as a part of his work: who may do
// everything has it only where he holds the role, too.
func may(by policy.Actor, action, resource, role string) bool {
	return by.Can(action, resource) && (!by.Administrator() || by.Rights.Has(role))
}

func isStudent(by policy.Actor) bool { return by.Rights.Scope.Customer != 0 }

// isSales leaves out who leads salespeople and is none himself.
func isSales(by policy.Actor) bool {
	return may(by, "follow_up", "customers", "sales") && (!isManager(by) || by.Rights.Has("sales"))
}

func counts(by policy.Actor) bool {
	return may(by, "report", "customers", "sales") || may(by, "report", "customers", "sales_manager") || by.Administrator()
}

func isManager(by policy.Actor) bool { return may(by, "assign", "customers", "sales_manager") }

func isLecturer(by policy.Actor) bool { return may(by, "rank", "classes", "lecturer") }

func isOffice(by policy.Actor) bool {
	return by.Can("approve", "enrollments") || by.Can("retry", "mails") || by.Can("verify", "audit")
}

// list adds the number of rows of a list, if the actor may list it. open is
// where it leads if that is not the list itself.
func (m *maker) list(p *Part, level Level, name, resource, query, open string) error {
	if m.Engine.NeedAny(m.by, "list", resource) != nil {
		return nil
	}
	n, more, err := m.Engine.Count(m.ctx, m.by, resource, query)
	if err != nil {
		return err
	}
	if open == "" {
		open = resource + "?" + query
	}
	p.Entries = append(p.Entries, Entry{Name: name, N: int64(n), More: more, Open: open, Level: level})
	return nil
}

// line is one list to count.
type line struct {
	level                       Level
	name, resource, query, open string
}

func (m *maker) lists(p *Part, lines ...line) error {
	for _, x := range lines {
		if err := m.list(p, x.level, x.name, x.resource, x.query, x.open); err != nil {
			return err
		}
	}
	return nil
}

// unread stands at the end of the first part; who has none has it alone.
func (m *maker) unread(p *Page) error {
	if len(p.Parts) == 0 {
		p.Parts = []Part{{Name: "me"}}
	}
	return m.list(&p.Parts[0], Warn, "unread", "notifications", "unread:yes", "notifications")
}
