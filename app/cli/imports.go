package cli

import (
	"context"
	"strconv"
	"strings"

	"cohort/app/exchange"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
)

// importCommands are those of files that were sent to be imported, and import for
// every record that can be added or changed.
func (c *call) importCommands() (all []command) {
	for _, name := range c.app.Engine.Names() {
		if res, _ := c.app.Engine.Get(name); res.CanAdd() || res.CanChange() {
			all = appendNew(all, importCommand(res))
		}
	}
	may := (*call).importer
	return append(all,
		command{path: "imports list", may: may, run: runImportsList, example: []string{"imports list --json"}},
		command{path: "imports show", use: "FILE", min: 1, max: 1, may: may, flags: resultFlag, run: runImportsShow,
			example: []string{"imports show customers.csv", "imports show 12 --result refused"}},
		command{path: "imports map", use: "FILE [HEADING=FIELD…]", min: 1, max: -1, may: may, flags: settingFlags(true), run: runImportsMap,
			example: []string{"imports map customers.csv 手机号=phone 说明=memo --mode both", "imports map 12 --encoding gbk"}},
		importsWork("check", (*exchange.Service).Check),
		importsWork("run", (*exchange.Service).Import),
		importsWork("undo", (*exchange.Service).Undo),
		command{path: "imports rm", use: "FILE", min: 1, max: 1, may: may, run: runImportsRemove, example: []string{"imports rm customers.csv"}})
}

// importer admits who may import anything, or sees what others have imported.
func (c *call) importer() error {
	if c.app.Exchange.CanImport(c.by) || c.by.Can("list", "imports") {
		return nil
	}
	return fault.New(fault.Forbidden, "import.may_not")
}

func resultFlag(_ *call, f flags) { f.choice("result", exchange.Outcomes) }

// settingFlags say how a file is to be imported.
func settingFlags(records bool) func(*call, flags) {
	return func(_ *call, f flags) {
		if records {
			f.text("records", "RECORDS")
		}
		f.choice("mode", exchange.Modes)
		f.text("match", "FIELD")
		f.text("encoding", "NAME")
		f.text("delimiter", "CHARACTER")
		f.text("sheet", "NAME")
	}
}

// settings reads the flags that were given; pairs are HEADING=FIELD.
func (c *call) settings(in input, pairs []string) (set exchange.Settings, err error) {
	text := func(name string) *string {
		if in.Lookup(name) == nil || !in.Changed(name) {
			return nil
		}
		s := in.str(name)
		return &s
	}
	set = exchange.Settings{Mode: text("mode"), Match: text("match"), Encoding: text("encoding"), Delimiter: text("delimiter"), Sheet: text("sheet"),
		Resource: text("records"), Map: map[string]string{}}
	if set.Resource != nil {
		name := c.resourceNamed(*set.Resource)
		set.Resource = &name
	}
	for _, p := range pairs {
		at := strings.LastIndexByte(p, '=')
		if at <= 0 {
			return set, misuse("cli.bad_map", "value", short(p))
		}
		set.Map[p[:at]] = p[at+1:]
	}
	return set, nil
}

func importCommand(res *resource.Resource) command {
	cmd := recordCommand(res, "import", "< FILE")
	cmd.may = right("import", res.Name)
	cmd.flags = func(c *call, f flags) {
		settingFlags(false)(c, f)
		f.many("map", "HEADING=FIELD")
		f.flag("run")
		resultFlag(c, f)
	}
	cmd.long = func(c *call) string { return c.p.T("cli.import.long") }
	name := groupName(res.Name)
	cmd.example = []string{name + " import < " + name + ".csv", name + " import --mode both --run < " + name + ".xlsx"}
	cmd.run = func(c *call, in input) error {
		set, err := c.settings(in, in.list("map"))
		if err != nil {
			return err
		}
		b, err := c.app.Exchange.Take(c.ctx, c.by, groupName(res.Name)+"-"+c.now().Format("20060102-150405"), res.Name, c.in)
		if err != nil {
			return err
		}
		if b, err = c.app.Exchange.Set(c.ctx, c.by, b.ID, set); err != nil {
			return err
		}
		work := (*exchange.Service).Check
		if in.yes("run") {
			work = (*exchange.Service).Import
		}
		return c.work(b.ID, in, work)
	}
	return cmd
}

type importWork = func(*exchange.Service, context.Context, policy.Actor, int64, exchange.Report) (exchange.Batch, error)

func importsWork(verb string, work importWork) command {
	return command{path: "imports " + verb, use: "FILE", min: 1, max: 1, may: (*call).importer, flags: resultFlag, example: []string{"imports " + verb + " customers.csv"},
		run: func(c *call, in input) error {
			id, err := c.importRef(in.args[0])
			if err != nil {
				return err
			}
			return c.work(id, in, work)
		}}
}

// work checks, runs or undoes an import and prints what came out.
func (c *call) work(id int64, in input, work importWork) error {
	bar := c.progress()
	b, err := work(c.app.Exchange, c.ctx, c.by, id, bar.report)
	bar.end()
	if err != nil {
		return err
	}
	return c.printImport(b, in.str("result"), false)
}

// importRef finds the file that is meant: by its number, or the newest of that
// name.
func (c *call) importRef(text string) (int64, error) {
	text = strings.TrimPrefix(text, "imports/")
	if id, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64); err == nil {
		return id, nil
	}
	list, err := c.app.Exchange.Batches(c.ctx, c.by)
	if err != nil {
		return 0, err
	}
	for _, b := range list {
		if b.Name == text && b.Account == c.by.Account {
			return b.ID, nil
		}
	}
	return 0, noSuch("name", text)
}

func runImportsList(c *call, _ input) error {
	list, err := c.app.Exchange.Batches(c.ctx, c.by)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(list))
		for _, b := range list {
			out = append(out, importObject(b))
		}
		return c.printJSON(out)
	}
	if len(list) == 0 {
		c.say("import.none", "scp", c.scpTo("imports/"))
		return nil
	}
	head := []string{"ID"}
	for _, f := range []string{"import_file", "import_records", "state", "import_rows", "import_added", "import_changed", "import_refused", "created"} {
		head = append(head, c.p.T("field."+f))
	}
	var rows [][]string
	for _, b := range list {
		rows = append(rows, []string{strconv.FormatInt(b.ID, 10), oneLine(b.Name), c.recordsWord(b), c.p.T("choice.import_state." + string(b.State)),
			strconv.Itoa(b.Rows), strconv.Itoa(b.Added), strconv.Itoa(b.Changed), strconv.Itoa(b.Refused), c.moment(b.Created)})
	}
	table(c.out, head, rows)
	return nil
}

// scpTo is the line by which a file is sent to a folder.
func (c *call) scpTo(folder string) string {
	return exchange.ScpLine(c.by.Login, c.sess.Host, c.sess.Port, "FILE", folder, true)
}

func (c *call) recordsWord(b exchange.Batch) string {
	if b.Resource == "" {
		return "-"
	}
	return c.p.T("resource." + b.Resource)
}

func runImportsShow(c *call, in input) error {
	id, err := c.importRef(in.args[0])
	if err != nil {
		return err
	}
	b, err := c.app.Exchange.Batch(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.printImport(b, in.str("result"), true)
}

func runImportsMap(c *call, in input) error {
	id, err := c.importRef(in.args[0])
	if err != nil {
		return err
	}
	set, err := c.settings(in, in.args[1:])
	if err != nil {
		return err
	}
	b, err := c.app.Exchange.Set(c.ctx, c.by, id, set)
	if err != nil {
		return err
	}
	return c.printImport(b, "", true)
}

func runImportsRemove(c *call, in input) error {
	id, err := c.importRef(in.args[0])
	if err != nil {
		return err
	}
	if err := c.app.Exchange.Drop(c.ctx, c.by, id); err != nil {
		return err
	}
	return c.done(object{"id": id}, "cli.import_removed", "id", id)
}
