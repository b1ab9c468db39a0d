package sshsrv

import (
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app/fault"
)

// isLink says whether a user name opens something by itself.
func isLink(user string) bool {
	return strings.HasPrefix(user, LinkPrefix) || strings.HasPrefix(user, ActivatePrefix)
}

func prefixOf(user string) string {
	if strings.HasPrefix(user, ActivatePrefix) {
		return ActivatePrefix
	}
	return LinkPrefix
}

// none lets enrollment links in, which need no password. An activation address
// needs none either, but waits for what the client does next: a key that it
// offers and proves may be kept for the account.
func (l *login) none(conn gossh.ConnMetadata) (*gossh.Permissions, error) {
	if !strings.HasPrefix(conn.User(), LinkPrefix) {
		return nil, gossh.ErrNoAuth
	}
	return l.byLink(conn.User())
}

// byLink opens an enrollment link. One that does not open lets the client in
// all the same, to read in his language why not: clients would otherwise ask
// for a password that does not exist.
func (l *login) byLink(user string) (*gossh.Permissions, error) {
	id := &identity{user: user}
	wait, ok := l.throttle.Begin(l.ctx, user, l.link.block)
	if !ok {
		return nil, l.ctx.Err()
	}
	var err error
	if wait > 0 {
		err = tooMany(wait)
	} else {
		id.Pass, err = l.askLink(user)
		l.throttle.End(user, l.link.block, l.outcomeOfLink(err))
	}
	if err != nil {
		l.refused("login")
		id.Pass, id.refused = Pass{Login: strings.TrimSuffix(prefixOf(user), "-")}, l.faultOf(err, "link")
	}
	id.Method = "link"
	if l.offeredBy == user {
		id.offered = l.offered
	}
	return id.permissions(), nil
}

func (l *login) askLink(user string) (Pass, error) {
	if len(user) > maxUser {
		return Pass{}, fault.New(fault.NotFound, "ssh.no_link")
	}
	return l.Door.Link(l.ctx, user, l.link.addr)
}

// outcomeOfLink counts only tokens that do not exist, and those gently: they
// cannot be guessed, but an old link is soon tried with every client one has.
func (l *login) outcomeOfLink(err error) outcome {
	switch o := l.outcome("link", err, fault.TooMany); {
	case o == failed && fault.Of(err) == fault.NotFound:
		return guessed
	case o == failed:
		return unknown
	default:
		return o
	}
}
