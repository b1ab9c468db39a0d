package resource

import "strings"

// titleParts gives the fields that a title is put together from, where it is not
// one field itself: who may not read them may not read them there.
func (r *Resource) titleParts() (out []Field) {
	if _, one := r.titleField(); one {
		return nil
	}
	for _, f := range r.Fields {
		for _, part := range []string{f.SQL, f.Label, f.Code} {
			if part != "" && strings.Contains(r.Title, part) {
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// composed finds what the title hangs on where fields in it are limited.
func (p *projection) composed(r *Resource, actions []string, c *compiler) {
	for _, f := range r.titleParts() {
		limited := false
		for i, action := range actions {
			if !p.by.Limited(action, r.Name, f.Name) {
				continue
			}
			limited = true
			if _, done := p.rules[i][f.Name]; !done {
				p.decide(r, action, p.rules[i], f, c)
			}
		}
		if limited {
			p.parts = append(p.parts, f.Name)
		}
	}
}
