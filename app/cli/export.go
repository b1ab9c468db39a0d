package cli

import (
	"fmt"
	"io"
	"strings"

	"cohort/app/exchange"
	"cohort/app/i18n"
	"cohort/app/resource"
)

// exportCommands makes export for every declared resource.
func (c *call) exportCommands() (all []command) {
	for _, name := range c.app.Engine.Names() {
		res, _ := c.app.Engine.Get(name)
		all = appendNew(all, exportCommand(res))
	}
	return all
}

func exportCommand(res *resource.Resource) command {
	cmd := recordCommand(res, "export", "[QUERY…] --reason TEXT > FILE")
	cmd.max, cmd.query, cmd.said, cmd.may, cmd.required = -1, true, true, right("export", res.Name), []string{"reason"}
	cmd.flags = func(_ *call, f flags) {
		f.text("reason", "TEXT")
		f.choice("format", exchange.Formats)
		f.many("columns", "FIELD,…")
		f.flag("stable")
		f.flag("bom")
	}
	cmd.example = []string{strings.ReplaceAll("NAME export --reason 'monthly report' > NAME.csv", "NAME", groupName(res.Name)),
		strings.ReplaceAll("NAME export --format xlsx --reason 'monthly report' > NAME.xlsx", "NAME", groupName(res.Name))}
	cmd.long = func(c *call) string {
		return c.p.T("cli.export.long") + "\n" + c.p.T("cli.query_help", "fields", strings.Join(fieldNames(res), ", "))
	}
	cmd.run = func(c *call, in input) error {
		x := exchange.Export{Resource: res.Name, Query: queryOf(res, in.args), Format: in.str("format"), Stable: in.yes("stable"), Mark: in.yes("bom"),
			Reason: in.str("reason"), Lang: c.p.Lang}
		var err error
		if in.Changed("columns") {
			if x.Columns, err = chosenColumns(res, in.list("columns")); err != nil {
				return err
			}
		}
		return aboutQuery(c.export(res, x))
	}
	return cmd
}

// export streams to the standard output; how far it is goes to standard error.
func (c *call) export(res *resource.Resource, x exchange.Export) error {
	bar := c.progress()
	n, err := c.app.Exchange.Export(c.ctx, c.by, x, c.out, bar.report)
	bar.end()
	if err != nil {
		return err
	}
	if err := c.out.Flush(); err != nil {
		return err
	}
	c.line(c.err, c.p.T("cli.exported", "n", n, "records", i18n.W("resource."+res.Name)))
	return nil
}

// progress is a line on standard error that says how far work is.
type progress struct {
	out  *output
	last int
	drew bool
}

// stride is how many rows lie between two looks at the progress.
const stride = 5000

func (c *call) progress() *progress { return &progress{out: c.err} }

func (b *progress) report(done, total int) {
	if done-b.last < stride {
		return
	}
	b.last, b.drew = done, true
	text := i18n.Group(uint64(done))
	if total > 0 {
		text += " / " + i18n.Group(uint64(total))
	}
	_, _ = fmt.Fprintf(b.out, "\r%s", text)
	_ = b.out.Flush()
}

func (b *progress) end() {
	if b.drew {
		_, _ = io.WriteString(b.out, "\r\x1b[K")
	}
}
