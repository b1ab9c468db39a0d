package files_test

import (
	"strings"
	"testing"

	"cohort/app/i18n"
	"cohort/sshsrv/sshtest"
)

// What clients do not send, but others might.
func TestSCPByHand(t *testing.T) {
	words := i18n.Printer{Lang: i18n.English}
	for _, c := range []struct {
		cmd, send, docs string
		answer          string // "" is a zero byte of success for each message
	}{
		{"scp -t docs", "C0644 1 a\nA\x00", "a=A", "\x00\x00\x00"},
		{"scp -t -- docs", "T1 0 1 0\nC0644 1 a\nA\x00", "a=A", "\x00\x00\x00\x00"},
		{"scp -qpt docs/new", "C0644 1 a\nA\x00", "new=A", "\x00\x00\x00"},
		{"scp -t 'docs/*'", "C0644 1 a\nA\x00", "*=A", "\x00\x00\x00"},
		{"scp -t docs", "C0644 1 ../up\nA\x00", "", "\x00\x01up: " + words.T("files.bad_name") + "\n"},
		{"scp -t docs", "C0644 1 ..\nA\x00", "", "\x00\x01..: " + words.T("files.bad_name") + "\n"},
		{"scp -t docs", "C0644 9999999 big\n", "", "\x00\x01big: " + words.Fault(tooLarge) + "\n"},
		{"scp -t docs", "C0644 1 a\nA\x01could not read\n", "", "\x00\x00\x00"},
		{"scp -t docs", "nonsense\n", "", "\x00\x01" + words.T("files.broken") + "\n"},
		{"scp -t docs", "D0755 0 d\n", "", "\x00\x01d: " + words.T("files.broken") + "\n"},
		{"scp -t docs", "E\n", "", "\x00\x00"},
		{"scp -rt docs", "D0755 0 d\nC0644 1 a\nA\x00E\nC0644 1 b\nB\x00", "a=A b=B", "\x00\x00\x00\x00\x00\x00\x00"},
		{"scp -rt docs", strings.Repeat("D0755 0 d\n", 100), "", ""},
		{"scp -dt read/a.txt", "", "", "\x01a.txt: " + words.T("files.not_folder") + "\n"},
	} {
		s, fs := serve(t)
		got := scpRaw(t, s.Dial("amy", pw), c.cmd, c.send)
		if c.answer != "" && got != c.answer {
			t.Errorf("%s %q: answered %q, want %q", c.cmd, c.send, got, c.answer)
		}
		fs.rest(t)
		if docs, _ := fs.docs(); docs != c.docs {
			t.Errorf("%s %q: stored %q, want %q", c.cmd, c.send, docs, c.docs)
		}
	}
}

func TestSCPCommandsThatMakeNoSense(t *testing.T) {
	s, _ := serve(t)
	for _, cmd := range []string{"scp", "scp -tf x", "scp -t a b", "scp -S /bin/sh -t x", "scp a b", "scp -3t x"} {
		r := sshtest.Run(t, s.SSH("amy", pw, nil, cmd))
		if r.Code != 2 || !strings.Contains(r.Err, "scp FILE USER@HOST:") {
			t.Errorf("%s: %v", cmd, r)
		}
	}
}

func TestSCPWildcards(t *testing.T) {
	s, _ := serve(t)
	for cmd, want := range map[string]string{
		"scp -f 'read/*.txt'":     "a.txt b.txt 王小明.txt",
		"scp -f read/[ab].txt":    "a.txt b.txt",
		"scp -f '*/a.txt'":        "a.txt",
		"scp -f read/?.txt x.txt": "a.txt b.txt x.txt:",
		"scp -f 'read/*'":         "a.txt b.txt sub: 王小明.txt",
		"scp -f 'none*'":          "none*:",
	} {
		got := scpRaw(t, s.Dial("amy", pw), cmd, strings.Repeat("\x00", 20))
		var names []string
		for _, line := range strings.Split(got, "\n") {
			if i := strings.IndexByte(line, 'C'); i >= 0 && strings.HasPrefix(line[i:], "C0644 ") {
				names = append(names, strings.SplitN(line[i:], " ", 3)[2])
			} else if i := strings.IndexByte(line, 1); i >= 0 {
				names = append(names, strings.SplitN(line[i+1:], " ", 2)[0])
			}
		}
		if strings.Join(names, " ") != want {
			t.Errorf("%s: %q, want %q", cmd, names, want)
		}
	}
}
