package enrollment

import (
	"context"
	"slices"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

func locked() error { return fault.New(fault.Conflict, "enrollment.locked") }

// Fill saves what the applicant filled in. Right values are saved even where
// others are refused; the one fault that comes back then tells of every field
// that was not. A value that the school entered may be sent along unchanged and
// is refused otherwise. version is the one that was read; 0 takes the present
// one.
func (s *Service) Fill(ctx context.Context, by policy.Actor, version int64, values map[string]string) (f Form, err error) {
	var refused error
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		e, err := open(tx, by)
		if err != nil {
			return err
		}
		if version != 0 && version != e.Version {
			return stale()
		}
		next, bad, err := s.fill(tx, e, values)
		if err != nil {
			return err
		}
		refused = fault.Join(bad...)
		if next.Filled != e.Filled {
			if err := s.keep(tx, by, e, next); err != nil {
				return err
			}
		}
		if e, err = byID(tx, e.ID); err != nil {
			return err
		}
		f, err = s.form(tx, e)
		return err
	})
	if err != nil {
		return Form{}, err
	}
	return f, refused
}

// keep saves a draft. Who changes his name or ID number has to agree anew,
// because both stand in the contract.
func (s *Service) keep(tx *db.Tx, by policy.Actor, e, next Enrollment) error {
	if next.Name != e.Name || next.IDNumber != e.IDNumber {
		next.Agreed = time.Time{}
	}
	done, err := storeFilled(tx, next)
	if err != nil {
		return err
	}
	if !done {
		return stale()
	}
	s.changed(tx, e.ID, "changed")
	return audit.Write(tx, by, "fill", "enrollments", e.ID, filledChanges(e.Filled, next.Filled)...)
}

// filledChanges tells the audit trail what changed, ID numbers and contacts
// masked.
func filledChanges(old, new Filled) (out []audit.Change) {
	a, b := Enrollment{Filled: old}, Enrollment{Filled: new}
	for _, f := range fillFields {
		from, to := f.value(&a), f.value(&b)
		switch {
		case from == to:
		case f.Name == "name" || f.Name == "sex" || f.Name == "id_kind":
			out = append(out, audit.Change{Field: f.Name, Old: from, New: to})
		default:
			out = append(out, audit.Masked(f.Name, from, to))
		}
	}
	return out
}

// fill puts the values into e, as far as they are right.
func (s *Service) fill(tx *db.Tx, e Enrollment, values map[string]string) (Enrollment, []*fault.Fault, error) {
	g, err := givenFor(tx, e)
	if err != nil {
		return e, nil, err
	}
	var bad []*fault.Fault
	for _, name := range sorted(values) {
		if f, ours := fieldNamed(name); ours {
			bad = append(bad, f.take(tx, &e, g, values[name]))
			continue
		}
		bad = append(bad, g.untouched(e, name, values[name]))
	}
	bad = append(bad, s.fillPaper(tx, &e, values))
	return e, bad, nil
}

func sorted(values map[string]string) []string {
	names := make([]string, 0, len(values))
	for n := range values {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// take takes one field. Kind and number of the identity paper are taken
// together: fillPaper.
func (f fillField) take(tx *db.Tx, e *Enrollment, g given, typed string) *fault.Fault {
	value := clean.Line(typed)
	if f.Name == "id_number" || f.Name == "id_kind" {
		return nil
	}
	if have := g.who.Contact(f.contact); have != "" {
		return sameContact(f.contact, have, value)
	}
	parsed, bad := f.ParseText(value, tx.Now)
	if bad == nil && f.contact != "" {
		parsed, bad = customer.Normalize(f.contact, value)
	}
	if bad == nil {
		*f.at(e), _ = parsed.(string)
	}
	return bad
}

// fillPaper takes kind and number of the identity paper: the number is checked
// as what it is said to be, and says itself what it is where nobody does.
func (s *Service) fillPaper(tx *db.Tx, e *Enrollment, values map[string]string) *fault.Fault {
	typedKind, hasKind := values["id_kind"]
	typed, hasNumber := values["id_number"]
	if !hasKind && !hasNumber {
		return nil
	}
	f, _ := fieldNamed("id_kind")
	parsed, bad := f.ParseText(clean.Line(typedKind), tx.Now)
	if bad != nil {
		return bad
	}
	kind, _ := parsed.(string)
	if !hasNumber {
		typed = e.IDNumber
	}
	number, found, bad := paper(kind, typed, tx.Now.In(s.Zone))
	if bad == nil {
		e.IDKind, e.IDNumber = found, number
	}
	return bad
}

// readOnly refuses another value for what the school entered.
func readOnly(field string, want, got any) *fault.Fault {
	return fault.Field(field, "fault.read_only", "want", want, "got", got)
}

// sameContact lets a contact that the school entered be sent along, however it
// is written.
func sameContact(kind, want, typed string) *fault.Fault {
	if got, bad := customer.Normalize(kind, typed); bad == nil && got == want {
		return nil
	}
	return readOnly(kind, want, typed)
}

// untouched lets what the school entered be sent along unchanged.
func (g given) untouched(e Enrollment, name, typed string) *fault.Fault {
	value := clean.Line(typed)
	same := map[string][]string{
		"course": {g.class.CourseName, g.class.CourseCode}, "class": {g.class.Code}, "campus": {g.class.CampusName}, "kind": {g.class.Kind},
		"starts": {g.class.Starts}, "ends": {g.class.Ends}, "consultant": {e.ConsultantName, e.ConsultantLogin}, "source": g.sourceNames(),
		"customer": {e.CustomerName}, "state": {string(e.State)},
	}
	switch want, known := same[name]; {
	case name == "price":
		if fen, ok := resource.ParseMoney(value); ok && fen == e.Price {
			return nil
		}
		return readOnly(name, i18n.Money(e.Price), value)
	case g.who.Contact(name) != "":
		return sameContact(name, g.who.Contact(name), value)
	case !known:
		return fault.Field(name, "list.not_input")
	case slices.ContainsFunc(want, func(w string) bool { return strings.EqualFold(w, value) }):
		return nil
	case name == "source" && i18n.Has(g.sourceKey()):
		return readOnly(name, i18n.W(g.sourceKey()), value)
	default:
		return readOnly(name, want[0], value)
	}
}
