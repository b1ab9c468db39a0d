package org

import (
	"crypto/subtle"
	"encoding/base32"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"cohort/db"
)

// What every authenticator understands: RFC 6238 with SHA-1, six digits, thirty
// seconds, a secret of 160 bits.
const (
	codeStep    = 30 // seconds
	secretBytes = 20
	issuer      = "Cohort"
)

var codeForm = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// Setup is what a telephone has to learn.
type Setup struct {
	Secret string // base32, in groups of four as one reads it out
	URL    string // otpauth://…, what the QR code says
}

// setupOf says a secret to a telephone. The address is kept short, so that its
// QR code fits a small terminal.
func setupOf(login, secret string) Setup {
	var groups []string
	for i := 0; i < len(secret); i += 4 {
		groups = append(groups, secret[i:min(i+4, len(secret))])
	}
	return Setup{Secret: strings.Join(groups, " "),
		URL: "otpauth://totp/" + issuer + ":" + url.PathEscape(login) + "?secret=" + secret}
}

func newSecret() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random(secretBytes))
}

// codeAt is the code of a secret at a step of time.
func codeAt(secret string, step int64) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(step), codeForm)
}

// matchStep finds the step, of now and its two neighbours, that a code belongs
// to; 0 where it belongs to none. Clocks of telephones are a little off.
func matchStep(secret, code string, now time.Time) (found int64, err error) {
	at := now.Unix() / codeStep
	for step := at - 1; step <= at+1; step++ {
		want, err := codeAt(secret, step)
		if err != nil {
			return 0, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = step
		}
	}
	return found, nil
}

// tidyCode takes what people type between digits out.
func tidyCode(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\t", "").Replace(code))
}

// newRecovery makes recovery codes such as kq7m-x2vb-9hdt: 59 bits each.
func newRecovery() (codes []string) {
	for range recoveryCodes {
		codes = append(codes, oneTime()[:14])
	}
	return codes
}

// recoveryCodes is how many codes one gets.
const recoveryCodes = 10

// useCode takes a code of the telephone or a recovery code, once.
func (s *Service) useCode(tx *db.Tx, t totp, code string) (used codeKind, err error) {
	code = tidyCode(code)
	secret, err := s.unseal(t.account, t.sealed)
	if err != nil {
		return wrongCode, err
	}
	step, err := matchStep(secret, code, tx.Now)
	if err != nil {
		return wrongCode, err
	}
	if step != 0 {
		done, err := useStep(tx, t.account, step)
		if err != nil || !done {
			return wrongCode, err
		}
		return phoneCode, nil
	}
	done, err := useRecovery(tx, t.account, s.hashRecovery(t.account, code))
	if err != nil || !done {
		return wrongCode, err
	}
	return recoveryCode, nil
}

// codeKind is what a code was.
type codeKind int

const (
	wrongCode codeKind = iota
	phoneCode
	recoveryCode
)
