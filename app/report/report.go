// Package report answers the questions by which a school is led: where leads
// come from and what they cost, who wins them, how much comes in. It reads across
// the nouns and has no rules of its own: which rows count for somebody is said by
// the right "report" on customers, enrollments, payments and follow-ups, whose
// row rules become part of every statement.
//
// A report is declared once, as a Report; screens, commands and files show the
// same Result. Every figure knows the list of the rows behind it.
package report

import (
	"context"
	"slices"
	"strings"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/setting"
	"cohort/db"
)

// Kind is what a column's figures are.
type Kind int

// The kinds of figures. Rates are in hundredths of a percent, averages in
// hundredths, durations in milliseconds.
const (
	Count Kind = iota
	Money
	Rate
	Average
	Span
)

// Column is one column of figures; its words are report.col.<name>.
type Column struct {
	Name string
	Kind Kind
}

// Cell is one figure. One that cannot be said, such as a rate of nothing, is
// None and never zero.
type Cell struct {
	N    int64
	None bool
	Open string // address of the list of the rows behind it; "" where there is none
}

// Row is one line of figures.
type Row struct {
	ID    int64
	Label Label
	Cells []Cell // as many as there are columns
}

// Result is a report's answer.
type Result struct {
	Report  *Report
	Ask     Ask
	Columns []Column
	Rows    []Row
	Total   []Cell // nil where a sum would say nothing
	Chart   int    // the column to draw
	Against int    // the column it is compared with; -1: none
	Part    bool   // the reader sees a part of the school's figures only
	Notes   []string
}

// Ask is which report is wanted, of which time, cut how.
type Ask struct {
	Name   string
	Period Period
	By     string // "" is the report's first
}

// Report declares one report; its words are report.<name> and
// report.<name>.about.
type Report struct {
	Name  string
	Group string   // sales, money or teaching
	Needs []string // resources of which one must hold the right "report"
	By    []string // what a row may stand for
	Shows []string // fields, as resource.field, that the figures tell of: who may not see one may not ask
	Now   bool     // is about the present; a period says nothing
	run   func(q *query) error
}

// Cuts says how the report may be cut: the ask's By, or the first.
func (r *Report) cut(by string) (string, error) {
	if by == "" {
		return r.By[0], nil
	}
	if !slices.Contains(r.By, by) {
		return "", fault.Field("by", "fault.bad_choice", "value", by, "choices", choices(r.By))
	}
	return by, nil
}

// Service answers. Make one with New.
type Service struct {
	DB     *db.DB
	Engine *resource.Engine
	Zone   *time.Location

	settings *setting.Service
}

// New makes the service, and declares the settings of reports.
func New(d *db.DB, e *resource.Engine, settings *setting.Service, zone *time.Location) *Service {
	if zone == nil {
		zone = time.UTC
	}
	settings.Declare(setting.Setting{Name: targetKey, Group: "sales", Kind: setting.Int, Default: itoa(usualTarget), Min: 1, Max: 1000})
	return &Service{DB: d, Engine: e, Zone: zone, settings: settings}
}

// Names lists the reports that the actor may ask, in their order.
func (s *Service) Names(by policy.Actor) (list []*Report) {
	for _, r := range reports {
		if r.may(by) == nil {
			list = append(list, r)
		}
	}
	return list
}

// Get finds a report that the actor may ask.
func (s *Service) Get(by policy.Actor, name string) (*Report, error) {
	for _, r := range reports {
		if r.Name == name {
			return r, r.may(by)
		}
	}
	return nil, fault.New(fault.NotFound, "report.unknown", "name", name)
}

func (r *Report) may(by policy.Actor) error {
	for _, name := range r.Needs {
		if err := by.NeedAny("report", name); err != nil {
			return err
		}
	}
	for _, name := range r.Shows {
		list, field, _ := strings.Cut(name, ".")
		if by.Limited("report", list, field) {
			return policy.Forbidden("report", list)
		}
	}
	return nil
}

// Show answers a report within the actor's rights.
func (s *Service) Show(ctx context.Context, by policy.Actor, a Ask) (out Result, err error) {
	r, err := s.Get(by, a.Name)
	if err != nil {
		return out, err
	}
	if a.By, err = r.cut(a.By); err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if a.Period.IsZero() {
			a.Period = Month(tx.Now.In(s.Zone))
		}
		q := &query{s: s, tx: tx, by: by, Result: Result{Report: r, Ask: a, Against: -1}}
		if err := r.run(q); err != nil {
			return err
		}
		out = q.Result
		return nil
	})
	return out, err
}

// query is one report being answered.
type query struct {
	s  *Service
	tx *db.Tx
	by policy.Actor
	Result
}

// rate is part of whole in hundredths of a percent; a rate of nothing is none.
func rate(part, whole int64) Cell {
	if whole == 0 {
		return Cell{None: true}
	}
	return Cell{N: round(part*10_000, whole)}
}

// growth is how much more now is than before, in hundredths of a percent.
func growth(now, before int64) Cell {
	if before == 0 {
		return Cell{None: true}
	}
	return Cell{N: round((now-before)*10_000, before)}
}

// each is a sum divided among n; among none it is none.
func each(sum, n int64) Cell {
	if n == 0 {
		return Cell{None: true}
	}
	return Cell{N: round(sum, n)}
}

// round divides and rounds to the nearest, halves away from zero.
func round(a, b int64) int64 {
	if b < 0 {
		a, b = -a, -b
	}
	if a < 0 {
		return -((-a + b/2) / b)
	}
	return (a + b/2) / b
}
