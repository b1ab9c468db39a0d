package handover

import (
	"strconv"

	"cohort/app/audit"
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/notify"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/db"
)

// work is one hand-over while it is being done.
type work struct {
	plan                 Plan
	from, to, consultant org.Account // to and consultant are zero for nobody
	customers            []customer.Moved
	enrollments          []enrollment.Moved
	classes              []catalog.Moved
}

// run does a hand-over within a transaction.
func (s *Service) run(tx *db.Tx, by policy.Actor, p Plan) (Receipt, error) {
	w, r, err := s.plan(tx, by, p)
	if err != nil {
		return r, err
	}
	if err := s.move(tx, by, w); err != nil {
		return r, err
	}
	if r.ID, err = insertReceipt(tx, r); err != nil {
		return r, err
	}
	return r, s.conclude(tx, by, w, r)
}

// plan asks for the rights, finds what is to move and judges it.
func (s *Service) plan(tx *db.Tx, by policy.Actor, p Plan) (*work, Receipt, error) {
	w, err := s.prepare(tx, by, p)
	if err != nil {
		return nil, Receipt{}, err
	}
	if err := s.gather(tx, by, w); err != nil {
		return nil, Receipt{}, err
	}
	r := w.receipt(tx, by)
	return w, r, w.check(by, r.Counts)
}

// prepare asks for the rights on everybody who takes part.
func (s *Service) prepare(tx *db.Tx, by policy.Actor, p Plan) (*work, error) {
	p, err := p.tidy()
	if err != nil {
		return nil, err
	}
	w := &work{plan: p}
	if w.from, err = s.Org.HandoverFrom(tx, by, p.From); err != nil {
		return nil, err
	}
	if p.To != 0 {
		if w.to, err = s.Org.HandoverTo(tx, by, p.To); err != nil {
			return nil, err
		}
	}
	if p.EnrollmentsTo != 0 {
		w.consultant, err = s.Org.HandoverTo(tx, by, p.EnrollmentsTo)
	}
	return w, err
}

// gather finds what is to move.
func (s *Service) gather(tx *db.Tx, by policy.Actor, w *work) (err error) {
	wanted, err := s.wanted(tx, by, w.plan.Query)
	if err != nil {
		return err
	}
	if w.plan.Customers {
		list, err := s.Customers.Owned(tx, by, w.from.ID)
		if err != nil {
			return err
		}
		for _, m := range list {
			if wanted == nil || wanted[m.ID] {
				w.customers = append(w.customers, m)
			}
		}
	}
	if w.plan.Enrollments {
		list, err := s.Enrollments.Consulted(tx, by, w.from.ID)
		if err != nil {
			return err
		}
		for _, m := range list {
			if wanted == nil || wanted[m.Customer] {
				w.enrollments = append(w.enrollments, m)
			}
		}
	}
	if w.plan.Classes {
		w.classes, err = s.Catalog.Taught(tx, by, w.from.ID, w.to.ID)
	}
	return err
}

// wanted finds the customers of a query, as far as by may list them; nil where
// there is none.
func (s *Service) wanted(tx *db.Tx, by policy.Actor, query string) (map[int64]bool, error) {
	if query == "" {
		return nil, nil
	}
	ids, err := s.Engine.IDs(tx.Ctx(), by, "customers", query, 0)
	out := make(map[int64]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// check refuses what would move nothing, hold the writer too long, leave
// enrollments without a consultant or give somebody classes of his own making.
func (w *work) check(by policy.Actor, c Counts) error {
	switch {
	case c.All() == 0:
		return fault.New(fault.Conflict, "handover.nothing", "name", w.from.Name)
	case c.All() > MaxRecords:
		return fault.New(fault.TooMany, "handover.too_many", "n", c.All(), "max", MaxRecords)
	case c.Enrollments > 0 && w.consultant.ID == 0:
		return fault.Field("enrollments_to", "handover.needs_consultant", "n", c.Enrollments)
	case c.Classes > 0 && w.to.ID != 0 && w.to.ID == by.Account && !by.Administrator():
		return fault.New(fault.Forbidden, "org.own_rights")
	}
	return nil
}

// act names a hand-over on the audit trail.
const act = "handover"

// move moves everything. Nothing can have been touched in between: this is one
// transaction.
func (s *Service) move(tx *db.Tx, by policy.Actor, w *work) error {
	if len(w.customers) > 0 {
		if touched, err := s.Customers.HandOver(tx, by, customer.Handing{Act: act, Reason: customer.OwnHandedOver, Note: w.plan.Reason}, w.customers, w.from.ID, w.to.ID); err != nil || len(touched) > 0 {
			return orStale(err)
		}
	}
	if len(w.enrollments) > 0 {
		if touched, err := s.Enrollments.HandOver(tx, by, act, w.enrollments, w.from.ID, w.consultant.ID); err != nil || len(touched) > 0 {
			return orStale(err)
		}
	}
	if len(w.classes) > 0 {
		if touched, err := s.Catalog.HandOver(tx, by, act, w.classes, w.from.ID, w.to.ID); err != nil || len(touched) > 0 {
			return orStale(err)
		}
	}
	return nil
}

func orStale(err error) error {
	if err == nil {
		err = fault.New(fault.Stale, "fault.stale")
	}
	return err
}

func person(a org.Account) Person { return Person{a.ID, a.Login, a.Name} }

// receipt writes down what is about to move.
func (w *work) receipt(tx *db.Tx, by policy.Actor) Receipt {
	r := Receipt{At: tx.Now, By: Person{by.Account, by.Login, by.Name}, From: person(w.from), To: person(w.to), Consultant: person(w.consultant),
		Query: w.plan.Query, Reason: w.plan.Reason}
	for _, m := range w.customers {
		r.Items = append(r.Items, Item{"customers", m.ID, m.Version + 1, false})
		if m.Due {
			r.Due++
		}
	}
	for _, m := range w.enrollments {
		r.Items = append(r.Items, Item{"enrollments", m.ID, m.Version + 1, false})
	}
	for _, m := range w.classes {
		r.Items = append(r.Items, Item{"classes", m.ID, m.Version + 1, m.Had})
	}
	r.Customers, r.Enrollments, r.Classes = len(w.customers), len(w.enrollments), len(w.classes)
	if r.Enrollments == 0 {
		r.Consultant = Person{}
	}
	return r
}

// conclude tells the receivers and writes the act itself down.
func (s *Service) conclude(tx *db.Tx, by policy.Actor, w *work, r Receipt) error {
	if err := s.tell(tx, by, w, r); err != nil {
		return err
	}
	s.Engine.Publish(tx, "handovers", r.ID, "added")
	return audit.Write(tx, by, act, "accounts", w.from.ID,
		audit.Change{Field: "handover_no", New: r.Number()}, audit.Change{Field: "to", New: r.To.Login},
		audit.Change{Field: "customers", New: strconv.Itoa(r.Customers)}, audit.Change{Field: "enrollments", New: strconv.Itoa(r.Enrollments)},
		audit.Change{Field: "classes", New: strconv.Itoa(r.Classes)}, audit.Change{Field: "reason", New: r.Reason})
}

// tell tells everybody who received something, here and by mail, once.
func (s *Service) tell(tx *db.Tx, by policy.Actor, w *work, r Receipt) error {
	got := map[int64]Counts{}
	if w.to.ID != 0 {
		got[w.to.ID] = Counts{Customers: r.Customers, Due: r.Due, Classes: r.Classes}
	}
	if w.consultant.ID != 0 {
		c := got[w.consultant.ID]
		c.Enrollments = r.Enrollments
		got[w.consultant.ID] = c
	}
	told := map[int64]bool{by.Account: true}
	for _, a := range []org.Account{w.to, w.consultant} {
		c := got[a.ID]
		if a.ID == 0 || told[a.ID] || c.All() == 0 {
			continue
		}
		told[a.ID] = true
		args := []any{"who", by.Name, "from", w.from.Name, "customers", c.Customers, "due", c.Due, "enrollments", c.Enrollments, "classes", c.Classes}
		if err := notify.Send(tx, s.Bus, a.ID, act, "", args...); err != nil {
			return err
		}
		if err := s.Org.TellHandover(tx, by, a, r.Number(), append(args, "reason", r.Reason)...); err != nil {
			return err
		}
	}
	return nil
}
