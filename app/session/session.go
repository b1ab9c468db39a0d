// Package session is what the three faces know of one SSH session: who it is,
// in which language to speak, and how to end it. The SSH server makes it, after
// the handshake has proved who came in.
package session

import (
	"context"
	"sync/atomic"

	"cohort/app/i18n"
	"cohort/app/policy"
)

// Session is one session of one connection; several may share a connection.
type Session struct {
	ID      string // for logs and the list of open sessions
	Addr    string // remote address without port
	Term    string
	Env     []string // NAME=value as the client sent them
	PTY     bool
	Host    string // host as the person reached it, for the links that are shown; without port
	Port    int
	Offered []byte // the public key, in wire form, that the client offered last before it logged in by password; a mere offer, not proved to be his; nil if none
	Start   string // where the screens begin, such as "customers/42" (ssh -t HOST open customers/42); "" is home

	Activation string      // the token of the activation address it came by, "" for all others
	Activated  atomic.Bool // the address was used by this very session, which is the account's from then on

	Via policy.Face // how the person came in; the actor's Via

	// Actor gives the actor with his rights as they are now; ok is false once
	// the account is disabled or the link revoked: the session must end. Where
	// nobody can know, because the database is away, the actor says so (Unsure).
	Actor func(ctx context.Context) (policy.Actor, bool)
	// Lang gives the language as it is now: the account's, else the client's,
	// else the server's.
	Lang func(ctx context.Context) i18n.Lang
}

// Getenv finds a variable the client sent.
func (s *Session) Getenv(name string) string {
	for _, kv := range s.Env {
		if len(kv) > len(name) && kv[len(name)] == '=' && kv[:len(name)] == name {
			return kv[len(name)+1:]
		}
	}
	return ""
}
