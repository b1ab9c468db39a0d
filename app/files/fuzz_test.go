package files

import (
	"bytes"
	"context"
	"io"
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"cohort/app/fault"
	"cohort/app/i18n"
)

// FuzzCleanPath checks what every FS relies on.
func FuzzCleanPath(f *testing.F) {
	for _, p := range []string{"", ".", "~", "/", "a/b", "../x", "a/../../b", "~/x", "e\u0301", "\xc9\xed", "a\x00b", "//a//", "\u200b", ".\u200b./x", "\x81\x30\x81\x30"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		got, fail := cleanPath(p)
		if fail != nil {
			return
		}
		if !path.IsAbs(got) || path.Clean(got) != got {
			t.Errorf("%q became %q: not clean", p, got)
		}
		if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q became %q: not fit for a name", p, got)
		}
		for _, part := range strings.Split(got, "/") {
			if len(part) > maxName || part == ".." {
				t.Errorf("%q became %q: %q", p, got, part)
			}
		}
		if again, fail := cleanPath(got); fail != nil || again != got {
			t.Errorf("%q became %q, and that %q", p, got, again)
		}
	})
}

// FuzzHeader checks the parser of the old scp protocol.
func FuzzHeader(f *testing.F) {
	for _, l := range []string{"C0644 12 name", "D0755 0 dir", "E", "T1 0 2 0", "", "C", "C0644 -1 x", "C0644 99999999999999999999 x", "C0644 1 ", "\x01sorry"} {
		f.Add(l)
	}
	f.Fuzz(func(t *testing.T, line string) {
		h, err := parseHeader(line)
		if err != nil {
			return
		}
		if h.size < 0 || h.size > maxSize {
			t.Errorf("%q: size %d", line, h.size)
		}
		if (h.kind == 'C' || h.kind == 'D') && !strings.HasSuffix(line, " "+h.name) {
			t.Errorf("%q: name %q", line, h.name)
		}
		if name, fail := cleanName(h.name); fail == nil && (strings.Contains(name, "/") || name == ".." || name == ".") {
			t.Errorf("%q: clean name %q", line, name)
		}
	})
}

// FuzzSCP feeds a whole session to both sides of the old protocol: it must end,
// leave no upload open and keep nothing outside the target.
func FuzzSCP(f *testing.F) {
	f.Add("-t", "C0644 1 x\nx\x00")
	f.Add("-rt", "D0755 0 d\nC0644 1 x\nx\x00E\n")
	f.Add("-f", "\x00\x00\x00")
	f.Add("-rf", "\x00\x00\x00\x00\x00\x00")
	f.Fuzz(func(t *testing.T, flag, input string) {
		if len(input) > 1<<16 {
			return
		}
		fs := &probe{t: t}
		channel := struct {
			io.Reader
			io.Writer
		}{strings.NewReader(input), io.Discard}
		v := Voice{Stderr: io.Discard, Printer: i18n.Printer{Lang: i18n.English}, Fault: func(err error, _ string) *fault.Fault {
			if f, ok := fault.As(err); ok {
				return f
			}
			t.Errorf("not a fault: %v", err)
			return fault.New(fault.Internal, "")
		}}
		ServeSCP(context.Background(), fs, []string{"scp", flag, "in"}, channel, v)
		if fs.open != 0 {
			t.Errorf("%d uploads hang", fs.open)
		}
	})
}

// probe is a tree with one file and the folder "/in".
type probe struct {
	t    *testing.T
	open int
}

func (p *probe) Stat(_ context.Context, at string) (Info, error) {
	switch at {
	case "/", "/in":
		return Info{Name: path.Base(at), Dir: true}, nil
	case "/in/f":
		return Info{Name: "f", Size: 3}, nil
	}
	return Info{}, fault.New(fault.NotFound, "files.not_found")
}

func (p *probe) List(context.Context, string) ([]Info, error) {
	return []Info{{Name: "f", Size: 3}}, nil
}
func (p *probe) Open(context.Context, string) (File, error) {
	return probeFile{bytes.NewReader([]byte("abc"))}, nil
}
func (p *probe) Remove(context.Context, string) error         { return nil }
func (p *probe) Mkdir(context.Context, string) error          { return nil }
func (p *probe) Rename(context.Context, string, string) error { return nil }

func (p *probe) Create(_ context.Context, at string) (Upload, error) {
	if !strings.HasPrefix(at, "/in/") || path.Clean(at) != at {
		p.t.Errorf("asked to create %q", at)
	}
	p.open++
	return probeUpload{p}, nil
}

type probeFile struct{ *bytes.Reader }

func (probeFile) Close() error { return nil }
func (probeFile) Info() Info   { return Info{Name: "f", Size: 3} }

type probeUpload struct{ p *probe }

func (probeUpload) WriteAt(b []byte, _ int64) (int, error) { return len(b), nil }
func (u probeUpload) Commit() error                        { u.p.open--; return nil }
func (u probeUpload) Abort()                               { u.p.open-- }

func (p *probe) Finish(context.Context, bool) ([]string, bool, error) { return nil, true, nil }
