package enrollment

import (
	"context"

	"cohort/app/audit"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// How much of a masked value is left.
var (
	maskID    = resource.MaskMiddle(3, 2)
	maskPhone = resource.MaskMiddle(3, 4)
)

func maskEmail(s string) string { return resource.MaskMiddle(1, 4)(s) }

// Get gives one enrollment that the actor may view, masked as his field rules
// ask. The ID number is always masked here: Review and Reveal show it, and that
// is written down.
func (s *Service) Get(ctx context.Context, by policy.Actor, id int64) (e Enrollment, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if e, err = s.fetch(tx, by, "view", id); err != nil {
			return err
		}
		e, err = shown(tx, by, e)
		return err
	})
	return e, err
}

// shown is the enrollment as the actor may see it in passing: without the whole
// ID number, and without the contract, which holds it.
func shown(tx *db.Tx, by policy.Actor, e Enrollment) (Enrollment, error) {
	e, whole, err := masked(tx, by, e)
	if whole {
		e.IDNumber = maskID(e.IDNumber)
	}
	e.Contract = ""
	return e, err
}

// masked applies the actor's field rules. whole says that the ID number is
// there to be read.
func masked(tx *db.Tx, by policy.Actor, e Enrollment) (out Enrollment, whole bool, err error) {
	row, err := rowOf(tx, e)
	if err != nil {
		return e, false, err
	}
	for _, f := range []struct {
		name  string
		value *string
		mask  func(string) string
	}{{"id_number", &e.IDNumber, maskID}, {"phone", &e.Phone, maskPhone}, {"email", &e.Email, maskEmail},
		{"emergency", &e.Emergency, maskPhone}, {"contract", &e.Contract, nil}} {
		switch mode := by.Mode("view", "enrollments", f.name, row); {
		case *f.value == "" || mode < policy.Masked:
		case mode == policy.Masked && f.mask != nil:
			*f.value = f.mask(*f.value)
		default:
			*f.value = ""
		}
	}
	whole = e.IDNumber != "" && by.Mode("view", "enrollments", "id_number", row) < policy.Masked
	if !whole {
		e.Contract = ""
	}
	if !e.Signed.IsZero() {
		e.ContractSize = len(e.Contract)
	}
	return e, whole, nil
}

// Review is everything that who checks an enrollment looks at.
type Review struct {
	Enrollment
	School    []Item // what the school entered
	Fields    []Item // what the applicant filled in
	Files     []Document
	Seats     int // left in the class
	Readable  bool
	MayReturn error // nil, or why not: for greying out
	MayPass   error
}

// Review gives everything about an enrollment for checking it. The contract and
// the ID number are shown to those whose field rules let them see the number,
// and that they did is written down.
func (s *Service) Review(ctx context.Context, by policy.Actor, id int64) (r Review, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		e, err := s.fetch(tx, by, "view", id)
		if err != nil {
			return err
		}
		if r, err = s.review(tx, by, e); err != nil || !r.Readable {
			return err
		}
		return audit.Write(tx, by, "view", "enrollments", id, audit.Change{Field: "id_number", New: audit.Mask(r.IDNumber)})
	})
	return r, err
}

func (s *Service) review(tx *db.Tx, by policy.Actor, e Enrollment) (r Review, err error) {
	full := e
	if r.Enrollment, r.Readable, err = masked(tx, by, e); err != nil {
		return r, err
	}
	given, err := givenFor(tx, full)
	if err != nil {
		return r, err
	}
	r.School, r.Fields = given.items(full), filledItems(r.Enrollment)
	if !r.Readable {
		r.School = withoutContacts(r.School)
	}
	r.Seats = int(given.class.Free())
	if r.Files, err = documentsOf(tx, e.ID); err != nil {
		return r, err
	}
	r.MayPass, r.MayReturn = s.need(tx, by, "approve", e.ID), s.need(tx, by, "return", e.ID)
	if e.State != Submitted {
		r.MayPass, r.MayReturn = firstErr(r.MayPass, wrongState(e)), firstErr(r.MayReturn, wrongState(e))
	}
	return r, nil
}

func firstErr(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// Reveal shows values that are masked for the actor, if he may reveal them, and
// writes that down.
func (s *Service) Reveal(ctx context.Context, by policy.Actor, id int64) (f Filled, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		e, err := s.fetch(tx, by, "reveal", id)
		if err != nil {
			return err
		}
		f = e.Filled
		return audit.Write(tx, by, "reveal", "enrollments", id, audit.Change{Field: "id_number", New: audit.Mask(e.IDNumber)})
	})
	return f, err
}

// SignedContract gives the text that was signed. It holds the ID number, so
// that reading it is written down, and only who may see the number has it.
func (s *Service) SignedContract(ctx context.Context, by policy.Actor, id int64) (text string, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		e, err := s.fetch(tx, by, "view", id)
		if err != nil {
			return err
		}
		if e, _, err = masked(tx, by, e); err != nil {
			return err
		}
		if e.ContractSize == 0 {
			return policy.NotFound()
		}
		text = e.Contract
		return audit.Write(tx, by, "view", "enrollments", id, audit.Change{Field: "contract_sha256", New: e.SHA256})
	})
	return text, err
}
