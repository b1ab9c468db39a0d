package org

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/mail"
)

// The bounds of an account's values, in characters.
const (
	maxLogin = 32
	maxName  = 100
	maxPhone = 40
)

var loginForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,31}$`)

// reserved are names that mean something else to the server, the list language
// or the person at the other end.
var reserved = map[string]bool{
	"all": true, "anonymous": true, "any": true, "cohort": true, "enroll": true, "everyone": true, "me": true,
	"nobody": true, "none": true, "null": true, "root": true, "system": true, "worker": true,
}

func checkLogin(login string) *fault.Fault {
	switch {
	case login == "":
		return fault.Field("login", "fault.required")
	case !loginForm.MatchString(login):
		return fault.Field("login", "account.login_form")
	case reserved[login] || strings.HasPrefix(login, "enroll-") || strings.HasPrefix(login, ActivationPrefix):
		return fault.Field("login", "account.login_reserved", "login", login)
	}
	return nil
}

func checkLang(lang string) *fault.Fault {
	if lang == "" || lang == "zh" || lang == "en" {
		return nil
	}
	return fault.Field("lang", "fault.bad_choice", "value", lang, "choices", "zh, en")
}

func checkEmail(email string) *fault.Fault {
	if email == "" {
		return nil
	}
	if bare, err := mail.Address(email); err != nil || bare != email {
		return fault.Field("email", "account.email_form")
	}
	return nil
}

func checkText(field, value string, limit int, required bool) *fault.Fault {
	switch {
	case required && value == "":
		return fault.Field(field, "fault.required")
	case utf8.RuneCountInString(value) > limit:
		return fault.Field(field, "fault.too_long", "max", limit)
	}
	return nil
}

// tidy cleans what people typed.
func (n NewAccount) tidy() NewAccount {
	n.Login = strings.TrimSpace(n.Login)
	n.Name, n.Email, n.Phone = clean.Line(n.Name), clean.Line(n.Email), clean.Line(n.Phone)
	return n
}

// check gives all that is wrong at once.
func (n NewAccount) check() error {
	return fault.Join(
		checkLogin(n.Login),
		checkText("name", n.Name, maxName, true),
		checkEmail(n.Email),
		checkText("phone", n.Phone, maxPhone, false),
		checkLang(n.Lang),
	)
}

// told is the account as somebody would tell it anew.
func (a Account) told() NewAccount {
	return NewAccount{Login: a.Login, Name: a.Name, Email: a.Email, Phone: a.Phone,
		Department: a.Department, Campus: a.Campus, Lang: a.Lang, Roles: a.Roles}
}

func (a Account) tidy() Account {
	a.Name, a.Email, a.Phone = clean.Line(a.Name), clean.Line(a.Email), clean.Line(a.Phone)
	return a
}

// differences lists what next changes of old, for the audit trail.
func differences(old, next Account) (list []audit.Change) {
	add := func(field, from, to string) {
		if from != to {
			list = append(list, audit.Change{Field: field, Old: from, New: to})
		}
	}
	add("name", old.Name, next.Name)
	add("email", old.Email, next.Email)
	add("phone", old.Phone, next.Phone)
	add("lang", old.Lang, next.Lang)
	add("department", number(old.Department), number(next.Department))
	add("campus", number(old.Campus), number(next.Campus))
	return list
}

// number writes an id, and nothing for none.
func number(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// cut shortens a line to at most limit characters.
func cut(line string, limit int) string {
	if r := []rune(line); len(r) > limit {
		return string(r[:limit])
	}
	return line
}
