// Package seal encrypts short secrets that the database keeps but must not tell: AES-256-GCM under keys derived from the
// school's secret, one for each purpose. A copy of the database alone opens nothing.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// Key derives a key of 32 bytes for one purpose from the school's secret.
func Key(secret []byte, purpose string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("cohort " + purpose))
	return mac.Sum(nil)
}

// Box seals texts for one purpose. Make one with New.
type Box struct{ key []byte }

// New makes the box of a purpose.
func New(secret []byte, purpose string) Box { return Box{Key(secret, purpose)} }

// ErrDamaged says that a text was not sealed by this box, for this owner: it is
// damaged, was copied from elsewhere, or the school's secret is another one.
var ErrDamaged = errors.New("seal: does not open with this school's key")

// Seal encrypts text for its owner, such as the number of an account or the name of
// a setting: copied to another owner it opens nothing.
func (b Box) Seal(owner, text string) (string, error) {
	c, err := b.cipher()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, c.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	return base64.RawStdEncoding.EncodeToString(c.Seal(nonce, nonce, []byte(text), []byte(owner))), nil
}

// Open gives back what Seal was given; the error is ErrDamaged where it cannot.
func (b Box) Open(owner, sealed string) (string, error) {
	c, err := b.cipher()
	if err != nil {
		return "", err
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < c.NonceSize() {
		return "", ErrDamaged
	}
	text, err := c.Open(nil, raw[:c.NonceSize()], raw[c.NonceSize():], []byte(owner))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return string(text), nil
}

func (b Box) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(b.key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
