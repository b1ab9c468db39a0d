package org

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// DemoPassword opens the accounts of a demo school, on loopback only. Nobody
// may choose it.
const DemoPassword = "cohort-demo"

// The bounds of a password, in characters.
const (
	MinPassword = 10
	MaxPassword = 128
)

// common are passwords of the allowed length that every guesser tries first.
var common = map[string]bool{}

func init() {
	for _, p := range strings.Fields(`
		1234567890 0123456789 0987654321 1234567891 12345678910 123456789a a123456789
		1122334455 1234512345 1357924680 147258369a 5201314520 woaini1314 woaini520 woaini1314520
		password12 password123 password1234 passw0rd123 p@ssw0rd123 mypassword adminadmin admin12345
		administrator qwertyuiop qwerty1234 qwerty12345 qwerty123456 1q2w3e4r5t 1qaz2wsx3edc qazwsxedcr
		asdfghjkl; asdfghjkl1 zxcvbnm123 abcdefghij abc1234567 abcd123456 iloveyou12 iloveyou123
		letmein123 welcome123 welcome1234 changeme123 football123 superman123 sunshine123`) {
		common[p] = true
	}
}

// checkPassword says why a password may not be chosen; nil if it may.
func checkPassword(login, password string) *fault.Fault {
	folded := strings.ToLower(strings.TrimSpace(password))
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password) || strings.IndexFunc(password, unicode.IsControl) >= 0:
		return fault.Field("password", "password.characters")
	case n < MinPassword:
		return fault.Field("password", "password.short", "min", MinPassword)
	case n > MaxPassword:
		return fault.Field("password", "password.long", "max", MaxPassword)
	case folded == strings.ToLower(login):
		return fault.Field("password", "password.login")
	case folded == DemoPassword:
		return fault.Field("password", "password.demo")
	case common[folded] || oneCharacter(folded):
		return fault.Field("password", "password.common")
	}
	return nil
}

func oneCharacter(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return strings.Trim(s, string(first)) == ""
}

// sounds are the letters and digits of one-time passwords: none that is read or
// heard as another.
const sounds = "abcdefghjkmnpqrstuvwxyz23456789"

// oneTime makes a one-time password such as kq7m-x2vb-9hdt-rw4e: 79 bits.
func oneTime() string {
	var b strings.Builder
	for n := 0; n < 16; {
		c := int(random(1)[0])
		if c >= 256/len(sounds)*len(sounds) {
			continue // or the first letters would come more often
		}
		if n > 0 && n%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(sounds[c%len(sounds)])
		n++
	}
	return b.String()
}

// OneTime is a one-time password with its hash, made before the transaction
// that stores it: hashing must not hold the writer.
type OneTime struct {
	Plain string
	hash  string
}

// OneTime makes a one-time password for AddStudentIn.
func (s *Service) OneTime(ctx context.Context) (OneTime, error) {
	plain := oneTime()
	hash, err := s.hash.make(ctx, plain)
	return OneTime{plain, hash}, err
}

// ChangePassword changes one's own password. It works while the password must
// be changed, and then everything else works again.
func (s *Service) ChangePassword(ctx context.Context, by policy.Actor, old, password string) error {
	if by.Account == 0 || by.Rights == nil {
		return policy.Forbidden("change", "accounts")
	}
	if by.Rights.Activating {
		return fault.New(fault.Forbidden, "org.must_activate")
	}
	was, err := s.credential(ctx, by.Account)
	if err != nil {
		return err
	}
	if err := s.checkChange(ctx, was, old, password); err != nil {
		return err
	}
	hash, err := s.hash.make(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		done, err := swapPassword(tx, was.ID, was.Hash, hash)
		if err != nil || !done {
			return orStale(err)
		}
		s.publish(tx, bus.Event{Resource: "accounts", Verb: "changed", ID: was.ID})
		return audit.Write(tx, by, "password", "accounts", was.ID)
	})
}

// checkChange proves the old password and judges the new one. Who has come in
// with a key and has no password yet proves nothing.
func (s *Service) checkChange(ctx context.Context, was credential, old, password string) error {
	if was.Hash != "" {
		ok, _, err := s.hash.verify(ctx, was.Hash, old)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Field("old_password", "password.wrong")
		}
		if old == password {
			return fault.Field("password", "password.same")
		}
	}
	if f := checkPassword(was.Login, password); f != nil {
		return f
	}
	return nil
}

func (s *Service) credential(ctx context.Context, id int64) (c credential, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		c, err = credentialOf(tx, id)
		return err
	})
	if err == nil && (c.ID == 0 || !c.Active) {
		err = disabled()
	}
	return c, err
}

// ResetPassword gives another account a one-time password, which is mailed
// where there is an address. One's own is changed with ChangePassword.
func (s *Service) ResetPassword(ctx context.Context, by policy.Actor, id int64) (string, error) {
	if by.Account == id && id != 0 {
		return "", fault.New(fault.Conflict, "org.own_reset")
	}
	if err := by.NeedAny("reset", "accounts"); err != nil {
		return "", err // before the work of a hash
	}
	pw, err := s.OneTime(ctx)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := fetch(tx, by, "reset", id)
		if err != nil {
			return err
		}
		if err := s.mayEnter(tx, by, "reset", a); err != nil {
			return err
		}
		if _, err := revokeActivations(tx, a.ID); err != nil {
			return err
		}
		if err := setOneTime(tx, a.ID, pw.hash); err != nil {
			return err
		}
		if err := s.mail(tx, "reset", a, pw.Plain); err != nil {
			return err
		}
		s.publish(tx, bus.Event{Resource: "accounts", Verb: "reset", ID: a.ID})
		return audit.Write(tx, by, "reset", "accounts", a.ID)
	})
	if err != nil {
		return "", err
	}
	return pw.Plain, nil
}
