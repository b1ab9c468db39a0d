package cli

import (
	"cohort/app/home"
	"cohort/app/report"
)

func homeCommands() []command {
	return []command{{path: "home", may: (*call).person, run: showHome, example: []string{"home", "home --json"}}}
}

// showHome prints what the first screen shows.
func showHome(c *call, _ input) error {
	p, err := c.app.Home.Show(c.ctx, c.by)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(c.homeJSON(p))
	}
	for i, x := range p.Parts {
		if i > 0 {
			c.line(c.out, "")
		}
		c.say("home.part." + x.Name)
		var list [][2]string
		for _, e := range x.Entries {
			list = append(list, [2]string{"  " + c.p.T("home."+e.Name), oneLine(e.Say(c.p))})
		}
		pairs(c.out, list)
		if x.Table != nil {
			c.line(c.out, "")
			c.printTable(*x.Table)
		}
		if len(x.Curve) > 0 {
			c.line(c.out, "")
			c.line(c.out, "  "+c.p.T("home.curve."+x.CurveOf)+"  "+x.Newest(c.p))
		}
		if x.Funnel != nil {
			c.line(c.out, "")
			c.printTable(*x.Funnel)
		}
	}
	return nil
}

func (c *call) printTable(r report.Result) {
	head := []string{c.p.T("report.by." + r.Ask.By)}
	for _, col := range r.Columns {
		head = append(head, col.Label(c.p))
	}
	var rows [][]string
	for _, row := range r.Rows {
		rows = append(rows, c.figures(oneLine(row.Label.Say(c.p)), r.Columns, row.Cells))
	}
	if r.Total != nil {
		rows = append(rows, c.figures(c.p.T("report.total"), r.Columns, r.Total))
	}
	rightTable(c.out, head, rows)
}

func (c *call) homeJSON(p home.Page) []object {
	out := []object{}
	for _, x := range p.Parts {
		o := object{"part": x.Name}
		entries := []object{}
		for _, e := range x.Entries {
			y := object{"name": e.Name, "n": e.N, "said": e.Say(c.p), "open": e.Open, "pressing": e.Pressing() > home.Plain}
			if e.Of > 0 {
				y["target"] = e.Of
			}
			entries = append(entries, y)
		}
		o["entries"] = entries
		if x.Table != nil {
			o["figures"] = reportJSON(c.p, *x.Table)
		}
		if len(x.Curve) > 0 {
			o["curve"] = x.Curve
		}
		if x.Funnel != nil {
			o["funnel"] = reportJSON(c.p, *x.Funnel)
		}
		out = append(out, o)
	}
	return out
}
