package ui

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// queueQuery is what waits for review, the oldest first.
const queueQuery = "state:submitted sort:submitted"

// reviewQueue lists what waits for review.
func (d *desk) reviewQueue() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.review", Addr: "review", NoSearch: true, Watch: []string{"enrollments"}, Empty: "ui.review.empty",
		Columns: []kit.Column{
			{Key: "customer", Name: "field.customer", Width: 12, Share: 2, Max: 24, Tone: kit.Strong},
			{Key: "class", Name: "field.class", Width: 12, Share: 1, Max: 18},
			{Key: "waits", Name: "ui.review.waits", Width: 12, Share: 1, Max: 18},
			{Key: "submitted", Name: "field.submitted", Width: 16, Drop: 1},
			{Key: "documents", Name: "field.documents", Width: 9, Right: true, Drop: 3},
			{Key: "consultant", Name: "field.consultant", Width: 10, Share: 1, Max: 18, Drop: 2},
		},
		Source: kit.SourceFunc(func(ctx context.Context, q kit.Request) (kit.Page, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) { return d.queue(ctx, by, q) })(ctx)
		}),
		Open: func(r kit.Row) kit.Cmd { return kit.Push(d.review(r.ID)) }})
}

func (d *desk) queue(ctx context.Context, by policy.Actor, q kit.Request) (kit.Page, error) {
	at, _ := q.After.(resource.Cursor)
	l, err := d.app.Engine.List(ctx, by, "enrollments", queueQuery, resource.Page{Limit: q.Limit, After: at, Back: q.Back, Count: q.Count,
		Columns: []string{"customer", "class", "submitted", "documents", "consultant"}})
	if err != nil {
		return kit.Page{}, err
	}
	res, _ := d.app.Engine.Get("enrollments")
	out := kit.Page{More: l.More, Total: l.Total, Capped: l.Capped}
	for i, r := range l.Rows {
		text := func(name string) string { f, _ := res.Field(name); return f.Text(d.p(), r.Values[name]) }
		row := kit.Row{ID: r.ID, Cursor: l.Keys[i]}
		waits := kit.Cell{}
		if ms, _ := r.Values["submitted"].Raw.(int64); ms > 0 {
			waits = d.waits(time.UnixMilli(ms))
		}
		row.Cells = []kit.Cell{{Text: text("customer")}, {Text: text("class")}, waits, {Text: text("submitted")}, {Text: text("documents")}, {Text: text("consultant")}}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// waits says how long something has waited; more than two days are too long.
func (d *desk) waits(since time.Time) kit.Cell {
	long := d.app.DB.Now().Sub(since)
	switch {
	case long < time.Minute:
		return kit.Cell{Text: d.p().T("time.just_now")}
	case long < time.Hour:
		return kit.Cell{Text: d.p().Span(long.Truncate(time.Minute))}
	case long < 48*time.Hour:
		return kit.Cell{Text: d.p().Span(long.Truncate(time.Hour))}
	}
	return kit.Cell{Text: d.p().Span(long.Truncate(24 * time.Hour)), Tone: kit.Warn}
}

// reviewScreen is what who checks an enrollment looks at. It is read once and
// when the enrollment itself changes: looking at it is written down.
type reviewScreen struct {
	*kit.Detail
	d      *desk
	id     int64
	r      enrollment.Review
	loaded bool
	shots  *shots
	env    kit.Env
	w, h   int
}

// review shows an enrollment for checking.
func (d *desk) review(id int64) kit.Screen {
	s := &reviewScreen{d: d, id: id, shots: d.newShots()}
	s.Detail = kit.NewDetail(kit.DetailSpec{Name: "ui.review.name", Actions: func(*kit.Detail) []kit.Action { return s.actions() }})
	return s
}

// Init is kit.Screen's.
func (s *reviewScreen) Init() kit.Cmd { return s.load() }

// load reads everything anew.
func (s *reviewScreen) load() kit.Cmd {
	return kit.Work[enrollment.Review]{Name: "review", Label: "kit.loading",
		Do: asks(s.d, func(ctx context.Context, by policy.Actor) (enrollment.Review, error) {
			return s.d.app.Enrollments.Review(ctx, by, s.id)
		}),
		Then: func(r enrollment.Review, err error) kit.Cmd {
			s.r, s.loaded = r, err == nil
			return s.show(err)
		}}.Cmd()
}

// show hands the page what was read.
func (s *reviewScreen) show(err error) kit.Cmd {
	page := kit.DetailPage{}
	if err == nil {
		page = kit.DetailPage{Title: s.d.p().T("ui.review.title", "name", s.r.CustomerName, "class", s.r.ClassCode), Sections: s.sections()}
	}
	s.Spec.Load = func(context.Context) (kit.DetailPage, error) { return page, err }
	return kit.Batch(s.Reload(), s.pictures())
}

// Update is kit.Screen's.
func (s *reviewScreen) Update(msg tea.Msg) kit.Cmd {
	z, ok := msg.(kit.Resized)
	if !ok {
		return s.Detail.Update(msg)
	}
	other := s.loaded && s.env.Lang != z.Env.Lang
	s.env, s.w, s.h = z.Env, z.W, z.H
	cmd := kit.Batch(s.Detail.Update(z), s.pictures())
	if other {
		cmd = kit.Batch(cmd, s.show(nil))
	}
	return cmd
}

// Changed is kit.Watcher's.
func (s *reviewScreen) Changed(events []bus.Event, lost bool) kit.Cmd {
	for _, e := range events {
		lost = lost || e.Resource == "enrollments" && (e.ID == s.id || e.ID == 0)
	}
	if !lost {
		return nil
	}
	return s.load()
}

// sections are what is compared and looked at.
func (s *reviewScreen) sections() []kit.Section {
	list := []kit.Section{{Pairs: s.pairs()}, {Name: "ui.review.form", Draw: s.compare}}
	docs := kit.Section{Name: "ui.enroll.documents", Table: s.d.documentTable(s.r.Files, s.shots), Empty: "ui.enroll.no_documents", Draw: s.thumbs}
	list = append(list, docs, kit.Section{Draw: command(s.d.p().T("ui.enroll.download"), "$ "+s.d.download("", "enrollments/"+kit.ID(s.id)+"/*"))})
	contract := kit.Section{Name: "ui.review.contract", Pairs: []kit.Pair{{Name: "field.signed", Value: s.d.p().DateTime(s.r.Signed)}}, Draw: s.hash}
	text := kit.Section{Markdown: s.r.Contract}
	if !s.r.Readable {
		text.Empty = "ui.review.contract_hidden"
	}
	return append(list, contract, text)
}

// hash shows the contract's hash and whether the text is the one that was
// signed.
func (s *reviewScreen) hash(e kit.Env, w int) kit.Drawn {
	if s.r.SHA256 == "" {
		return kit.Drawn{}
	}
	out := command(hashLine(s.r.SHA256))(e, w)
	if s.r.Contract == "" {
		return out
	}
	tone, key := kit.Good, "ui.review.hash_good"
	if sum := sha256.Sum256([]byte(s.r.Contract)); hex.EncodeToString(sum[:]) != s.r.SHA256 {
		tone, key = kit.Bad, "ui.review.hash_bad"
	}
	for _, l := range width.Wrap(e.T(key), max(10, w-4)) {
		out.Lines = append(out.Lines, "  "+e.Theme.Paint(tone, l))
	}
	return out
}

func (s *reviewScreen) pairs() []kit.Pair {
	p := s.d.p()
	state := kit.Pair{Name: "field.state", Value: p.T("choice.state." + string(s.r.State)), Tone: stateTone(s.r.State)}
	if s.r.State == enrollment.Approved {
		state.Value = p.T("ui.review.approved_by", "who", s.r.ApproverName, "when", s.r.Enrollment.Approved)
	}
	seats := kit.Pair{Name: "ui.review.seats", Value: p.T("ui.review.seats_n", "n", s.r.Seats)}
	if s.r.Seats == 0 {
		seats.Tone = kit.Bad
	}
	list := []kit.Pair{state, {Name: "field.submitted", Value: p.T("ui.review.submitted", "when", s.r.Submitted, "ago", i18n.Ago(s.r.Submitted))},
		{Name: "field.class", Value: s.r.ClassCode}, seats}
	if s.r.Reason != "" {
		list = append(list, kit.Pair{Name: "field.reason", Value: s.r.Reason, Tone: kit.Warn, Wide: true})
	}
	return list
}

// whyNotPass says why it cannot be approved now.
func (s *reviewScreen) whyNotPass() error {
	switch {
	case s.r.State == enrollment.Approved:
		return fault.New(fault.Conflict, "enrollment.approved_already", "who", s.r.ApproverName, "when", s.r.Enrollment.Approved)
	case s.r.MayPass != nil:
		return s.r.MayPass
	case s.r.Seats == 0:
		return fault.New(fault.Conflict, "ui.review.full", "class", s.r.ClassCode)
	}
	return nil
}

func (s *reviewScreen) actions() []kit.Action {
	name := []any{"name", s.r.CustomerName, "class", s.r.ClassCode, "email", s.r.Email}
	list := []kit.Action{
		{ID: "ui.review.approve", Keys: []string{"a"}, Weight: 9, WhyNot: s.whyNotPass(), Confirm: &kit.Question{Key: "ui.review.approve_ask", Args: name, Yes: "ui.review.approve"}, Run: s.approve},
		{ID: "ui.review.return", Keys: []string{"b"}, Weight: 8, WhyNot: s.r.MayReturn, Run: func() kit.Cmd { return kit.Push(s.giveBack()) }},
		{ID: "ui.review.next", Keys: []string{"n"}, Weight: 6, Run: func() kit.Cmd { return s.neighbour(1) }},
		{ID: "ui.review.prev", Keys: []string{"p"}, Weight: 5, Run: func() kit.Cmd { return s.neighbour(-1) }},
	}
	if len(s.r.Files) > 0 {
		list = append(list, kit.Action{ID: "ui.review.look", Keys: []string{"v"}, Weight: 7, Run: func() kit.Cmd { return kit.Push(s.d.document(s.r.Files, s.r.Files[0].ID, s.shots)) }})
	}
	return append(list, kit.Action{ID: "ui.review.open", Keys: []string{"o"}, Weight: -1, Run: func() kit.Cmd { return kit.Push(s.d.enrollment(s.id)) }})
}

// approve takes the enrollment in as it was looked at.
func (s *reviewScreen) approve() kit.Cmd {
	version := s.r.Version
	return kit.Work[enrollment.Enrollment]{Name: "approve", Write: true, Label: "kit.saving",
		Do: asks(s.d, func(ctx context.Context, by policy.Actor) (enrollment.Enrollment, error) {
			return s.d.app.Enrollments.Approve(ctx, by, s.id, version)
		}),
		Then: func(e enrollment.Enrollment, err error) kit.Cmd {
			if err != nil {
				return kit.Batch(kit.Fail(err), s.load())
			}
			return kit.Toast(kit.Good, "ui.review.approved", "name", e.CustomerName, "class", e.ClassCode, "email", e.Email)
		}}.Cmd()
}

// neighbour goes to the next one in the queue, or the one before.
func (s *reviewScreen) neighbour(by int) kit.Cmd {
	return kit.Ask("queue", asks(s.d, func(ctx context.Context, who policy.Actor) ([]int64, error) {
		l, err := s.d.app.Engine.List(ctx, who, "enrollments", queueQuery, resource.Page{Limit: 200, Columns: []string{"submitted"}})
		var ids []int64
		for _, r := range l.Rows {
			ids = append(ids, r.ID)
		}
		return ids, err
	}), func(ids []int64, err error) kit.Cmd {
		if err != nil {
			return kit.Fail(err)
		}
		to := neighbourOf(ids, s.id, by)
		if to == 0 {
			return kit.Toast(kit.Plain, "ui.review.no_more")
		}
		return kit.Replace(s.d.review(to))
	})
}

// neighbourOf gives the id beside another; where that is not in the list any
// more, the first. 0 is none.
func neighbourOf(ids []int64, id int64, by int) int64 {
	for i, x := range ids {
		if x == id {
			if i+by < 0 || i+by >= len(ids) {
				return 0
			}
			return ids[i+by]
		}
	}
	if len(ids) == 0 {
		return 0
	}
	return ids[0]
}
