package files

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"path"
	"strings"
	"sync"
	"testing"
	"time"
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

// FuzzSFTP feeds whatever a client may send to the SFTP subsystem. Raw bytes are sent as they are; else each packet of
// the input is a byte with its length and what it holds, so that most get past the framing. The session must end,
// answer in packets, leave nothing open and ask the tree for clean paths only.
func FuzzSFTP(f *testing.F) {
	text := func(s string) string { return "\x00\x00" + string([]byte{byte(len(s) >> 8), byte(len(s))}) + s }
	packets := func(list ...string) []byte {
		var b []byte
		for _, p := range list {
			b = append(append(b, byte(len(p))), p...)
		}
		return b
	}
	const start, id, none = "\x01\x00\x00\x00\x03", "\x00\x00\x00\x07", "\x00\x00\x00\x00"
	f.Add(packets(start, "\x10"+id+text("."), "\x0b"+id+text("/in"), "\x0c"+id+text("1"), "\x04"+id+text("1")), false)
	f.Add(packets(start, "\x03"+id+text("/in/x")+"\x00\x00\x00\x1a"+none, "\x06"+id+text("1")+none+none+text("hello"), "\x04"+id+text("1")), false)
	f.Add(packets(start, "\x03"+id+text("/in/f")+"\x00\x00\x00\x01"+none, "\x05"+id+text("1")+none+none+"\xff\xff\xff\xff"), false)
	f.Add([]byte("\xff\xff\xff\xff\x01"), true)
	f.Fuzz(func(t *testing.T, input []byte, raw bool) {
		if len(input) > 1<<14 {
			return
		}
		if !raw {
			var framed []byte
			for len(input) > 0 {
				n := min(int(input[0]), len(input)-1)
				framed = append(append(framed, 0, 0, 0, byte(n)), input[1:1+n]...)
				input = input[1+n:]
			}
			input = framed
		}
		tree := &guarded{probe: &probe{t: t}}
		c := &client{Reader: bytes.NewReader(input)}
		v := Voice{Stderr: io.Discard, Printer: i18n.Printer{Lang: i18n.English}, Fault: func(err error, _ string) *fault.Fault {
			if f, ok := fault.As(err); ok {
				return f
			}
			t.Errorf("not a fault: %v", err)
			return fault.New(fault.Internal, "")
		}}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			ServeSFTP(context.Background(), tree, c, v)
		}()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Fatalf("%q: the session does not end", input)
		}
		if tree.open != 0 || tree.reading != 0 {
			t.Errorf("%d uploads and %d files hang", tree.open, tree.reading)
		}
		c.mu.Lock()
		said := bytes.Clone(c.said.Bytes())
		c.mu.Unlock()
		for len(said) > 4 {
			n := int(binary.BigEndian.Uint32(said))
			if kind := said[4]; n < 1 || n > 1<<18 || kind != 2 && (kind < 101 || kind > 105) && kind != 201 {
				t.Fatalf("%q: no answer is %q", input, said)
			}
			if n > len(said)-4 {
				break // the library is still sending its last answer when it has done
			}
			said = said[4+n:]
		}
	})
}

// client is the other end of the channel: it has sent all that it will.
type client struct {
	io.Reader
	mu   sync.Mutex
	said bytes.Buffer
}

func (c *client) Close() error { return nil }

func (c *client) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said.Write(b)
}

// guarded is the probe for several goroutines at once, as SFTP uses a tree. It wants paths and offsets that a tree may rely on.
type guarded struct {
	*probe
	mu      sync.Mutex
	reading int
}

func (g *guarded) clean(paths ...string) {
	for _, p := range paths {
		if again, fail := cleanPath(p); fail != nil || again != p {
			g.t.Errorf("the tree is asked for %q", p)
		}
	}
}

func (g *guarded) Stat(ctx context.Context, at string) (Info, error) {
	g.clean(at)
	return g.probe.Stat(ctx, at)
}

func (g *guarded) List(ctx context.Context, at string) ([]Info, error) {
	g.clean(at)
	return g.probe.List(ctx, at)
}

func (g *guarded) Open(ctx context.Context, at string) (File, error) {
	g.clean(at)
	if at != "/in/f" {
		return nil, fault.New(fault.NotFound, "files.not_found")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reading++
	file, err := g.probe.Open(ctx, at)
	return guardedFile{file, g}, err
}

func (g *guarded) Create(ctx context.Context, at string) (Upload, error) {
	g.clean(at)
	if path.Dir(at) != "/in" {
		return nil, fault.New(fault.Forbidden, "files.not_folder")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	up, err := g.probe.Create(ctx, at)
	return guardedUpload{up, g}, err
}

func (g *guarded) Remove(_ context.Context, at string) error     { g.clean(at); return nil }
func (g *guarded) Mkdir(_ context.Context, at string) error      { g.clean(at); return nil }
func (g *guarded) Rename(_ context.Context, at, to string) error { g.clean(at, to); return nil }

type guardedFile struct {
	File
	g *guarded
}

func (f guardedFile) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 || len(b) > 1<<20 {
		f.g.t.Errorf("%d bytes are read at %d", len(b), off)
	}
	return f.File.ReadAt(b, off)
}

func (f guardedFile) Close() error {
	f.g.mu.Lock()
	defer f.g.mu.Unlock()
	f.g.reading--
	return f.File.Close()
}

type guardedUpload struct {
	Upload
	g *guarded
}

func (u guardedUpload) WriteAt(b []byte, off int64) (int, error) {
	if off < 0 {
		u.g.t.Errorf("%d bytes are written at %d", len(b), off)
	}
	return u.Upload.WriteAt(b, off)
}

func (u guardedUpload) Commit() error {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	return u.Upload.Commit()
}

func (u guardedUpload) Abort() {
	u.g.mu.Lock()
	defer u.g.mu.Unlock()
	u.Upload.Abort()
}
