package audit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
)

// sum is the entry's hash in hex: SHA-256 of its canonical text, which is made of parts written as "length:bytes," with
// the length in bytes and decimal digits, so that no two different entries have the same text. The parts, in order:
//
//	"v2", previous hash, at, account_id, face, action, resource, record_id, who, digest
//
// Numbers are decimal. The previous hash is "" for the first entry. Entries from before digests have the parts
//
//	previous hash, at, account_id, login, face, addr, action, resource, record_id, changes
func (e entry) sum(previous string) string {
	if e.old() {
		return hex.EncodeToString(sumOf(previous, num(e.at), num(e.account), e.login, e.face, e.addr, e.action, e.resource, num(e.record), e.changes))
	}
	return hex.EncodeToString(sumOf("v2", previous, num(e.at), num(e.account), e.face, e.action, e.resource, num(e.record), e.who, e.digest))
}

// old says that the hash covers the values themselves.
func (e entry) old() bool { return e.who == "" }

// seal makes the digests of a new entry, each with a salt of its own: what was erased cannot be guessed back from one.
func (e *entry) seal() {
	e.whoSalt = newSalt()
	e.who = digest(e.whoSalt, e.login, e.addr)
	if e.changes != "" {
		e.salt = newSalt()
		e.digest = digest(e.salt, e.changes)
	}
}

// right says whether the entry is what was written after the one with the hash previous. Of an erased one that is only
// what is left of it: that it was erased, and what it says since, stands in the entry of the erasure.
func (e entry) right(previous string) bool {
	erased := e.erasedBy != 0
	switch {
	case erased && (e.changes != "" || e.salt != ""):
		return false
	case e.old():
		return e.digest == "" && e.salt == "" && e.whoSalt == "" && (erased || e.sum(previous) == e.hash)
	case !erased && e.changes == "" && e.digest+e.salt != "":
		return false
	case !erased && e.changes != "" && e.digest != digest(e.salt, e.changes):
		return false
	case !(erased && e.whoSalt == "") && e.who != digest(e.whoSalt, e.login, e.addr):
		return false
	}
	return e.sum(previous) == e.hash
}

// left is the canonical text of what an erasure leaves of an entry, as sumOf takes it.
func (e entry) left() []string {
	return []string{num(e.id), num(e.at), num(e.account), e.login, e.face, e.addr, e.action, e.resource, num(e.record), e.whoSalt, e.who, e.digest, e.hash}
}

func newSalt() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

func digest(salt string, parts ...string) string {
	return base64.RawURLEncoding.EncodeToString(sumOf(append([]string{salt}, parts...)...))
}

func sumOf(parts ...string) []byte {
	h := sha256.New()
	for _, part := range parts {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part + ","))
	}
	return h.Sum(nil)
}
