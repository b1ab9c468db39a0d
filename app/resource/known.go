package resource

import (
	"slices"
	"sort"

	"cohort/app/policy"
)

// usual are the verbs that rights to every record are asked for.
var usual = []string{"list", "view", "add", "change", "delete", "export", "import"}

// Verbs lists what rights to the record may be about, those of every record
// first.
func (r *Resource) Verbs() []string {
	list := slices.Clone(usual)
	own := slices.Clone(r.Rights)
	for _, a := range r.Actions {
		own = append(own, a.right())
	}
	for _, v := range own {
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// Known gives what rules about the record may name.
func (r *Resource) Known() policy.Known {
	k := policy.Known{Resource: r.Name, Actions: r.Verbs(), Rows: r.Rules, Values: map[string][]string{}}
	for _, f := range r.Fields {
		k.Fields = append(k.Fields, f.Name)
		if _, ok := r.Rules[f.Name]; !ok {
			continue
		}
		switch f.Kind {
		case Bool:
			k.Values[f.Name] = []string{"1", "0"}
		case Choice:
			k.Values[f.Name] = f.Choices
		}
	}
	return k
}

// Known gives what rules about a resource may name; false where there is none.
// About any resource they may name what at least one has, and no rows.
func (g *Registry) Known(name string) (policy.Known, bool) {
	if name == policy.Any {
		return g.knownOfAny(), true
	}
	if r, ok := g.Get(name); ok {
		return r.Known(), true
	}
	k, ok := g.beside[name]
	return k, ok
}

// Grantable declares rights to something that is no record of the database, such
// as the sessions now open, so that roles can name them.
func (g *Registry) Grantable(k policy.Known) {
	if g.beside == nil {
		g.beside = map[string]policy.Known{}
	}
	g.beside[k.Resource] = k
}

func (g *Registry) knownOfAny() policy.Known {
	k := policy.Known{Resource: policy.Any, Actions: slices.Clone(usual)}
	for _, name := range g.Names() {
		one := g.byName[name].Known()
		for _, a := range one.Actions {
			if !slices.Contains(k.Actions, a) {
				k.Actions = append(k.Actions, a)
			}
		}
		for _, f := range one.Fields {
			if !slices.Contains(k.Fields, f) {
				k.Fields = append(k.Fields, f)
			}
		}
	}
	sort.Strings(k.Actions[len(usual):])
	sort.Strings(k.Fields)
	return k
}
