package enrollment

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/mail"
	"cohort/app/policy"
	"cohort/db"
)

// Link shows the link that an enrollment has now. It is refused where there is
// none that works.
func (s *Service) Link(ctx context.Context, by policy.Actor, id int64) (Link, error) {
	var e Enrollment
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if e, err = s.fetch(tx, by, "link", id); err != nil {
			return err
		}
		return usable(tx, e)
	})
	if err != nil {
		return Link{}, err
	}
	return s.link(e), nil
}

// usable says to staff why a link does not work.
func usable(tx *db.Tx, e Enrollment) error {
	if !e.Revoked.IsZero() {
		return fault.New(fault.Conflict, "enrollment.revoked")
	}
	if e.State.Open() && !e.LinkExpires.After(tx.Now) {
		e.State = Expired
	}
	if e.State == Approved || e.State == Cancelled || e.State == Expired {
		return fault.New(fault.Conflict, "enrollment.no_link", "state", e.State.word())
	}
	return nil
}

// Reissue makes a new link with a new time; the old one is dead at once. An
// expired enrollment goes on where it was.
func (s *Service) Reissue(ctx context.Context, by policy.Actor, id int64) (Enrollment, Link, error) {
	e, err := s.onLink(ctx, by, id, func(tx *db.Tx, e Enrollment) (Enrollment, error) {
		switch e.State {
		case Approved, Cancelled:
			return e, fault.New(fault.Conflict, "enrollment.no_link", "state", e.State.word())
		case Expired:
			e.State = Invited
			if !e.Returned.IsZero() {
				e.State = Returned
			}
			if err := storeState(tx, e.ID, e.State, e.Reason); err != nil {
				return e, err
			}
		}
		return s.newLink(tx, by, e)
	})
	if err != nil {
		return Enrollment{}, Link{}, err
	}
	return e, s.link(e), nil
}

// newLink gives an enrollment its next link.
func (s *Service) newLink(tx *db.Tx, by policy.Actor, e Enrollment) (Enrollment, error) {
	e.Serial++
	e.LinkExpires, e.Revoked = s.expiry(tx), time.Time{}
	if err := setLink(tx, e, hashToken(s.token(e.ID, e.Serial))); err != nil {
		return e, err
	}
	s.changed(tx, e.ID, "link")
	if err := audit.Write(tx, by, "reissue", "enrollments", e.ID, audit.Secret("link")); err != nil {
		return e, err
	}
	return byID(tx, e.ID)
}

// Revoke kills the link at once; Reissue makes another.
func (s *Service) Revoke(ctx context.Context, by policy.Actor, id int64) (Enrollment, error) {
	return s.onLink(ctx, by, id, func(tx *db.Tx, e Enrollment) (Enrollment, error) {
		if e.State == Approved || e.State == Cancelled || !e.Revoked.IsZero() {
			return e, nil
		}
		if err := revoke(tx, id); err != nil {
			return e, err
		}
		s.changed(tx, id, "link")
		if err := audit.Write(tx, by, "revoke", "enrollments", id); err != nil {
			return e, err
		}
		return byID(tx, id)
	})
}

// onLink runs an act on an enrollment whose link the actor may handle.
func (s *Service) onLink(ctx context.Context, by policy.Actor, id int64, act func(*db.Tx, Enrollment) (Enrollment, error)) (e Enrollment, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if e, err = s.fetch(tx, by, "link", id); err != nil {
			return err
		}
		if e, err = act(tx, e); err != nil {
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

// MailLink mails the link to an address, or to the customer's where to is
// empty. Asking twice within a minute mails once.
func (s *Service) MailLink(ctx context.Context, by policy.Actor, id int64, to string) (string, error) {
	_, err := s.onLink(ctx, by, id, func(tx *db.Tx, e Enrollment) (Enrollment, error) {
		if err := usable(tx, e); err != nil {
			return e, err
		}
		who, err := customer.Get(tx, e.Customer)
		if err != nil {
			return e, err
		}
		if to == "" {
			to = firstOf(who.Email, e.Email)
		}
		if to == "" {
			return e, fault.Field("email", "enrollment.no_address")
		}
		if to, err = mail.Address(to); err != nil {
			return e, err
		}
		link := s.link(e)
		err = s.mail(tx, e, "invite", to, dedup("invite", e, to, tx.Now.Truncate(time.Minute).Unix()), link.Token,
			"name", e.called(), "class", e.ClassCode, "price", i18n.Money(e.Price), "ssh", link.SSH(), "scp", link.Upload(),
			"expires", i18n.Day(e.LinkExpires), "consultant", e.ConsultantName)
		if err != nil {
			return e, err
		}
		return e, audit.Write(tx, by, "mail_link", "enrollments", id)
	})
	return to, err
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// Opened is what a link opens.
type Opened struct {
	Enrollment int64
	State      State
	Name       string // how to address the applicant
	Class      string // code
	Lang       string // "" while unknown
}

// OpenLink finds the enrollment of a token. Unknown and revoked links get one
// and the same answer; those that no longer work say why. An enrollment under
// review opens read-only. It writes nothing: sessions ask again at every
// request.
func (s *Service) OpenLink(ctx context.Context, token, addr string) (Opened, error) {
	tidy, ok := tidyToken(token)
	if !ok {
		return Opened{}, linkUnknown()
	}
	var e Enrollment
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if e, err = byHash(tx, hashToken(tidy)); err != nil {
			return err
		}
		if e.ID == 0 {
			return linkUnknown()
		}
		return e.alive(tx.Now)
	})
	if err != nil {
		return Opened{}, err
	}
	return Opened{Enrollment: e.ID, State: e.State, Name: e.called(), Class: e.ClassCode, Lang: e.Lang}, nil
}
