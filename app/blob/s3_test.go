package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// TestStore names a real object store for these tests instead of the one in this process: http://KEY:SECRET@HOST:PORT.
const TestStore = "COHORT_TEST_S3"

// objects is an object store, which can be away.
type objects struct {
	*httptest.Server
	bucket, key, secret string
	real                http.Handler
	away                atomic.Bool
	fail                atomic.Pointer[http.HandlerFunc] // answers instead
}

func newObjects(t testing.TB) *objects {
	t.Helper()
	o := &objects{bucket: "school", key: "key", secret: "secret"}
	if at := os.Getenv(TestStore); at != "" {
		o.elsewhere(t, at)
	} else {
		memory := s3mem.New()
		if err := memory.CreateBucket(o.bucket); err != nil {
			t.Fatal(err)
		}
		o.real = gofakes3.New(memory).Server()
	}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o.away.Load() {
			http.Error(w, "away", http.StatusBadGateway)
			return
		}
		if fail := o.fail.Load(); fail != nil {
			(*fail)(w, r)
			return
		}
		o.real.ServeHTTP(w, r)
	}))
	t.Cleanup(o.Close)
	return o
}

// elsewhere leads to a real store, with a bucket of the test's own. Requests keep their host, which is signed.
func (o *objects) elsewhere(t testing.TB, at string) {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil || u.User == nil {
		t.Fatalf("%s: want http://KEY:SECRET@HOST:PORT", TestStore)
	}
	o.bucket, o.key = "t"+strings.ToLower(rand.Text()[:16]), u.User.Username()
	o.secret, _ = u.User.Password()
	c, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(o.key, o.secret, ""), Secure: u.Scheme == "https", Region: "us-east-1"})
	if err == nil {
		err = c.MakeBucket(ctx, o.bucket, minio.MakeBucketOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.RemoveBucketWithOptions(ctx, o.bucket, minio.RemoveBucketOptions{ForceDelete: true}) })
	o.real = httputil.NewSingleHostReverseProxy(&url.URL{Scheme: u.Scheme, Host: u.Host})
}

// at is the bucket below a prefix.
func (o *objects) at(t testing.TB, prefix string) Bucket {
	t.Helper()
	b, err := ParseBucket("s3://" + o.bucket + "/" + prefix + "?region=us-east-1&endpoint=" + o.URL)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// bucketStore is one process's store on the objects.
func bucketStore(t testing.TB, o *objects) *Store {
	t.Helper()
	s, err := OpenBucket(context.Background(), t.TempDir(), o.at(t, "cohort/files"), o.key, o.secret)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestBucketKeepsWhatIsWritten(t *testing.T) {
	o := newObjects(t)
	a, b := bucketStore(t, o), bucketStore(t, o)
	text := strings.Repeat("护照 page\n", 40_000)
	got, err := a.Write(context.Background(), strings.NewReader(text), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	f, err := b.Open(got.Stored) // another process reads it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if read, err := io.ReadAll(f); err != nil || string(read) != text {
		t.Errorf("%d bytes came back, %v", len(read), err)
	}
	part := make([]byte, 6)
	if _, err := f.ReadAt(part, 0); err != nil || string(part) != "护照" {
		t.Errorf("%q %v", part, err)
	}
	for _, dir := range []string{a.root.Name(), b.root.Name()} {
		left, err := os.ReadDir(dir + "/" + temporaries)
		if err != nil || len(left) > 0 {
			t.Errorf("%d temporaries are left, %v", len(left), err)
		}
	}
	if has, err := b.Has(got.Stored); !has || err != nil {
		t.Error(has, err)
	}
	none := address(strings.Repeat("0", 64))
	if _, err := b.Open(none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v", err)
	}
	if has, err := b.Has(none); has || err != nil {
		t.Error(has, err)
	}
}

func TestBucketIsSwept(t *testing.T) {
	o := newObjects(t)
	s := bucketStore(t, o)
	kept, _ := s.Write(context.Background(), strings.NewReader("kept"), 100)
	gone, _ := s.Write(context.Background(), strings.NewReader("gone"), 100)
	named := func(stored []string) (map[string]bool, error) { return map[string]bool{kept.Stored: true}, nil }
	if n, err := s.Sweep(context.Background(), named, time.Hour); n != 0 || err != nil {
		t.Errorf("young bytes were swept: %d %v", n, err)
	}
	if err := s.Discard(context.Background(), gone.Stored); err != nil {
		t.Fatal(err)
	}
	if has, _ := s.Has(gone.Stored); !has {
		t.Error("thrown away at once, though another process may hold it")
	}
	if n, err := s.Sweep(context.Background(), named, -time.Hour); n != 1 || err != nil {
		t.Errorf("%d went, %v", n, err)
	}
	if has, err := s.Has(kept.Stored); !has || err != nil {
		t.Error("what a row names was swept", err)
	}
}

// Between the sweep's look at an orphan and its removal another process uploads the same bytes and links them. They are
// there for whoever opens them, and stay.
func TestBucketSweptWhileUploadedAnew(t *testing.T) {
	o := newObjects(t)
	a, b := bucketStore(t, o), bucketStore(t, o)
	for _, first := range []string{"open", "has", "sweep"} {
		text := "the same bytes, then " + first
		old, err := a.Write(ctx, strings.NewReader(text), 100)
		if err != nil {
			t.Fatal(err)
		}
		linked := map[string]bool{}
		named := func([]string) (map[string]bool, error) { return maps.Clone(linked), nil }
		meet := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodDelete && !linked[old.Stored] {
				linked[old.Stored] = true
				if _, err := b.Write(ctx, strings.NewReader(text), 100); err != nil {
					t.Error(err)
				}
			}
			o.real.ServeHTTP(w, r)
		})
		o.fail.Store(&meet)
		if n, err := a.Sweep(ctx, named, -time.Hour); err != nil || n != 1 {
			t.Fatalf("%d swept, %v", n, err)
		}
		o.fail.Store(nil)
		if !linked[old.Stored] {
			t.Fatal("the two did not meet")
		}
		switch first {
		case "has":
			if has, err := b.Has(old.Stored); !has || err != nil {
				t.Errorf("has %v, %v", has, err)
			}
		case "sweep":
			if _, err := b.Sweep(ctx, named, -time.Hour); err != nil {
				t.Error(err)
			}
		}
		for range 3 { // the copy goes, the bytes stay
			if got := read(t, b, old.Stored); string(got) != text {
				t.Errorf("%s: %q", first, got)
			}
			if _, err := a.Sweep(ctx, named, -time.Hour); err != nil {
				t.Error(err)
			}
		}
		n := 0
		_ = a.shelf.(keeper).eachAside(ctx, func(some map[string]time.Time) error { n += len(some); return nil })
		if n != 0 {
			t.Errorf("%s: %d copies are left aside", first, n)
		}
		clear(linked)
		for range 2 {
			if _, err := a.Sweep(ctx, named, -time.Hour); err != nil {
				t.Error(err)
			}
		}
		if _, err := b.Open(old.Stored); !errors.Is(err, ErrNotFound) {
			t.Errorf("an orphan swept twice: %v", err)
		}
	}
}

func TestBucketAway(t *testing.T) {
	o := newObjects(t)
	s := bucketStore(t, o)
	b, err := s.Write(context.Background(), strings.NewReader("here"), 100)
	if err != nil {
		t.Fatal(err)
	}
	o.away.Store(true)
	if _, err := s.Write(context.Background(), bytes.NewReader([]byte("lost")), 100); !errors.Is(err, ErrAway) {
		t.Errorf("writing: %v", err)
	}
	if _, err := s.Open(b.Stored); !errors.Is(err, ErrAway) {
		t.Errorf("reading: %v", err)
	}
	o.away.Store(false)
	if _, err := s.Open(b.Stored); err != nil {
		t.Errorf("back again: %v", err)
	}
}

// However the store fails, the error says so, nothing is kept half, nobody waits for ever, and it works by itself when
// the store is back.
func TestBucketFails(t *testing.T) {
	var released chan struct{} // of the subtest
	hang := func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-released:
		case <-r.Context().Done():
		}
	}
	for name, fail := range map[string]http.HandlerFunc{
		"says 500":     func(w http.ResponseWriter, r *http.Request) { http.Error(w, "<oops", http.StatusInternalServerError) },
		"says 503":     func(w http.ResponseWriter, r *http.Request) { http.Error(w, "", http.StatusServiceUnavailable) },
		"forbids":      func(w http.ResponseWriter, r *http.Request) { http.Error(w, "", http.StatusForbidden) },
		"hangs":        hang,
		"hangs up":     func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"takes nobody": nil,
		"stops midway": func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut {
				_, _ = io.CopyN(io.Discard, r.Body, 1000)
			} else {
				w.Header().Set("Last-Modified", "Thu, 26 Nov 2026 08:00:00 GMT")
				w.Header().Set("ETag", `"0"`)
				w.Header().Set("Content-Length", "100000")
				_, _ = w.Write([]byte("half"))
				_ = http.NewResponseController(w).Flush()
			}
			hang(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newObjects(t)
			released = make(chan struct{})
			t.Cleanup(func() { close(released) })
			s, err := openBucket(ctx, t.TempDir(), o.at(t, "files"), o.key, o.secret, 200*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			before, err := s.Write(ctx, strings.NewReader("before"), 100)
			if err != nil {
				t.Fatal(err)
			}
			text, address := content(300_000), o.Listener.Addr().String()
			if fail != nil {
				o.fail.Store(&fail)
			} else {
				o.CloseClientConnections()
				_ = o.Listener.Close()
			}
			if _, err := s.Write(ctx, bytes.NewReader(text), 1<<20); !errors.Is(err, ErrAway) {
				t.Errorf("writing: %v", err)
			}
			if _, err := s.Open(before.Stored); !errors.Is(err, ErrAway) {
				t.Errorf("reading: %v", err)
			}
			if list := files(t, s.root.Name()); len(list) > 0 {
				t.Errorf("half: %v", list)
			}
			if fail == nil {
				again, err := net.Listen("tcp", address)
				if err != nil {
					t.Fatal(err)
				}
				back := &http.Server{Handler: o.Config.Handler}
				go func() { _ = back.Serve(again) }()
				t.Cleanup(func() { _ = back.Close() })
			}
			o.fail.Store(nil)
			var names []string
			if err := s.shelf.each(ctx, func(some []string) error { names = append(names, some...); return nil }); err != nil || len(names) != 1 {
				t.Errorf("back again there are %v, %v", names, err)
			}
			if got := read(t, s, before.Stored); string(got) != "before" {
				t.Errorf("back again: %q", got)
			}
			after, err := s.Write(ctx, bytes.NewReader(text), 1<<20)
			if err != nil {
				t.Fatalf("back again: %v", err)
			}
			if got := read(t, s, after.Stored); !bytes.Equal(got, text) {
				t.Errorf("back again: %d bytes", len(got))
			}
		})
	}
}

func TestParseBucket(t *testing.T) {
	for text, want := range map[string]Bucket{
		"s3://school": {Name: "school", Endpoint: "s3.amazonaws.com"},
		"s3://a/b/c/": {Name: "a", Prefix: "b/c", Endpoint: "s3.amazonaws.com"},
		"s3://a?endpoint=http://127.0.0.1:9000&region=cn-north-1": {Name: "a", Endpoint: "127.0.0.1:9000", Plain: true, Region: "cn-north-1"},
		"s3://a?endpoint=https://oss-cn-beijing.aliyuncs.com":     {Name: "a", Endpoint: "oss-cn-beijing.aliyuncs.com"},
	} {
		if got, err := ParseBucket(text); err != nil || got != want {
			t.Errorf("%s: %+v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "s3://", "/files", "https://a/b", "s3://a?endpoint=127.0.0.1", "s3://a?endpont=http://b", "s3://a?endpoint=http://b/path"} {
		if got, err := ParseBucket(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
