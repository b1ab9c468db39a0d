package app

import (
	"time"

	"cohort/app/i18n"
)

// Kept is how many of something were erased or stay.
type Kept struct {
	What string
	N    int64
}

// Receipt says what an erasure took away and what stays, and names nobody.
type Receipt struct {
	Pseudonym string
	At        time.Time
	Gone      []Kept
	Stays     []Kept // under the pseudonym; why is the word person.why.<what>
}

// Say is the receipt in lines, for every face: what is gone, what stays and why, and what no program reaches.
func (r Receipt) Say(p i18n.Printer) []string {
	out := []string{p.T("person.erased", "name", r.Pseudonym, "at", r.At), p.T("person.gone", "list", sayKept(p, r.Gone))}
	if len(r.Stays) > 0 {
		out = append(out, p.T("person.stays"))
	}
	for _, k := range r.Stays {
		out = append(out, p.T("person.stay", "what", sayKept(p, []Kept{k}), "why", p.T("person.why."+k.What)))
	}
	return append(out, p.T("person.elsewhere"))
}

func sayKept(p i18n.Printer, list []Kept) string {
	if len(list) == 0 {
		return "-"
	}
	out := ""
	for _, k := range list {
		one := p.T("person.count", "what", p.T("person.of."+k.What), "n", k.N)
		if out != "" {
			one = p.T("person.and", "list", out, "more", one)
		}
		out = one
	}
	return out
}
