package kit

import (
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"cohort/app/fault"
	"cohort/app/ui/kit/input"
	"cohort/app/when"
)

// field is a Field while it is edited.
type field struct {
	Field
	step   int
	now    func() time.Time
	line   *input.Line
	area   *input.Area
	val    Value // of what is not typed
	err    error
	notice Notice
}

func newField(d Field, step int, now func() time.Time) *field {
	x := &field{Field: d, step: step, now: now}
	limit := d.Limit
	switch d.Kind {
	case KindArea:
		if limit == 0 {
			limit = 20_000
		}
		x.area = input.NewArea(limit)
	case KindText, KindPassword, KindDate, KindMoney:
		if limit == 0 {
			limit = 200
		}
		x.line = input.NewLine(limit)
		x.line.Mask(d.Kind == KindPassword)
	}
	x.set(d.Value)
	return x
}

func (x *field) label() string {
	if x.Label != "" {
		return x.Label
	}
	return "field." + x.Name
}

// readOnly says that the field is shown only.
func (x *field) readOnly() bool { return x.Kind == KindShow || x.Kind == KindBlock }

// typed says that letters go into the field.
func (x *field) typed() bool { return x.line != nil || x.area != nil }

func (x *field) set(v Value) {
	switch {
	case x.line != nil:
		if x.line.Set(v.Text); x.Over {
			x.line.Propose(v.Text)
		}
	case x.area != nil:
		x.area.Set(v.Text)
	default:
		x.val = v
		if i := indexOf(x.Options, v.Text); i >= 0 && v.Label == "" {
			x.val.Label = x.Options[i].Label
		}
	}
}

// value gives what stands in the field, in its stable form where it can be read.
func (x *field) value() Value {
	switch {
	case x.area != nil:
		return Value{Text: x.area.Value()}
	case x.line == nil:
		return x.val
	}
	text := x.line.Value()
	switch x.Kind {
	case KindDate:
		if m, err := x.moment(text); err == nil {
			text = m.String()
		}
	case KindMoney:
		if fen, ok := ParseMoney(text); ok {
			return Fen(fen)
		}
	}
	return Value{Text: text}
}

// empty says that nothing is there.
func (x *field) empty() bool {
	v := x.value()
	return strings.TrimSpace(v.Text) == "" && len(v.Chosen) == 0
}

// wrong says what the kit itself sees amiss.
func (x *field) wrong() error {
	switch {
	case x.readOnly():
		return nil
	case x.Required && x.empty():
		return fault.Field(x.Name, "fault.required")
	case x.notice.Stops && x.notice.Err != nil:
		return x.notice.Err
	case x.Kind == KindDate && !x.empty():
		if _, err := x.moment(x.line.Value()); err != nil {
			return fieldFault(x.Name, err)
		}
	case x.Kind == KindMoney && !x.empty():
		if _, ok := ParseMoney(x.line.Value()); !ok {
			return fault.Field(x.Name, "fault.bad_number", "value", x.line.Value())
		}
	}
	return nil
}

// moment reads a typed date, with its time where the field takes one.
func (x *field) moment(text string) (when.Moment, error) {
	now := x.now()
	if x.Clock {
		return when.Parse(text, now, now.Location())
	}
	day, err := when.Day(text, now, now.Location())
	return when.Moment{Day: day}, err
}

// fieldFault puts a fault on the field that it is of.
func fieldFault(name string, err error) error {
	if f, ok := fault.As(err); ok {
		return f.On(name)
	}
	return err
}

// edit takes a key or paste; it says whether the value changed.
func (x *field) edit(msg tea.Msg, f *Form) bool {
	switch {
	case x.area != nil:
		return x.area.Update(msg)
	case x.line != nil:
		return x.line.Update(msg)
	}
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return false
	}
	switch x.Kind {
	case KindBool:
		return x.editBool(k.String())
	case KindChoice:
		return x.editChoice(k.String())
	case KindRelation, KindSeveral:
		if (k.String() == "backspace" || k.String() == "delete") && !x.empty() {
			x.val = Value{}
			return true
		}
	}
	return false
}

func (x *field) editBool(k string) bool {
	old := x.val
	switch k {
	case "space", "left", "right", "h", "l":
		x.val = On(x.val.Text != Yes)
	case "y":
		x.val = On(true)
	case "n":
		x.val = On(false)
	}
	return !old.Same(x.val)
}

// inline says that a choice is short enough to stand in one row.
func (x *field) inline() bool { return x.Kind == KindChoice && len(x.Options) <= 5 }

func (x *field) editChoice(k string) bool {
	if !x.inline() {
		return false
	}
	i := indexOf(x.Options, x.val.Text)
	switch k {
	case "right", "l", "space":
		i = (i + 1) % max(1, len(x.Options))
	case "left", "h":
		i = (max(i, 0) - 1 + len(x.Options)) % max(1, len(x.Options))
	default:
		i = x.optionOf(k, i)
	}
	if i < 0 || i >= len(x.Options) {
		return false
	}
	x.val = Value{Text: x.Options[i].Value, Label: x.Options[i].Label}
	return true
}

// optionOf is the option that a key names, behind the one that is chosen: the next
// whose words begin with it, else the one at the place that a digit says; -1 for
// none.
func (x *field) optionOf(k string, chosen int) int {
	if utf8.RuneCountInString(k) != 1 {
		return -1
	}
	for n := range x.Options {
		i := (chosen + 1 + n) % len(x.Options)
		if strings.HasPrefix(strings.ToLower(x.Options[i].Label), k) {
			return i
		}
	}
	if n := int(k[0] - '1'); k[0] >= '1' && k[0] <= '9' && n < len(x.Options) {
		return n
	}
	return -1
}

// command is what a key means where it changes nothing: opening a picker.
func (x *field) command(msg tea.Msg, f *Form) Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok || x.typed() || x.readOnly() || x.Kind == KindBool || x.inline() {
		return nil
	}
	if k.String() == "space" {
		return f.pick(x, "")
	}
	if k.Text != "" {
		return f.pick(x, k.Text)
	}
	return nil
}

// pick opens the picker of a choice or relation.
func (f *Form) pick(x *field, typed string) Cmd {
	p := &Picker{Name: x.label(), Options: x.Options, Search: x.Search, Many: x.Kind == KindSeveral, first: typed}
	p.Chosen = x.val.Chosen
	if x.Kind != KindSeveral && x.val.Text != "" {
		p.Chosen = []Option{{Value: x.val.Text, Label: x.val.Label}}
	}
	p.Then = func(list []Option) Cmd {
		switch {
		case x.Kind == KindSeveral:
			x.val = Value{Chosen: list}
		case len(list) > 0:
			x.val = Value{Text: list[0].Value, Label: list[0].Label}
		}
		return f.edited(x)
	}
	if x.New != nil {
		p.NewLabel, p.NewArgs = x.NewLabel, x.NewArgs
		p.New = func(typed string) Cmd {
			return x.New(typed, func(o Option) Cmd { return f.Put(x.Name, Value{Text: o.Value, Label: o.Label}) })
		}
	}
	return Show(p)
}
