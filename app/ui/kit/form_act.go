package kit

import (
	"context"

	"cohort/app/fault"
)

// Actions is Screen's.
func (f *Form) Actions() []Action {
	if !f.ready {
		return nil
	}
	var list []Action
	x := f.focused()
	if x != nil && x.notice.Action != nil {
		list = append(list, *x.notice.Action)
	}
	save := Action{ID: "kit.save", Keys: []string{"ctrl+s"}, Weight: 9, Confirm: f.Spec.Confirm, Run: func() Cmd { return f.Submit("") }}
	if f.Spec.SaveID != "" {
		save.ID = f.Spec.SaveID
	}
	last := f.step == len(f.steps)-1
	if f.lone() {
		save.Keys = append(save.Keys, "enter")
	}
	if f.Spec.Save != nil && last {
		list = append(append(list, save), f.modeActions()...)
	}
	if len(f.steps) > 1 {
		if !last {
			list = append(list, Action{ID: "kit.step.next", Keys: []string{"ctrl+s", "pgdown"}, Weight: 9, Run: f.nextStep})
		}
		if f.step > 0 {
			list = append(list, Action{ID: "kit.step.prev", Keys: []string{"pgup"}, Weight: 8, Run: func() Cmd { return f.goStep(f.step - 1) }})
		}
	}
	if f.Spec.Actions != nil && f.ready {
		list = append(list, f.Spec.Actions(f)...)
	}
	return append(list, f.fieldActions(x)...)
}

// lone says that a line of text is all there is to fill in, so that enter behind
// it saves.
func (f *Form) lone() bool {
	n := 0
	for _, x := range f.fields {
		if !x.readOnly() && f.shown(x) {
			n++
		}
	}
	x := f.focused()
	return n == 1 && x != nil && x.line != nil
}

// fieldActions moves between fields, and opens what can be opened.
func (f *Form) fieldActions(x *field) []Action {
	next := Action{ID: "kit.field.next", Keys: []string{"tab"}, Weight: 5, Run: func() Cmd { return f.move(1) }}
	prev := Action{ID: "kit.field.prev", Keys: []string{"shift+tab"}, Weight: -1, Run: func() Cmd { return f.move(-1) }}
	list := []Action{}
	switch {
	case x == nil:
	case x.Kind == KindArea:
		if x.area.AtBottom() {
			next.Keys = append(next.Keys, "down")
		}
		if x.area.AtTop() {
			prev.Keys = append(prev.Keys, "up")
		}
		return append(list, next, prev)
	case !x.typed() && !x.readOnly() && x.Kind != KindBool && !x.inline():
		list = append(list, Action{ID: "kit.choose", Keys: []string{"enter"}, Weight: 6, Run: func() Cmd { return f.pick(x, "") }})
	case x.Kind == KindBool || x.inline():
		list = append(list, Action{ID: "kit.switch", Keys: []string{"space"}, Weight: 6})
		next.Keys = append(next.Keys, "enter")
	case !f.lone():
		next.Keys = append(next.Keys, "enter")
	}
	next.Keys = append(next.Keys, "down")
	prev.Keys = append(prev.Keys, "up")
	return append(list, next, prev)
}

// shown says whether a field is there now.
func (f *Form) shown(x *field) bool { return x.Hidden == nil || !x.Hidden(f.Values()) }

// firstOf gives the first field of a step that can be edited; -1 for none.
func (f *Form) firstOf(step int) int {
	for i, x := range f.fields {
		if x.step == step && !x.readOnly() && f.shown(x) {
			return i
		}
	}
	return -1
}

// move focuses the next field that can be edited; from the last to the first.
func (f *Form) move(by int) Cmd {
	n := len(f.fields)
	for i, k := f.at, 0; k < n; k++ {
		i = (i + by + n) % n
		if x := f.fields[i]; x.step == f.step && !x.readOnly() && f.shown(x) {
			f.leaveField()
			f.at = i
			return nil
		}
	}
	return nil
}

// leaveField puts a typed date or amount into its plain form.
func (f *Form) leaveField() {
	if x := f.focused(); x != nil && (x.Kind == KindDate || x.Kind == KindMoney) && x.wrong() == nil && !x.empty() {
		x.set(x.value())
	}
}

func (f *Form) goStep(n int) Cmd {
	f.leaveField()
	f.step = max(0, min(n, len(f.steps)-1))
	f.at, f.top, f.err = f.firstOf(f.step), 0, nil
	return nil
}

// nextStep goes on when this page is in order.
func (f *Form) nextStep() Cmd {
	if bad := f.check(f.step); bad != nil {
		return f.refused(bad)
	}
	if leave := f.steps[f.step].Leave; leave != nil {
		if err := leave(f.Values()); err != nil {
			return f.refused(err)
		}
	}
	return f.goStep(f.step + 1)
}

// check gives what the kit sees amiss on a step; -1 for all.
func (f *Form) check(step int) error {
	var list []*fault.Fault
	for _, x := range f.fields {
		if (step >= 0 && x.step != step) || !f.shown(x) {
			continue
		}
		if err := x.wrong(); err != nil {
			if ft, ok := fault.As(err); ok {
				list = append(list, ft.On(x.Name))
			}
		}
	}
	return fault.Join(list...)
}

// Submit saves. While it runs, typing goes on and a second save is held back.
func (f *Form) Submit(mode string) Cmd {
	if !f.ready || f.Spec.Save == nil {
		return nil
	}
	f.leaveField()
	if bad := f.check(-1); bad != nil {
		return f.refused(bad)
	}
	s := f.submit(mode)
	sent := f.Values()
	f.saving = true
	return Work[Cmd]{Name: "save", Label: "kit.saving", Write: true,
		Do: func(ctx context.Context) (Cmd, error) { return f.Spec.Save(ctx, s) },
		Then: func(then Cmd, err error) Cmd {
			f.saving = false
			if err != nil {
				return f.saveFailed(err, mode)
			}
			f.base = sent
			if mode == Stay && f.Spec.Load != nil {
				return f.stay(sent)
			}
			if f.Spec.Load != nil && len(f.Changes()) > 0 {
				return f.typedSince()
			}
			if then != nil {
				return then
			}
			return Close(Toast(Good, "kit.saved"))
		}}.Cmd()
}

// modeActions are the other ways to save.
func (f *Form) modeActions() []Action {
	var list []Action
	for _, m := range f.Spec.Modes {
		a := Action{ID: "kit.save.stay", Keys: []string{"ctrl+r"}}
		if m == Another {
			a = Action{ID: "kit.save.another", Keys: []string{"ctrl+t"}}
		}
		a.Weight, a.Confirm, a.Run = 4, f.Spec.Confirm, func() Cmd { return f.Submit(m) }
		list = append(list, a)
	}
	return list
}

// stay reads the record again after it was saved, and goes on editing it. What
// was typed meanwhile stays.
func (f *Form) stay(sent Values) Cmd {
	return Ask("load", f.Spec.Load, func(l Loaded, err error) Cmd {
		if err != nil {
			return Fail(err)
		}
		f.version = l.Version
		for _, x := range f.fields {
			val, ok := l.Values[x.Name]
			if ok && x.value().Same(sent[x.Name]) && !x.readOnly() {
				x.set(val)
				f.base[x.Name] = x.value()
			}
		}
		return Toast(Good, "kit.saved")
	})
}

// typedSince keeps a form open in which somebody typed while it was saved.
func (f *Form) typedSince() Cmd {
	return Ask("load", f.Spec.Load, func(l Loaded, err error) Cmd {
		if err != nil {
			return Fail(err)
		}
		f.version = l.Version
		return Toast(Warn, "kit.saved.before")
	})
}

func (f *Form) submit(mode string) Submit {
	s := Submit{Values: Values{}, Version: f.version, Mode: mode}
	for _, x := range f.fields {
		if x.readOnly() || !f.shown(x) {
			continue
		}
		v := x.value()
		s.Values[x.Name] = v
		if !v.Same(f.base[x.Name]) {
			s.Changed = append(s.Changed, x.Name)
		}
	}
	return s
}

// saveFailed shows a refusal where it belongs; where somebody else was faster,
// his words are read and laid beside ours.
func (f *Form) saveFailed(err error, mode string) Cmd {
	if fault.Of(err) == fault.Stale && f.Spec.Load != nil {
		return Ask("load", f.Spec.Load, func(l Loaded, lerr error) Cmd {
			if lerr != nil {
				return f.refused(lerr)
			}
			return f.merge(l, mode)
		})
	}
	return f.refused(err)
}

// refused puts each part of a fault at its field, or on top of the form, and
// goes to the first.
func (f *Form) refused(err error) Cmd {
	for _, x := range f.fields {
		x.err = nil
	}
	f.err = nil
	ft, ok := fault.As(err)
	if !ok || ft.Kind == fault.Internal {
		f.err = err
		return nil
	}
	var top []*fault.Fault
	first := -1
	ft.Each(func(one *fault.Fault) {
		x := f.field(one.Field)
		if x == nil || x.Kind == KindBlock {
			alone := *one
			alone.More = nil
			top = append(top, &alone)
			return
		}
		alone := *one
		alone.More = nil
		x.err = &alone
		for i := range f.fields {
			if f.fields[i] == x && (first < 0 || i < first) {
				first = i
			}
		}
	})
	f.err = fault.Join(top...)
	if f.err == nil && first >= 0 {
		f.step, f.at = f.fields[first].step, first
	} else {
		f.top = 0
	}
	return nil
}
