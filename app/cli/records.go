package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cohort/app/i18n"
	"cohort/app/resource"
)

// group names of resources on the command line, where they differ.
var groupNames = map[string]string{"follow_ups": "followups", "mails": "mail", "contract_templates": "templates"}

func groupName(resource string) string {
	if n, ok := groupNames[resource]; ok {
		return n
	}
	return strings.ReplaceAll(resource, "_", "-")
}

// records makes list, show, add and change for every declared resource that the
// actor may use.
func (c *call) records(root *cobra.Command) {
	for _, name := range c.app.Engine.Names() {
		res, _ := c.app.Engine.Get(name)
		if c.by.Can("list", name) {
			c.listCommand(c.group(root, groupName(name)), res)
		}
		if c.by.Can("view", name) {
			c.showCommand(c.group(root, groupName(name)), res)
		}
		if res.Add != nil && c.by.Can("add", name) {
			c.addCommand(c.group(root, groupName(name)), res)
		}
		if res.Change != nil && c.by.Can("change", name) {
			c.changeCommand(c.group(root, groupName(name)), res)
		}
	}
}

// leaf is a command that every resource has, with its words.
func (c *call) leaf(parent *cobra.Command, use, verb string, nargs int, run func(cmd *cobra.Command, args []string) error, res *resource.Resource) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: c.p.T("cli.records."+verb, "records", i18n.W("resource."+res.Name)), RunE: run,
		Args: func(cmd *cobra.Command, args []string) error {
			if nargs >= 0 && len(args) != nargs {
				return misuse("cli.args", "usage", cmd.UseLine())
			}
			return nil
		}}
	parent.AddCommand(cmd)
	return cmd
}

func (c *call) listCommand(parent *cobra.Command, res *resource.Resource) {
	var page resource.Page
	var columns []string
	var after int64
	cmd := c.leaf(parent, "list [QUERY]", "list", -1, func(_ *cobra.Command, args []string) error {
		page.Columns = columns
		return c.list(res, strings.Join(args, " "), page, after)
	}, res)
	cmd.Flags().IntVar(&page.Limit, "limit", 50, c.p.T("cli.flag.limit"))
	cmd.Flags().StringSliceVar(&columns, "columns", nil, c.p.T("cli.flag.columns", "columns", fieldNames(res)))
	cmd.Flags().Int64Var(&after, "after", 0, c.p.T("cli.flag.after"))
	cmd.Long = c.p.T("cli.query_help", "fields", fieldNames(res))
}

func fieldNames(res *resource.Resource) string {
	var out []string
	for _, f := range res.Fields {
		out = append(out, f.Name)
	}
	return strings.Join(out, ", ")
}

func (c *call) list(res *resource.Resource, query string, page resource.Page, after int64) error {
	if page.Limit < 1 || page.Limit > 1000 {
		return misuse("cli.bad_limit", "max", 1000)
	}
	if after > 0 {
		at, err := c.app.Engine.CursorOf(c.ctx, c.by, res.Name, query, after)
		if err != nil {
			return err
		}
		page.After = at
	}
	for _, name := range page.Columns {
		if _, ok := res.Field(name); !ok && name != "id" {
			return misuse("cli.bad_column", "column", name, "columns", fieldNames(res))
		}
	}
	page.Count = !c.json
	l, err := c.app.Engine.List(c.ctx, c.by, res.Name, query, page)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(jsonRows(l))
	}
	c.printList(res, l)
	return nil
}

// jsonRow gives a record with stable names. A hidden field is not there.
func jsonRow(r resource.Row, fields []resource.Field) map[string]any {
	out := map[string]any{"id": r.ID}
	if r.Version > 0 {
		out["version"] = r.Version
	}
	for _, f := range fields {
		out[f.Name] = f.JSON(r.Values[f.Name])
	}
	return out
}

func jsonRows(l resource.List) []map[string]any {
	out := make([]map[string]any, 0, len(l.Rows))
	for _, r := range l.Rows {
		out = append(out, jsonRow(r, l.Columns))
	}
	return out
}

func (c *call) printList(res *resource.Resource, l resource.List) {
	if len(l.Rows) == 0 {
		c.say("cli.empty", "records", i18n.W("resource."+res.Name))
		return
	}
	head := []string{"ID"}
	for _, f := range l.Columns {
		head = append(head, c.label(f))
	}
	rows := make([][]string, 0, len(l.Rows))
	for _, r := range l.Rows {
		cells := []string{strconv.FormatInt(r.ID, 10)}
		for _, f := range l.Columns {
			cells = append(cells, oneLine(f.Text(c.p, r.Values[f.Name])))
		}
		rows = append(rows, cells)
	}
	table(c.out, head, rows)
	c.printCount(l)
}

// printCount says how many there are, and how to get the next page.
func (c *call) printCount(l resource.List) {
	total := i18n.Group(uint64(max(l.Total, 0)))
	if l.Capped {
		total += "+"
	}
	c.say("cli.count", "shown", len(l.Rows), "total", total)
	if l.More {
		c.say("cli.more", "id", l.Rows[len(l.Rows)-1].ID)
	}
}

func (c *call) label(f resource.Field) string { return c.p.Or("field."+f.Name, f.Name) }

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 40 {
		return string(r[:38]) + ".."
	}
	return s
}

func (c *call) showCommand(parent *cobra.Command, res *resource.Resource) {
	c.leaf(parent, "show ID", "show", 1, func(_ *cobra.Command, args []string) error {
		id, err := parseID(args[0])
		if err != nil {
			return err
		}
		row, fields, err := c.app.Engine.Show(c.ctx, c.by, res.Name, id)
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(jsonRow(row, fields))
		}
		list := [][2]string{{"ID", strconv.FormatInt(row.ID, 10)}}
		for _, f := range fields {
			list = append(list, [2]string{c.label(f), f.Text(c.p, row.Values[f.Name])})
		}
		pairs(c.out, list)
		return nil
	}, res)
}

// parseID takes 42, #42 and customers/42.
func parseID(s string) (int64, error) {
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		s = s[i+1:]
	}
	id, err := strconv.ParseInt(strings.TrimPrefix(s, "#"), 10, 64)
	if err != nil || id <= 0 {
		return 0, misuse("cli.bad_id", "value", s)
	}
	return id, nil
}

func (c *call) addCommand(parent *cobra.Command, res *resource.Resource) {
	var cmd *cobra.Command
	cmd = c.leaf(parent, "add", "add", 0, func(*cobra.Command, []string) error {
		id, err := c.app.Engine.Add(c.ctx, c.by, res.Name, given(cmd.Flags(), res.Inputs(true)))
		if err != nil {
			return err
		}
		return c.done(map[string]any{"id": id}, "cli.added", "record", i18n.W("one."+res.Name), "id", id)
	}, res)
	c.inputFlags(cmd, res.Inputs(true))
}

func (c *call) changeCommand(parent *cobra.Command, res *resource.Resource) {
	var cmd *cobra.Command
	var version int64
	cmd = c.leaf(parent, "change ID", "change", 1, func(_ *cobra.Command, args []string) error {
		id, err := parseID(args[0])
		if err != nil {
			return err
		}
		typed := given(cmd.Flags(), res.Inputs(false))
		if len(typed) == 0 {
			return misuse("cli.nothing_given")
		}
		if err := c.app.Engine.Change(c.ctx, c.by, res.Name, id, version, typed); err != nil {
			return err
		}
		return c.done(map[string]any{"id": id}, "cli.changed", "record", i18n.W("one."+res.Name), "id", id)
	}, res)
	cmd.Flags().Int64Var(&version, "version", 0, c.p.T("cli.flag.version"))
	c.inputFlags(cmd, res.Inputs(false))
}

// inputFlags makes a flag for each field that may be given.
func (c *call) inputFlags(cmd *cobra.Command, fields []resource.Field) {
	for _, f := range fields {
		words := c.label(f)
		if len(f.Choices) > 0 {
			words += ": " + strings.Join(f.Choices, ", ")
		}
		if f.Required {
			words += " *"
		}
		if f.Kind == resource.Relations || f.Kind == resource.Strings {
			cmd.Flags().StringSlice(f.FlagName(), nil, words)
			continue
		}
		cmd.Flags().String(f.FlagName(), "", words)
	}
}

// given collects the flags that were set, by field name.
func given(flags *pflag.FlagSet, fields []resource.Field) map[string]string {
	out := map[string]string{}
	for _, f := range fields {
		name := f.FlagName()
		if !flags.Changed(name) {
			continue
		}
		if list, err := flags.GetStringSlice(name); err == nil {
			out[f.Name] = strings.Join(list, ",")
			continue
		}
		out[f.Name], _ = flags.GetString(name)
	}
	return out
}
