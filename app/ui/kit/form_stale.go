package kit

// merge takes what somebody else wrote. Fields that only one of the two changed
// need no question; for the others the person chooses, field by field.
func (f *Form) merge(l Loaded, mode string) Cmd {
	f.version = l.Version
	var both []*field
	var theirs []Value
	for _, x := range f.fields {
		new, ok := l.Values[x.Name]
		if !ok || x.readOnly() {
			continue
		}
		mine, old := x.value(), f.base[x.Name]
		probe := newField(x.Field, 0, f.now)
		probe.set(new)
		new = probe.value()
		switch {
		case new.Same(old), new.Same(mine):
		case mine.Same(old):
			x.set(new)
		default:
			both, theirs = append(both, x), append(theirs, new)
		}
		f.base[x.Name] = new
	}
	if len(both) == 0 {
		return Toast(Warn, "kit.stale.merged")
	}
	return f.resolve(both, theirs, 0)
}

// resolve asks for one field after the other whose word stands.
func (f *Form) resolve(list []*field, theirs []Value, i int) Cmd {
	if i == len(list) {
		return Toast(Good, "kit.stale.done")
	}
	x := list[i]
	options := []Option{
		{Value: "mine", Label: f.env.T("kit.stale.mine") + ": " + f.text(x, x.value())},
		{Value: "theirs", Label: f.env.T("kit.stale.theirs") + ": " + f.text(x, theirs[i])},
	}
	return Show(&Picker{Name: "kit.stale.title", Args: []any{"field", f.env.Label(x.label()), "n", i + 1, "of", len(list)}, Options: options,
		Then: func(o []Option) Cmd {
			if o[0].Value == "theirs" {
				x.set(theirs[i])
			}
			return f.resolve(list, theirs, i+1)
		}})
}
