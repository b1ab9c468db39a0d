package cli

import (
	"slices"
	"strconv"
	"strings"

	"cohort/app/i18n"
	"cohort/app/resource"
)

// groupNames are the words for resources on the command line, where they
// differ.
var groupNames = map[string]string{"follow_ups": "followups", "mails": "mail", "contract_templates": "templates"}

func groupName(resource string) string {
	if n, ok := groupNames[resource]; ok {
		return n
	}
	return strings.ReplaceAll(resource, "_", "-")
}

// resourceNamed gives the resource that a word of the command line stands for.
func (c *call) resourceNamed(word string) string {
	for _, name := range c.app.Engine.Names() {
		if groupName(name) == word {
			return name
		}
	}
	return word
}

// byHand are the commands of records that have a file of their own.
var byHand = []string{
	"imports list", "imports show",
	"roles list", "roles show", "roles add", "roles change", "roles delete",
	"documents list", "documents show", "mail show", "accounts show", "accounts add", "accounts change", "enrollments show",
	"followups add", "notifications list", "students show", "questions show", "customers history",
	"lessons show", "lessons add", "lessons change",
	"handovers show",
}

// recordCommands makes list, show, add and change for every declared resource.
func (c *call) recordCommands() (all []command) {
	for _, name := range c.app.Engine.Names() {
		res, _ := c.app.Engine.Get(name)
		for _, cmd := range []command{listCommand(res), showCommand(res)} {
			all = appendNew(all, cmd)
		}
		if res.CanAdd() {
			all = appendNew(all, addCommand(res))
		}
		if res.CanChange() {
			all = appendNew(all, changeCommand(res))
			all = appendNew(all, putBackCommand(res))
		}
		if res.CanDelete() {
			all = appendNew(all, deleteCommand(res))
		}
		if res.CanChange() || res.CanDelete() || len(res.Actions) > 0 {
			all = appendNew(all, doCommand(res))
		}
		if res.CanAdd() || res.CanChange() {
			all = appendNew(all, historyCommand(res))
		}
	}
	return all
}

func appendNew(all []command, cmd command) []command {
	if slices.Contains(byHand, cmd.path) {
		return all
	}
	return append(all, cmd)
}

// recordCommand begins a command that every resource has.
func recordCommand(res *resource.Resource, verb, use string) command {
	path := groupName(res.Name) + " " + verb
	return command{path: path, use: use, key: "cli.records." + verb,
		words: []any{"records", i18n.W("resource." + res.Name), "record", i18n.W("one." + res.Name)}, example: examples[path]}
}

// examples are the lines that help shows of the generic commands.
var examples = map[string][]string{
	"customers list": {
		"customers list 'source:baidu last:>30d owner:me' --limit 50 --json",
		"customers list -tag:vip sort:-created",
	},
	"customers show":   {"customers show 42"},
	"customers delete": {"customers delete 42", "customers delete --where 'tag:test created:today' --dry-run"},
	"customers do":     {"customers do change --where 'owner:sales_b stale:yes' --owner sales_a --dry-run"},
	"customers add":    {"customers add --name 王小明 --qq 12345678 --source baidu --course python --json"},
	"customers change": {"customers change 42 --next +3d --memo 'calls back on Friday'", "customers change 42 --campaign=", "customers change --where 'owner:me next:today' --next +1d --dry-run"},
	"followups list":   {"followups list customer:42", "followups list author:me at:today"},
	"enrollments list": {"enrollments list state:submitted --json"},
	"classes list":     {"classes list course:python"},
	"classes show":     {"classes show python-s9"},
	"courses show":     {"courses show python"},
	"payments list":    {"payments list kind:refund at:this_month", "payments list taken_by:me at:today --json"},
	"payments add":     {"payments add --enrollment 7 --kind deposit --amount 500 --method wechat_pay"},
	"instalments list": {"instalments list overdue:yes", "instalments list due_on:+7d consultant:me"},
	"accounts list":    {"accounts list roles:sales active:yes"},
	"questions list":   {"questions list state:open sort:created", "questions list asker:me --json"},
	"mail list":        {"mail list state:dead"},
}

func addCommand(res *resource.Resource) command {
	cmd := recordCommand(res, "add", "--FIELD VALUE…")
	cmd.may = right("add", res.Name)
	cmd.flags = func(c *call, f flags) { f.fields(c, res.Inputs(true)) }
	cmd.run = func(c *call, in input) error {
		id, err := c.app.Engine.Add(c.ctx, c.by, res.Name, given(in, res.Inputs(true)))
		if err != nil {
			return err
		}
		return c.done(object{"id": id}, "cli.added", "record", i18n.W("one."+res.Name), "id", id)
	}
	return cmd
}

func changeCommand(res *resource.Resource) command {
	cmd := recordCommand(res, "change", refUse(res)+" | --where QUERY --FIELD VALUE…")
	cmd.max, cmd.may = 1, right("change", res.Name)
	cmd.flags = func(c *call, f flags) {
		f.fields(c, res.Inputs(false))
		f.number("version", "N", 0)
		whereFlags(f)
	}
	cmd.run = func(c *call, in input) error {
		typed := given(in, res.Inputs(false))
		if len(typed) == 0 {
			return misuse("cli.nothing_given")
		}
		x, err := c.choose(res, in, in.args)
		if err != nil {
			return err
		}
		if x.query || in.yes("dry-run") {
			return c.each(res, "change", x, typed, in)
		}
		id := x.ids[0]
		if err := c.app.Engine.Change(c.ctx, c.by, res.Name, id, in.num("version"), typed); err != nil {
			return err
		}
		return c.done(object{"id": id}, "cli.changed", "record", i18n.W("one."+res.Name), "id", id)
	}
	return cmd
}

func (c *call) label(f resource.Field) string { return c.p.Or("field."+f.Name, f.Name) }

// refUse is how help calls what names a record.
func refUse(res *resource.Resource) string {
	if res.Code != "" {
		return strings.ToUpper(res.Code)
	}
	return "ID"
}

// ref finds the record that is meant: by its number, 42, #42 or customers/42,
// or by its name where the resource has one.
func (c *call) ref(res, text string) (int64, error) {
	id, err := parseID(text)
	declared, ok := c.app.Engine.Get(res)
	if err == nil || !ok || declared.Code == "" {
		return id, err
	}
	field := declared.Code
	list, err := c.app.Engine.List(c.ctx, c.by, res, field+`:"`+strings.ReplaceAll(text, `"`, "")+`"`, resource.Page{Limit: 50, Columns: []string{field}})
	if err != nil {
		return 0, err
	}
	for _, r := range list.Rows {
		if s, _ := r.Values[field].Raw.(string); strings.EqualFold(s, text) {
			return r.ID, nil
		}
	}
	return 0, noSuch(res, text)
}

// parseID takes 42, #42 and customers/42.
func parseID(text string) (int64, error) {
	s := text
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		s = s[i+1:]
	}
	id, err := strconv.ParseInt(strings.TrimPrefix(s, "#"), 10, 64)
	if err != nil || id <= 0 {
		return 0, misuse("cli.bad_id", "value", short(text))
	}
	return id, nil
}
