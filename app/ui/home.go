package ui

import (
	"context"

	"cohort/app/home"
	"cohort/app/policy"
	"cohort/app/report"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// homeWatch is what the first screen's figures are made of.
var homeWatch = []string{"customers", "follow_ups", "enrollments", "payments", "lessons", "study_records", "homework", "questions", "surveys", "survey_votes",
	"mails", "notifications", "sessions"}

// overview is the first screen: what needs the person now, each line with the
// list behind it, and how he does.
func (d *desk) overview() kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "ui.place.home", Addr: "home", Watch: homeWatch,
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			p, err := d.app.Home.Show(ctx, by)
			page := kit.DetailPage{Title: d.p().T("ui.place.home")}
			for _, x := range p.Parts {
				page.Sections = append(page.Sections, d.homePart(x)...)
			}
			return page, err
		})})
}

func (d *desk) homePart(x home.Part) []kit.Section {
	p := d.p()
	s := kit.Section{Name: "home.part." + x.Name}
	for _, e := range x.Entries {
		pair := kit.Pair{Name: "home." + e.Name, Value: e.Say(p), Tone: homeTone(e)}
		if address := e.Open; address != "" {
			pair.Open = func() kit.Cmd { return kit.Open(address) }
		}
		s.Pairs = append(s.Pairs, pair)
	}
	list := []kit.Section{s}
	if x.Table != nil {
		t := kit.Section{Table: d.reportTable(*x.Table)}
		if len(x.Entries) == 0 {
			t.Name, list = s.Name, nil
		}
		list = append(list, t)
	}
	if curve := curveOf(x); curve != nil {
		list = append(list, kit.Section{Draw: curve})
	}
	if x.Funnel != nil {
		list = append(list, kit.Section{Draw: d.funnel(*x.Funnel)})
	}
	return list
}

// funnel draws how many leads have come to each step, and which part of the step
// before they are.
func (d *desk) funnel(r report.Result) func(e kit.Env, w int) kit.Drawn {
	return func(e kit.Env, w int) kit.Drawn {
		var bars []kit.Bar
		for _, row := range r.Rows {
			bars = append(bars, kit.Bar{Label: row.Label.Say(e.Printer), N: row.Cells[0].N, Text: r.Columns[0].Say(e.Printer, row.Cells[0]) + "  " +
				width.PadLeft(r.Columns[1].Say(e.Printer, row.Cells[1]), 6)})
		}
		return kit.Drawn{Lines: append([]string{"  " + e.Theme.Paint(kit.Muted, e.T("home.funnel")+"  "+e.T("home.funnel_note"))}, kit.Bars(e, min(w-1, 100), bars)...)}
	}
}

func homeTone(e home.Entry) kit.Tone {
	switch e.Pressing() {
	case home.Bad:
		return kit.Bad
	case home.Warn:
		return kit.Warn
	}
	return kit.Plain
}

// curveOf draws a part's figures over time, with the newest said.
func curveOf(x home.Part) func(e kit.Env, w int) kit.Drawn {
	if len(x.Curve) == 0 {
		return nil
	}
	return func(e kit.Env, w int) kit.Drawn {
		label := e.T("home.curve." + x.CurveOf)
		return kit.Drawn{Lines: []string{width.Cut("  "+e.Theme.Paint(kit.Muted, label)+"  "+e.Theme.Paint(kit.Accent, kit.Spark(x.Curve))+"  "+x.Newest(e.Printer), w-1)}}
	}
}
