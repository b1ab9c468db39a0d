package handover

import (
	"context"

	"cohort/app/audit"
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Get gives a receipt with its items to who may view it.
func (s *Service) Get(ctx context.Context, by policy.Actor, id int64) (r Receipt, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.Engine.Need(tx, by, "view", "handovers", id); err != nil {
			return err
		}
		r, err = receiptOf(tx, id)
		return err
	})
	return r, err
}

// Undo takes a hand-over back as a whole. It is refused where any of its records
// has been touched since: what a colleague has begun is not taken from him by a
// key press.
func (s *Service) Undo(ctx context.Context, by policy.Actor, id int64) (r Receipt, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Engine.Need(tx, by, "view", "handovers", id); err != nil {
			return err
		}
		if r, err = receiptOf(tx, id); err != nil {
			return err
		}
		return s.undo(tx, by, r)
	})
	if err != nil {
		return Receipt{}, err
	}
	return r, nil
}

func (s *Service) undo(tx *db.Tx, by policy.Actor, r Receipt) error {
	from, err := s.Org.HandoverFrom(tx, by, r.From.ID)
	if err != nil {
		return err
	}
	switch {
	case !r.Undone.IsZero():
		return fault.New(fault.Conflict, "handover.undone_already", "number", r.Number(), "who", r.UndoneBy.Name)
	case !from.Active:
		return fault.New(fault.Conflict, "org.receiver_disabled", "name", from.Name)
	case r.Classes > 0 && from.ID == by.Account && !by.Administrator():
		return fault.New(fault.Forbidden, "org.own_rights")
	}
	touched, err := s.moveBack(tx, by, r)
	if err != nil {
		return err
	}
	if touched > 0 {
		return fault.New(fault.Conflict, "handover.touched", "number", r.Number(), "n", touched)
	}
	if err := markUndone(tx, r.ID, by.Account); err != nil {
		return err
	}
	s.Engine.Publish(tx, "handovers", r.ID, "changed")
	return audit.Write(tx, by, actBack, "accounts", r.From.ID, audit.Change{Field: "handover_no", New: r.Number()})
}

// actBack names the way back on the audit trail.
const actBack = "handover_undo"

// moveBack moves every item back and says how many would not go.
func (s *Service) moveBack(tx *db.Tx, by policy.Actor, r Receipt) (touched int, err error) {
	var customers []customer.Moved
	var enrollments []enrollment.Moved
	var classes []catalog.Moved
	for _, i := range r.Items {
		switch i.Resource {
		case "customers":
			customers = append(customers, customer.Moved{ID: i.ID, Version: i.Version})
		case "enrollments":
			enrollments = append(enrollments, enrollment.Moved{ID: i.ID, Version: i.Version})
		case "classes":
			classes = append(classes, catalog.Moved{ID: i.ID, Version: i.Version, Had: i.Had})
		}
	}
	for _, back := range []func() ([]int64, error){
		func() ([]int64, error) {
			if len(customers) == 0 {
				return nil, nil
			}
			return s.Customers.HandOver(tx, by, customer.Handing{Act: actBack, Reason: customer.OwnHandedBack, Note: r.Number()}, customers, r.To.ID, r.From.ID)
		},
		func() ([]int64, error) {
			if len(enrollments) == 0 {
				return nil, nil
			}
			return s.Enrollments.HandOver(tx, by, actBack, enrollments, r.Consultant.ID, r.From.ID)
		},
		func() ([]int64, error) {
			if len(classes) == 0 {
				return nil, nil
			}
			return s.Catalog.HandBack(tx, by, actBack, classes, r.To.ID, r.From.ID)
		},
	} {
		list, err := back()
		if err != nil {
			return 0, err
		}
		touched += len(list)
	}
	return touched, nil
}
