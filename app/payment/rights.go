package payment

import (
	"context"

	"cohort/app/enrollment"
	"cohort/app/policy"
	"cohort/db"
)

// fetch reads what was agreed and paid through the actor's right to do the
// action on payments of this enrollment. Before the first payment there is no
// row of payments to ask about: the row rules of payments speak of nothing but
// their enrollment, and are asked of that.
func (s *Service) fetch(tx *db.Tx, by policy.Actor, action string, id int64) (agreed, error) {
	ok, err := covers(tx, by, action, id)
	if err != nil {
		return agreed{}, err
	}
	if !ok {
		return agreed{}, s.unseen(tx, by, action, id)
	}
	return agreedOf(tx, id)
}

// unseen tells an enrollment that the actor sees from one that does not exist
// for him.
func (s *Service) unseen(tx *db.Tx, by policy.Actor, action string, id int64) error {
	seen, err := s.Engine.Sees(tx, by, "view", "enrollments", id)
	if err != nil {
		return err
	}
	if !seen {
		if seen, err = covers(tx, by, "view", id); err != nil {
			return err
		}
	}
	if seen {
		return policy.Forbidden(action, "payments")
	}
	return policy.NotFound()
}

// covers says whether the actor may do the action on payments of an enrollment.
func covers(tx *db.Tx, by policy.Actor, action string, id int64) (bool, error) {
	args := &db.Args{}
	where := by.Where(action, "payments", enrollment.Rules, args)
	return exists(tx, "SELECT 1 FROM enrollments"+enrollment.Around+" WHERE enrollments.id = "+args.Add(id)+" AND "+where, *args)
}

// May says whether the actor may take ("add"), "refund" or "plan" for an
// enrollment: nil, or the very error that the service would give.
func (s *Service) May(ctx context.Context, by policy.Actor, action string, enrollmentID int64) error {
	return s.DB.Read(ctx, func(tx *db.Tx) error {
		_, err := s.fetch(tx, by, action, enrollmentID)
		return err
	})
}
