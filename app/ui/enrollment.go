package ui

import (
	"context"
	"sort"
	"strings"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/enrollment"
	"cohort/app/payment"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// recordScreen is a page that reads itself again only when its own record
// changed: reading may be written down.
type recordScreen struct {
	*kit.Detail
	resource string
	id       int64
}

// Changed is kit.Watcher's.
func (s *recordScreen) Changed(events []bus.Event, lost bool) kit.Cmd {
	for _, e := range events {
		lost = lost || e.Resource == s.resource && (e.ID == s.id || e.ID == 0)
	}
	return s.Detail.Changed(nil, lost)
}

// enrollments lists the enrollments that the person may see.
func (d *desk) enrollments(query string) kit.Screen {
	return d.recordList("enrollments", query, func(s *kit.ListSpec) {
		s.Name, s.Empty = "ui.place.enrollments", "ui.enroll.empty"
		s.Open = func(r kit.Row) kit.Cmd { return kit.Push(d.enrollment(r.ID)) }
		s.Views = []kit.ListView{{ID: "ui.enroll.view.review", Query: "state:submitted sort:submitted"}, {ID: "ui.enroll.view.open", Query: "state:invited,returned"},
			{ID: "ui.enroll.view.approved", Query: "state:approved"}}
	})
}

// enrolled is what is read for an enrollment's page.
type enrolled struct {
	enrollment.Enrollment
	link    enrollment.Link
	noLink  error // why there is no link to show
	docs    []enrollment.Document
	noDocs  error
	money   payment.Account
	noMoney error // why the reader does not see what was paid
	history []audit.Entry
	email   string // of the customer, where the reader sees it
	may     map[string]error
	shots   *shots
}

// enrollment is one enrollment for staff: how it stands, its link, its
// documents, and what happened.
func (d *desk) enrollment(id int64) kit.Screen {
	s := d.newShots()
	return &recordScreen{resource: "enrollments", id: id, Detail: kit.NewDetail(kit.DetailSpec{Name: "one.enrollments", Addr: "enrollments/" + kit.ID(id), Watch: []string{"enrollments"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			x, err := d.readEnrollment(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			x.shots = s
			return kit.DetailPage{Title: x.CustomerName + " " + x.ClassCode, Data: x, Sections: d.enrollmentPage(x)}, nil
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			x, ok := page.Data.(enrolled)
			if !ok {
				return nil
			}
			return d.enrollmentActions(p, x)
		}})}
}

func (d *desk) readEnrollment(ctx context.Context, by policy.Actor, id int64) (x enrolled, err error) {
	if x.Enrollment, err = d.app.Enrollments.Get(ctx, by, id); err != nil {
		return x, err
	}
	x.link, x.noLink = d.app.Enrollments.Link(ctx, by, id)
	x.docs, x.noDocs = d.app.Enrollments.Documents(ctx, by, id)
	x.money, x.noMoney = d.app.Payments.Account(ctx, by, id)
	if x.history, err = audit.Entries(ctx, d.app.DB, "enrollments", id, 200); err != nil {
		return x, err
	}
	x.may = map[string]error{}
	for _, action := range []string{"link", "cancel", "approve"} {
		x.may[action] = d.may(ctx, by, action, "enrollments", id)
	}
	x.email = x.Email
	if row, _, err := d.app.Engine.Show(ctx, by, "customers", x.Customer); err == nil {
		if v := row.Values["email"]; v.Mode < policy.Masked {
			if s, _ := v.Raw.(string); s != "" {
				x.email = s
			}
		}
	}
	if strings.Contains(x.email, "*") {
		x.email = ""
	}
	return x, nil
}

// stateTone is the colour of a state.
func stateTone(s enrollment.State) kit.Tone {
	switch s {
	case enrollment.Approved:
		return kit.Good
	case enrollment.Submitted, enrollment.Returned:
		return kit.Warn
	case enrollment.Cancelled, enrollment.Expired:
		return kit.Muted
	}
	return kit.Strong
}

func (d *desk) enrollmentPage(x enrolled) []kit.Section {
	head := kit.Section{Pairs: d.enrollmentPairs(x)}
	if x.SHA256 != "" {
		head.Draw = command(hashLine(x.SHA256))
	}
	list := []kit.Section{head}
	if x.may["link"] == nil {
		list = append(list, d.linkSection(x))
	}
	var filled []kit.Pair
	for _, i := range x.Items() {
		if text := i.Show(d.p()); text != "" {
			filled = append(filled, kit.Pair{Name: fieldLabel(i.Name), Value: text})
		}
	}
	list = append(list, kit.Section{Name: "ui.enroll.filled", Pairs: filled, Empty: "ui.enroll.nothing_filled"})
	docs := kit.Section{Name: "ui.enroll.documents", Table: d.documentTable(x.docs, x.shots), Empty: "ui.enroll.no_documents"}
	if x.noDocs != nil {
		docs.Empty = "ui.enroll.docs_hidden"
	}
	return append(list, docs, kit.Section{Name: "ui.enroll.history", Timeline: d.enrollmentHistory(x)})
}

func (d *desk) enrollmentPairs(x enrolled) []kit.Pair {
	p := d.p()
	pairs := []kit.Pair{
		{Name: "field.state", Value: p.T("choice.state." + string(x.State)), Tone: stateTone(x.State)},
		{Name: "field.consultant", Value: x.ConsultantName},
		{Name: "field.customer", Value: x.CustomerName, Tone: kit.Strong, Open: func() kit.Cmd { return kit.Open("customers/" + kit.ID(x.Customer)) }},
		{Name: "field.class", Value: p.T("ui.enroll.class_line", "class", x.ClassCode, "course", x.CourseName, "campus", x.CampusName),
			Open: func() kit.Cmd { return kit.Open("classes/" + kit.ID(x.Class)) }},
		{Name: "field.price", Value: p.Money(x.Price)},
		{Name: "field.created", Value: p.DateTime(x.Created)},
	}
	if begun := x.State != enrollment.Invited || x.money.Paid != 0; begun && x.noMoney == nil {
		pairs = append(pairs, kit.Pair{Name: "field.paid", Value: p.Money(x.money.Paid)}, kit.Pair{Name: "field.owing", Value: p.Money(x.money.Owing), Tone: owingTone(x.money)})
	}
	add := func(name, value string, tone kit.Tone) {
		if value != "" && value != "-" {
			pairs = append(pairs, kit.Pair{Name: name, Value: value, Tone: tone, Wide: len(value) > 40})
		}
	}
	add("field.submitted", p.DateTime(x.Submitted), kit.Plain)
	add("field.signed", p.DateTime(x.Signed), kit.Plain)
	if x.State == enrollment.Approved {
		add("field.approved", p.T("ui.enroll.by_at", "who", x.ApproverName, "when", x.Approved), kit.Good)
	}
	if x.State == enrollment.Returned {
		add("field.returned", p.DateTime(x.Returned), kit.Plain)
	}
	add("field.reason", x.Reason, kit.Warn)
	return pairs
}

// linkSection shows the lines that the applicant types, in full.
func (d *desk) linkSection(x enrolled) kit.Section {
	s := kit.Section{Name: "ui.enroll.link"}
	if x.noLink != nil {
		s.Draw = command(d.p().Error(x.noLink))
		return s
	}
	l := d.reach(x.link)
	s.Draw = func(e kit.Env, w int) kit.Drawn {
		return command(e.T("ui.enroll.link_form"), "$ "+sshLine(l), e.T("ui.enroll.link_upload"), "$ "+uploadLine(l, w-5),
			e.T("ui.enroll.link_until", "day", e.DayWeekday(l.Expires)))(e, w)
	}
	return s
}

// hidden are entries of the trail that tell nobody anything here: that somebody
// looked. They are in the audit trail.
var hidden = map[string]bool{"view": true, "reveal": true, "agree": true, "disagree": true}

// enrollmentHistory tells what happened, the newest first. What the applicant
// filled in bit by bit is one entry.
func (d *desk) enrollmentHistory(x enrolled) []kit.Moment {
	type moment struct {
		kit.Moment
		at int64
	}
	var list []moment
	last := ""
	for _, h := range x.history {
		if hidden[h.Action] || h.Action == "fill" && last == "fill" {
			continue
		}
		last = h.Action
		m := kit.Moment{When: d.p().DateTime(h.At), Who: d.person(h.Login), Head: d.p().Or("ui.enroll.history."+h.Action, h.Action), Tone: historyTone[h.Action], Body: d.erasedOr(h.Erased, "")}
		for _, c := range h.Changes {
			if c.Field == "reason" {
				m.Body = c.New
			}
		}
		list = append(list, moment{m, h.At.UnixMilli()})
	}
	for _, f := range x.docs {
		m := kit.Moment{When: d.p().DateTime(f.Uploaded), Who: d.person("enroll"), Head: d.p().T("ui.enroll.history.document", "name", f.Name)}
		list = append(list, moment{m, f.Uploaded.UnixMilli()})
	}
	sort.SliceStable(list, func(i, k int) bool { return list[i].at > list[k].at })
	out := make([]kit.Moment, len(list))
	for i := range list {
		out[i] = list[i].Moment
	}
	return out
}

var historyTone = map[string]kit.Tone{"approve": kit.Good, "return": kit.Warn, "cancel": kit.Bad, "revoke": kit.Warn, "expire": kit.Warn}

// person says a log-in name of the audit trail.
func (d *desk) person(login string) string { return d.p().Or("ui.enroll.person."+login, login) }
