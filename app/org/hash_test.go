package org

import (
	"context"
	"strings"
	"testing"
)

func TestHashOpensWithItsPasswordOnly(t *testing.T) {
	h := newHasher(1, cheap)
	hash, err := h.make(bg, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{"correct horse": true, "correct horsf": false, "": false} {
		if ok, _, err := h.verify(bg, hash, password); ok != want || err != nil {
			t.Errorf("%q opens: %v, %v", password, ok, err)
		}
	}
	again, _ := h.make(bg, "correct horse")
	if hash == again {
		t.Error("two hashes of one password are equal: no salt")
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Errorf("not a PHC string: %s", hash)
	}
}

func TestRecommendedCosts(t *testing.T) {
	if hash := HashForSeed("x"); !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("costs of a new hash: %s", hash)
	}
}

func TestDamagedHashesOpenNothingAndCostTheSame(t *testing.T) {
	h := newHasher(1, cheap)
	good, _ := h.make(bg, "password")
	for name, hash := range map[string]string{
		"empty":      "",
		"plain":      "password",
		"other kind": strings.Replace(good, "argon2id", "argon2i", 1),
		"version":    strings.Replace(good, "v=19", "v=16", 1),
		"no passes":  strings.Replace(good, "t=1", "t=0", 1),
		"huge":       strings.Replace(good, "m=8", "m=2000000", 1),
		"cut":        good[:len(good)-8],
		"no sum":     good[:strings.LastIndexByte(good, '$')+1],
		"decoy":      h.decoy,
	} {
		before := h.runs.Load()
		ok, weak, err := h.verify(bg, hash, "password")
		if ok || weak || err != nil {
			t.Errorf("%s: ok %v, weak %v, %v", name, ok, weak, err)
		}
		if n := h.runs.Load() - before; n != 1 {
			t.Errorf("%s: %d hashes computed, want 1", name, n)
		}
	}
}

func TestWeakHashesAreSeen(t *testing.T) {
	old, _ := newHasher(1, cheap).make(bg, "password")
	stronger := newHasher(1, params{memory: 16, passes: 1, lanes: 1})
	if ok, weak, _ := stronger.verify(bg, old, "password"); !ok || !weak {
		t.Errorf("ok %v, weak %v, want both", ok, weak)
	}
	if _, weak, _ := stronger.verify(bg, old, "wrong"); weak {
		t.Error("a wrong password asks for a new hash")
	}
}

func TestOnlySoManyHashesAtOnce(t *testing.T) {
	h := newHasher(1, cheap)
	h.seats <- struct{}{} // somebody is hashing
	ctx, cancel := context.WithCancel(bg)
	cancel()
	if _, err := h.make(ctx, "password"); err == nil || h.runs.Load() != 0 {
		t.Errorf("hashed without a seat: %v", err)
	}
	<-h.seats
	if _, err := h.make(bg, "password"); err != nil || len(h.seats) != 0 {
		t.Errorf("%v, seats still taken: %d", err, len(h.seats))
	}
}
