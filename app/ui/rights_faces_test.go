package ui

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/cli"
	"cohort/app/fault"
	"cohort/app/files"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/session"
	"cohort/app/ui/kit"
	"cohort/db"
)

// faces are the four ways in of one person, for one record at a time.
type faces struct {
	t    *testing.T
	app  *app.App
	by   policy.Actor
	sess *session.Session
	seat *seat
	tree files.FS

	res      *resource.Resource
	sample   int64                     // some row that is there
	listed   map[string]map[int64]bool // of each face that lists
	refused  map[string]answer         // why a list is not there
	exported map[string]int            // how many rows
	onList   map[string]error          // actions of the list's screen
	page     map[int64]opened
}

// opened is a record's page.
type opened struct {
	answer
	actions map[string]error
}

func newFaces(t *testing.T, a *app.App, login string) *faces {
	x := &faces{t: t, app: a, by: actorOf(t, a, login), seat: person(t, a, login, "me")}
	d := x.seat.desk.sess
	x.sess = &session.Session{ID: "table", Addr: d.Addr, Host: d.Host, Port: d.Port, Via: policy.Command, Actor: d.Actor, Lang: d.Lang}
	x.tree = files.NewTree(a, x.sess)
	return x
}

func (x *faces) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

// try does something of which nothing stays.
func (x *faces) try(do func(ctx context.Context) answer) (got answer) {
	_ = x.app.DB.Write(bg, func(tx *db.Tx) error {
		got = do(tx.Join())
		return errTried
	})
	return got
}

// word is what an error comes to. Whoever gets as far as a rule of the record
// itself had the right.
func word(err error) answer {
	switch {
	case err == nil:
		return answer{word: yes}
	case fault.Of(err) == fault.Forbidden:
		return answer{word: mayNot}
	case fault.Of(err) == fault.NotFound:
		return answer{word: notThere}
	}
	return answer{word: yes}
}

// run runs a command. Wrong usage is no answer.
func (x *faces) run(ctx context.Context, line ...string) (answer, string) {
	var out, errOut bytes.Buffer
	args := strings.Fields(strings.Join(line, " "))
	code := cli.Run(ctx, x.app, x.sess, args, strings.NewReader(""), &out, &errOut)
	text := anyNumber.ReplaceAllString(errOut.String(), "N")
	switch {
	case code == 2:
		return answer{}, ""
	case code == 1 && (strings.Contains(text, "no such record") || strings.Contains(text, "there is no \"")):
		return answer{notThere, text}, ""
	case code == 1 && (strings.Contains(text, "you may not ") || strings.Contains(text, "may import nothing")):
		return answer{mayNot, text}, ""
	}
	return answer{yes, text}, out.String()
}

// groupOfCommands is the word for a record on the command line.
func groupOfCommands(name string) string {
	if n, ok := map[string]string{"follow_ups": "followups", "mails": "mail", "contract_templates": "templates"}[name]; ok {
		return n
	}
	return strings.ReplaceAll(name, "_", "-")
}

// open reads the lists of a record through each face.
func (x *faces) open(res *resource.Resource) {
	x.res, x.page = res, map[int64]opened{}
	x.listed, x.refused, x.exported = map[string]map[int64]bool{}, map[string]answer{}, map[string]int{}
	ids, err := x.app.Engine.IDs(bg, x.by, res.Name, "", 1000)
	x.listed["engine"], x.refused["engine"] = map[int64]bool{}, word(err)
	include(x.listed["engine"], ids)
	group := groupOfCommands(res.Name)
	said, out := x.run(bg, group, "list --limit 1000 --json")
	x.listed["command"], x.refused["command"] = x.numbered(out), said
	if said.word == yes && len(ids) != len(x.listed["command"]) {
		x.t.Errorf("%s list: the engine has %d rows, the command %d", res.Name, len(ids), len(x.listed["command"]))
	}
	x.exports(group)
	x.openList()
}

// numbered reads the rows of a list.
func (x *faces) numbered(out string) map[int64]bool {
	ids := map[int64]bool{}
	var rows []map[string]any
	if json.Unmarshal([]byte(out), &rows) == nil {
		for _, r := range rows {
			n, _ := r["id"].(float64)
			ids[int64(n)] = true
		}
	}
	return ids
}

// exports takes everything out: as many rows as both rights let through.
func (x *faces) exports(group string) {
	l, err := x.app.Engine.List(bg, x.by, x.res.Name, "", resource.Page{Also: "export", Limit: 1000})
	if err == nil {
		err = x.by.NeedAny("export", x.res.Name)
	}
	x.refused["export"] = word(err)
	x.listed["export"] = map[int64]bool{}
	for _, r := range l.Rows {
		x.listed["export"][r.ID] = true
	}
	said, out := x.run(bg, group, "export --format json --stable --reason table")
	x.refused["export command"] = said
	var rows []map[string]any
	_ = json.Unmarshal([]byte(out), &rows)
	if said.word == yes && !l.More && len(rows) != len(l.Rows) {
		x.t.Errorf("%s export: the engine lets %d rows through, the command wrote %d", x.res.Name, len(l.Rows), len(rows))
	}
}

// openList looks for the list's screen. What a student has in better places
// has no list.
func (x *faces) openList() {
	x.onList = nil
	if onlyOwn(x.by, x.res.Name) {
		return
	}
	x.refused["screen"] = answer{word: mayNot}
	if x.seat.desk.placeOf(x.res.Name) == nil {
		return
	}
	x.seat.Send(kit.OpenMsg{Address: x.res.Name})
	x.refused["screen"] = answer{word: yes}
	x.onList = actionsOf(x.seat.Root.Top())
}

func actionsOf(s kit.Screen) map[string]error {
	out := map[string]error{}
	for _, a := range s.Actions() {
		if !strings.HasPrefix(a.ID, "kit.") {
			out[a.ID[strings.LastIndex(a.ID, ".")+1:]] = a.WhyNot
		}
	}
	return out
}

// pageOf opens a record's page once.
func (x *faces) pageOf(id int64) opened {
	if p, ok := x.page[id]; ok {
		return p
	}
	p := opened{answer: answer{word: mayNot}}
	address := fmt.Sprintf("%s/%d", x.res.Name, id)
	if screen, err := x.seat.desk.resolve(address); err == nil && screen != nil {
		x.seat.Send(kit.OpenMsg{Address: address})
		p.word = yes
		if text := x.seat.Text(); strings.Contains(text, "no such record") || strings.Contains(text, "there is no \"") {
			p.answer = answer{notThere, anyNumber.ReplaceAllString(text, "N")}
		} else {
			p.actions = actionsOf(x.seat.Root.Top())
		}
		x.seat.Keys("esc")
	}
	x.page[id] = p
	return p
}

// ask asks all four faces about one cell.
func (x *faces) ask(action string, id int64) map[string]answer {
	return map[string]answer{"engine": x.engine(action, id), "command": x.command(action, id), "screen": x.screen(action, id), "files": x.files(action, id)}
}

func (x *faces) in(list string, said answer, id int64) answer {
	if said.word == yes && !x.listed[list][id] {
		return answer{word: notThere}
	}
	return said
}

func (x *faces) engine(action string, id int64) answer {
	e, name := x.app.Engine, x.res.Name
	switch action {
	case "list":
		return x.in("engine", x.refused["engine"], id)
	case "export":
		return x.in("export", x.refused["export"], id)
	case "view":
		_, _, err := e.Show(bg, x.by, name, id)
		return word(err)
	case "history":
		_, err := e.History(bg, x.by, name, id, 10)
		return word(err)
	case "add":
		return x.try(func(ctx context.Context) answer {
			_, err := e.Add(ctx, x.by, name, nil)
			return word(err)
		})
	case "change":
		field, value := x.same(id)
		return x.try(func(ctx context.Context) answer {
			return word(e.Change(ctx, x.by, name, id, 0, map[string]string{field.Name: value}))
		})
	case "delete":
		return x.try(func(ctx context.Context) answer { return word(e.Delete(ctx, x.by, name, id, 0)) })
	case "import", "check":
		return word(x.by.NeedAny(action, name))
	}
	return word(e.May(bg, x.by, action, name, id))
}

// same is a field that can be changed, with the value that it has: the first
// that is open to this person.
func (x *faces) same(id int64) (resource.Field, string) {
	inputs := x.res.Inputs(false)
	if id == nobodysRow {
		id = x.sample
	}
	row, fields, err := x.app.Engine.Show(bg, policy.System, x.res.Name, id)
	x.must(err)
	typed := resource.Typed(row, fields)
	at := max(0, slices.IndexFunc(inputs, func(f resource.Field) bool {
		return typed[f.Name] != "" && !strings.ContainsAny(typed[f.Name], " \n") && !x.by.Limited("view", x.res.Name, f.Name)
	}))
	return inputs[at], typed[inputs[at].Name]
}

// wanting is what commands of a record's own want besides its number.
var wanting = map[string]string{
	"customers assign": "manager", "enrollments return": "--reason blurred", "enrollments cancel": "--reason gone",
	"customers release": "gone", "payments reverse": "--reason wrong", "payments refund": "--amount 1 --reason gone", "questions answer": "--text so",
	"surveys answer": "--clarity 5 --pace 5 --patience 5 --overall 5",
}

// beside are commands that are named like a right and about something else: a
// report over many rows, an answer instead of its question.
var beside = []string{"customers report", "enrollments report", "payments report", "followups report", "questions accept", "surveys answer"}

func (x *faces) command(action string, id int64) answer {
	group := groupOfCommands(x.res.Name)
	path := group + " " + action
	switch action {
	case "list":
		return x.in("command", x.refused["command"], id)
	case "export":
		return x.in("export", x.refused["export command"], id)
	case "view":
		said, _ := x.run(bg, group, "show", kit.ID(id))
		return said
	case "history":
		said, _ := x.run(bg, path, kit.ID(id))
		return said
	case "add", "import", "check":
		return x.try(func(ctx context.Context) answer { said, _ := x.run(ctx, path); return said })
	case "change":
		field, value := x.same(id)
		path += fmt.Sprintf(" %d --%s %s", id, field.FlagName(), value)
	case "reset", "invite": // they hash, which no transaction may
		return answer{}
	default:
		if slices.Contains(beside, path) {
			return answer{}
		}
		path += " " + kit.ID(id) + " " + wanting[path]
	}
	return x.try(func(ctx context.Context) answer { said, _ := x.run(ctx, path); return said })
}

// onPage are the names of actions on screens where they are others.
var onPage = map[string]string{"change": "edit"}

func (x *faces) screen(action string, id int64) answer {
	if action == "list" {
		return x.in("engine", x.refused["screen"], id)
	}
	if slices.Contains([]string{"add", "export", "import"}, action) {
		why, there := x.onList[action]
		if action == "add" && !there {
			why, there = x.onList["new"]
		}
		switch {
		case !there:
			return answer{}
		case action == "export":
			return x.in("export", word(why), id)
		}
		return word(why)
	}
	if action == "check" || onlyOwn(x.by, x.res.Name) {
		return answer{}
	}
	p := x.pageOf(id)
	if action == "view" || p.word != yes {
		return p.answer
	}
	name := action
	if n, ok := onPage[action]; ok {
		name = n
	}
	why, there := p.actions[name]
	if !there {
		return answer{}
	}
	return word(why)
}

// inTree says through which right a record's files are read, and where they are
// for staff and for a student; "" where they are not in a place of their own. A
// name that begins with "*" is looked for by its end.
var inTree = map[string]struct{ action, staff, student string }{
	"enrollments": {"view", "enrollments/{id}", ""},
	"documents":   {"download", "enrollments/{enrollment}/{name}", "documents/{class}/{name}"},
	"payments":    {"view", "receipts/{receipt}.txt", "receipts/{receipt}.txt"},
	"classes":     {"rank", "classes/{code}", "classes/{code}"},
	"homework":    {"download", "classes/{class}/{lesson#}/homework/*-{student}", "homework/{class}/{lesson#}/RECEIPT.txt"},
	"imports":     {"view", "imports/{import_file}", "imports/{import_file}"},
}

func (x *faces) files(action string, id int64) answer {
	at, ok := inTree[x.res.Name]
	path := at.staff
	if x.by.Rights.Scope.Customer != 0 {
		path = at.student
	}
	if !ok || at.action != action || path == "" {
		return answer{}
	}
	sum := ""
	if id == nobodysRow {
		path = placeholder.ReplaceAllString(path, "999999")
	} else {
		row, _, err := x.app.Engine.Show(bg, policy.System, x.res.Name, id)
		x.must(err)
		if x.res.Name == "documents" {
			sum = fmt.Sprint(row.Values["sha256"].Raw)
		}
		path = placeholder.ReplaceAllStringFunc(path, func(name string) string { return x.inPath(row, strings.Trim(name, "{}")) })
	}
	dir, end, found := strings.Cut(path, "*")
	if !found {
		return x.file(path, sum)
	}
	list, err := x.tree.List(bg, dir)
	if err == nil && !slices.ContainsFunc(list, func(i files.Info) bool { return strings.HasSuffix(i.Name, end) }) {
		return answer{word: notThere}
	}
	return word(err)
}

// file looks for a file. Where sum is given it must be that very one: another's
// of the same name is not.
func (x *faces) file(path, sum string) answer {
	_, err := x.tree.Stat(bg, path)
	if err != nil || sum == "" {
		return word(err)
	}
	f, err := x.tree.Open(bg, path)
	x.must(err)
	defer func() { _ = f.Close() }()
	h := sha256.New()
	_, err = io.Copy(h, io.NewSectionReader(f, 0, f.Info().Size))
	x.must(err)
	if hex.EncodeToString(h.Sum(nil)) != sum {
		return answer{word: notThere}
	}
	return answer{word: yes}
}

var placeholder = regexp.MustCompile(`{[a-z_#]+}`)

// inPath is a value of a row as it stands in paths.
func (x *faces) inPath(row resource.Row, name string) string {
	switch v := row.Values[name]; {
	case name == "id":
		return kit.ID(row.ID)
	case name == "lesson#":
		id, _ := row.Values["lesson"].Raw.(int64)
		return kit.ID(single(x.t, x.app, "SELECT number FROM lessons WHERE id = $1", id))
	case name == "enrollment":
		return fmt.Sprint(v.Raw)
	case v.Label != "":
		return v.Label
	default:
		return fmt.Sprint(v.Raw)
	}
}

func handedOver(tx *db.Tx) error {
	_, err := tx.Exec(`INSERT INTO handovers (at, by_id, from_id, to_id, customers, due, enrollments, classes)
		SELECT 1, boss.id, a.id, boss.id, 0, 0, 0, 0 FROM accounts a JOIN accounts boss ON boss.login = 'admin' WHERE a.login IN ('sales_a', 'sales_d', 'admin')`)
	return err
}
