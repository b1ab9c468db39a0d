package org

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"cohort/app/i18n"
	"cohort/app/policy"
)

// testKeys are made anew for each run.
var testKeys = func() map[string]string {
	ed, _, _ := ed25519.GenerateKey(rand.Reader)
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	strong, _ := rsa.GenerateKey(rand.Reader, 2048)
	weak, _ := rsa.GenerateKey(rand.Reader, 1024)
	return map[string]string{
		"ed25519": lineOf(ed), "ecdsa": lineOf(&ec.PublicKey), "rsa": lineOf(&strong.PublicKey), "weak": lineOf(&weak.PublicKey),
	}
}()

func lineOf(pub any) string {
	k, err := ssh.NewPublicKey(pub)
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k)))
}

func newKeyLine() string {
	pub, _, _ := ed25519.GenerateKey(rand.Reader)
	return lineOf(pub)
}

// putty writes a line in the form that PuTTY saves.
func putty(line, comment string) string {
	body := strings.Fields(line)[1]
	var b strings.Builder
	b.WriteString("---- BEGIN SSH2 PUBLIC KEY ----\r\nComment: \"" + comment + "\"\r\n")
	for len(body) > 64 {
		b.WriteString(body[:64] + "\r\n")
		body = body[64:]
	}
	b.WriteString(body + "\r\n---- END SSH2 PUBLIC KEY ----\r\n")
	return b.String()
}

// dsaLine is a DSA key in form; its numbers are none.
func dsaLine() string {
	p, q := append([]byte{0, 0x80}, make([]byte, 127)...), append([]byte{0, 0x80}, make([]byte, 19)...)
	wire := ssh.Marshal(struct {
		Kind       string
		P, Q, G, Y []byte
	}{"ssh-dss", p, q, []byte{5}, []byte{5}})
	return "ssh-dss " + base64.StdEncoding.EncodeToString(wire)
}

// certLine is a certificate, which would speak for a key that we do not know.
func certLine() string {
	_, private, _ := ed25519.GenerateKey(rand.Reader)
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		panic(err)
	}
	cert := &ssh.Certificate{Key: signer.PublicKey(), CertType: ssh.UserCert}
	if err := cert.SignCert(rand.Reader, signer); err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(cert)))
}

func TestParseKey(t *testing.T) {
	ed := testKeys["ed25519"]
	for name, c := range map[string]struct{ text, key, comment string }{
		"plain":        {ed, "", ""},
		"comment":      {"  " + ed + " li@home office \n", "", "li@home office"},
		"dirty":        {ed + " li\u202e\u200d\x07@home", "", "li@home"},
		"mark":         {"\ufeff" + ed, "", ""},
		"ecdsa":        {testKeys["ecdsa"], "", ""},
		"rsa":          {testKeys["rsa"], "", ""},
		"putty":        {putty(ed, "rsa-key-2026"), "", "rsa-key-2026"},
		"empty":        {" \n", "fault.required", ""},
		"words":        {"my key", "key.form", ""},
		"half":         {ed[:40], "key.form", ""},
		"weak":         {testKeys["weak"], "key.weak", ""},
		"dsa":          {dsaLine(), "key.kind", ""},
		"certificate":  {certLine(), "key.kind", ""},
		"options":      {`command="rm -rf /" ` + ed, "key.options", ""},
		"two":          {ed + "\n" + ed, "key.one_line", ""},
		"openssh half": {"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "key.private", ""},
		"pem half":     {"-----BEGIN RSA PRIVATE KEY-----", "key.private", ""},
		"putty half":   {"PuTTY-User-Key-File-3: ssh-ed25519", "key.private", ""},
		"broken putty": {"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", "key.form", ""},
		"long":         {ed + " " + strings.Repeat("x", maxKeyLine), "key.form", ""},
	} {
		k, err := ParseKey(c.text)
		wantKey(t, err, c.key)
		if err == nil && (k.Comment != c.comment || !strings.HasPrefix(k.Fingerprint, "SHA256:")) {
			t.Errorf("%s: %+v, want comment %q", name, k, c.comment)
		}
	}
}

func TestPrivateKeyIsNotRepeated(t *testing.T) {
	_, err := ParseKey("-----BEGIN OPENSSH PRIVATE KEY-----\nsecretsecret\n")
	if strings.Contains(err.Error(), "secret") || strings.Contains(i18n.Printer{Lang: i18n.English}.Error(err), "secret") {
		t.Errorf("the refusal repeats the key: %v", err)
	}
}

func FuzzParseKey(f *testing.F) {
	for _, line := range testKeys {
		f.Add(line)
		f.Add(putty(line, "c"))
		f.Add("no-pty,command=\"x\" " + line + " comment")
	}
	f.Add("-----BEGIN RSA PRIVATE KEY-----")
	f.Add("---- BEGIN SSH2 PUBLIC KEY\nComment: a\\\nb\n")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := ParseKey(text)
		if err != nil {
			return
		}
		again, err := ParseKey(k.Public + " " + k.Comment)
		if err != nil || again != k {
			t.Fatalf("%q gives %+v, which gives %+v, %v", text, k, again, err)
		}
		if strings.ContainsAny(k.Public+k.Comment, "\x00\x1b\n\r\u202e") || private(k.Public) {
			t.Fatalf("%q gives %+v", text, k)
		}
	})
}

func TestOwnKeys(t *testing.T) {
	s := newSchool(t, Options{})
	by := s.actor(s.add("li", "student").ID) // a student has no right on accounts, and needs none
	first, err := s.AddKey(bg, by, testKeys["ed25519"]+" home")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.AddKey(bg, by, testKeys["ed25519"]+" again")
	wantKey(t, err, "key.twice")
	for range 2 {
		if _, err := s.AddKey(bg, by, newKeyLine()+" work"); err != nil {
			t.Fatal(err)
		}
	}
	wire, _, _, _, _ := ssh.ParseAuthorizedKey([]byte(testKeys["ecdsa"]))
	if _, err := s.AddOfferedKey(bg, by, wire.Marshal(), "offered"); err != nil {
		t.Error(err)
	}
	list, err := s.Keys(bg, by, 0)
	if err != nil || len(list) != 4 || list[0].Fingerprint != first.Fingerprint || list[0].Comment != "home" {
		t.Fatalf("keys %+v, %v", list, err)
	}
	wantKey(t, s.RemoveKey(bg, by, "work"), "key.several")
	wantKey(t, s.RemoveKey(bg, by, "elsewhere"), "fault.not_found")
	wantKey(t, s.RemoveKey(bg, by, "home"), "")
	wantKey(t, s.RemoveKey(bg, by, list[1].Fingerprint), "")
	wantKey(t, s.RemoveKey(bg, by, number(list[2].ID)), "")
	if list, _ = s.Keys(bg, by, by.Account); len(list) != 1 {
		t.Errorf("%d keys left, want 1", len(list))
	}
}

func TestAtMostTwentyKeys(t *testing.T) {
	s := newSchool(t, Options{})
	for range maxKeys {
		if _, err := s.AddKey(bg, s.boss, newKeyLine()); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.AddKey(bg, s.boss, newKeyLine())
	wantKey(t, err, "key.too_many")
}

func TestWhoMayNotTouchKeys(t *testing.T) {
	s := newSchool(t, Options{})
	li, han := s.add("li", "sales"), s.add("han", "sales_manager")
	k, err := s.AddKey(bg, s.actor(li.ID), testKeys["ed25519"]+" mine")
	if err != nil {
		t.Fatal(err)
	}
	bossKey, err := s.AddKey(bg, s.boss, newKeyLine())
	if err != nil {
		t.Fatal(err)
	}
	fresh, _, err := s.AddAccount(bg, s.boss, NewAccount{Login: "fresh", Name: "Fresh"})
	if err != nil {
		t.Fatal(err)
	}
	clerk := s.clerk("clerk")
	for name, c := range map[string]struct {
		by   policy.Actor
		key  string
		want string
	}{
		"a colleague by id":          {s.actor(han.ID), number(k.ID), "fault.not_found"},
		"a colleague by fingerprint": {s.actor(han.ID), k.Fingerprint, "fault.not_found"},
		"an applicant":               {policy.Applicant(1, policy.Screen, ""), number(k.ID), "fault.forbidden"},
		"before the new password":    {s.actor(fresh.ID), number(k.ID), "org.must_change"},
		"a clerk at an admin's":      {clerk, number(bossKey.ID), "fault.forbidden"},
		"by comment of another":      {s.boss, "mine", "fault.not_found"},
		"a clerk":                    {clerk, number(k.ID), ""},
	} {
		t.Run(name, func(t *testing.T) { wantKey(t, s.RemoveKey(bg, c.by, c.key), c.want) })
	}
	_, err = s.Keys(bg, s.actor(han.ID), li.ID)
	wantKey(t, err, "fault.not_found")
	_, err = s.AddKey(bg, policy.Applicant(1, policy.Screen, ""), newKeyLine())
	wantKey(t, err, "fault.forbidden")
	_, err = s.AddKey(bg, s.actor(fresh.ID), newKeyLine())
	wantKey(t, err, "org.must_change")
}
