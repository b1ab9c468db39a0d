package files_test

import (
	"context"
	"io"
	"path"
	"sort"
	"strings"
	"sync"
	"time"

	"cohort/app/fault"
	"cohort/app/files"
)

// memFS is a tree in memory with rules like the school's: at most three files
// in "/docs", none larger than limit, folders cannot be made but below "/docs",
// where they are not kept, and "/secret" may not be read.
type memFS struct {
	limit int64

	mu    sync.Mutex
	files map[string][]byte
	open  int // uploads begun and not ended
	reads int // files opened and not closed
}

func newMemFS() *memFS {
	return &memFS{limit: 1 << 20, files: map[string][]byte{
		"/docs/.keep": nil, "/read/a.txt": []byte("A"), "/read/b.txt": []byte("BB"), "/read/王小明.txt": []byte("王"),
		"/read/sub/c.txt": []byte("CCC"), "/secret": []byte("s"),
	}}
}

func (m *memFS) isDir(p string) bool {
	if p == "/" {
		return true
	}
	for f := range m.files {
		if strings.HasPrefix(f, p+"/") {
			return true
		}
	}
	return false
}

func (m *memFS) Stat(_ context.Context, p string) (files.Info, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p == "/panic" {
		panic("the tree broke") // the deferred Unlock runs
	}
	if data, ok := m.files[p]; ok {
		return files.Info{Name: path.Base(p), Size: int64(len(data)), ModTime: time.Unix(1e9, 0)}, nil
	}
	if m.isDir(p) {
		return files.Info{Name: path.Base(p), Dir: true}, nil
	}
	return files.Info{}, fault.New(fault.NotFound, "files.not_found")
}

func (m *memFS) List(_ context.Context, p string) ([]files.Info, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.isDir(p) {
		return nil, fault.New(fault.NotFound, "files.not_folder")
	}
	seen := map[string]files.Info{}
	for f, data := range m.files {
		rest, ok := strings.CutPrefix(f, strings.TrimSuffix(p, "/")+"/")
		if name, _, deeper := strings.Cut(rest, "/"); ok && deeper {
			seen[name] = files.Info{Name: name, Dir: true}
		} else if ok {
			seen[name] = files.Info{Name: name, Size: int64(len(data)), ModTime: time.Unix(1e9, 0)}
		}
	}
	var list []files.Info
	for _, info := range seen {
		list = append(list, info)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list, nil
}

func (m *memFS) Open(_ context.Context, p string) (files.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p == "/secret" {
		return nil, fault.New(fault.Forbidden, "ssh.no_files")
	}
	data, ok := m.files[p]
	if !ok {
		return nil, fault.New(fault.NotFound, "files.not_found")
	}
	m.reads++
	return memFile{strings.NewReader(string(data)), m, files.Info{Name: path.Base(p), Size: int64(len(data)), ModTime: time.Unix(1e9, 0)}}, nil
}

type memFile struct {
	io.ReaderAt
	m    *memFS
	info files.Info
}

func (f memFile) Info() files.Info { return f.info }

func (f memFile) Close() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.m.reads--
	return nil
}

// These stand for the school's own words.
var (
	tooLarge = fault.New(fault.TooMany, "files.too_deep", "max", 1)
	tooMany  = fault.New(fault.TooMany, "files.exists")
)

// stored counts the files of /docs other than p.
func (m *memFS) stored(p string) (n int) {
	for f := range m.files {
		if path.Dir(f) == "/docs" && f != p && f != "/docs/.keep" {
			n++
		}
	}
	return n
}

func (m *memFS) CreateSized(ctx context.Context, p string, size int64) (files.Upload, error) {
	if size > m.limit {
		return nil, tooLarge
	}
	return m.Create(ctx, p)
}

func (m *memFS) Create(_ context.Context, p string) (files.Upload, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if path.Dir(p) != "/docs" {
		return nil, fault.New(fault.Forbidden, "files.not_folder")
	}
	if m.stored(p)+m.open >= 3 {
		return nil, tooMany
	}
	m.open++
	return &memUpload{m: m, path: p}, nil
}

type memUpload struct {
	m    *memFS
	path string
	mu   sync.Mutex
	data []byte
}

func (u *memUpload) WriteAt(p []byte, off int64) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if end := off + int64(len(p)); end > u.m.limit {
		return 0, tooLarge
	} else if end > int64(len(u.data)) {
		u.data = append(u.data, make([]byte, end-int64(len(u.data)))...)
	}
	return copy(u.data[off:], p), nil
}

func (u *memUpload) Commit() error {
	u.m.mu.Lock()
	defer u.m.mu.Unlock()
	u.m.open--
	if u.path == "/docs/panic" {
		panic("the commit broke")
	}
	if u.path == "/docs/late" {
		return tooMany
	}
	u.m.files[u.path] = u.data
	return nil
}

func (u *memUpload) Abort() {
	u.m.mu.Lock()
	defer u.m.mu.Unlock()
	u.m.open--
}

func (m *memFS) Remove(_ context.Context, p string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.files[p]; !ok || path.Dir(p) != "/docs" {
		return fault.New(fault.NotFound, "files.not_found")
	}
	delete(m.files, p)
	return nil
}

func (m *memFS) Mkdir(_ context.Context, p string) error {
	if strings.HasPrefix(p, "/docs/") {
		return nil
	}
	return fault.New(fault.Forbidden, "files.not_folder")
}

func (m *memFS) Rename(_ context.Context, from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.files[from]
	if !ok || path.Dir(to) != "/docs" {
		return fault.New(fault.NotFound, "files.not_found")
	}
	delete(m.files, from)
	m.files[to] = data
	return nil
}

// docs lists what has been uploaded, as "name=content", with long contents as
// their length, and how many uploads hang.
func (m *memFS) docs() (list string, open int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for f, data := range m.files {
		if path.Dir(f) == "/docs" && f != "/docs/.keep" {
			text := string(data)
			if len(text) > 20 {
				text = "…"
			}
			all = append(all, path.Base(f)+"="+text)
		}
	}
	sort.Strings(all)
	return strings.Join(all, " "), m.open
}

// Finish tells what a session is told at its end.
func (m *memFS) Finish(context.Context, bool) ([]string, bool, error) { return nil, true, nil }
