package org

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"cohort/app/seal"
)

// seconds is where secrets of second factors are sealed.
func (s *Service) seconds() seal.Box { return seal.New(s.opt.Secret, "second factor secrets") }

// seal encrypts a secret for one account: copied to another it opens nothing.
func (s *Service) seal(account int64, secret string) (string, error) {
	return s.seconds().Seal(strconv.FormatInt(account, 10), secret)
}

func (s *Service) unseal(account int64, sealed string) (string, error) {
	secret, err := s.seconds().Open(strconv.FormatInt(account, 10), sealed)
	if err != nil {
		return "", fmt.Errorf("org: the second factor of account %d: %w", account, err)
	}
	return secret, nil
}

// hashRecovery is what is stored of a recovery code. It takes the school's key,
// which the database does not hold, to try codes against it.
func (s *Service) hashRecovery(account int64, code string) string {
	mac := hmac.New(sha256.New, seal.Key(s.opt.Secret, "recovery codes"))
	mac.Write([]byte(strconv.FormatInt(account, 10) + " " + code))
	return hex.EncodeToString(mac.Sum(nil))
}
