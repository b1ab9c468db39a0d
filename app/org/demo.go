package org

import (
	"context"

	"cohort/app/policy"
	"cohort/db"
)

// HasDemo says whether an active account opens with the demo password, which is
// public: such a school must not be reached from other machines.
func (s *Service) HasDemo(ctx context.Context, by policy.Actor) (yes bool, err error) {
	if !by.IsSystem() {
		return false, policy.Forbidden("view", "accounts")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		yes, err = anyDemo(tx)
		return err
	})
	return yes, err
}
