// Package resource is the generic engine for records. A record is declared
// once, as a Resource; the list language, filters, search, order, pages by key
// set, the projection with masking, the values of forms and commands, and the
// names of the rights all follow from that one declaration. The engine knows no
// record by name.
package resource

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
)

// Kind says what a field holds: how it is parsed, filtered, shown and edited.
type Kind int

// The kinds of fields. Times are stored as UTC milliseconds with 0 for none,
// days as text YYYY-MM-DD with "" for none, money as fen.
const (
	Text Kind = iota
	LongText
	Int
	Money
	Bool
	Choice
	Day
	Time
	Relation  // one other record, by id
	Relations // several other records
	Strings   // several free words, such as tags
)

// Field declares one field of a resource.
type Field struct {
	Name string // stable: JSON, command line, list language; its label is the word field.<name>
	Kind Kind
	// SQL is the expression of the stored value: "customers.name". For a
	// Relation the id. For Relations and Strings an aggregate that gives the
	// labels joined by char(31).
	SQL string
	// Label is, for a Relation, the expression of what people read.
	Label string
	// Code is, for a Relation, the expression of what people type, where it is
	// not the label: a login name, a class code.
	Code string
	// Filter is a condition with {in}, where SQL cannot be compared directly. For
	// a Bool it is the condition itself, in a form that an index serves.
	Filter string
	// Fixes names the fields of which a Bool's Filter fixes the value, for the
	// choice among the resource's Indexes.
	Fixes []string
	// Compare is what filters of a Time, a Day or a number compare, where it is
	// not SQL: "last followed up" counts from the creation where there was none.
	Compare string
	Bytes   bool     // of an Int: a number of bytes, said as 9.8 KB
	Choices []string // for Choice: stored values; their words are choice.<name>.<value>
	// Ref is the resource a relation points to; Lookup finds ids by what people
	// type: a SELECT of ids with {in} on lower-cased text.
	Ref    string
	Lookup string
	// Void is the message key of what is said where a reckoned number is none yet,
	// so that nobody takes it for nought.
	Void string
	// Order lists the expression to sort by; "" means SQL. Sort says whether
	// people may sort by it: in a Large resource only what an index serves should
	// say so, in others every field but long texts does.
	Sort  bool
	Order string
	// Search gives the condition that a word typed into the search finds this
	// field; nil: not searched.
	Search func(word string, args policy.Args) string
	// Within stands for Search where other conditions narrow the list already:
	// Search may bound itself to the newest that a frequent word finds, Within
	// must not. nil: Search.
	Within func(word string, args policy.Args) Set
	// Ways stands for Search and Within in a large table: all in which a word finds
	// the field. bounded says that nothing else narrows the list: a frequent word
	// may then find some of its rows only.
	Ways func(word string, bounded bool) []Way
	// Set is, for Relations and Strings, where the values are kept: Where has
	// {in}. It stands for Filter.
	Set *Set
	// Stored gives the form in which a typed text is kept, to find a record by it:
	// a phone number without blanks; "" where there is none. nil: as it is typed.
	Stored func(text string) string
	// Word is, for a Text, the beginning of the words that its values are called
	// by: "resource" shows customers as resource.customers.
	Word string
	// Shown changes what a reader gets of a text that holds values of other
	// fields, by his rights on those; nil: the text itself.
	Shown func(by policy.Actor, text string) string
	// Mask shortens a masked value; nil: everything becomes asterisks.
	Mask func(string) string

	Column   bool // shown in lists unless chosen otherwise
	Width    int  // cells a column wants; 0: by kind
	Priority int  // columns with a higher number go first when it is narrow
	Detail   bool // left out of lists, shown in details only
	Markdown bool // a LongText that is drawn as Markdown
	NoFilter bool // cannot be filtered by
	// Clock names, for a Day, the Text field that keeps the time of that day: what
	// is typed for the day says both, as "fri 15:00", and a day without a time
	// has none.
	Clock string
	Until bool // of a Time: says until when, so that a day typed alone is its last minute

	// For forms and commands.
	Input    bool // may be given when adding or changing
	AddOnly  bool // may be given when adding, never changed
	Required bool
	Max      int    // runes at most, 0: 200 (20,000 for LongText)
	Group    string // heading in forms and details: word group.<name>
	Flag     string // flag on the command line where it is not the name
	Lower    bool   // texts are kept in small letters: codes
	// Check is the field's own rule over a given value; nil: none. What it
	// refuses is shown on the field.
	Check func(v any) *fault.Fault

	Tracked bool // histories keep it though nobody gives it: a state
	Private bool // histories keep only the ends of its values: an ID number
	Sealed  bool // its column is encrypted: it is read one by one, never searched or sorted by
}

// FlagName gives the field's flag on the command line, without dashes in front.
func (f Field) FlagName() string {
	if f.Flag != "" {
		return f.Flag
	}
	return strings.ReplaceAll(f.Name, "_", "-")
}

// Rule is a row-rule field that is not a field of its own.
type Rule = policy.FieldSQL

// Resource declares one kind of record.
type Resource struct {
	Name   string // plural, stable: "customers"; its words are resource.<name>, one.<name>
	From   string // FROM clause with the joins the labels need
	Key    string // id expression, "customers.id"
	Ver    string // version expression, "" when the record has none
	Title  string // expression of the record's own label, for relations to it and place lines
	Code   string // the field by which people name a record when they type, "" for its number
	Fields []Field
	Order  string // default order in the list language: "-created"
	// Own is the column with the account whose record it is, for records that
	// everybody has of his own and nobody sees of another, whatever his rights:
	// they are listed and viewed without a grant.
	Own string
	// Rules are the row-rule fields: name → condition.
	Rules policy.Fields
	// Rights are the record's own verbs that rights are asked for, besides those
	// of every record: approve, assign, reveal.
	Rights []string
	Cap    int // counts stop here; 0: 10,000
	// Large says that there can be too many records to put them in an order that
	// no index has.
	Large bool
	// Indexes lists the indexes made for lists of a large table; none: the
	// database finds its way by itself.
	Indexes []Index
	// Vars gives values that differ from one moment to the next. {name} in any
	// SQL of the declaration stands for one; it is bound, so that the text of a
	// statement stays the same.
	Vars func(now time.Time) map[string]any

	// Table keeps the records where no service of their own does.
	Table *Table
	// Add and Change are the service functions behind forms and commands; nil:
	// the Table's. Without one either the records cannot be added or changed this
	// way. values holds parsed values of the fields given, and only those.
	Add    func(ctx context.Context, by policy.Actor, values Values) (int64, error)
	Change func(ctx context.Context, by policy.Actor, id, version int64, values Values) error
	// Trash says what goes with a deleted record; nil: as the Table's simplest,
	// or not to be deleted where there is no Table either. Delete stands for all
	// of it where a record goes another way.
	Trash  *Trash
	Delete func(ctx context.Context, by policy.Actor, id, version int64) error
	// Actions are what can be done with the records besides.
	Actions []Action
	// Undo names the acts, besides adding, changing and deleting, that people can
	// take back: those that do nothing but change fields.
	Undo []string
	// TakesBack undoes acts that do more than change fields, by the act: each
	// looks itself whether it still can.
	TakesBack map[string]func(ctx context.Context, by policy.Actor, act audit.Entry) error
	// Untold are the acts of the audit trail that no history tells: look-ups.
	Untold []string

	index map[string]int

	adds, changes []Field // those that may be given
}

// Field finds a field by name.
func (r *Resource) Field(name string) (Field, bool) {
	i, ok := r.index[name]
	if !ok {
		return Field{}, false
	}
	return r.Fields[i], true
}

// Columns lists the fields that lists show by default.
func (r *Resource) Columns() []string {
	var out []string
	for _, f := range r.Fields {
		if f.Column {
			out = append(out, f.Name)
		}
	}
	return out
}

// Inputs lists the fields people may give, for adding or for changing. The list
// is shared: it is only to be read.
func (r *Resource) Inputs(adding bool) []Field {
	if adding {
		return r.adds
	}
	return r.changes
}

// inputs are the fields that a form or a command may give.
func (r *Resource) inputs(adding bool) (out []Field) {
	for _, f := range r.Fields {
		if f.Input && (adding || !f.AddOnly) {
			out = append(out, f)
		}
	}
	return out
}

func (r *Resource) fill() error {
	if r.Name == "" {
		return fmt.Errorf("resource without a name")
	}
	if r.From == "" {
		r.From = r.Name
	}
	if r.Key == "" {
		r.Key = r.Name + ".id"
	}
	if r.Title == "" {
		r.Title = r.Key
	}
	if len(r.Fields) == 0 {
		r.Fields = []Field{{Name: "id", Kind: Int, SQL: r.Key, Column: true, Sort: true}}
	}
	if r.Order == "" {
		r.Order = "-id"
	}
	if r.Cap == 0 {
		r.Cap = 10_000
	}
	if r.Table != nil && !r.Table.NoDelete && r.Trash == nil && r.Delete == nil {
		r.Trash = &Trash{}
	}
	r.index = map[string]int{}
	for i := range r.Fields {
		f := &r.Fields[i]
		if _, twice := r.index[f.Name]; twice {
			return fmt.Errorf("resource %s: field %s given twice", r.Name, f.Name)
		}
		if f.SQL == "" {
			f.SQL = r.Name + "." + f.Name
		}
		if f.Max == 0 {
			f.Max = 200
			if f.Kind == LongText {
				f.Max = 20_000
			}
		}
		if !r.Large {
			f.small()
		}
		r.index[f.Name] = i
		if _, taken := r.index[f.Flag]; f.Flag != "" && !taken {
			r.index[f.Flag] = i // tag:vip reads as well as tags:vip
		}
	}
	r.adds, r.changes = r.inputs(true), r.inputs(false)
	return nil
}

// small makes a field of a small table sortable and, where it holds words,
// searched.
func (f *Field) small() {
	if !f.Sort && f.Kind != LongText {
		f.Sort, f.Order = true, f.sorted()
	}
	if f.Search != nil || f.NoFilter || f.Detail {
		return
	}
	switch {
	case f.Kind == Text && f.Word == "":
		f.Search = Contains(f.SQL)
	case f.Kind == Relation && f.Label != "":
		f.Search = Contains("COALESCE(" + f.Label + ", '')")
	}
}

// sorted is what a field of a small table is sorted by: what people read, with
// nothing before everything, since a page begins behind a value.
func (f *Field) sorted() string {
	switch f.Kind {
	case Int, Money, Time, Bool:
		return "COALESCE(" + f.SQL + ", 0)"
	case Relation:
		if f.Label != "" {
			return "COALESCE(" + f.Label + ", '')"
		}
		return "COALESCE(" + f.SQL + ", 0)"
	}
	return "COALESCE(" + f.SQL + ", '')"
}

// bind puts the values of the moment into a finished statement.
func (r *Resource) bind(text string, now time.Time, args policy.Args) string {
	if r.Vars == nil || !strings.Contains(text, "{") {
		return text
	}
	vars := r.Vars(now)
	names := make([]string, 0, len(vars))
	for n := range vars {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		if strings.Contains(text, "{"+n+"}") {
			text = strings.ReplaceAll(text, "{"+n+"}", args.Add(vars[n]))
		}
	}
	return text
}

// Registry holds the declared resources of one program.
type Registry struct {
	byName map[string]*Resource
	beside map[string]policy.Known // rights to what is no record
}

// Register adds a resource; Engine.Register also reads the fields of one with
// nothing but its name from its table. A declaration that cannot work is a fault
// of the program, found at start.
func (g *Registry) Register(r *Resource) {
	if err := r.fill(); err != nil {
		panic(err)
	}
	if g.byName == nil {
		g.byName = map[string]*Resource{}
	}
	if _, twice := g.byName[r.Name]; twice {
		panic("resource registered twice: " + r.Name)
	}
	g.byName[r.Name] = r
}

// Get finds a resource by name.
func (g *Registry) Get(name string) (*Resource, bool) {
	r, ok := g.byName[name]
	return r, ok
}

// Names lists the registered resources in order.
func (g *Registry) Names() []string {
	var out []string
	for n := range g.byName {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}
