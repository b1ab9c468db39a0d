package mail

import (
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseConfig(t *testing.T) {
	from := mail.Address{Name: "Cohort", Address: "no-reply@school.example"}
	bare := mail.Address{Address: "me@school.example"}
	for value, want := range map[string]Config{
		"":  {},
		" ": {},
		"smtp://user:pass@mx.example:587?tls=starttls&from=Cohort%20<no-reply@school.example>": {
			Host: "mx.example", Port: 587, Security: StartTLS, User: "user", password: "pass", From: from},
		"smtp://mx.example?from=Cohort+%3Cno-reply@school.example%3E": {Host: "mx.example", Port: 587, Security: StartTLS, From: from},
		"smtps://me%40school.example:p%23s%2Fs%25@mx.example": {
			Host: "mx.example", Port: 465, Security: TLS, User: "me@school.example", password: "p#s/s%", From: bare},
		"smtp://mx.example/?tls=tls&from=me@school.example":    {Host: "mx.example", Port: 465, Security: TLS, From: bare},
		"smtp://10.0.0.1:2525?tls=none&from=me@school.example": {Host: "10.0.0.1", Port: 2525, Security: Plain, From: bare},
		"smtp://[::1]?tls=none&from=me@school.example":         {Host: "::1", Port: 25, Security: Plain, From: bare},
		"smtp://u:p@localhost?tls=none&from=me@school.example": {
			Host: "localhost", Port: 25, Security: Plain, User: "u", password: "p", From: bare},
	} {
		got, err := ParseConfig(value)
		if err != nil || fmt.Sprintf("%#v", view(got)) != fmt.Sprintf("%#v", view(want)) {
			t.Errorf("%q: %#v, %v; want %#v", value, view(got), err, view(want))
		}
		if got.Set() != (strings.TrimSpace(value) != "") {
			t.Errorf("%q: set %v", value, got.Set())
		}
	}
}

// view is a Config without its methods, to be printed whole.
func view(c Config) any {
	type plain Config
	return plain(c)
}

// Wrong values are named by what is wrong with them, and no part of a password is repeated.
func TestWrongConfigs(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const tail = "@mx.example?from=a@b.example"
	for value, says := range map[string]string{
		"mx.example:587":                                "must begin with smtp://",
		"mx.example":                                    "must begin with smtp://",
		"http://mx.example?from=a@b.example":            "must begin with smtp://",
		"smtp://u:sec ret" + tail:                       "not a URL",
		"smtp://u:sec%ret" + tail:                       "not a URL",
		"smtp://u:sec#ret" + tail:                       "not a URL",
		"smtp://u:12#secret" + tail:                     "has a #",
		"smtp://u:12/secret" + tail:                     "after the host",
		"smtp://u:12?secret" + tail:                     "parameters",
		"smtp://u:12?tls=secret" + tail:                 "the port|from|tls must be|cannot be read",
		"smtp://?from=a@b.example":                      "no host",
		"smtp://:secret" + tail:                         "no user",
		"smtp://user" + tail:                            "no password",
		"smtp://u:secret@mx.example:0?from=a@b.example": "port must be",
		"smtp://u:secret@mx.example:70000?from=a@b.ex":  "port must be",
		"smtp://u:secret@mx.example:x?from=a@b.example": "not a URL",
		"smtp://u:secret" + tail + "&tls=ssl":           "tls must be",
		"smtps://u:secret" + tail + "&tls=none":         "smtps:// is tls=tls",
		"smtp://u:secret" + tail + "&tls=none":          "in clear",
		"smtp://u:secret" + tail + "&tls=tls&tls=tls":   "each once",
		"smtp://u:secret" + tail + "&form=x":            "tls, from and ca",
		"smtp://u:secret@mx.example":                    "from must be",
		"smtp://u:secret@mx.example?from=%0a":           "from must be",
		"smtp://u:secret@mx.example?from=a@b,c@d":       "from must be",
		"smtp://u:secret@mx.example?from=%zz":           "cannot be read",
		"smtp://u:secret" + tail + "&ca=/nonexistent":   "cannot be read",
		"smtp://u:secret" + tail + "&ca=" + empty:       "no certificate",
	} {
		c, err := ParseConfig(value)
		if err == nil {
			t.Errorf("%q is taken as %#v", value, view(c))
			continue
		}
		matched := false
		for _, s := range strings.Split(says, "|") {
			matched = matched || strings.Contains(err.Error(), s)
		}
		if !matched || !strings.HasPrefix(err.Error(), "COHORT_SMTP: ") {
			t.Errorf("%q: %v, want %q", value, err, says)
		}
		for _, part := range []string{"sec", "ret", "12"} {
			if strings.Contains(strings.TrimPrefix(err.Error(), "COHORT_SMTP"), part) {
				t.Errorf("%q: tells %q: %v", value, part, err)
			}
		}
	}
}

func TestAConfigPrintsNoPassword(t *testing.T) {
	c, err := ParseConfig("smtp://user:secret@mx.example?from=a@b.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, v := range []any{c, &c, struct{ C Config }{c}} {
			if s := fmt.Sprintf(verb, v); strings.Contains(s, "secret") || strings.Contains(s, "user") {
				t.Errorf("%s: %s", verb, s)
			}
		}
	}
	if c.Server() != "mx.example:587" {
		t.Error(c.Server())
	}
}
