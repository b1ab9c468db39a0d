package mail

import (
	"context"
	"errors"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"cohort/db"
)

// How long the queue as a whole rests when no mail can be sent at all. No mail's tries are counted meanwhile: it is not
// the mail's fault.
const (
	unreachableWait = time.Minute // after the first time that the server cannot be reached, doubling
	unreachableMost = 15 * time.Minute
	refusedWait     = time.Hour // when the server refuses our log-in or settings: only a person can help
	tellAfter       = 4         // times unreachable in a row, a quarter of an hour, before the administrators are told
)

// pause is why the whole queue waits. The zero value is: it does not.
type pause struct {
	why     string
	until   time.Time
	refused bool // by the server's answer, or by settings that cannot work
	times   int  // in a row
	told    bool // the administrators know; once until mail flows again
}

func (s *Service) paused() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.db.Now().Before(s.pause.until)
}

// resume lets the worker try at once. Who has been told is kept.
func (s *Service) resume() {
	s.mu.Lock()
	s.pause.until = time.Time{}
	s.mu.Unlock()
	s.Wake()
}

// answered ends every pause: the server talks to us about mails.
func (s *Service) answered() {
	s.mu.Lock()
	s.pause = pause{}
	s.mu.Unlock()
}

// stop pauses the queue because of err, and says so: in the log each time, to the administrators once.
func (s *Service) stop(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return // the program ends; that is no outage
	}
	why, refused := s.words(err), refuses(err)
	s.mu.Lock()
	p := &s.pause
	p.why, p.refused = why, refused
	p.times++
	rest := min(unreachableWait<<min(p.times-1, 10), unreachableMost)
	if refused {
		rest = refusedWait
	}
	p.until = s.db.Now().Add(rest)
	tell := !p.told && (refused || p.times >= tellAfter)
	p.told = p.told || tell
	s.mu.Unlock()

	s.log.Error("mail: the queue waits", "server", s.cfg.Server(), "refused", refused, "for", rest, "err", why)
	if tell {
		s.write(ctx, "tell the administrators", func(tx *db.Tx) error {
			return s.tellAdmins(tx, "mail_paused", "mails", "error", why)
		})
	}
}

// refuses tells a server that does not want us as we are set up from one that cannot be reached now: a wrong password, no
// TLS, a certificate that does not hold.
func refuses(err error) bool {
	var f failure
	if errors.As(err, &f) {
		return f.ours
	}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return answer.Code/100 == 5 && strings.HasPrefix(err.Error(), "SMTP AUTH")
	}
	var network net.Error
	return !errors.As(err, &network) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF)
}

// words is an error as it may be stored and shown: one line, without the password.
func (s *Service) words(err error) string {
	text := unquote(err.Error())
	if s.cfg.password != "" {
		text = strings.ReplaceAll(text, s.cfg.password, "***")
	}
	return cleanLine(text, 400)
}

func link(id int64) string { return "mails/" + strconv.FormatInt(id, 10) }
