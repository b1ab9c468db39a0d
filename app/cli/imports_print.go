package cli

import (
	"bytes"
	"encoding/json"
	"strconv"

	"cohort/app/exchange"
	"cohort/app/i18n"
)

// shownRows is how many rows of a report are printed unless they are asked for.
const shownRows = 20

func importObject(b exchange.Batch) object {
	columns := make([]object, 0, len(b.Columns))
	for _, x := range b.Columns {
		columns = append(columns, object{"heading": x.Heading, "field": x.Field, "sample": x.Sample})
	}
	return object{"id": b.ID, "file": b.Name, "size": b.Size, "by": b.Login, "records": b.Resource, "state": b.State, "mode": b.Mode, "match": b.Match,
		"format": b.Read.Format, "encoding": b.Read.Encoding, "delimiter": b.Read.Delimiter, "sheet": b.Read.Sheet, "columns": columns, "rows": b.Rows,
		"added": b.Added, "changed": b.Changed, "same": b.Same, "refused": b.Refused, "kept": b.Kept, "created": stamp(b.Created), "run": stamp(b.Run)}
}

// printImport prints a file that was sent, how it is mapped where wanted, and the
// report: with --json all of it.
func (c *call) printImport(b exchange.Batch, only string, mapping bool) error {
	if c.json {
		return c.importJSON(b, only)
	}
	pairs(c.out, c.importPairs(b))
	if mapping {
		c.printMapping(b)
	}
	if b.State == exchange.Uploaded {
		c.say("import.next_check", "id", b.ID)
		return nil
	}
	if err := c.printReport(b, only); err != nil {
		return err
	}
	if b.State == exchange.Checked {
		c.say("import.next_run", "id", b.ID)
	}
	return nil
}

func (c *call) importPairs(b exchange.Batch) [][2]string {
	label := func(name string) string { return c.p.T("field." + name) }
	list := [][2]string{{"ID", strconv.FormatInt(b.ID, 10)}, {label("import_file"), b.Name}, {label("import_records"), c.recordsWord(b)},
		{label("import_mode"), c.p.T("choice.import_mode." + b.Mode)}, {label("state"), c.p.T("choice.import_state." + string(b.State))},
		{label("import_rows"), i18n.Group(uint64(b.Rows))}}
	if b.State == exchange.Uploaded {
		return list
	}
	for _, n := range []struct {
		name string
		n    int
	}{{"import_added", b.Added}, {"import_changed", b.Changed}, {"import_same", b.Same}, {"import_refused", b.Refused}, {"import_kept", b.Kept}} {
		if n.n > 0 || n.name == "import_refused" {
			list = append(list, [2]string{label(n.name), i18n.Group(uint64(n.n))})
		}
	}
	return list
}

func (c *call) printMapping(b exchange.Batch) {
	var rows [][]string
	for _, x := range b.Columns {
		field := c.p.T("import.left_out")
		if x.Field != "" {
			field = x.Field
		}
		rows = append(rows, []string{oneLine(x.Heading), field, oneLine(x.Sample)})
	}
	c.line(c.out, "")
	table(c.out, []string{c.p.T("field.import_heading"), c.p.T("field.import_field"), c.p.T("field.import_sample")}, rows)
}

// printReport prints the rows that were asked for, or the first refused ones.
func (c *call) printReport(b exchange.Batch, only string) error {
	wanted, most := only, 1000
	if only == "" {
		wanted, most = exchange.Refused, shownRows
	}
	list, err := c.app.Exchange.Rows(c.ctx, c.by, b.ID, wanted, 0, most)
	if err != nil || len(list) == 0 {
		return err
	}
	var rows [][]string
	for _, r := range list {
		changes, why := c.app.Exchange.Said(c.p, b.Resource, r)
		if why == "" {
			why = changes
		}
		rows = append(rows, []string{strconv.Itoa(r.Line), c.p.T(b.OutcomeKey(r)), r.Title, why})
	}
	c.line(c.out, "")
	table(c.out, []string{c.p.T("import.col_line"), c.p.T("import.col_outcome"), c.p.T("field.name"), c.p.T("import.col_why")}, rows)
	if only == "" && b.Refused > len(list) {
		c.say("import.more_refused", "n", b.Refused-len(list), "id", b.ID)
	}
	return nil
}

// importJSON prints one object, its report row by row as it is read.
func (c *call) importJSON(b exchange.Batch, only string) error {
	head, err := plainJSON(importObject(b))
	if err != nil {
		return err
	}
	_, _ = c.out.Write(head[:len(head)-1])
	_, _ = c.out.WriteString(`,"report":[`)
	for behind, first := 0, true; ; {
		list, err := c.app.Exchange.Rows(c.ctx, c.by, b.ID, only, behind, 500)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		for _, r := range list {
			if !first {
				_ = c.out.WriteByte(',')
			}
			first, behind = false, r.Line
			if err := c.rowJSON(r); err != nil {
				return err
			}
		}
	}
	_, _ = c.out.WriteString("]}\n")
	return nil
}

func (c *call) rowJSON(r exchange.Row) error {
	changes := make([]object, 0, len(r.Changes))
	for _, x := range r.Changes {
		changes = append(changes, object{"field": x.Field, "old": x.Old, "new": x.New})
	}
	line := object{"line": r.Line, "outcome": r.Outcome, "record": orNull(r.Record), "title": r.Title, "changes": changes, "undone": r.Undone, "reason": nil}
	if why := r.Why[c.p.Lang]; why != "" {
		line["reason"] = why
	}
	text, err := plainJSON(line)
	if err == nil {
		_, _ = c.out.Write(text)
	}
	return err
}

// plainJSON is one value without escapes for web pages, as all output has it.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
