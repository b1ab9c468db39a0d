package org

import (
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// HandoverFrom reads an account whose work by may hand over.
func (s *Service) HandoverFrom(tx *db.Tx, by policy.Actor, id int64) (Account, error) {
	return fetch(tx, by, "handover", id)
}

// HandoverTo reads an account that may receive work: by sees it, and it is
// active.
func (s *Service) HandoverTo(tx *db.Tx, by policy.Actor, id int64) (Account, error) {
	a, err := fetch(tx, by, "view", id)
	if err == nil && !a.Active {
		err = fault.New(fault.Conflict, "org.receiver_disabled", "name", a.Name)
	}
	return a, err
}

// TellHandover mails an account what it was handed.
func (s *Service) TellHandover(tx *db.Tx, _ policy.Actor, a Account, once string, args ...any) error {
	return s.tell(tx, a, "handover", once, args...)
}
