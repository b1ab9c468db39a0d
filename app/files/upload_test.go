package files_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app/i18n"
	"cohort/sshsrv/sshtest"
)

func TestUpload(t *testing.T) {
	each(t, func(t *testing.T, c client) {
		s, fs := serve(t)
		r := sshtest.Run(t, c.up(s, "docs", local(t, "front.jpg", []byte("front")), local(t, "empty", nil), local(t, "身份证 正面.jpg", []byte("ID"))))
		if got, open := fs.docs(); r.Code != 0 || got != "empty= front.jpg=front 身份证 正面.jpg=ID" || open != 0 {
			t.Errorf("%v\nstored: %s, %d hang", r, got, open)
		}
	})
}

func TestUploadOfManyPackets(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	each(t, func(t *testing.T, c client) {
		s, fs := serve(t)
		if r := sshtest.Run(t, c.up(s, "docs", local(t, "big", data))); r.Code != 0 {
			t.Fatal(r)
		}
		if got := fs.files["/docs/big"]; !bytes.Equal(got, data) {
			t.Errorf("%d bytes arrived, of %d", len(got), len(data))
		}
	})
}

// A refused file is one clear line, exit code 1, and nothing kept; the others
// arrive.
func TestRefusedUploads(t *testing.T) {
	words := i18n.Printer{Lang: i18n.English}
	large := bytes.Repeat([]byte("x"), 1<<20+1)
	for _, c := range []struct {
		what, name string
		data       []byte
		words      string
	}{
		{"too large", "big.jpg", large, words.Fault(tooLarge)},
		{"name", "a\tb.jpg", []byte("x"), words.T("files.bad_name")},
		{"long name", strings.Repeat("王", 60) + strings.Repeat("\u0344", 30), []byte("x"), words.T("files.long_name", "max", 255)},
		{"refused at the end", "late", []byte("x"), words.Fault(tooMany)},
	} {
		t.Run(c.what, func(t *testing.T) {
			each(t, func(t *testing.T, cl client) {
				s, fs := serve(t)
				r := sshtest.Run(t, cl.up(s, "docs", local(t, c.name, c.data)))
				code := cl.refused()
				if cl.name == "pscp" && c.name == "late" {
					code = 0 // pscp takes no notice of a failed close
				}
				if n := strings.Count(r.Err+r.Out, c.words); r.Code != code || n != 1 {
					t.Errorf("the words came %d times\n%v", n, r)
				}
				fs.rest(t)
				if got, _ := fs.docs(); got != "" {
					t.Errorf("kept: %s", got)
				}
			})
		})
	}
}

func TestTheFourthFile(t *testing.T) {
	words := (i18n.Printer{Lang: i18n.English}).T("files.exists")
	each(t, func(t *testing.T, c client) {
		s, fs := serve(t)
		var all []string
		for i := range 4 {
			all = append(all, local(t, fmt.Sprint("f", i), []byte{'0' + byte(i)}))
		}
		r := sshtest.Run(t, c.up(s, "docs", all...))
		if n := strings.Count(r.Err+r.Out, words); r.Code != c.refused() || n != 1 {
			t.Errorf("the words came %d times\n%v", n, r)
		}
		fs.rest(t)
		if got, _ := fs.docs(); got != "f0=0 f1=1 f2=2" {
			t.Errorf("kept: %s", got)
		}
	})
}

func TestForbiddenFolder(t *testing.T) {
	words := (i18n.Printer{Lang: i18n.English}).T("files.not_folder")
	each(t, func(t *testing.T, c client) {
		s, _ := serve(t)
		r := sshtest.Run(t, c.up(s, "read", local(t, "x", []byte("x"))))
		if r.Code != c.refused() || !strings.Contains(r.Err+r.Out, words) {
			t.Error(r)
		}
	})
}

func TestEscapingTheTree(t *testing.T) {
	words := (i18n.Printer{Lang: i18n.English}).T("files.outside")
	for _, flags := range [][]string{nil, {"-O"}} {
		s, fs := serve(t)
		for _, to := range []string{":../x.jpg", ":docs/../../x.jpg"} {
			r := sshtest.Run(t, s.SCP("amy", pw, append(append([]string{}, flags...), local(t, "x.jpg", []byte("x")), to)...))
			if r.Code != 1 || !strings.Contains(r.Err, words) {
				t.Errorf("%v %s: %v", flags, to, r)
			}
		}
		if got, open := fs.docs(); got != "" || open != 0 {
			t.Errorf("kept: %s, %d hang", got, open)
		}
	}
}

// An upload that is cut in the middle leaves nothing.
func TestACutUploadLeavesNothing(t *testing.T) {
	t.Run("sftp", func(t *testing.T) {
		s, fs := serve(t)
		client := s.Dial("amy", pw)
		sftp := newSFTP(t, client)
		f, err := sftp.Create("/docs/cut.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(make([]byte, 100_000)); err != nil {
			t.Fatal(err)
		}
		if _, open := fs.docs(); open != 1 {
			t.Fatalf("%d uploads are under way", open)
		}
		if info, err := sftp.Stat("/docs/cut.jpg"); err != nil || info.Size() != 100_000 {
			t.Errorf("the file under way: %v, %v", info, err)
		}
		_ = client.Close()
		fs.rest(t)
		if got, _ := fs.docs(); got != "" {
			t.Errorf("kept: %s", got)
		}
	})
	t.Run("scp", func(t *testing.T) {
		s, fs := serve(t)
		for _, send := range []string{"C0644 1000 cut.jpg\n", "C0644 1000 cut.jpg\nonly this", "C0644 4 cut.jpg\nfour"} {
			scpRaw(t, s.Dial("amy", pw), "scp -t docs", send)
			fs.rest(t)
			if got, _ := fs.docs(); got != "" {
				t.Errorf("%q: kept: %s", send, got)
			}
		}
	})
}

// scpRaw speaks the old protocol by hand and gives what the server answered.
func scpRaw(t *testing.T, c *gossh.Client, cmd, send string) string {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Stdin = strings.NewReader(send)
	out, _ := s.Output(cmd)
	return string(out)
}

// Three have room, and a fourth may find it taken by one that is still under
// way: at least seven are refused, and what was not refused is there.
func TestTenUploadsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c client) {
		s, fs := serve(t)
		codes := make(chan int, 10)
		for i := range 10 {
			cmd := c.up(s, "docs", local(t, fmt.Sprintf("f%d", i), []byte("x")))
			go func() { codes <- sshtest.Run(t, cmd).Code }()
		}
		sum := 0
		for range 10 {
			sum += <-codes / c.refused()
		}
		fs.rest(t)
		if got, _ := fs.docs(); sum < 7 || strings.Count(got, "=x") != 10-sum {
			t.Errorf("%d were refused; stored: %s", sum, got)
		}
	})
}
