package sshsrv

import (
	"container/list"
	"crypto/sha256"
	"time"
)

// memoryKey is a hash, so that long names cost no more than short ones.
type memoryKey [16]byte

func textKey(s string) memoryKey {
	h := sha256.Sum256([]byte(s))
	return memoryKey(h[:16])
}

func pairKey(name, addr string) memoryKey { return textKey(addr + "\x00" + name) }

// memory holds at most size entries; the one untouched for longest goes first.
type memory struct {
	size  int
	order *list.List // of *entry, newest first
	byKey map[memoryKey]*list.Element
}

type entry struct {
	key        memoryKey
	n          int // failures
	last       time.Time
	pending    int    // attempts under way
	name, addr string // for lists of bans, once it has failed; "" : whoever, wherever

	sort    string // session.OfPair …, once it has failed
	untold  int    // failures that other processes have not been told
	cleared bool   // nor that those before count no more
}

func newMemory(size int) *memory {
	return &memory{size: size, order: list.New(), byKey: map[memoryKey]*list.Element{}}
}

func (m *memory) get(k memoryKey) *entry {
	if e, ok := m.byKey[k]; ok {
		return e.Value.(*entry)
	}
	return nil
}

// put gives the entry of k, new or not, and makes it the newest.
func (m *memory) put(k memoryKey) *entry {
	if e, ok := m.byKey[k]; ok {
		m.order.MoveToFront(e)
		return e.Value.(*entry)
	}
	if m.order.Len() >= m.size {
		oldest := m.order.Back()
		delete(m.byKey, oldest.Value.(*entry).key)
		m.order.Remove(oldest)
	}
	e := &entry{key: k}
	m.byKey[k] = m.order.PushFront(e)
	return e
}
