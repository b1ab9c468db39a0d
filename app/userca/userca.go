// Package userca judges SSH certificates that the school's own authority signed for people ("ssh-keygen -s ca -I anna -n
// anna -V +52w id_ed25519.pub"). Who holds one logs in by it, without a key of his being known here.
//
// Authorities and what they took back lie in two files of the server's, which are read again when they change.
package userca

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// ErrRefused wraps why a certificate does not open. It is for the log: who holds it hears nothing.
var ErrRefused = errors.New("userca: certificate refused")

// Authority is the school's certificate authorities.
type Authority struct {
	cas     file[[]ssh.PublicKey]
	revoked file[revocations]
}

// revocations is what was taken back: "serial 17", "id anna@laptop", a fingerprint "SHA256:…", or a public key.
type revocations struct {
	serials      map[uint64]bool
	ids, sha256s map[string]bool
}

// Open reads the files: cas holds a public key to a line, as TrustedUserCAKeys of sshd; revoked may be "" for none.
func Open(cas, revoked string) (*Authority, error) {
	a := &Authority{
		cas:     file[[]ssh.PublicKey]{path: cas, parse: parseCAs},
		revoked: file[revocations]{path: revoked, parse: parseRevoked},
	}
	list, err := a.cas.get()
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%s holds no public key", cas)
	}
	if err == nil {
		_, err = a.revoked.get()
	}
	return a, err
}

// Fingerprints lists the authorities.
func (a *Authority) Fingerprints() (list []string) {
	cas, _ := a.cas.get()
	for _, ca := range cas {
		list = append(list, ssh.FingerprintSHA256(ca))
	}
	return list
}

// Check says whether a certificate lets somebody in as login from an address, now. Files that cannot be read any more
// let nobody in.
func (a *Authority) Check(cert *ssh.Certificate, login, addr string, now time.Time) error {
	cas, err := a.cas.get()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	revoked, err := a.revoked.get()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if why := refusal(cert, cas, revoked, login, addr, now); why != "" {
		return fmt.Errorf("%w: %s", ErrRefused, why)
	}
	return nil
}

func refusal(cert *ssh.Certificate, cas []ssh.PublicKey, revoked revocations, login, addr string, now time.Time) string {
	switch {
	case cert.CertType != ssh.UserCert:
		return "it is a host's"
	case cert.SignatureKey == nil || !slices.ContainsFunc(cas, func(ca ssh.PublicKey) bool { return bytes.Equal(ca.Marshal(), cert.SignatureKey.Marshal()) }):
		return "another authority signed it"
	case cert.Signature == nil || cert.Signature.Format == ssh.KeyAlgoRSA:
		return "it is signed with SHA-1"
	case len(cert.ValidPrincipals) == 0:
		return "it names nobody" // sshd refuses these as well; x/crypto/ssh takes them for everybody
	case revoked.has(cert):
		return "it was taken back"
	}
	// force-command is among the options that are not supported: a certificate for one command must not open them all.
	checker := ssh.CertChecker{SupportedCriticalOptions: []string{"source-address"}, Clock: func() time.Time { return now }}
	if err := checker.CheckCert(login, cert); err != nil {
		return err.Error()
	}
	if from, limited := cert.CriticalOptions["source-address"]; limited && !within(addr, from) {
		return "it does not open from " + addr
	}
	return ""
}

// within says whether an address is one of a list, separated by commas, of addresses and networks.
func within(addr, list string) bool {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return false
	}
	ip = ip.Unmap()
	for _, text := range strings.Split(list, ",") {
		text = strings.TrimSpace(text)
		if one, err := netip.ParseAddr(text); err == nil && one.Unmap() == ip {
			return true
		}
		if net, err := netip.ParsePrefix(text); err == nil && net.Contains(ip) {
			return true
		}
	}
	return false
}

func (r revocations) has(cert *ssh.Certificate) bool {
	return cert.Serial != 0 && r.serials[cert.Serial] || r.ids[cert.KeyId] ||
		r.sha256s[ssh.FingerprintSHA256(cert.Key)] || r.sha256s[ssh.FingerprintSHA256(cert.SignatureKey)]
}

// lines calls f for each line that says something.
func lines(text []byte, f func(line string) error) error {
	for n, line := range strings.Split(string(text), "\n") { // not a bufio.Scanner: it stops at a long line
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := f(line); err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return nil
}

func parseCAs(text []byte) (list []ssh.PublicKey, err error) {
	err = lines(text, func(line string) error {
		key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return errors.New("no public key")
		}
		if _, isCert := key.(*ssh.Certificate); isCert || len(options) > 0 {
			return errors.New("want a plain public key of an authority, without options")
		}
		list = append(list, key)
		return nil
	})
	return list, err
}

func parseRevoked(text []byte) (revocations, error) {
	r := revocations{serials: map[uint64]bool{}, ids: map[string]bool{}, sha256s: map[string]bool{}}
	return r, lines(text, func(line string) error {
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case word == "serial":
			n, err := strconv.ParseUint(strings.TrimSpace(rest), 10, 64)
			if err != nil || n == 0 {
				return fmt.Errorf("%q is no serial number", rest)
			}
			r.serials[n] = true
		case word == "id" && strings.TrimSpace(rest) != "":
			r.ids[strings.TrimSpace(rest)] = true
		case strings.HasPrefix(word, "SHA256:"):
			sum := strings.TrimRight(word, "=")
			if b, err := base64.RawStdEncoding.DecodeString(sum[len("SHA256:"):]); err != nil || len(b) != sha256.Size {
				return fmt.Errorf("%q is no fingerprint of a key", word) // it would take nothing back
			}
			r.sha256s[sum] = true
		default:
			key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
			if err != nil {
				return errors.New(`want "serial NUMBER", "id KEY-ID", "SHA256:…" or a public key`)
			}
			if cert, ok := key.(*ssh.Certificate); ok {
				key = cert.Key
			}
			r.sha256s[ssh.FingerprintSHA256(key)] = true
		}
		return nil
	})
}

// file is a parsed file that is read again when it has changed.
type file[T any] struct {
	path  string
	parse func(text []byte) (T, error)

	mu    sync.Mutex
	at    time.Time
	size  int64
	value T
	have  bool
}

func (f *file[T]) get() (value T, err error) {
	if f.path == "" {
		return f.parse(nil)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.path)
	if err != nil {
		return value, err
	}
	if f.have && info.ModTime().Equal(f.at) && info.Size() == f.size {
		return f.value, nil
	}
	text, err := os.ReadFile(f.path)
	if err != nil {
		return value, err
	}
	if value, err = f.parse(text); err != nil {
		f.have = false
		return value, fmt.Errorf("%s: %w", f.path, err)
	}
	f.value, f.at, f.size, f.have = value, info.ModTime(), info.Size(), true
	return value, nil
}
