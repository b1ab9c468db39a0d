package enrollment

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// maxReason bounds reasons and remarks, in characters.
const maxReason = 500

func str(n int64) string { return strconv.FormatInt(n, 10) }

// reasonOf cleans a reason and refuses an empty one.
func reasonOf(text string) (string, error) {
	text = strings.TrimSpace(clean.Text(text))
	switch {
	case text == "":
		return "", fault.Field("reason", "fault.required")
	case len([]rune(text)) > maxReason:
		return "", fault.Field("reason", "fault.too_long", "max", maxReason)
	}
	return text, nil
}

// act runs an act of a reviewer's on one enrollment.
func (s *Service) act(ctx context.Context, by policy.Actor, action string, id int64, do func(*db.Tx, Enrollment) error) (e Enrollment, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if e, err = s.fetch(tx, by, action, id); err != nil {
			return err
		}
		if err := do(tx, e); err != nil {
			return err
		}
		if e, err = byID(tx, id); err != nil {
			return err
		}
		e, err = shown(tx, by, e)
		return err
	})
	if err != nil {
		return Enrollment{}, err
	}
	return e, nil
}

// underReview refuses what is only for enrollments under review, and one that
// was handed in again since it was read. version 0 takes what is there.
func underReview(e Enrollment, version int64) error {
	switch {
	case e.State == Approved:
		return alreadyApproved(e)
	case e.State != Submitted:
		return wrongState(e)
	case version != 0 && version != e.Version:
		return stale()
	}
	return nil
}

func alreadyApproved(e Enrollment) error {
	return fault.New(fault.Conflict, "enrollment.approved_already", "who", e.ApproverName, "when", e.Approved)
}

// Return gives an enrollment back to the applicant with a reason, and remarks
// on single documents by their id. He is mailed; the same link works again.
func (s *Service) Return(ctx context.Context, by policy.Actor, id, version int64, reason string, remarks map[int64]string) (Enrollment, error) {
	reason, err := reasonOf(reason)
	if err != nil {
		return Enrollment{}, err
	}
	return s.act(ctx, by, "return", id, func(tx *db.Tx, e Enrollment) error {
		if err := underReview(e, version); err != nil {
			return err
		}
		if err := storeReturned(tx, id, by.Account, reason); err != nil {
			return err
		}
		lines, err := s.remark(tx, e, remarks)
		if err != nil {
			return err
		}
		if e, err = s.linkAgain(tx, by, e); err != nil {
			return err
		}
		if err := s.tellReturned(tx, by, e, reason, lines); err != nil {
			return err
		}
		s.changed(tx, id, "returned")
		return audit.Write(tx, by, "return", "enrollments", id, audit.Change{Field: "reason", New: reason})
	})
}

// remark stores remarks on documents and writes them as lines for the mail.
// Documents without one lose what was said last time.
func (s *Service) remark(tx *db.Tx, e Enrollment, remarks map[int64]string) (string, error) {
	list, err := documentsOf(tx, e.ID)
	if err != nil {
		return "", err
	}
	for id := range remarks {
		if !slices.ContainsFunc(list, func(d Document) bool { return d.ID == id }) {
			return "", policy.NotFound()
		}
	}
	var lines []string
	for _, d := range list {
		text := strings.TrimSpace(clean.Line(remarks[d.ID]))
		if len([]rune(text)) > maxReason {
			return "", fault.Field("remark", "fault.too_long", "max", maxReason)
		}
		if text != "" {
			lines = append(lines, d.Name+": "+text)
		}
		if _, err := storeRemark(tx, e.ID, d.ID, text); err != nil {
			return "", err
		}
	}
	return strings.Join(lines, "\n"), nil
}

// linkAgain makes sure that the link works: the same one with more time, or a
// new one where it had been revoked.
func (s *Service) linkAgain(tx *db.Tx, by policy.Actor, e Enrollment) (Enrollment, error) {
	if !e.Revoked.IsZero() {
		return s.newLink(tx, by, e)
	}
	if until := s.expiry(tx); e.LinkExpires.Before(until) {
		e.LinkExpires = until
		return e, setLink(tx, e, hashToken(s.token(e.ID, e.Serial)))
	}
	return e, nil
}

func (s *Service) tellReturned(tx *db.Tx, by policy.Actor, e Enrollment, reason, remarks string) error {
	link := s.link(e)
	err := s.mail(tx, e, "returned", e.Email, dedup("returned", e, e.Version), link.Token,
		"name", e.called(), "class", e.ClassCode, "reason", reason, "remarks", remarks, "ssh", link.SSH(), "scp", link.Upload(),
		"consultant", e.ConsultantName)
	if err != nil {
		return err
	}
	return s.notify(tx, by, e, []int64{e.Consultant}, "returned", "who", by.Name, "reason", reason)
}

// Cancel ends an enrollment that is not approved. Its link stops working.
func (s *Service) Cancel(ctx context.Context, by policy.Actor, id int64, reason string) (Enrollment, error) {
	reason, err := reasonOf(reason)
	if err != nil {
		return Enrollment{}, err
	}
	return s.act(ctx, by, "cancel", id, func(tx *db.Tx, e Enrollment) error {
		switch e.State {
		case Approved:
			return alreadyApproved(e)
		case Cancelled:
			return nil
		}
		if err := storeState(tx, id, Cancelled, reason); err != nil {
			return err
		}
		s.changed(tx, id, "cancelled")
		return audit.Write(tx, by, "cancel", "enrollments", id, audit.Change{Field: "state", Old: string(e.State), New: string(Cancelled)},
			audit.Change{Field: "reason", New: reason})
	})
}
