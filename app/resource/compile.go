package resource

import (
	"strconv"
	"strings"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// compiler turns a query into SQL for one actor.
type compiler struct {
	by   policy.Actor
	res  *Resource
	args *db.Args
	now  time.Time // in the school's zone
	find func(f Field, texts []string) ([]int64, error)

	large func(Set) (bool, error) // whether a set is large
	err   error                   // of asking so

	count func(text string, args *db.Args) (int, error) // how many ids a SELECT gives

	gathered bool // a word found few rows, and they lead to the list's
	many     bool // a word found many, and nothing else narrows the list

	fixed map[string]bool // fields that have one value in the whole list
	loose bool            // there are conditions that no index of the lists serves
}

// where gives the condition of a whole query, row rules included.
func (c *compiler) where(action string, q Query) (string, error) {
	all := []string{c.res.rowRule(c.by, action, c.args)}
	narrow := len(q.Terms) > 0 || all[0] != "1 = 1"
	c.fixed, c.loose = map[string]bool{}, len(q.Words) > 0
	c.note(all[0], "")
	for _, t := range q.Terms {
		s, err := c.term(t)
		if err != nil {
			return "", err
		}
		c.note(s, t.Field)
		all = append(all, s)
	}
	narrow = narrow || len(q.Words) > 1
	for _, w := range q.Words {
		if ways := c.ways(w, !narrow); ways != nil {
			all = append(all, c.found(ways, !narrow))
			continue
		}
		all = append(all, c.word(w, narrow))
	}
	return strings.Join(all, " AND "), c.err
}

// word gives the condition that a searched word finds a row in any field that
// the actor sees unmasked there. narrow says that other conditions narrow the
// list, too.
func (c *compiler) word(w string, narrow bool) string {
	var any []string
	for _, f := range c.res.Fields {
		if f.Search == nil {
			continue
		}
		if s := c.search(f, w, narrow); s != "" {
			any = append(any, c.guard(f, s))
		}
	}
	if n, err := strconv.ParseInt(strings.TrimPrefix(w, "#"), 10, 64); err == nil && strings.HasPrefix(w, "#") {
		any = append(any, c.res.Key+" = "+c.args.Add(n))
	}
	if len(any) == 0 {
		return "1 = 0"
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

func (c *compiler) search(f Field, w string, narrow bool) string {
	if !narrow || f.Within == nil {
		return f.Search(w, c.args)
	}
	return c.set(f.Within(w, c.args))
}

// guard narrows a condition on a field to the rows where the actor sees the
// field whole: else masked values could be guessed digit by digit. The rule is
// written so that no index serves it: the condition is to lead to the rows, not
// the rule to everything that the actor owns.
func (c *compiler) guard(f Field, cond string) string {
	if !c.shut(f) {
		return cond
	}
	open := c.by.FieldWhere("list", c.res.Name, f.Name, policy.ReadOnly, c.res.Rules, c.args)
	return "(" + cond + " AND CASE WHEN " + open + " THEN 1 ELSE 0 END = 1)"
}

func (c *compiler) term(t Term) (string, error) {
	if t.Field == mayTerm {
		return c.may(t), nil
	}
	f, ok := c.res.Field(t.Field)
	if !ok && t.Field == "id" {
		return c.numbered(t)
	}
	if !ok || f.NoFilter {
		return "", fault.New(fault.Invalid, "list.no_field", "field", t.Field, "fields", c.res.filterNames())
	}
	cond, err := c.field(f, t.Value)
	if err != nil {
		return "", err
	}
	if t.Not {
		cond = "(" + cond + ") IS NOT TRUE" // an empty value is not the value either
	}
	return c.guard(f, cond), nil
}

// mayTerm is the condition of every list that names no field: may:report are the
// rows on which the actor may do that, of those that he may list anyway.
const mayTerm = "may"

func (c *compiler) may(t Term) string {
	cond := c.res.rowRule(c.by, t.Value, c.args)
	if t.Not {
		return "(" + cond + ") IS NOT TRUE"
	}
	return cond
}

// numbered gives the rows of the numbers named: id:4,7.
func (c *compiler) numbered(t Term) (string, error) {
	var ids []any
	for _, w := range Words(t.Value) {
		n, err := strconv.ParseInt(strings.TrimPrefix(w, "#"), 10, 64)
		if err != nil {
			return "", fault.New(fault.Invalid, "fault.bad_number", "value", w)
		}
		ids = append(ids, n)
	}
	cond := c.in(Field{SQL: c.res.Key}, ids)
	if t.Not {
		cond = "NOT (" + cond + ")"
	}
	return cond, nil
}

func (r *Resource) filterNames() string {
	var names []string
	for _, f := range r.Fields {
		if !f.NoFilter {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}

func (c *compiler) field(f Field, value string) (string, error) {
	switch value {
	case "", "none":
		return c.empty(f, true), nil
	case "any":
		return c.empty(f, false), nil
	}
	switch f.Kind {
	case Time, Day:
		return c.dates(f, value)
	case Int, Money:
		return c.numbers(f, value)
	case Bool:
		b, bad := f.parseBool(value)
		if bad != nil {
			return "", bad
		}
		return c.flag(f, b.(bool)), nil
	case Relation, Relations:
		return c.relation(f, value)
	case Choice:
		return c.choices(f, value)
	}
	return c.texts(f, value), nil
}

func (c *compiler) flag(f Field, yes bool) string {
	switch {
	case f.Filter == "":
		return f.SQL + " = " + c.args.Add(boolInt(yes))
	case yes:
		return "(" + f.Filter + ")"
	}
	return "(" + f.Filter + ") IS NOT TRUE"
}

// compared is the expression that filters compare.
func (f Field) compared() string {
	if f.Compare != "" {
		return f.Compare
	}
	return f.SQL
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// empty gives "the field is empty" or its opposite.
func (c *compiler) empty(f Field, yes bool) string {
	var cond string
	switch f.Kind {
	case Int, Money, Time:
		cond = "COALESCE(" + f.SQL + ", 0) = 0"
	case Bool:
		cond = f.SQL + " = 0"
	case Relation:
		cond = f.SQL + " IS NULL"
	default:
		cond = "COALESCE(" + f.SQL + ", '') = ''"
	}
	if yes {
		return cond
	}
	return "NOT (" + cond + ")"
}

func (c *compiler) dates(f Field, value string) (string, error) {
	sp, ok := stretch(value, c.now)
	if !ok {
		return "", fault.New(fault.Invalid, "list.bad_date", "field", f.Name, "value", value)
	}
	var all []string
	add := func(op string, t time.Time) {
		if t.IsZero() {
			return
		}
		if f.Kind == Day {
			all = append(all, f.compared()+" "+op+" "+c.args.Add(t.Format(time.DateOnly)))
			return
		}
		all = append(all, f.compared()+" "+op+" "+c.args.Add(t.UnixMilli()))
	}
	add(">=", sp.from)
	add("<", sp.to)
	if f.Kind == Day && sp.from.IsZero() {
		all = append(all, f.compared()+" <> ''")
	}
	return "(" + strings.Join(all, " AND ") + ")", nil
}

func (c *compiler) numbers(f Field, value string) (string, error) {
	num := func(s string) (any, error) {
		v, bad := f.ParseText(s, c.now)
		if bad != nil {
			return nil, bad
		}
		return v, nil
	}
	if a, b, ok := strings.Cut(value, ".."); ok {
		var all []string
		for _, end := range [][2]string{{">=", a}, {"<=", b}} {
			if strings.TrimSpace(end[1]) == "" {
				continue // open at this end
			}
			n, err := num(end[1])
			if err != nil {
				return "", err
			}
			all = append(all, f.compared()+" "+end[0]+" "+c.args.Add(n))
		}
		if len(all) == 0 {
			return "", fault.New(fault.Invalid, "fault.bad_number", "value", value)
		}
		return "(" + strings.Join(all, " AND ") + ")", nil
	}
	op := value[:len(value)-len(strings.TrimLeft(value, "<>="))]
	if op == "" {
		op = "="
	}
	if !strings.Contains(" = < > <= >= ", " "+op+" ") {
		return "", fault.New(fault.Invalid, "fault.bad_number", "value", value)
	}
	n, err := num(strings.TrimLeft(value, "<>="))
	if err != nil {
		return "", err
	}
	return f.compared() + " " + op + " " + c.args.Add(n), nil
}

func (c *compiler) choices(f Field, value string) (string, error) {
	var values []any
	for _, w := range Words(value) {
		v, bad := f.parseChoice(w)
		if bad != nil {
			return "", bad
		}
		values = append(values, v)
	}
	return c.in(f, values), nil
}

// relation resolves what people type (a login name, a code, "me", #7) to ids.
func (c *compiler) relation(f Field, value string) (string, error) {
	ids, err := c.find(f, Words(value))
	if err != nil {
		return "", err
	}
	values := make([]any, len(ids))
	for i, id := range ids {
		values[i] = id
	}
	return c.in(f, values), nil
}

// texts matches the beginning of a text without a star, or any part where the
// value has one: qq:123, name:*明.
func (c *compiler) texts(f Field, value string) string {
	if f.Kind == Strings {
		var values []any
		for _, w := range Words(value) {
			values = append(values, w)
		}
		return c.in(f, values)
	}
	var any []string
	for _, w := range Words(value) {
		any = append(any, c.text(f, w))
	}
	switch len(any) {
	case 0:
		return "1 = 0"
	case 1:
		return any[0]
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

func (c *compiler) text(f Field, value string) string {
	if strings.Contains(value, "*") {
		like := strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`, "*", "%").Replace(value)
		return f.SQL + " LIKE " + c.args.Add(like) + ` ESCAPE '\'`
	}
	return Prefix(f.SQL, value, c.args)
}

// after gives the least text that sorts behind every text beginning with s.
func after(s string) string { return s + "\U0010ffff" }

// Prefix gives the condition that a column begins with a text, in a form that
// an index serves, one that leaves empty texts out among them.
func Prefix(column, text string, args policy.Args) string {
	return "(" + column + " <> '' AND " + column + " >= " + args.Add(text) + " AND " + column + " < " + args.Add(after(text)) + ")"
}

func (c *compiler) in(f Field, values []any) string {
	if len(values) == 0 {
		return "1 = 0"
	}
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = c.args.Add(v)
	}
	in := "IN (" + strings.Join(marks, ", ") + ")"
	if len(marks) == 1 {
		in = "= " + marks[0]
	}
	if f.Set != nil {
		s := *f.Set
		s.Where = strings.ReplaceAll(s.Where, "{in}", in)
		return c.set(s)
	}
	if f.Filter != "" {
		return "(" + strings.ReplaceAll(f.Filter, "{in}", in) + ")"
	}
	return f.SQL + " " + in
}

// Contains searches short lists: a word anywhere in any of the columns.
func Contains(columns ...string) func(string, policy.Args) string {
	return func(word string, args policy.Args) string {
		mark := args.Add("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(word)) + "%")
		var any []string
		for _, c := range columns {
			any = append(any, "lower("+c+") LIKE "+mark+` ESCAPE '\'`)
		}
		return "(" + strings.Join(any, " OR ") + ")"
	}
}
