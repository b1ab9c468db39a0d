package files_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/pkg/sftp"
	gossh "golang.org/x/crypto/ssh"
)

// newSFTP is the Go client, for what the others will not do.
func newSFTP(t testing.TB, c *gossh.Client) *sftp.Client {
	t.Helper()
	client, err := sftp.NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func send(c *sftp.Client, name, data string) error {
	f, err := c.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, data); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

func TestPathsOfTheRoot(t *testing.T) {
	s, fs := serve(t)
	c := newSFTP(t, s.Dial("amy", pw))
	for _, p := range []string{"docs/a", "/docs/a", "./docs/a", "~/docs/a", "docs//a", "docs/./a", "read/../docs/a", "/../docs/a"} {
		if err := send(c, p, "A"); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		if got, _ := fs.docs(); got != "a=A" {
			t.Errorf("%s: stored %s", p, got)
		}
		if err := c.Remove("/docs/a"); err != nil {
			t.Error(err)
		}
	}
	for raw, want := range map[string]string{".": "/", "": "/", "~": "/", "..": "/", "docs/..": "/", "docs/": "/docs", "/read/../docs": "/docs"} {
		if got, err := c.RealPath(raw); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", raw, got, err, want)
		}
	}
}

func TestNamesFromOtherSystems(t *testing.T) {
	s, fs := serve(t)
	c := newSFTP(t, s.Dial("amy", pw))
	for sent, want := range map[string]string{
		"/docs/cafe\u0301.jpg":               "caf\u00e9.jpg", // NFD from macOS
		"/docs/\xc9\xed\xb7\xdd\xd6\xa4.jpg": "身份证.jpg",       // GBK from old Windows clients
		"/docs/a\u200b\u202eb\ufe0f.jpg":     "ab.jpg",        // invisible characters
		"/docs/" + strings.Repeat("n", 255):  strings.Repeat("n", 255),
		"/docs/" + strings.Repeat("王", 85):   strings.Repeat("王", 85),
	} {
		if err := send(c, sent, "x"); err != nil {
			t.Errorf("%q: %v", sent, err)
		}
		if got, _ := fs.docs(); got != want+"=x" {
			t.Errorf("%q: stored %q", sent, got)
		}
		_ = fs.Remove(t.Context(), "/docs/"+want)
	}
	for _, bad := range []string{
		"/docs/a\x00b", "/docs/a\x1b[2J", "/docs/a\nb", `/docs/a\b`, "/docs/\xff\xfe", "../x", "docs/../../x",
		"/docs/" + strings.Repeat("n", 256), "/docs/" + strings.Repeat("王", 86), "/docs/" + strings.Repeat("d/", 40) + "x",
	} {
		if err := send(c, bad, "x"); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if got, open := fs.docs(); got != "" || open != 0 {
		t.Errorf("kept: %q, %d hang", got, open)
	}
}

func TestStatusOfRefusals(t *testing.T) {
	s, _ := serve(t)
	c := newSFTP(t, s.Dial("amy", pw))
	if _, err := c.Stat("/none"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("stat: %v", err)
	}
	if _, err := c.Open("/secret"); !errors.Is(err, os.ErrPermission) {
		t.Errorf("open: %v", err)
	}
	if err := c.Mkdir("/new"); !errors.Is(err, os.ErrPermission) {
		t.Errorf("mkdir: %v", err)
	}
	if err := c.Symlink("/read/a.txt", "/docs/link"); err == nil {
		t.Error("a link was made")
	}
	if err := c.Link("/read/a.txt", "/docs/link"); err == nil {
		t.Error("a link was made")
	}
	if _, err := c.OpenFile("/docs/x", os.O_WRONLY|os.O_APPEND); err == nil {
		t.Error("a file was opened to go on in it")
	}
	if err := c.Truncate("/read/a.txt", 0); err == nil {
		t.Error("a file was cut")
	}
	if err := c.Chmod("/read/a.txt", 0o600); err != nil {
		t.Errorf("modes are taken politely: %v", err)
	}
}

// A file with a hole came from a client that lost a packet, or means harm.
func TestAnUploadWithAHoleIsRefused(t *testing.T) {
	s, fs := serve(t)
	c := newSFTP(t, s.Dial("amy", pw))
	f, err := c.Create("/docs/hole")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("end"), 1000); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err == nil {
		t.Error("it was taken")
	}
	if got, open := fs.docs(); got != "" || open != 0 {
		t.Errorf("kept: %s, %d hang", got, open)
	}
}

// WinSCP sends large files under a temporary name and renames them.
func TestATemporaryName(t *testing.T) {
	s, fs := serve(t)
	c := newSFTP(t, s.Dial("amy", pw))
	for range 2 { // the second replaces the first: WinSCP removes the old file before it renames
		if err := send(c, "/docs/a.jpg.filepart", "A"); err != nil {
			t.Fatal(err)
		}
		if info, err := c.Stat("/docs/a.jpg.filepart"); err != nil || info.Size() != 1 {
			t.Errorf("the temporary file: %v, %v", info, err)
		}
		_ = c.Remove("/docs/a.jpg")
		if err := c.Rename("/docs/a.jpg.filepart", "/docs/a.jpg"); err != nil {
			t.Error(err)
		}
		if got, _ := fs.docs(); got != "a.jpg=A" {
			t.Errorf("stored: %s", got)
		}
	}
	if err := c.Rename("/docs/a.jpg", "/docs/b.jpg"); err != nil {
		t.Error(err)
	}
	if got, _ := fs.docs(); got != "b.jpg=A" {
		t.Errorf("renamed: %s", got)
	}
}

// The library calls the tree from goroutines of its own: a panic there must not
// end the server.
func TestAPanicInTheTree(t *testing.T) {
	s, _ := serve(t)
	c := newSFTP(t, s.Dial("amy", pw))
	if _, err := c.Stat("/panic"); err == nil || strings.Contains(err.Error(), "broke") {
		t.Errorf("stat: %v", err)
	}
	if err := send(c, "/docs/panic", "x"); err == nil || strings.Contains(err.Error(), "broke") {
		t.Errorf("commit: %v", err)
	}
}
