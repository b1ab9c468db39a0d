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
		if e.N == 0 && e.Name == "next_lesson" {
			pair.Value = p.T("home.nothing")
		}
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
	return list
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
		label := e.T(x.CurveOf)
		last := x.Curve[len(x.Curve)-1]
		text := report.Column{Kind: report.Count}.Say(e.Printer, report.Cell{N: last})
		if x.Name == "month" {
			text = e.Money(last)
		}
		return kit.Drawn{Lines: []string{width.Cut("  "+label+"  "+e.Theme.Paint(kit.Accent, kit.Spark(x.Curve))+"  "+text, w-1)}}
	}
}
