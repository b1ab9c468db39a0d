package kit

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
)

// FieldKind says how a field is edited.
type FieldKind int

// The kinds of fields.
const (
	KindText     FieldKind = iota // one line
	KindArea                      // several lines
	KindPassword                  // one line of asterisks
	KindDate                      // typed: 2026-12-01, +3d, mon; Value "2026-12-01"
	KindMoney                     // typed: 5,980; Value "5980.00"
	KindBool                      // yes or no; Value Yes or ""
	KindChoice                    // one of Options
	KindSeveral                   // several of Options, or found by Search
	KindRelation                  // one found by Search; Value its Option.Value
	KindShow                      // read-only: its Value is shown, never given to Save
	KindBlock                     // read-only: Draw draws it
)

// Field is one field of a form.
type Field struct {
	Name     string // also the field of a fault
	Label    string // message key; "" for "field."+Name
	Kind     FieldKind
	Required bool
	Value    Value
	Limit    int    // characters; 0: 200, Area 20,000
	Rows     int    // of an Area; 0: 4
	Over     bool   // typing writes over the value
	Clock    bool   // a Date may carry a time: Value "2026-12-01 15:00"
	Help     string // message key, said below while the field is focused
	HelpArgs []any
	Options  []Option
	Search   func(ctx context.Context, text string) ([]Option, error)
	// New offers "+ NewLabel" in a relation's picker; it gets what was typed and
	// how to put the new record into the field.
	New      func(typed string, put func(Option) Cmd) Cmd
	NewLabel string // message key of that line
	NewArgs  []any
	// Check looks at the value while it is typed, off the loop; the newest
	// answer is shown below the field.
	Check func(ctx context.Context, v Value) Notice
	// Hidden leaves the field out while it says so.
	Hidden func(v Values) bool
	// Draw draws a Block.
	Draw func(e Env, w int) []string
}

// Notice is what a check says below a field.
type Notice struct {
	Tone   Tone
	Err    error   // said as the field's error; a warning when Tone is Warn
	Text   string  // or a text
	Action *Action // what can be done about it; its key must not be a letter
	Stops  bool    // saving is refused while it stands
}

// Step is one page of a form of several.
type Step struct {
	Name   string // message key
	Intro  string // message key, said on top
	Args   []any
	Fields []Field
	// Leave looks at the page when one wants to go on; may be nil.
	Leave func(v Values) error
}

// Submit is what a form hands to Save.
type Submit struct {
	Values  Values   // all but Show, Block and hidden fields
	Changed []string // names of the fields that differ from what was read
	Version any      // as Load or Fresh gave it
	Mode    string   // "" for ctrl+s, Stay, Another, or one of the caller's save actions
}

// The ways to save beside the plain one, as Submit.Mode names them.
const (
	Stay    = "stay"    // and go on editing
	Another = "another" // and begin another new record
)

// Loaded is a record as read for a form.
type Loaded struct {
	Values  Values
	Version any
}

// FormSpec says what a form asks and does.
type FormSpec struct {
	Name   string // message key of the title
	Args   []any
	Addr   string
	Intro  string // message key, said on top
	Fields []Field
	Steps  []Step // instead of Fields: a page each
	// Load reads the record before editing; nil for a new one. It is asked again
	// when saving finds that somebody else was faster.
	Load func(ctx context.Context) (Loaded, error)
	// Save writes. Its Cmd is done when it has: Close and a toast if it is nil.
	Save   func(ctx context.Context, s Submit) (Cmd, error)
	SaveID string // message key of the save action; "" for "save"
	// Modes are the other ways to save that are offered: Stay, Another. After
	// Stay a form with Load stays as it is; else Save's Cmd says what follows.
	Modes   []string
	Confirm *Question
	Actions func(f *Form) []Action // the caller's own; keys must not be letters
	// OnEvents hears the bus, for a form that shows what others do.
	OnEvents func(f *Form, events []bus.Event) Cmd
	// OnChange is called after each change by the person, for fields that depend
	// on others; may be nil.
	OnChange func(f *Form, name string) Cmd
}

// Form is a screen for editing.
type Form struct {
	Spec FormSpec

	env     Env
	w, h    int
	steps   []Step
	fields  []*field // of all steps
	step    int
	at      int // focused field, among fields
	top     int // first line shown
	base    Values
	version any
	ready   bool // loaded, or nothing to load
	saving  bool
	err     error // of the whole form
	loadErr error
	ahead   ahead
}

// NewForm makes a form.
func NewForm(spec FormSpec) *Form {
	f := &Form{Spec: spec, steps: spec.Steps, ready: spec.Load == nil}
	if len(f.steps) == 0 {
		f.steps = []Step{{Intro: spec.Intro, Args: spec.Args, Fields: spec.Fields}}
	}
	for i, s := range f.steps {
		for _, d := range s.Fields {
			f.fields = append(f.fields, newField(d, i, f.now))
		}
	}
	f.base = f.Values()
	f.at = f.firstOf(0)
	return f
}

// Title is Screen's.
func (f *Form) Title(p i18n.Printer) string { return p.T(f.Spec.Name, f.Spec.Args...) }

// Address is Addresser's.
func (f *Form) Address() string { return f.Spec.Addr }

// Init is Screen's.
func (f *Form) Init() Cmd {
	if f.Spec.Load == nil {
		return nil
	}
	return Ask("load", f.Spec.Load, func(l Loaded, err error) Cmd {
		if f.loadErr = err; err != nil {
			return nil
		}
		f.ready, f.version = true, l.Version
		f.fill(l.Values)
		f.base = f.Values()
		f.at = f.firstOf(f.step)
		return f.ahead.replay()
	})
}

// fill puts values into the fields they name.
func (f *Form) fill(v Values) {
	for _, x := range f.fields {
		if val, ok := v[x.Name]; ok {
			x.set(val)
		}
	}
}

// Values gives what stands in the fields now.
func (f *Form) Values() Values {
	v := Values{}
	for _, x := range f.fields {
		if x.Kind != KindBlock {
			v[x.Name] = x.value()
		}
	}
	return v
}

// Set puts a value into a field, as if it had been read: it is not unsaved work.
func (f *Form) Set(name string, v Value) {
	if x := f.field(name); x != nil {
		x.set(v)
		f.base[name] = x.value()
	}
}

// Put puts a value into a field, as if the person had typed it.
func (f *Form) Put(name string, v Value) Cmd {
	x := f.field(name)
	if x == nil {
		return nil
	}
	x.set(v)
	return f.edited(x)
}

func (f *Form) field(name string) *field {
	for _, x := range f.fields {
		if x.Name == name {
			return x
		}
	}
	return nil
}

// Changes names the fields that differ from what was read.
func (f *Form) Changes() []string {
	var out []string
	for _, x := range f.fields {
		if !x.readOnly() && !x.value().Same(f.base[x.Name]) {
			out = append(out, x.Name)
		}
	}
	return out
}

// Dirty is Dirtier's.
func (f *Form) Dirty() error {
	n := f.Changes()
	if len(n) == 0 {
		return nil
	}
	var labels []string
	for _, name := range n {
		labels = append(labels, f.env.Label(f.field(name).label()))
	}
	return fault.New(fault.Conflict, "kit.dirty", "fields", labels)
}

// Changed is Watcher's.
func (f *Form) Changed(events []bus.Event, lost bool) Cmd {
	var cmds []Cmd
	if f.Spec.OnEvents != nil {
		cmds = append(cmds, f.Spec.OnEvents(f, events))
	}
	if lost && f.ready && f.Spec.Load != nil {
		cmds = append(cmds, f.stillThere())
	}
	if cmds == nil {
		return nil
	}
	return Batch(cmds...)
}

// stillThere asks whether the record may still be seen. Where not, nothing of it
// stays on the screen; else what is being typed is left alone.
func (f *Form) stillThere() Cmd {
	return Work[Loaded]{Name: "still", Quiet: true, Do: f.Spec.Load, Then: func(_ Loaded, err error) Cmd {
		if !gone(err) {
			return nil
		}
		f.ready, f.loadErr = false, err
		for _, x := range f.fields {
			x.set(Value{})
		}
		f.base = f.Values()
		return nil
	}}.Cmd()
}

// Typing is Screen's.
func (f *Form) Typing() bool { return true }

// Update is Screen's.
func (f *Form) Update(msg tea.Msg) Cmd {
	if s, ok := msg.(Resized); ok {
		f.env, f.w, f.h = s.Env, s.W, s.H
		return nil
	}
	if !f.ready && f.loadErr == nil {
		f.ahead.keep(msg)
	}
	x := f.focused()
	if x == nil || !f.ready {
		return nil
	}
	if !x.edit(msg, f) {
		return x.command(msg, f)
	}
	return f.edited(x)
}

// edited does what follows a change of a field.
func (f *Form) edited(x *field) Cmd {
	x.err, x.notice = nil, Notice{}
	f.err = nil
	var cmds []Cmd
	if x.Check != nil {
		v := x.value()
		cmds = append(cmds, Work[Notice]{Name: "check." + x.Name, Wait: 250 * time.Millisecond, Quiet: true,
			Do: func(ctx context.Context) (Notice, error) { return x.Check(ctx, v), nil },
			Then: func(n Notice, _ error) Cmd {
				if x.value().Same(v) {
					x.notice = n
				}
				return nil
			}}.Cmd())
	}
	if f.Spec.OnChange != nil {
		cmds = append(cmds, f.Spec.OnChange(f, x.Name))
	}
	return Batch(cmds...)
}

func (f *Form) focused() *field {
	if f.at < 0 || f.at >= len(f.fields) {
		return nil
	}
	return f.fields[f.at]
}
