package org

import (
	"context"

	"cohort/db"
)

// HasDemo says whether an active account opens with the demo password, which is
// public: such a school must not be reached from other machines.
func (s *Service) HasDemo(ctx context.Context) (yes bool, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		yes, err = anyDemo(tx)
		return err
	})
	return yes, err
}
