package org

import (
	"context"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Key is a public key that opens an account.
type Key struct {
	ID, Account int64
	Fingerprint string // SHA256:…
	Public      string // type and base64, as in authorized_keys
	Comment     string
	Created     time.Time
	LastUsed    time.Time
}

// maxKeys is how many keys one account may have.
const maxKeys = 20

// Keys lists the keys of an account; 0 stands for one's own.
func (s *Service) Keys(ctx context.Context, by policy.Actor, account int64) (list []Key, err error) {
	if account == 0 || account == by.Account {
		account, err = by.Account, self(by)
		if err != nil {
			return nil, err
		}
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := fetch(tx, by, "view", account); err != nil {
			return err
		}
		list, err = keysOf(tx, account)
		return err
	})
	return list, err
}

// AddKey adds a public key, a line as in authorized_keys, to one's own account.
func (s *Service) AddKey(ctx context.Context, by policy.Actor, line string) (Key, error) {
	if err := self(by); err != nil {
		return Key{}, err
	}
	k, err := ParseKey(line)
	if err != nil {
		return Key{}, err
	}
	return s.addKey(ctx, by, k)
}

// AddOfferedKey adds a key that the client offered while logging in, in its wire
// form, to one's own account.
func (s *Service) AddOfferedKey(ctx context.Context, by policy.Actor, wire []byte, comment string) (Key, error) {
	if err := self(by); err != nil {
		return Key{}, err
	}
	pub, err := ssh.ParsePublicKey(wire)
	if err != nil {
		return Key{}, fault.Field("key", "key.form").Because(err)
	}
	k, err := keyFrom(pub, comment)
	if err != nil {
		return Key{}, err
	}
	return s.addKey(ctx, by, k)
}

func (s *Service) addKey(ctx context.Context, by policy.Actor, k Key) (Key, error) {
	k.Account = by.Account
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		have, err := keysOf(tx, k.Account)
		if err != nil {
			return err
		}
		if len(have) >= maxKeys {
			return fault.New(fault.TooMany, "key.too_many", "max", maxKeys)
		}
		k.ID, err = insertKey(tx, k)
		if _, twice := db.Unique(err); twice {
			return fault.New(fault.Conflict, "key.twice").On("key")
		}
		if err != nil {
			return err
		}
		k.Created = tx.Now
		s.publish(tx, bus.Event{Resource: "keys", Verb: "added", ID: k.ID, Account: k.Account})
		return audit.Write(tx, by, "key_add", "accounts", k.Account, audit.Change{Field: "key", New: k.Fingerprint})
	})
	if err != nil {
		return Key{}, err
	}
	return k, nil
}

// RemoveKey takes a key away. which is its id, its fingerprint or, where only
// one key has it, its comment. Another person's key goes by its id, if by may
// change the account.
func (s *Service) RemoveKey(ctx context.Context, by policy.Actor, which string) error {
	if !by.IsSystem() {
		if err := self(by); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		k, err := findKey(tx, by, which)
		if err != nil {
			return err
		}
		if err := deleteKey(tx, k.ID); err != nil {
			return err
		}
		s.publish(tx, bus.Event{Resource: "keys", Verb: "deleted", ID: k.ID, Account: k.Account})
		return audit.Write(tx, by, "key_remove", "accounts", k.Account, audit.Change{Field: "key", Old: k.Fingerprint})
	})
}

// findKey finds the key that is meant, among one's own first.
func findKey(tx *db.Tx, by policy.Actor, which string) (Key, error) {
	own, err := keysOf(tx, by.Account)
	if err != nil {
		return Key{}, err
	}
	var named []Key
	for _, k := range own {
		switch which {
		case strconv.FormatInt(k.ID, 10), k.Fingerprint:
			return k, nil
		case k.Comment:
			named = append(named, k)
		}
	}
	switch len(named) {
	case 0:
		return foreignKey(tx, by, which)
	case 1:
		return named[0], nil
	}
	return Key{}, fault.New(fault.Conflict, "key.several", "comment", which)
}

// foreignKey finds another person's key by its id.
func foreignKey(tx *db.Tx, by policy.Actor, which string) (Key, error) {
	id, err := strconv.ParseInt(which, 10, 64)
	if err != nil {
		return Key{}, policy.NotFound()
	}
	found, err := keyOf(tx, id)
	if err != nil {
		return Key{}, err
	}
	if len(found) == 0 {
		return Key{}, policy.NotFound()
	}
	a, err := fetch(tx, by, "change", found[0].Account)
	if err != nil {
		return Key{}, err
	}
	return found[0], guard(tx, by, "change", a)
}
