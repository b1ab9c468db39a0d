package teaching

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
)

func zipOf(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		must(t, err)
		_, err = io.WriteString(w, files[i+1])
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

func tarOf(t testing.TB, headers ...*tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		must(t, w.WriteHeader(h))
		_, err := io.CopyN(w, zeros{}, h.Size)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func gzipOf(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	must(t, err)
	must(t, z.Close())
	return b.Bytes()
}

func inside(t testing.TB, data []byte) Inside {
	t.Helper()
	in, ok, err := LookInside(bytes.NewReader(data), int64(len(data)))
	if err != nil || !ok {
		t.Fatalf("%v %v", ok, err)
	}
	return in
}

func TestLookInside(t *testing.T) {
	data := zipOf(t, "src/main.py", "print(1)", "说明.txt", "你好", "../../etc/passwd", "x", "/abs", "y", "dir/", "")
	in := inside(t, data)
	if len(in.Entries) != 4 || in.Entries[0].Name != "src/main.py" || in.Entries[1].Name != "说明.txt" || in.Entries[2].Name != "etc/passwd" || in.Entries[3].Name != "abs" {
		t.Errorf("%+v", in)
	}
	text, more, err := ReadInside(bytes.NewReader(data), int64(len(data)), in.Entries[1].Index)
	if err != nil || more || string(text) != "你好" {
		t.Errorf("%q %v %v", text, more, err)
	}
	reg := func(name string, size int64) *tar.Header { return &tar.Header{Name: name, Size: size, Mode: 0o644} }
	data = tarOf(t, reg("a", 3), &tar.Header{Name: "b", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, reg("c", 5))
	for _, data := range [][]byte{data, gzipOf(t, data)} {
		in := inside(t, data)
		if len(in.Entries) != 3 || in.Entries[1].Why == nil || in.Entries[2].Why != nil {
			t.Errorf("%+v", in)
		}
		if text, _, err := ReadInside(bytes.NewReader(data), int64(len(data)), 2); err != nil || string(text) != "xxxxx" {
			t.Errorf("%q %v", text, err)
		}
		_, _, err := ReadInside(bytes.NewReader(data), int64(len(data)), 1)
		wantKey(t, err, "homework.entry_link")
	}
	for _, none := range [][]byte{nil, []byte("print(1)"), gzipOf(t, []byte("just a text"))} {
		if _, ok, err := LookInside(bytes.NewReader(none), int64(len(none))); ok || err != nil {
			t.Errorf("%q: %v %v", none, ok, err)
		}
	}
}

// Bombs: a file that unpacks to far more than it is, a list without end, an
// archive that says it is larger than it is.
func TestBombs(t *testing.T) {
	was := maxUnpacked
	maxUnpacked = 8 << 20
	defer func() { maxUnpacked = was }()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("bomb")
	must(t, err)
	_, err = io.CopyN(w, zeros{}, 30<<20)
	must(t, err)
	link, err := z.CreateHeader(func() *zip.FileHeader {
		h := &zip.FileHeader{Name: "link"}
		h.SetMode(fs.ModeSymlink | 0o777)
		return h
	}())
	must(t, err)
	_, err = io.WriteString(link, "/etc/passwd")
	must(t, err)
	must(t, z.Close())
	in := inside(t, b.Bytes())
	if in.Entries[0].Size != 30<<20 || in.Entries[1].Why == nil {
		t.Errorf("%+v", in)
	}
	text, more, err := ReadInside(bytes.NewReader(b.Bytes()), int64(b.Len()), 0)
	if err != nil || !more || len(text) != MaxLook {
		t.Errorf("%d %v %v", len(text), more, err)
	}
	_, _, err = ReadInside(bytes.NewReader(b.Bytes()), int64(b.Len()), 1)
	wantKey(t, err, "homework.entry_link")

	many := make([]string, 0, 2*45_000)
	for i := range 45_000 {
		many = append(many, fmt.Sprintf("%060d", i), "")
	}
	data := zipOf(t, many...)
	_, _, err = LookInside(bytes.NewReader(data), int64(len(data)))
	wantKey(t, err, "homework.archive_long")
	data = zipOf(t, many[:2*3000]...)
	if in := inside(t, data); len(in.Entries) != maxEntries || !in.More {
		t.Errorf("%d entries", len(in.Entries))
	}
	data = gzipOf(t, tarOf(t, &tar.Header{Name: "a", Size: 12 << 20, Mode: 0o644}, &tar.Header{Name: "b", Size: 1, Mode: 0o644}))
	if in := inside(t, data); len(in.Entries) != 1 || !in.More {
		t.Errorf("%+v", in)
	}
	cut := zipOf(t, "a", strings.Repeat("a", 1000))
	for _, n := range []int{5, 50, len(cut) - 1} {
		if _, _, err := LookInside(bytes.NewReader(cut[:n]), int64(n)); err == nil {
			t.Errorf("%d bytes of it are an archive", n)
		}
	}
}

// Whatever is sent, looking at it ends, within its bounds and without a panic.
func FuzzLookInside(f *testing.F) {
	f.Add(zipOf(f, "a", "b", "../x", "y"))
	f.Add(tarOf(f, &tar.Header{Name: "a", Size: 3, Mode: 0o644}))
	f.Add(gzipOf(f, tarOf(f, &tar.Header{Name: "a", Size: 3, Mode: 0o644})))
	f.Fuzz(func(t *testing.T, data []byte) {
		in, _, _ := LookInside(bytes.NewReader(data), int64(len(data)))
		if len(in.Entries) > maxEntries {
			t.Error(len(in.Entries))
		}
		for i, e := range in.Entries {
			if strings.HasPrefix(e.Name, "/") || strings.HasPrefix(e.Name, "../") {
				t.Errorf("%q", e.Name)
			}
			if i < 3 {
				if text, _, _ := ReadInside(bytes.NewReader(data), int64(len(data)), e.Index); len(text) > MaxLook {
					t.Error(len(text))
				}
			}
		}
	})
}
