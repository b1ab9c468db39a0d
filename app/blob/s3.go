package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// ErrAway means that the object store, or the way to it, does not answer; it comes back by itself.
var ErrAway = errors.New("blob: the object store does not answer")

// The variables with the keys of the object store, as all its programs know them.
const (
	KeyVariable    = "AWS_ACCESS_KEY_ID"
	SecretVariable = "AWS_SECRET_ACCESS_KEY"
)

// request is how long one request may take that moves no file.
const request = 20 * time.Second

// quiet is how long a connection may move no byte: a store that hangs holds nobody up for longer, for each of the attempts,
// while a large file may take its time.
const quiet = 20 * time.Second

const attempts = 3

// Bucket is where an S3-compatible object store keeps the files.
type Bucket struct {
	Endpoint, Region, Name, Prefix string
	Plain                          bool // http, for a store on the same machine or network
}

// ParseBucket reads s3://BUCKET/PREFIX?endpoint=https://HOST:PORT&region=REGION.
func ParseBucket(text string) (b Bucket, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "s3" || u.Host == "" {
		return b, fmt.Errorf("%q: want s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION", text)
	}
	q := u.Query()
	for name := range q {
		if name != "endpoint" && name != "region" {
			return b, fmt.Errorf("%q: unknown %s; there are endpoint and region", text, name)
		}
	}
	b = Bucket{Name: u.Host, Prefix: strings.Trim(u.Path, "/"), Region: q.Get("region"), Endpoint: "s3.amazonaws.com"}
	if e := q.Get("endpoint"); e != "" {
		at, err := url.Parse(e)
		if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" || strings.Trim(at.Path, "/") != "" {
			return b, fmt.Errorf("%q: the endpoint is no address: want https://HOST or http://HOST:PORT", text)
		}
		b.Endpoint, b.Plain = at.Host, at.Scheme == "http"
	}
	return b, nil
}

// OpenBucket opens a store whose files lie in a bucket, which must be there; dir is a local folder for uploads under
// way. Several processes may share the bucket.
func OpenBucket(ctx context.Context, dir string, b Bucket, key, secret string) (*Store, error) {
	return openBucket(ctx, dir, b, key, secret, quiet)
}

func openBucket(ctx context.Context, dir string, b Bucket, key, secret string, quiet time.Duration) (*Store, error) {
	if key == "" || secret == "" {
		return nil, fmt.Errorf("the keys of the object store are missing: set %s and %s", KeyVariable, SecretVariable)
	}
	way, err := minio.DefaultTransport(!b.Plain)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	dial := net.Dialer{Timeout: quiet, KeepAlive: quiet}
	way.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return moving{c, quiet}, nil
	}
	client := func(tries int) (*minio.Client, error) {
		return minio.New(b.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(key, secret, ""), Secure: !b.Plain, Region: b.Region,
			Transport: way, MaxRetries: tries})
	}
	c, err := client(attempts)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	once, err := client(1)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	s, err := Open(dir)
	if err != nil {
		return nil, err
	}
	shelf := &bucket{c: c, once: once, b: b, root: s.root}
	ctx, cancel := context.WithTimeout(ctx, request)
	defer cancel()
	there, err := c.BucketExists(ctx, b.Name)
	if err == nil && !there {
		err = fmt.Errorf("the bucket %s is not there: make it, then start again", b.Name)
	}
	if err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("object store %s: %w", b.Endpoint, err)
	}
	s.shelf, s.shared = shelf, true
	return s, nil
}

// moving is a connection that ends when no byte has moved for a while, either way.
type moving struct {
	net.Conn
	quiet time.Duration
}

func (c moving) Read(b []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.quiet)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c moving) Write(b []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.quiet)); err != nil { // of a read that is waiting for the answer, too
		return 0, err
	}
	return c.Conn.Write(b)
}

// bucket is the shelf in an object store. An object is there as a whole or not at all, and durable once the store has
// answered.
type bucket struct {
	c    *minio.Client
	once *minio.Client // does not try again by itself
	b    Bucket
	root *os.Root // of temporaries
}

func (s *bucket) key(stored string) string { return path.Join(s.b.Prefix, stored) }

// open fetches an object into a nameless local file, by which it can be read in any order, as sealed files are, without
// a request for every piece.
func (s *bucket) open(stored string) (File, int64, error) {
	ctx := context.Background()
	o, err := s.c.GetObject(ctx, s.b.Name, s.key(stored), minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, away(err)
	}
	defer func() { _ = o.Close() }()
	info, err := o.Stat()
	if err != nil {
		return nil, 0, away(err)
	}
	f, err := os.CreateTemp(s.root.Name()+"/"+temporaries, "get-")
	if err != nil {
		return nil, 0, fmt.Errorf("blob: %w", err)
	}
	_ = os.Remove(f.Name()) // it goes when it is closed
	n, err := io.CopyBuffer(struct{ io.Writer }{f}, struct{ io.Reader }{o}, make([]byte, 256<<10))
	if err == nil && n != info.Size {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, 0, away(err)
	}
	return f, n, nil
}

func (s *bucket) put(temporary, stored string) error {
	f, err := s.root.Open(temporary)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	for try := range attempts {
		if try > 0 {
			time.Sleep(pause << try)
		}
		if err = away(s.send(f, info.Size(), stored)); !errors.Is(err, ErrAway) {
			break
		}
	}
	if err != nil {
		return err
	}
	return s.root.Remove(temporary)
}

// pause is what is waited before the second try to send; twice as long each time.
const pause = 100 * time.Millisecond

// send sends the bytes once, each time by a reader of its own: the client of an object store that answers early is
// still reading the old one when it tries again.
func (s *bucket) send(f io.ReaderAt, size int64, stored string) error {
	// The hash goes with the bytes, so that the store refuses what was damaged on the way.
	put, err := s.once.PutObject(context.Background(), s.b.Name, s.key(stored), io.NewSectionReader(f, 0, size), size,
		minio.PutObjectOptions{ContentType: "application/octet-stream", SendContentMd5: true, NumThreads: 1})
	if err == nil && put.Size != size {
		err = fmt.Errorf("it took %d of %d bytes", put.Size, size)
	}
	return err
}

func (s *bucket) remove(stored string) error {
	ctx, cancel := context.WithTimeout(context.Background(), request)
	defer cancel()
	err := away(s.c.RemoveObject(ctx, s.b.Name, s.key(stored), minio.RemoveObjectOptions{}))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (s *bucket) written(stored string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(context.Background(), request)
	defer cancel()
	info, err := s.c.StatObject(ctx, s.b.Name, s.key(stored), minio.StatObjectOptions{})
	return info.LastModified, away(err)
}

func (s *bucket) each(ctx context.Context, f func([]string) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	prefix := s.b.Prefix
	if prefix != "" {
		prefix += "/"
	}
	var names []string
	for o := range s.c.ListObjects(ctx, s.b.Name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return away(o.Err)
		}
		if name := strings.TrimPrefix(o.Key, prefix); valid(name) {
			names = append(names, name)
		}
		if len(names) == 1000 {
			if err := f(names); err != nil {
				return err
			}
			names = nil
		}
	}
	if len(names) == 0 {
		return nil
	}
	return f(names)
}

// away names the two errors that callers tell apart.
func away(err error) error {
	if err == nil {
		return nil
	}
	answer := minio.ToErrorResponse(err)
	switch {
	case answer.Code == "NoSuchKey" || answer.StatusCode == http.StatusNotFound && answer.Code != "NoSuchBucket":
		return ErrNotFound
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, context.Canceled):
		return err
	}
	return fmt.Errorf("%w: %w", ErrAway, err)
}
