package enrollment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"cohort/app/audit"
	"cohort/app/catalog"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// contract is the text that the applicant agrees to, with his data and the day
// on which he agreed, or today.
func (s *Service) contract(tx *db.Tx, e Enrollment, c catalog.Class) string {
	day := e.Agreed
	if day.IsZero() {
		day = tx.Now
	}
	return catalog.RenderContract(c.TemplateBody, map[string]string{
		"student": e.Name, "id_number": e.IDNumber, "course": c.CourseName, "class": c.Code,
		"price": i18n.Printer{}.Money(e.Price), "date": day.In(s.Zone).Format(time.DateOnly),
	})
}

func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// whole is the applicant's enrollment with what the school knows put in, and
// its class.
func (s *Service) whole(tx *db.Tx, by policy.Actor) (e Enrollment, c catalog.Class, err error) {
	if e, err = open(tx, by); err != nil {
		return e, c, err
	}
	g, err := givenFor(tx, e)
	return prefilled(e, g.who), g.class, err
}

// Agree ticks the contract, as it reads with the data filled in, or takes the
// tick away. Name and ID number stand in it and must be there.
func (s *Service) Agree(ctx context.Context, by policy.Actor, yes bool) (f Form, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		e, class, err := s.whole(tx, by)
		if err != nil {
			return err
		}
		e.Agreed, e.Contract, e.SHA256 = time.Time{}, "", ""
		if yes {
			if e.Name == "" || e.IDNumber == "" {
				return fault.New(fault.Conflict, "enrollment.agree_early")
			}
			e.Agreed = tx.Now
			e.Contract = s.contract(tx, e, class)
			e.SHA256 = sum(e.Contract)
		}
		if err := storeAgreed(tx, e); err != nil {
			return err
		}
		s.changed(tx, e.ID, "changed")
		verb := map[bool]string{true: "agree", false: "disagree"}[yes]
		if err := audit.Write(tx, by, verb, "enrollments", e.ID, audit.Change{Field: "contract_sha256", New: e.SHA256}); err != nil {
			return err
		}
		if e, err = byID(tx, e.ID); err != nil {
			return err
		}
		f, err = s.form(tx, e)
		return err
	})
	return f, err
}

// Submit signs the contract and hands everything in for review. From then on
// nothing can be changed but by who reviews it.
func (s *Service) Submit(ctx context.Context, by policy.Actor) (f Form, err error) {
	approvers, err := s.approvers(ctx, by.Enrollment)
	if err != nil {
		return f, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		e, class, err := s.whole(tx, by)
		if err != nil {
			return err
		}
		if err := s.complete(tx, e, class); err != nil {
			return err
		}
		if err := storeSubmitted(tx, e); err != nil {
			return err
		}
		if err := s.notify(tx, by, e, append(slices.Clone(approvers), e.Consultant), "submitted"); err != nil {
			return err
		}
		s.changed(tx, e.ID, "submitted")
		if err := audit.Write(tx, by, "submit", "enrollments", e.ID, audit.Change{Field: "contract_sha256", New: e.SHA256}); err != nil {
			return err
		}
		if e, err = byID(tx, e.ID); err != nil {
			return err
		}
		f, err = s.form(tx, e)
		return err
	})
	return f, err
}

// complete says what is missing before handing in; the contract agreed to must
// be the one that would be signed now.
func (s *Service) complete(tx *db.Tx, e Enrollment, class catalog.Class) error {
	list, err := documentsOf(tx, e.ID)
	if err != nil {
		return err
	}
	var bad []*fault.Fault
	for _, name := range missing(e, len(list)) {
		switch name {
		case "documents":
			bad = append(bad, fault.Field(name, "enrollment.no_documents"))
		case "agree":
			bad = append(bad, fault.Field(name, "enrollment.not_agreed"))
		default:
			bad = append(bad, fault.Field(name, "fault.required"))
		}
	}
	if len(bad) == 0 && sum(s.contract(tx, e, class)) != e.SHA256 {
		bad = append(bad, fault.Field("agree", "enrollment.contract_changed"))
	}
	return fault.Join(bad...)
}

// SetLang remembers in which language to write to the applicant.
func (s *Service) SetLang(ctx context.Context, by policy.Actor, lang string) error {
	if _, ok := i18n.ParseLang(lang); !ok {
		return fault.Field("lang", "fault.bad_choice", "value", lang, "choices", "zh, en")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		e, err := mine(tx, by)
		if err != nil {
			return err
		}
		return storeLang(tx, e.ID, lang)
	})
}
