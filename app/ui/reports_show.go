package ui

import (
	"context"
	"strconv"
	"sync/atomic"

	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/report"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// asked is the question that a report's screen shows the answer to. It is read
// off the loop while the loop changes it.
type asked struct{ atomic.Pointer[report.Ask] }

// report is one report: its picture, its table, and keys that move it in time
// and cut it another way.
func (d *desk) report(ask report.Ask) kit.Screen {
	a := &asked{}
	a.Store(&ask)
	return kit.NewDetail(kit.DetailSpec{Name: "report." + ask.Name, Addr: "reports/" + ask.Name, Watch: []string{"customers", "enrollments", "payments", "follow_ups"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			r, err := d.app.Reports.Show(ctx, by, *a.Load())
			if err != nil {
				return kit.DetailPage{}, err
			}
			return kit.DetailPage{Title: d.p().T("report." + r.Report.Name), Data: r, Sections: d.reportSections(r)}, nil
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			r, ok := page.Data.(report.Result)
			if !ok {
				return nil
			}
			return d.reportActions(p, a, r)
		}})
}

func (d *desk) reportSections(r report.Result) []kit.Section {
	p := d.p()
	head := []kit.Pair{{Name: "ui.reports.period", Value: r.Ask.Period.Text(), Tone: kit.Strong}, {Name: "ui.reports.by", Value: p.T("report.by." + r.Ask.By)}}
	if r.Report.Now {
		head[0].Value = p.T("ui.reports.now")
	}
	list := []kit.Section{{Pairs: head}}
	if len(r.Rows) == 0 {
		return append(list, kit.Section{Empty: "ui.reports.nothing"})
	}
	list = append(list, kit.Section{Draw: d.chart(r)}, kit.Section{Table: d.reportTable(r)})
	notes := r.Said()
	if len(notes) > 0 {
		list = append(list, kit.Section{Draw: func(e kit.Env, w int) kit.Drawn {
			var out kit.Drawn
			for _, n := range notes {
				for _, line := range width.Wrap(width.CleanLines(e.T(n)), max(20, min(w-4, 100))) {
					out.Lines = append(out.Lines, "  "+e.Theme.Paint(kit.Muted, line))
				}
			}
			return out
		}})
	}
	return list
}

// most is how many bars a picture has; the table has all rows.
const mostBars = 12

// chart draws the report's chief figure, with the one it is compared with.
func (d *desk) chart(r report.Result) func(e kit.Env, w int) kit.Drawn {
	return func(e kit.Env, w int) kit.Drawn {
		col := r.Columns[r.Chart]
		var bars []kit.Bar
		for i, row := range r.Rows {
			if i == mostBars {
				break
			}
			b := kit.Bar{Label: row.Label.Say(e.Printer), N: row.Cells[r.Chart].N, Text: col.Say(e.Printer, row.Cells[r.Chart])}
			if r.Against >= 0 {
				b.Against = row.Cells[r.Against].N
			}
			bars = append(bars, b)
		}
		legend := e.T("ui.reports.legend", "of", i18n.Word{Key: "report.col." + col.Name})
		if r.Against >= 0 {
			legend = e.T("ui.reports.legend_against", "of", i18n.Word{Key: "report.col." + col.Name}, "with", i18n.Word{Key: "report.col." + r.Columns[r.Against].Name})
		}
		return kit.Drawn{Lines: append([]string{"  " + e.Theme.Paint(kit.Muted, width.Cut(legend, w-4))}, kit.Bars(e, w-1, bars)...)}
	}
}

func (d *desk) reportActions(p *kit.Detail, a *asked, r report.Result) []kit.Action {
	change := func(f func(*report.Ask)) kit.Cmd {
		next := r.Ask
		f(&next)
		a.Store(&next)
		return p.Reload()
	}
	var list []kit.Action
	if !r.Report.Now {
		list = append(list,
			kit.Action{ID: "ui.reports.before", Keys: []string{"p"}, Weight: 9, Run: func() kit.Cmd { return change(func(x *report.Ask) { x.Period = r.Ask.Period.Shift(-1) }) }},
			kit.Action{ID: "ui.reports.after", Keys: []string{"n"}, Weight: 9, Run: func() kit.Cmd { return change(func(x *report.Ask) { x.Period = r.Ask.Period.Shift(1) }) }},
			kit.Action{ID: "ui.reports.pick", Keys: []string{"t"}, Weight: 8, Run: func() kit.Cmd { return d.pickPeriod(r, change) }})
	}
	if len(r.Report.By) > 1 {
		list = append(list, kit.Action{ID: "ui.reports.cut", Keys: []string{"b"}, Weight: 8, Run: func() kit.Cmd { return d.pickCut(r, change) }})
	}
	return append(list, kit.Action{ID: "ui.reports.export", Keys: []string{"x"}, Weight: 5, Run: func() kit.Cmd { return d.exportLines(r) }})
}

func (d *desk) pickPeriod(r report.Result, change func(func(*report.Ask)) kit.Cmd) kit.Cmd {
	now := d.app.DB.Now().In(d.app.Zone)
	return kit.Show(&kit.Prompt{Name: "ui.reports.pick", Body: []any{d.p().T("ui.reports.pick_help")}, Value: r.Ask.Period.Text(), Over: true, Limit: 30,
		Check: func(text string) error { _, err := report.ParsePeriod(text, now); return err },
		Then: func(text string) kit.Cmd {
			p, _ := report.ParsePeriod(text, now)
			return change(func(x *report.Ask) { x.Period = p })
		}})
}

func (d *desk) pickCut(r report.Result, change func(func(*report.Ask)) kit.Cmd) kit.Cmd {
	var options []kit.Option
	for _, by := range r.Report.By {
		options = append(options, kit.Option{Value: by, Label: d.p().T("report.by." + by)})
	}
	return kit.Choose("ui.reports.cut", options, func(o kit.Option) kit.Cmd { return change(func(x *report.Ask) { x.By = o.Value }) })
}

// exportLines shows the commands that give the same figures as files, each so
// that it can be copied.
func (d *desk) exportLines(r report.Result) kit.Cmd {
	line := func(format string) string {
		cmd := d.sshPrefix() + " reports show " + r.Report.Name + " --by " + r.Ask.By
		if !r.Report.Now {
			if p := r.Ask.Period; p.Whole() {
				cmd += " --month " + p.Text()
			} else {
				cmd += " --from " + p.From.Format("2006-01-02") + " --to " + p.To.AddDate(0, 0, -1).Format("2006-01-02")
			}
		}
		return cmd + " --" + format + " > " + r.Report.Name + "." + format
	}
	lines := []string{d.p().T("ui.reports.export_intro"), "$ " + line("xlsx"), "$ " + line("csv"), "$ " + line("json")}
	return kit.Push(kit.NewDetail(kit.DetailSpec{Name: "ui.reports.export",
		Load: func(context.Context) (kit.DetailPage, error) {
			return kit.DetailPage{Title: d.p().T("ui.reports.export"), Sections: []kit.Section{{Draw: command(lines...)}}}, nil
		},
		Actions: func(*kit.Detail) []kit.Action {
			return []kit.Action{{ID: "ui.reports.copy", Keys: []string{"c"}, Weight: 8, Run: func() kit.Cmd { return kit.Copy(line("xlsx")) }}}
		}}))
}

// sshPrefix is how the person reaches the school by ssh.
func (d *desk) sshPrefix() string {
	host, port := d.sess.Host, d.sess.Port
	if host == "" {
		host, port = d.app.Host()
	}
	line := "ssh "
	if port != 0 && port != 22 {
		line += "-p " + strconv.Itoa(port) + " "
	}
	return line + d.actor().Login + "@" + host
}

// fit makes each column as wide as what stands in it, so that figures are never
// cut.
func fit(t *kit.Table, say func(string) string) {
	for i := 1; i < len(t.Columns); i++ {
		c := &t.Columns[i]
		c.Width = width.Of(say(c.Name))
		for _, r := range t.Rows {
			c.Width = max(c.Width, width.Of(r.Cells[i].Text))
		}
	}
}
