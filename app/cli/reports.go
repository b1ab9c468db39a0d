package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/report"
	"cohort/app/sheet"
)

// reportCommands print the same figures as the screens.
func reportCommands() []command {
	return []command{
		{path: "reports list", may: asksReports, run: listReports},
		{path: "reports show", use: "NAME", min: 1, max: 1, may: asksReports, flags: reportFlags, run: showReport,
			example: []string{"reports show sources --month 2026-11", "reports show conversion --by department --from 2026-01-01 --to 2026-06-30 --json",
				"reports show amount --xlsx > amount.xlsx", "reports show funnel --chart"}},
		{path: "reports target", use: "[N]", max: 1, may: right("report", "follow_ups"), run: reportTarget, example: []string{"reports target 30"}},
	}
}

// asksReports admits who may ask at least one report.
func asksReports(c *call) error {
	if len(c.app.Reports.Names(c.by)) == 0 {
		return c.by.NeedAny("report", "customers")
	}
	return nil
}

func reportFlags(_ *call, f flags) {
	f.text("month", "YYYY-MM")
	f.text("from", "DAY")
	f.text("to", "DAY")
	f.Lookup("to").Usage = f.p.T("cli.flag.to_day") // elsewhere --to is a person
	f.text("by", "CUT")
	f.flag("csv")
	f.flag("xlsx")
	f.flag("chart")
}

func listReports(c *call, _ input) error {
	list := c.app.Reports.Names(c.by)
	if c.json {
		out := make([]object, len(list))
		for i, r := range list {
			out[i] = object{"name": r.Name, "group": r.Group, "by": r.By, "title": c.p.T("report." + r.Name)}
		}
		return c.printJSON(out)
	}
	rows := make([][]string, len(list))
	for i, r := range list {
		rows[i] = []string{r.Name, strings.Join(r.By, ", "), c.p.T("report." + r.Name + ".about")}
	}
	table(c.out, []string{c.p.T("report.head.name"), "--by", c.p.T("report.head.about")}, rows)
	return nil
}

// asked reads which time is wanted.
func (c *call) asked(in input) (report.Period, error) {
	text := in.str("month")
	if in.Changed("from") || in.Changed("to") {
		if text != "" {
			return report.Period{}, misuse("cli.one_of", "flags", "--month, --from")
		}
		if !in.Changed("from") || !in.Changed("to") {
			return report.Period{}, misuse("report.both_ends")
		}
		text = in.str("from") + ".." + in.str("to")
	}
	p, err := report.ParsePeriod(text, c.now())
	if f, ok := fault.As(err); ok {
		return p, &usageError{fault: fault.New(f.Kind, f.Key, f.Args...)}
	}
	return p, err
}

func showReport(c *call, in input) error {
	if exclusive(in, "csv", "xlsx", "json", "chart") > 1 {
		return misuse("cli.one_of", "flags", "--csv, --xlsx, --json, --chart")
	}
	period, err := c.asked(in)
	if err != nil {
		return err
	}
	r, err := c.app.Reports.Show(c.ctx, c.by, report.Ask{Name: in.args[0], Period: period, By: in.str("by")})
	if err != nil {
		return aboutQuery(err)
	}
	switch {
	case in.yes("csv"):
		return c.sheet(r, func(w io.Writer) (sheet.Writer, error) { return sheet.NewCSV(w, true) })
	case in.yes("xlsx"):
		return c.sheet(r, sheet.NewXLSX)
	case c.json:
		return c.printJSON(reportJSON(c.p, r))
	}
	c.printFigures(r, in.yes("chart"))
	return nil
}

func (c *call) printFigures(r report.Result, picture bool) {
	c.text(c.reportTitle(r))
	c.line(c.out, "")
	if picture {
		c.printBars(r)
		c.line(c.out, "")
	}
	c.printTable(r)
	for _, n := range r.Said() {
		c.line(c.out, "")
		c.say(n)
	}
}

// printBars draws the chief figure of each row beside its label.
func (c *call) printBars(r report.Result) {
	const room = 40
	var most int64
	for _, row := range r.Rows {
		most = max(most, row.Cells[r.Chart].N)
	}
	var rows [][]string
	for _, row := range r.Rows {
		x, n := row.Cells[r.Chart], 0
		if x.N > 0 {
			n = max(1, int(x.N*room/most))
		}
		rows = append(rows, []string{oneLine(row.Label.Say(c.p)), strings.Repeat("#", n), r.Columns[r.Chart].Say(c.p, x)})
	}
	table(c.out, []string{c.p.T("report.by." + r.Ask.By), r.Columns[r.Chart].Label(c.p), ""}, rows)
}

func (c *call) reportTitle(r report.Result) string {
	if r.Report.Now {
		return c.p.T("report."+r.Report.Name) + ", " + c.p.DateTime(c.now())
	}
	return c.p.T("report."+r.Report.Name) + ", " + r.Ask.Period.Text()
}

func (c *call) figures(label string, columns []report.Column, cells []report.Cell) []string {
	out := []string{label}
	for i, x := range cells {
		out = append(out, columns[i].Say(c.p, x))
	}
	return out
}

// reportJSON gives the figures in their smallest units with the lists behind
// them; what cannot be said is null.
func reportJSON(p i18n.Printer, r report.Result) object {
	cells := func(list []report.Cell) object {
		out, lists := object{}, object{}
		for i, x := range list {
			out[r.Columns[i].Name] = r.Columns[i].JSON(x)
			if x.Open != "" {
				lists[r.Columns[i].Name] = x.Open
			}
		}
		out["lists"] = lists
		return out
	}
	rows := make([]object, 0, len(r.Rows))
	for _, row := range r.Rows {
		o := cells(row.Cells)
		o["label"], o["code"] = row.Label.Say(p), row.Label.Code
		rows = append(rows, o)
	}
	out := object{"report": r.Report.Name, "by": r.Ask.By, "period": r.Ask.Period.Text(), "part": r.Part, "rows": rows, "total": nil}
	if r.Total != nil {
		out["total"] = cells(r.Total)
	}
	return out
}

// sheet writes the figures as a table for a spreadsheet.
func (c *call) sheet(r report.Result, open func(io.Writer) (sheet.Writer, error)) error {
	w, err := open(c.out)
	if err != nil {
		return err
	}
	head := []sheet.Cell{{Text: c.p.T("report.by." + r.Ask.By)}}
	for _, col := range r.Columns {
		head = append(head, sheet.Cell{Text: col.Label(c.p) + col.Unit(c.p)})
	}
	lines := [][]sheet.Cell{head}
	add := func(label string, cells []report.Cell) {
		line := []sheet.Cell{{Text: label}}
		for i, x := range cells {
			line = append(line, sheet.Cell{Text: r.Columns[i].Plain(x), Number: !x.None})
		}
		lines = append(lines, line)
	}
	for _, row := range r.Rows {
		add(row.Label.Say(c.p), row.Cells)
	}
	if r.Total != nil {
		add(c.p.T("report.total"), r.Total)
	}
	for _, line := range lines {
		if err := w.Row(line); err != nil {
			return err
		}
	}
	return w.Close()
}

// rightTable prints a table whose figures stand to the right.
func rightTable(out io.Writer, head []string, rows [][]string) {
	widths := make([]int, len(head))
	all := append([][]string{head}, rows...)
	for _, r := range all {
		for i, s := range r {
			widths[i] = max(widths[i], cells(s))
		}
	}
	for _, r := range all {
		var b strings.Builder
		for i, s := range r {
			pad := strings.Repeat(" ", widths[i]-cells(s))
			if i == 0 {
				b.WriteString(s + pad)
			} else {
				b.WriteString("  " + pad + s)
			}
		}
		_, _ = fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
	}
}

// reportTarget says or sets how many follow-ups a day are the target.
func reportTarget(c *call, in input) error {
	if len(in.args) == 1 {
		n, err := strconv.ParseInt(in.args[0], 10, 64)
		if err != nil {
			return misuse("report.bad_target", "max", 1000)
		}
		if err := c.app.Reports.SetTarget(c.ctx, c.by, n); err != nil {
			return err
		}
	}
	n, err := c.app.Reports.Target(c.ctx, c.by)
	if err != nil {
		return err
	}
	return c.done(object{"follow_ups": n}, "report.target_is", "n", n)
}
