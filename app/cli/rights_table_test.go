package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
)

// probe is somebody who holds rights to one record only: to some of its rows,
// with some of its fields masked and some hidden.
type probe struct {
	*school
	res     *resource.Resource
	rows    string   // the row rule
	closed  []string // fields that are masked or hidden
	allowed []int64
	others  []int64  // rows outside the rule
	secrets []string // what may not come out
}

// TestNothingComesOutBesideTheRules runs over every declared record, so that a
// new one is in it by itself. Somebody is given a part of its rows, with fields
// masked and hidden, and everything that reads is asked: lists in every form,
// single records by their numbers, counts, searches and filters for what is
// hidden, orders, pickers, histories, exports. Rows come out exactly where the
// rule opens them, in every way the same, and no value that is hidden, masked or
// of another row, in no column and no error text.
func TestNothingComesOutBesideTheRules(t *testing.T) {
	s := newSchool(t)
	s.student(true)
	s.ok("sales_a", "followups add --customer "+number(s.ids["own"])+" --note 'asked about the evening classes'")
	role, err := s.Org.AddRole(context.Background(), policy.System, org.NewRole{Name: "probe"})
	s.must(err)
	s.must(s.Org.SetRoles(context.Background(), policy.System, s.ids["roleless"], []string{"probe"}))
	looked, split := 0, 0
	for _, name := range s.Engine.Names() {
		t.Run(name, func(t *testing.T) {
			p := s.probe(t, role.ID, name)
			if p == nil {
				return
			}
			looked++
			if len(p.others) > 0 {
				split++
			}
			p.lists(t)
			p.records(t)
			p.guesses(t)
			p.exports(t)
			p.imports(t)
		})
	}
	if looked < 12 || split < 8 {
		t.Errorf("only %d records looked at, %d with rows beside the rule: the test says little", looked, split)
	}
}

// probe gives the rights and reads, as the system, what may come out and what not.
func (s *school) probe(t *testing.T, role int64, name string) *probe {
	ctx := context.Background()
	res, _ := s.Engine.Get(name)
	var fields []string
	for _, f := range res.Fields {
		fields = append(fields, f.Name)
	}
	all, err := s.Engine.List(ctx, policy.System, name, "", resource.Page{Limit: 1000, Columns: fields})
	s.must(err)
	if len(all.Rows) == 0 {
		return nil
	}
	own := *s
	own.t = t
	p := &probe{school: &own, res: res, rows: s.someRows(name, len(all.Rows))}
	var rules []string
	for i, f := range texts(res) {
		switch i % 3 {
		case 0:
			rules, p.closed = append(rules, f+":masked"), append(p.closed, f)
		case 1:
			rules, p.closed = append(rules, f+":hidden"), append(p.closed, f)
		}
	}
	list := []org.Permission{}
	for _, a := range []string{"list", "view", "export", "change", "import"} {
		list = append(list, org.Permission{Resource: name, Action: a, Rows: p.rows, Fields: strings.Join(rules, " ")})
	}
	_, err = s.Org.ChangeRole(ctx, policy.System, role, 0, org.RoleChange{Permissions: &list})
	s.must(err)
	p.allowed, err = s.Engine.IDs(ctx, s.trial(list[0]), name, "", 1000)
	s.must(err)
	p.read(all)
	return p
}

// texts are the fields of a record whose values would be known again.
func texts(res *resource.Resource) (names []string) {
	for _, f := range res.Fields {
		if f.Kind == resource.Text || f.Kind == resource.LongText || f.Kind == resource.Strings {
			names = append(names, f.Name)
		}
	}
	return names
}

// trial is an actor with one permission, made without the service.
func (s *school) trial(p org.Permission) policy.Actor {
	by := s.actor("roleless")
	rows, err := policy.ParseRows(p.Rows)
	s.must(err)
	by.Rights = policy.NewRights(nil, by.Rights.Scope, []policy.Grant{{ID: 1, Resource: p.Resource, Action: p.Action, Rows: rows}})
	return by
}

// someRows finds a row rule that opens a part of the rows; "" where none does.
func (s *school) someRows(name string, total int) string {
	known, _ := s.Engine.Known(name)
	for _, field := range known.RowNames() {
		values := known.Values[field]
		if len(values) == 0 {
			values = []string{"1", "2", "3", "4", "5", "baidu", "sales", "admin", "$me"}
		}
		for _, v := range values {
			rule := org.Permission{Resource: name, Action: "list", Rows: field + "=" + v}
			conds, _ := policy.ParseRows(rule.Rows)
			if known.Check(policy.Grant{Resource: name, Action: "list", Rows: conds}) != nil {
				continue
			}
			ids, err := s.Engine.IDs(context.Background(), s.trial(rule), name, "", 1000)
			s.must(err)
			if len(ids) > 0 && len(ids) < total {
				return rule.Rows
			}
		}
	}
	return ""
}

// read sorts the values into those that may come out and those that may not.
func (p *probe) read(all resource.List) {
	open := new(strings.Builder)
	var secret []string
	printer := i18n.Printer{Lang: i18n.English}
	for _, r := range all.Rows {
		mine := slices.Contains(p.allowed, r.ID)
		if !mine {
			p.others = append(p.others, r.ID)
		}
		for _, f := range all.Columns {
			text := strings.TrimSpace(f.Text(printer, r.Values[f.Name]))
			switch {
			case mine && !slices.Contains(p.closed, f.Name):
				fmt.Fprintln(open, text, fmt.Sprint(r.Values[f.Name].Raw), r.Values[f.Name].Code)
			case slices.Contains(texts(p.res), f.Name):
				secret = append(secret, text)
			}
		}
	}
	// Names of fields and words of the program are no secrets.
	fmt.Fprintln(open, p.run("admin", groupName(p.res.Name)+" list --help").out)
	for _, v := range secret {
		line, _, _ := strings.Cut(v, "\n")
		if len([]rune(line)) >= 5 && !strings.Contains(open.String(), line) && !strings.Contains(line, "*") && !slices.Contains(p.secrets, line) {
			p.secrets = append(p.secrets, line)
		}
	}
}

// clean fails where a secret is in what came out.
func (p *probe) clean(t *testing.T, what, text string) {
	t.Helper()
	for _, s := range p.secrets {
		if strings.Contains(text, s) {
			t.Errorf("%s, rows %q, closed %v: %q came out in:\n%s", what, p.rows, p.closed, s, text)
			return
		}
	}
}

func (p *probe) by() policy.Actor { return p.actor("roleless") }

// said is all that an answer holds, as a program would see it.
func said(v any) string { b, _ := json.Marshal(v); return string(b) }

func (p *probe) lists(t *testing.T) {
	ctx := context.Background()
	var fields []string
	for _, f := range p.res.Fields {
		fields = append(fields, f.Name)
	}
	l, err := p.Engine.List(ctx, p.by(), p.res.Name, "", resource.Page{Limit: 1000, Columns: fields, Count: true})
	p.must(err)
	var ids []int64
	for _, r := range l.Rows {
		ids = append(ids, r.ID)
	}
	p.same(t, "list", ids)
	if l.Total != len(p.allowed) {
		t.Errorf("counted %d of %d", l.Total, len(p.allowed))
	}
	p.clean(t, "list", said(l.Rows))
	picked, err := p.Engine.Pick(ctx, p.by(), p.res.Name, "", 1000)
	p.must(err)
	p.clean(t, "picker", said(picked))
	if len(picked) != len(p.allowed) {
		t.Errorf("%d to pick of %d", len(picked), len(p.allowed))
	}
	for _, line := range []string{"list", "list --json", "list --limit 1000 --json --columns " + strings.Join(fields, ",")} {
		if !slices.Contains(byHand, groupName(p.res.Name)+" list") {
			r := p.run("roleless", groupName(p.res.Name)+" "+line)
			p.clean(t, line, r.out+r.err)
		}
	}
	// What is masked or hidden can be neither searched for nor put in order.
	for _, s := range p.secrets[:min(len(p.secrets), 12)] {
		word := strings.ReplaceAll(s, `"`, " ")
		for _, q := range append(p.filters(word), `"`+word+`"`) {
			n, _, err := p.Engine.Count(ctx, p.by(), p.res.Name, q)
			if err == nil && n > 0 {
				t.Errorf("%s finds %d rows", q, n)
			}
		}
	}
	for _, f := range p.closed {
		if _, err := p.Engine.List(ctx, p.by(), p.res.Name, "sort:"+f, resource.Page{}); err == nil {
			t.Errorf("in the order of %s, which is closed", f)
		}
	}
}

// filters ask for a value in each field that is closed.
func (p *probe) filters(word string) (out []string) {
	for _, f := range p.closed {
		if x, _ := p.res.Field(f); !x.NoFilter {
			out = append(out, f+`:"`+word+`"`)
		}
	}
	return out
}

func (p *probe) same(t *testing.T, what string, ids []int64) {
	t.Helper()
	want := slices.Sorted(slices.Values(p.allowed))
	if slices.Sort(ids); !slices.Equal(ids, want) {
		t.Errorf("%s, rows %q: %v, want %v", what, p.rows, ids, want)
	}
}

// records opens each row by its number: it is there exactly where it is listed.
func (p *probe) records(t *testing.T) {
	ctx := context.Background()
	var ids []int64
	for _, id := range append(slices.Clone(p.allowed), p.others...) {
		row, fields, err := p.Engine.Show(ctx, p.by(), p.res.Name, id)
		if err == nil {
			ids = append(ids, id)
		}
		p.clean(t, "record", said(row)+said(names(fields))+fmt.Sprint(err))
		h, err := p.Engine.History(ctx, p.by(), p.res.Name, id, 100)
		p.clean(t, "history", said(h)+fmt.Sprint(err))
		if err == nil && slices.Contains(p.others, id) {
			t.Errorf("the history of %d, which is not there for him", id)
		}
	}
	p.same(t, "records", ids)
}

func names(fields []resource.Field) (out []string) {
	for _, f := range fields {
		out = append(out, f.Name)
	}
	return out
}

var anyNumber = regexp.MustCompile(`\d+`)

// guesses compares the answer about a row that is there, but not for him, with
// that about one that nobody has: to the last word the same.
func (p *probe) guesses(t *testing.T) {
	group := groupName(p.res.Name)
	if slices.Contains(byHand, group+" show") {
		return
	}
	none := p.run("roleless", group+" show 999999")
	for _, id := range p.others[:min(len(p.others), 3)] {
		r := p.run("roleless", group+" show "+number(id))
		if r.code != none.code || anyNumber.ReplaceAllString(r.err, "N") != anyNumber.ReplaceAllString(none.err, "N") || r.out != none.out {
			t.Errorf("guessed %d: %+v, nobody's: %+v", id, r, none)
		}
	}
	for _, id := range p.allowed[:min(len(p.allowed), 3)] {
		for _, line := range []string{" show ", " show --json "} {
			r := p.run("roleless", group+line+number(id))
			p.clean(t, "show", r.out+r.err)
		}
	}
}

// exports writes everything out: as many rows as are listed.
func (p *probe) exports(t *testing.T) {
	if p.res.Name == "audit" {
		return // every look before this one is in it, too
	}
	r := p.run("roleless", groupName(p.res.Name)+" export --format json --reason test")
	p.clean(t, "export", r.out)
	var rows []map[string]any
	if err := json.Unmarshal([]byte(r.out), &rows); err != nil || len(rows) != len(p.allowed) {
		t.Errorf("exported %d of %d rows: %v %.200s %.200s", len(rows), len(p.allowed), err, r.out, r.err)
	}
	r = p.run("roleless", groupName(p.res.Name)+" export --reason test")
	p.clean(t, "export", r.out)
}

// imports rehearses a change of every row by its number: the reports of rows that
// are not there for him, and of what is closed, tell nothing of them.
func (p *probe) imports(t *testing.T) {
	inputs := p.res.Inputs(false)
	if !p.res.CanChange() || len(inputs) == 0 || p.res.Name == "permissions" {
		return // what permissions hold are words of the program, which refusals list
	}
	for _, f := range inputs[:min(len(inputs), 4)] {
		file := "ID," + f.Name + "\n"
		for _, id := range append(slices.Clone(p.allowed), p.others...) {
			file += number(id) + ",guess\n"
		}
		for _, form := range []string{"", " --json"} {
			r := p.in(i18n.English, "roleless", groupName(p.res.Name)+" import --mode update"+form, file)
			p.clean(t, "import of "+f.Name, r.out+r.err)
		}
	}
}
