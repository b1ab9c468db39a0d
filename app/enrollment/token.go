package enrollment

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"cohort/app/fault"
)

// tokenLength is 26 characters of five bits each: 130 bits.
const tokenLength = 26

// Prefix stands before a token where a log-in name is asked for.
const Prefix = "enroll-"

var lower32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// token derives the link's token. It can be shown again by who holds the
// secret, while the database holds only its hash; another serial is another
// token.
func (s *Service) token(id, serial int64) string {
	mac := hmac.New(sha256.New, s.Secret)
	fmt.Fprintf(mac, "cohort enrollment link %d %d", id, serial)
	return lower32.EncodeToString(mac.Sum(nil))[:tokenLength]
}

// hashToken is what is stored and looked up. Finding a row by the hash of what
// was sent leaks nothing by time: who does not know the token cannot choose its
// hash.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// tidyToken takes a token as people paste it; ok is false when it can be none.
func tidyToken(s string) (token string, ok bool) {
	token = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), Prefix)
	if len(token) != tokenLength {
		return "", false
	}
	for _, c := range []byte(token) {
		if (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return "", false
		}
	}
	return token, true
}

// linkUnknown is the one word for links that never were and for revoked ones.
func linkUnknown() error { return fault.New(fault.NotFound, "enrollment.link_unknown") }

// Link is the way in for one applicant: an SSH address instead of a password.
type Link struct {
	Token   string
	Host    string
	Port    int
	Expires time.Time
}

// At is the same link at another host and port, as the person reached us.
func (l Link) At(host string, port int) Link {
	l.Host, l.Port = host, port
	return l
}

// SSH is the line that opens the form.
func (l Link) SSH() string { return "ssh " + l.option("-p") + Prefix + l.Token + "@" + l.Host }

// Upload is the line that sends documents.
func (l Link) Upload() string {
	return "scp " + l.option("-P") + "FILE… " + Prefix + l.Token + "@" + l.Host + ":"
}

func (l Link) option(name string) string {
	if l.Port == 22 || l.Port == 0 {
		return ""
	}
	return fmt.Sprintf("%s %d ", name, l.Port)
}

// link makes the link of an enrollment as it stands.
func (s *Service) link(e Enrollment) Link {
	host, port := s.Host()
	return Link{Token: s.token(e.ID, e.Serial), Host: host, Port: port, Expires: e.LinkExpires}
}
