package enrollment

import (
	"context"
	"time"

	"cohort/app/customer"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Item is one field of the form with its value.
type Item struct {
	resource.Field
	Value    resource.Value
	ReadOnly bool // the school entered it: shown, never taken
}

// Show says the value to a reader.
func (i Item) Show(p i18n.Printer) string { return i.Text(p, i.Value) }

// Typed is the value as it would be typed.
func (i Item) Typed() string { return i.Field.Typed(i.Value) }

// Form is everything the applicant's form shows.
type Form struct {
	ID, Version int64
	State       State
	Editable    bool
	School      []Item // read-only
	Fields      []Item // to fill in, in this order
	Documents   []Document
	Contract    string // Markdown, with his data in it
	Agreed      time.Time
	Signed      time.Time
	SHA256      string
	Missing     []string // what is still to do before handing in: field names, "documents", "agree"
	Reason      string   // why returned
	Returned    time.Time
	Submitted   time.Time
	Expires     time.Time
	Consultant  string
	Class       string
	Name        string
	Link        Link
}

// Item finds a field of either part.
func (f Form) Item(name string) (Item, bool) {
	for _, list := range [][]Item{f.Fields, f.School} {
		for _, i := range list {
			if i.Name == name {
				return i, true
			}
		}
	}
	return Item{}, false
}

// mine reads the applicant's own enrollment, if his link still works.
func mine(tx *db.Tx, by policy.Actor) (Enrollment, error) {
	if by.Enrollment == 0 {
		return Enrollment{}, policy.Forbidden("view", "enrollments")
	}
	e, err := byID(tx, by.Enrollment)
	if err != nil {
		return e, err
	}
	if e.ID == 0 {
		return e, linkUnknown()
	}
	return e, e.alive(tx.Now)
}

// open reads the applicant's own enrollment while he may still change it.
func open(tx *db.Tx, by policy.Actor) (Enrollment, error) {
	e, err := mine(tx, by)
	if err == nil && !e.State.Open() {
		err = locked()
	}
	return e, err
}

// Form shows the applicant his form.
func (s *Service) Form(ctx context.Context, by policy.Actor) (f Form, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		e, err := mine(tx, by)
		if err != nil {
			return err
		}
		f, err = s.form(tx, e)
		return err
	})
	return f, err
}

func (s *Service) form(tx *db.Tx, e Enrollment) (f Form, err error) {
	given, err := givenFor(tx, e)
	if err != nil {
		return f, err
	}
	e = prefilled(e, given.who)
	if e.State.Open() && !e.Agreed.IsZero() && sum(s.contract(tx, e, given.class)) != e.SHA256 {
		e.Agreed = time.Time{} // the school changed what he agreed to
	}
	f = Form{ID: e.ID, Version: e.Version, State: e.State, Editable: e.State.Open(), Agreed: e.Agreed, Signed: e.Signed, SHA256: e.SHA256,
		Reason: e.Reason, Returned: e.Returned, Submitted: e.Submitted, Expires: e.LinkExpires, Consultant: e.ConsultantName,
		Class: e.ClassCode, Name: e.called(), Link: s.link(e), School: given.items(e), Fields: given.toFill(e)}
	f.Contract = e.Contract
	if e.State.Open() {
		f.Contract = s.contract(tx, e, given.class)
		f.Signed, f.SHA256 = time.Time{}, ""
	}
	if f.Documents, err = documentsOf(tx, e.ID); err != nil {
		return f, err
	}
	f.Missing = missing(e, len(f.Documents))
	return f, nil
}

// prefilled puts what the school knows where the applicant's own values come
// from: a contact that the school entered is the one that counts.
func prefilled(e Enrollment, who customer.Customer) Enrollment {
	e.Phone, e.Email = firstOf(who.Phone, e.Phone), firstOf(who.Email, e.Email)
	e.Name, e.Sex = firstOf(e.Name, who.Name), firstOf(e.Sex, who.Sex)
	if e.Sex == "" && e.IDKind == customer.IDCard && e.IDNumber != "" {
		e.Sex = sexOf(e.IDNumber)
	}
	return e
}

// missing names what must still be done before handing in.
func missing(e Enrollment, documents int) (out []string) {
	for _, f := range fillFields {
		if f.Required && f.value(&e) == "" {
			out = append(out, f.Name)
		}
	}
	if documents == 0 {
		out = append(out, "documents")
	}
	if e.Agreed.IsZero() && e.State.Open() {
		out = append(out, "agree")
	}
	return out
}
