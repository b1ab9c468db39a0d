package org

import (
	"context"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Account is one person's way in. Its password hash never leaves this package.
type Account struct {
	ID, Version        int64
	Login, Name        string
	Email, Phone       string
	Department, Campus int64  // 0: none
	DepartmentName     string // "" where there is none
	CampusName         string
	Lang               string // "", "zh" or "en"
	Active             bool
	Reason             string    // why it was disabled; "" while it is not
	Invited            time.Time // until when its activation address works; zero where it has none
	MustChange         bool      // the password was given by somebody else
	Demo               bool      // opens with the demo password
	LastSeen           time.Time
	Created, Updated   time.Time
	Roles              []string // names, in order
}

// row is the account as row rules see it.
func (a Account) row() policy.Row {
	return policy.Row{
		"account":    ids(a.ID),
		"department": ids(a.Department),
		"campus":     ids(a.Campus),
		"role":       a.Roles,
	}
}

// ids leaves 0, which stands for none, out: NULL equals nothing in SQL either.
func ids(id int64) []string {
	if id == 0 {
		return nil
	}
	return policy.Int(id)
}

// fetch reads an account through by's right to do the action on it. Everybody
// may view himself.
func fetch(tx *db.Tx, by policy.Actor, action string, id int64) (Account, error) {
	a, err := accountOf(tx, id)
	if db.NoRows(err) {
		return a, policy.NotFound()
	}
	if err != nil {
		return a, err
	}
	return a, allow(by, action, a)
}

func allow(by policy.Actor, action string, a Account) error {
	err := by.Need(action, "accounts", a.row())
	if err == nil || by.Account != a.ID || by.Account == 0 {
		return err
	}
	if action == "view" {
		return self(by)
	}
	return policy.Forbidden(action, "accounts")
}

// guard keeps an administrator's account out of the hands of others: who could
// reset or change it could make himself one.
func guard(tx *db.Tx, by policy.Actor, action string, a Account) error {
	if by.Administrator() || by.Account == a.ID {
		return nil
	}
	powerful, err := isAdministrator(tx, a.ID)
	if err == nil && powerful {
		err = policy.Forbidden(action, "accounts")
	}
	return err
}

// GetAccount gives one account that by may view.
func (s *Service) GetAccount(ctx context.Context, by policy.Actor, id int64) (a Account, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		a, err = fetch(tx, by, "view", id)
		return err
	})
	return a.seenBy(by, "view"), err
}

// FindAccount gives the account with a log-in name, if by may view it.
func (s *Service) FindAccount(ctx context.Context, by policy.Actor, login string) (a Account, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		c, err := credentialBy(tx, strings.ToLower(login))
		if err != nil {
			return err
		}
		a, err = fetch(tx, by, "view", c.ID)
		return err
	})
	return a.seenBy(by, "view"), err
}

// Query narrows a list of accounts. The zero value asks for the first page of
// all.
type Query struct {
	Text       string // in the log-in name or the name
	Department int64
	Role       string
	Active     *bool
	After      string // the last log-in name of the page before
	Limit      int    // 0: 50
}

// Accounts lists the accounts that by may list, by log-in name.
func (s *Service) Accounts(ctx context.Context, by policy.Actor, q Query) (list []Account, err error) {
	if err := by.NeedAny("list", "accounts"); err != nil {
		return nil, err
	}
	if q.Limit <= 0 || q.Limit > 500 {
		q.Limit = 50
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		list, err = listAccounts(tx, by, q)
		return err
	})
	for i := range list {
		list[i] = list[i].seenBy(by, "list")
	}
	return list, err
}

// seenBy blanks what field rules mask or hide. Whole values of one's own
// account are always shown.
func (a Account) seenBy(by policy.Actor, action string) Account {
	if a.ID == 0 || by.Account == a.ID {
		return a
	}
	for field, value := range map[string]*string{"email": &a.Email, "phone": &a.Phone} {
		if by.Mode(action, "accounts", field, a.row()) >= policy.Masked {
			*value = ""
		}
	}
	return a
}

// NewAccount is what is told of a new account.
type NewAccount struct {
	Login, Name, Email, Phone string
	Department, Campus        int64
	Lang                      string
	Roles                     []string
}

// AddAccount makes an account with a one-time password, which is mailed where
// there is an address.
func (s *Service) AddAccount(ctx context.Context, by policy.Actor, n NewAccount) (a Account, password string, err error) {
	if err := by.NeedAny("add", "accounts"); err != nil {
		return a, "", err
	}
	n = n.tidy()
	if err := n.check(); err != nil {
		return a, "", err
	}
	pw, err := s.OneTime(ctx)
	if err != nil {
		return a, "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		roles, err := mayAdd(tx, by, n)
		if err != nil {
			return err
		}
		if a, err = s.insert(tx, by, n, roles, secret{hash: pw.hash, mustChange: true}); err != nil {
			return err
		}
		return s.mail(tx, "account", a, pw.Plain)
	})
	if err != nil {
		return Account{}, "", err
	}
	return a, pw.Plain, nil
}

// mayAdd asks for the right to add such an account with such roles.
func mayAdd(tx *db.Tx, by policy.Actor, n NewAccount) ([]Role, error) {
	row := Account{Department: n.Department, Campus: n.Campus, Roles: n.Roles}
	if err := by.Need("add", "accounts", row.row()); err != nil {
		return nil, err
	}
	roles, err := rolesByName(tx, n.Roles)
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	return roles, mayGive(tx, by, row, roles)
}

// secret is how a new account is opened.
type secret struct {
	hash             string
	mustChange, demo bool
}

// insert stores a new account with its roles; rights have been asked for.
func (s *Service) insert(tx *db.Tx, by policy.Actor, n NewAccount, roles []Role, pw secret) (a Account, err error) {
	id, err := insertAccount(tx, n, pw)
	if _, twice := db.Unique(err); twice {
		f := fault.New(fault.Conflict, "account.login_taken", "login", n.Login)
		return a, f.On("login")
	}
	if err != nil {
		return a, badPlace(err)
	}
	if err := replaceRoles(tx, id, roles); err != nil {
		return a, err
	}
	s.publish(tx, bus.Event{Resource: "accounts", Verb: "added", ID: id})
	err = audit.Write(tx, by, "add", "accounts", id,
		audit.Change{Field: "login", New: n.Login}, audit.Change{Field: "name", New: n.Name},
		audit.Change{Field: "roles", New: strings.Join(n.Roles, " ")})
	if err != nil {
		return a, err
	}
	return accountOf(tx, id)
}

// AddStudentIn makes a student's account within the approval's transaction.
// Approving is the right that was asked for; the account gets the student's
// role and no other, and mails nothing: the approval does.
func (s *Service) AddStudentIn(tx *db.Tx, by policy.Actor, n NewAccount, pw OneTime) (Account, error) {
	n.Roles = []string{"student"}
	n = n.tidy()
	if err := n.check(); err != nil {
		return Account{}, err
	}
	roles, err := rolesByName(tx, n.Roles)
	if err != nil {
		return Account{}, err
	}
	return s.insert(tx, by, n, roles, secret{hash: pw.hash, mustChange: true})
}

// SeedAccountIn makes an account of a demo school, opened by the password of
// HashForSeed. Only the system may.
func (s *Service) SeedAccountIn(tx *db.Tx, by policy.Actor, n NewAccount, hash string) (Account, error) {
	if !by.IsSystem() {
		return Account{}, policy.Forbidden("add", "accounts")
	}
	n = n.tidy()
	if err := n.check(); err != nil {
		return Account{}, err
	}
	roles, err := rolesByName(tx, n.Roles)
	if err != nil {
		return Account{}, err
	}
	return s.insert(tx, by, n, roles, secret{hash: hash, demo: true})
}
