package org

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
)

// keyFor derives a key of 32 bytes for one purpose from the school's secret.
func (s *Service) keyFor(purpose string) []byte {
	mac := hmac.New(sha256.New, s.opt.Secret)
	mac.Write([]byte("cohort " + purpose))
	return mac.Sum(nil)
}

func (s *Service) sealer() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.keyFor("second factor secrets"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal encrypts a secret for one account: copied to another it opens nothing.
func (s *Service) seal(account int64, secret string) (string, error) {
	c, err := s.sealer()
	if err != nil {
		return "", err
	}
	nonce := random(c.NonceSize())
	return base64.RawStdEncoding.EncodeToString(c.Seal(nonce, nonce, []byte(secret), owner(account))), nil
}

func (s *Service) unseal(account int64, sealed string) (string, error) {
	c, err := s.sealer()
	if err != nil {
		return "", err
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < c.NonceSize() {
		return "", fmt.Errorf("org: the second factor of account %d is damaged", account)
	}
	secret, err := c.Open(nil, raw[:c.NonceSize()], raw[c.NonceSize():], owner(account))
	if err != nil {
		return "", fmt.Errorf("org: the second factor of account %d does not open with this school's key: %w", account, err)
	}
	return string(secret), nil
}

func owner(account int64) []byte { return []byte(strconv.FormatInt(account, 10)) }

// hashRecovery is what is stored of a recovery code. It takes the school's key,
// which the database does not hold, to try codes against it.
func (s *Service) hashRecovery(account int64, code string) string {
	mac := hmac.New(sha256.New, s.keyFor("recovery codes"))
	mac.Write(owner(account))
	mac.Write([]byte(" " + code))
	return hex.EncodeToString(mac.Sum(nil))
}
