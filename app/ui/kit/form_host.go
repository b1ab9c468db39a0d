package kit

// A screen may hold a Form inside: it hands messages, actions and drawing on, and
// saves in its own way. These are for such a host.

// Focus goes to a field, if it is there and can be edited.
func (f *Form) Focus(name string) {
	for i, x := range f.fields {
		if x.Name == name && !x.readOnly() && f.shown(x) {
			f.leaveField()
			f.step, f.at = x.step, i
			return
		}
	}
}

// Refuse shows a fault as if saving had been refused with it: each part at its
// field, the rest on top.
func (f *Form) Refuse(err error) Cmd { return f.refused(err) }

// Kept says that these values are saved: what differs from them is unsaved work.
// What is being typed stays as it is.
func (f *Form) Kept(v Values) {
	for name, x := range v {
		if f.field(name) != nil {
			f.base[name] = x
		}
	}
}
