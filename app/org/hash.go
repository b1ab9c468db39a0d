package org

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
)

// params are the costs of one argon2id hash; memory is in KiB.
type params struct {
	memory, passes uint32
	lanes          uint8
}

// current is OWASP's recommendation for argon2id with the least memory of two
// passes. Hashes with lower costs are made anew at the next log-in.
var current = params{memory: 19 * 1024, passes: 2, lanes: 1}

const (
	saltSize = 16
	sumSize  = 32
)

// weaker says whether p costs less than q in any respect.
func (p params) weaker(q params) bool {
	return p.memory < q.memory || p.passes < q.passes || p.lanes < q.lanes
}

// hasher makes and checks password hashes, only so many at a time: each takes
// 19 MiB and a core. It is never used inside a write transaction.
type hasher struct {
	params params
	seats  chan struct{}
	decoy  string // a hash nobody knows the password of
	runs   atomic.Int64
}

func newHasher(seats int, p params) *hasher {
	h := &hasher{params: p, seats: make(chan struct{}, seats)}
	h.decoy = format(p, random(saltSize), random(sumSize))
	return h
}

// HashForSeed hashes one password for a whole demo school.
func HashForSeed(password string) string {
	salt := random(saltSize)
	return format(current, salt, derive(current, password, salt))
}

// make hashes a password with a fresh salt.
func (h *hasher) make(ctx context.Context, password string) (string, error) {
	salt := random(saltSize)
	sum, err := h.run(ctx, h.params, password, salt)
	if err != nil {
		return "", err
	}
	return format(h.params, salt, sum), nil
}

// verify checks a password. An empty or damaged hash costs as much as a good
// one and matches nothing. weak says that the hash should be made anew.
func (h *hasher) verify(ctx context.Context, hash, password string) (ok, weak bool, err error) {
	p, salt, want, err := parse(hash)
	if err != nil {
		p, salt, want, _ = parse(h.decoy)
	}
	got, err := h.run(ctx, p, password, salt)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(got, want) == 1
	return ok, ok && p.weaker(h.params), nil
}

func (h *hasher) run(ctx context.Context, p params, password string, salt []byte) ([]byte, error) {
	select {
	case h.seats <- struct{}{}:
		defer func() { <-h.seats }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.runs.Add(1)
	return derive(p, password, salt), nil
}

func derive(p params, password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, p.passes, p.memory, p.lanes, sumSize)
}

// format writes the PHC string form: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func format(p params, salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.memory, p.passes, p.lanes, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// parse reads the PHC string form, refusing costs that would take the server
// down.
func parse(hash string) (p params, salt, sum []byte, err error) {
	part := strings.Split(hash, "$")
	if len(part) != 6 || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, fmt.Errorf("org: not an argon2id hash")
	}
	if _, err = fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil {
		return p, nil, nil, fmt.Errorf("org: costs of a hash: %w", err)
	}
	if p.memory < 8 || p.memory > 1<<20 || p.passes < 1 || p.passes > 64 || p.lanes < 1 {
		return p, nil, nil, fmt.Errorf("org: costs of a hash out of bounds: %s", part[3])
	}
	if salt, err = base64.RawStdEncoding.DecodeString(part[4]); err != nil {
		return p, nil, nil, fmt.Errorf("org: salt of a hash: %w", err)
	}
	if sum, err = base64.RawStdEncoding.DecodeString(part[5]); err != nil {
		return p, nil, nil, fmt.Errorf("org: sum of a hash: %w", err)
	}
	return p, salt, sum, nil
}

// random gives n unguessable bytes; crypto/rand ends the program rather than
// give bad ones.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}
