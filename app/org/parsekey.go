package org

import (
	"crypto/rsa"
	"encoding/base64"
	"strings"

	"golang.org/x/crypto/ssh"

	"cohort/app/clean"
	"cohort/app/fault"
)

const (
	maxKeyLine    = 16 * 1024
	maxKeyComment = 100
	minRSA        = 2048
	maxRSA        = 16384
)

// keyKinds are the kinds of keys that may open an account.
var keyKinds = map[string]bool{
	ssh.KeyAlgoED25519: true, ssh.KeyAlgoSKED25519: true, ssh.KeyAlgoRSA: true,
	ssh.KeyAlgoECDSA256: true, ssh.KeyAlgoECDSA384: true, ssh.KeyAlgoECDSA521: true, ssh.KeyAlgoSKECDSA256: true,
}

// ParseKey reads one line as in authorized_keys, or the public key file that
// PuTTY saves, and says in words what is wrong with anything else.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF"))
	switch {
	case text == "":
		return Key{}, fault.Field("key", "fault.required")
	case private(text):
		return Key{}, fault.Field("key", "key.private")
	case len(text) > maxKeyLine:
		return Key{}, fault.Field("key", "key.form")
	case strings.HasPrefix(text, "---- BEGIN SSH2 PUBLIC KEY"):
		text = unwrap(text)
	}
	if strings.ContainsAny(text, "\r\n") {
		return Key{}, fault.Field("key", "key.one_line")
	}
	pub, comment, options, _, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil {
		return Key{}, fault.Field("key", "key.form").Because(err)
	}
	if len(options) > 0 {
		return Key{}, fault.Field("key", "key.options")
	}
	return keyFrom(pub, comment)
}

// private recognises the private half in the forms of OpenSSH, PEM and PuTTY.
func private(text string) bool {
	return strings.Contains(text, "PRIVATE KEY") || strings.HasPrefix(text, "PuTTY-User-Key-File") ||
		strings.Contains(text, "Private-Lines:")
}

// unwrap makes one line of the form of RFC 4716: headers, then base64 over
// several lines. The kind of key, which the line begins with, is at the start
// of the base64.
func unwrap(text string) string {
	var body strings.Builder
	comment, goesOn := "", false
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		name, value, header := strings.Cut(line, ":")
		switch {
		case strings.HasPrefix(line, "----"):
		case goesOn || header:
			if strings.EqualFold(name, "comment") {
				comment = strings.Trim(strings.TrimSpace(value), `"`)
			}
			goesOn = strings.HasSuffix(line, `\`)
		default:
			body.WriteString(line)
		}
	}
	wire, err := base64.StdEncoding.DecodeString(body.String())
	if err != nil {
		return "-"
	}
	pub, err := ssh.ParsePublicKey(wire)
	if err != nil {
		return "-"
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(pub))) + " " + cut(clean.Line(comment), maxKeyComment)
}

// keyFrom judges a key that could be read.
func keyFrom(pub ssh.PublicKey, comment string) (Key, error) {
	kind := pub.Type()
	if !keyKinds[kind] {
		return Key{}, fault.Field("key", "key.kind", "kind", cut(clean.Line(kind), 40))
	}
	if kind == ssh.KeyAlgoRSA {
		switch bits := rsaBits(pub); {
		case bits < minRSA:
			return Key{}, fault.Field("key", "key.weak", "bits", bits, "min", minRSA)
		case bits > maxRSA:
			return Key{}, fault.Field("key", "key.kind", "kind", kind)
		}
	}
	return Key{
		Fingerprint: ssh.FingerprintSHA256(pub),
		Public:      strings.TrimSpace(string(ssh.MarshalAuthorizedKey(pub))),
		Comment:     cut(clean.Line(comment), maxKeyComment),
	}, nil
}

func rsaBits(pub ssh.PublicKey) int {
	if c, ok := pub.(ssh.CryptoPublicKey); ok {
		if k, ok := c.CryptoPublicKey().(*rsa.PublicKey); ok {
			return k.N.BitLen()
		}
	}
	return 0
}
