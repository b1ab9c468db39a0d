package org

import (
	"context"

	"cohort/app/policy"
	"cohort/db"
)

// firstLogin is the log-in name of a new school's administrator.
const firstLogin = "admin"

// Bootstrap makes an administrator with a one-time password in a school that
// has no account. made is false where there is one already.
func (s *Service) Bootstrap(ctx context.Context) (login, password string, made bool, err error) {
	if err := s.EnsureRoles(ctx); err != nil {
		return "", "", false, err
	}
	n := 0
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		n, err = countAccounts(tx)
		return err
	})
	if err != nil || n > 0 {
		return "", "", false, err
	}
	pw, err := s.OneTime(ctx)
	if err != nil {
		return "", "", false, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		made, err = s.firstAccount(tx, pw.hash)
		return err
	})
	if err != nil || !made {
		return "", "", false, err
	}
	return firstLogin, pw.Plain, true, nil
}

// firstAccount makes the administrator unless somebody was quicker.
func (s *Service) firstAccount(tx *db.Tx, hash string) (made bool, err error) {
	n, err := countAccounts(tx)
	if err != nil || n > 0 {
		return false, err
	}
	roles, err := rolesByName(tx, []string{"admin"})
	if err != nil {
		return false, err
	}
	by := policy.System
	by.Via = policy.Server
	first := NewAccount{Login: firstLogin, Name: "Administrator", Roles: []string{"admin"}}
	_, err = s.insert(tx, by, first, roles, secret{hash: hash, mustChange: true})
	return err == nil, err
}
