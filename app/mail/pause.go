package mail

import (
	"errors"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"

	"cohort/db"
)

// tellAdmins sends a notice to every active account with the role admin.
func (s *Service) tellAdmins(tx *db.Tx, kind, link string, args ...any) error {
	ids, err := admins(tx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.tell(tx, id, kind, link, args...); err != nil {
			return err
		}
	}
	return nil
}

// refuses tells a server that does not want us as we are set up from one that cannot be reached now: a wrong password, no
// TLS, a certificate that does not hold.
func refuses(err error) bool {
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
