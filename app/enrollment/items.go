package enrollment

import (
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// fillField is one field that the applicant fills in.
type fillField struct {
	resource.Field
	at func(*Enrollment) *string
	// contact is the kind of contact it is, or "": what the school entered then
	// counts.
	contact string
}

func (f fillField) value(e *Enrollment) string { return *f.at(e) }

// fillFields are the fields of the form, in its order.
var fillFields = []fillField{
	{resource.Field{Name: "name", Required: true, Max: 60}, func(e *Enrollment) *string { return &e.Name }, ""},
	{resource.Field{Name: "sex", Kind: resource.Choice, Choices: []string{"male", "female"}, Required: true, Max: 20},
		func(e *Enrollment) *string { return &e.Sex }, ""},
	{resource.Field{Name: "id_kind", Kind: resource.Choice, Choices: []string{customer.IDCard, customer.Passport}, Required: true, Max: 20},
		func(e *Enrollment) *string { return &e.IDKind }, ""},
	{resource.Field{Name: "id_number", Required: true, Max: 40}, func(e *Enrollment) *string { return &e.IDNumber }, ""},
	{resource.Field{Name: "phone", Required: true, Max: 40}, func(e *Enrollment) *string { return &e.Phone }, customer.Phone},
	{resource.Field{Name: "email", Required: true, Max: 254}, func(e *Enrollment) *string { return &e.Email }, customer.Email},
	{resource.Field{Name: "emergency", Max: 200}, func(e *Enrollment) *string { return &e.Emergency }, ""},
}

func fieldNamed(name string) (fillField, bool) {
	for _, f := range fillFields {
		if f.Name == name {
			return f, true
		}
	}
	return fillField{}, false
}

// given is what the school entered for an enrollment, and the applicant only
// reads.
type given struct {
	who    customer.Customer
	class  catalog.Class
	source string // what the school calls it
}

func givenFor(tx *db.Tx, e Enrollment) (g given, err error) {
	if g.who, err = customer.Get(tx, e.Customer); err != nil {
		return g, err
	}
	if g.class, err = catalog.ClassOf(tx, e.Class); err != nil {
		return g, err
	}
	g.source, err = sourceName(tx, g.who.Source)
	return g, err
}

// toFill are the fields to fill in; contacts that the school entered are
// read-only.
func (g given) toFill(e Enrollment) (out []Item) {
	for _, f := range fillFields {
		out = append(out, Item{Field: f.Field, Value: resource.Value{Raw: f.value(&e)}, ReadOnly: g.who.Contact(f.contact) != ""})
	}
	return out
}

// Items are what the applicant filled in, as fields that can be shown.
func (e Enrollment) Items() []Item { return filledItems(e) }

// filledItems are the same for who only reads them.
func filledItems(e Enrollment) (out []Item) {
	for _, f := range fillFields {
		out = append(out, Item{Field: f.Field, Value: resource.Value{Raw: f.value(&e)}, ReadOnly: true})
	}
	return out
}

// items are course, class, price, consultant, source and the contacts that the
// school has.
func (g given) items(e Enrollment) []Item {
	text := func(name, value string) Item {
		return Item{Field: resource.Field{Name: name}, Value: resource.Value{Raw: value}, ReadOnly: true}
	}
	kind := text("kind", g.class.Kind)
	kind.Kind, kind.Choices = resource.Choice, catalog.Kinds
	price := Item{Field: resource.Field{Name: "price", Kind: resource.Money}, Value: resource.Value{Raw: e.Price}, ReadOnly: true}
	list := []Item{text("course", g.class.CourseName), text("class", g.class.Code), kind, text("campus", g.class.CampusName),
		text("starts", g.class.Starts), text("ends", g.class.Ends), price, text("consultant", e.ConsultantName), g.sourceItem()}
	for _, kind := range customer.Kinds {
		if value := g.who.Contact(kind); value != "" {
			list = append(list, text(kind, value))
		}
	}
	return list
}

// sourceItem shows a source by its words, or by its own name where the school
// added it.
func (g given) sourceItem() Item {
	i := Item{Field: resource.Field{Name: "source"}, Value: resource.Value{Raw: g.source}, ReadOnly: true}
	if i18n.Has(g.sourceKey()) {
		i.Kind, i.Value.Raw = resource.Choice, g.who.Source
	}
	return i
}

func (g given) sourceKey() string { return "choice.source." + g.who.Source }

// sourceNames are all ways to write the customer's source.
func (g given) sourceNames() []string {
	names := []string{g.source, g.who.Source}
	for _, l := range i18n.Langs {
		names = append(names, i18n.Printer{Lang: l}.Or(g.sourceKey(), g.source))
	}
	return names
}

// withoutContacts masks the contacts among items.
func withoutContacts(list []Item) (out []Item) {
	for _, i := range list {
		switch i.Name {
		case customer.QQ, customer.WeChat, customer.Phone, customer.Email:
			i.Value = resource.Value{Mode: policy.Masked, Label: customer.MaskContact(i.Name, i.Typed())}
		}
		out = append(out, i)
	}
	return out
}
