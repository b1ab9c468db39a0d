package files

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/pkg/sftp"

	"cohort/app/fault"
)

// ServeSFTP serves SFTP (version 3) on an open channel until the client ends
// it, and gives the session's exit code: 1 when something was refused, else 0.
// OpenSSH's scp takes it for its own. Whoever wants to end it earlier closes the
// channel; uploads under way are then dropped.
func ServeSFTP(ctx context.Context, fs FS, channel io.ReadWriteCloser, v Voice) int {
	h := &handlers{desk: newDesk(ctx, fs, v.Busy), talk: newTalk(v, fs)}
	if c, ok := fs.(closed); ok {
		_ = h.refuse("/", c.why) // at once, for those who wait for a prompt
	}
	srv := sftp.NewRequestServer(inOrder(channel), sftp.Handlers{FileGet: h, FilePut: h, FileCmd: h, FileList: h},
		sftp.WithStartDirectory(relative))
	_ = srv.Serve() // its error is the way the client went; nothing is left open
	h.desk.finish(h.talk)
	return h.code()
}

// handlers answer the SFTP library, which calls them from several goroutines.
type handlers struct {
	*desk
	*talk
}

// Fileread opens a file to send it.
func (h *handlers) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	p, f := cleanPath(fromLibrary(r.Filepath))
	if f != nil {
		return nil, h.refuse(r.Filepath, f)
	}
	file, err := h.desk.open(p)
	if err != nil {
		return nil, h.refuse(p, err)
	}
	h.busy.begin()
	return &get{File: file, h: h, path: p}, nil
}

// get is a file being sent.
type get struct {
	File
	h    *handlers
	path string
}

func (g *get) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 { // SFTP's offsets have no sign: this one is beyond all files
		return 0, io.EOF
	}
	n, err := guard(func() (int, error) { return g.File.ReadAt(b, off) })
	if err != nil && err != io.EOF {
		err = g.h.refuse(g.path, err)
	}
	return n, err
}

func (g *get) Close() error {
	g.h.busy.end()
	return guard0(g.File.Close)
}

// Filewrite begins an upload. Files are sent whole: what goes on where another
// upload stopped, or changes a part, is refused.
func (h *handlers) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	p, f := cleanPath(fromLibrary(r.Filepath))
	if f != nil {
		return nil, h.refuse(r.Filepath, f)
	}
	flags := r.Pflags()
	if flags.Append || !flags.Creat && !flags.Trunc {
		return nil, h.refuse(p, fault.New(fault.Invalid, "files.whole"))
	}
	if flags.Excl {
		if _, err := h.desk.stat(p); err == nil {
			return nil, h.refuse(p, fault.New(fault.Conflict, "files.exists"))
		}
	}
	up, err := h.desk.create(p, -1)
	if err != nil {
		return nil, h.refuse(p, err)
	}
	return &sink{put: up, h: h, path: p}, nil
}

// sink is an upload as the SFTP library sees it.
type sink struct {
	*put
	h    *handlers
	path string
}

func (s *sink) WriteAt(b []byte, off int64) (int, error) {
	n, err := s.put.WriteAt(b, off)
	if err != nil {
		err = s.h.refuse(s.path, err)
	}
	return n, err
}

// TransferError says that the session ended before the file was closed.
func (s *sink) TransferError(error) { s.put.fail(errCut) }

// Close keeps the file, or says why not: the client's close fails then.
func (s *sink) Close() error {
	err := s.put.finish()
	if err == nil || err == errCut {
		return err
	}
	return s.h.refuse(s.path, err)
}

// Filecmd does what changes names. Times and modes are taken politely and
// forgotten: "scp -p" and "scp -r" set them after each file.
func (h *handlers) Filecmd(r *sftp.Request) error {
	p, f := cleanPath(fromLibrary(r.Filepath))
	if f != nil {
		return h.refuse(r.Filepath, f)
	}
	var err error
	switch r.Method {
	case "Setstat":
		if r.AttrFlags().Size && h.notSending(p) {
			err = fault.New(fault.Invalid, "files.whole")
		}
	case "Remove", "Rmdir":
		err = h.desk.remove(p)
	case "Mkdir":
		err = h.desk.mkdir(p)
	case "Rename":
		to, f := cleanPath(fromLibrary(r.Target))
		if f != nil {
			return h.refuse(r.Target, f)
		}
		err = h.desk.rename(p, to)
	default:
		return sftp.ErrSSHFxOpUnsupported
	}
	if err != nil {
		return h.refuse(p, err)
	}
	return nil
}

func (h *handlers) notSending(p string) bool {
	h.desk.mu.Lock()
	defer h.desk.mu.Unlock()
	return h.desk.sending[p] == nil
}

// Filelist lists a folder or looks at one file. Clients look by themselves, at
// names that need not exist: no line for the person then.
func (h *handlers) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	p, f := cleanPath(fromLibrary(r.Filepath))
	if f != nil {
		return nil, h.quiet(r.Filepath, f)
	}
	switch r.Method {
	case "List":
		list, err := h.desk.list(p)
		if err != nil {
			return nil, h.refuse(p, err)
		}
		return listing(list), nil
	case "Stat":
		info, err := h.desk.stat(p)
		switch {
		case err == nil:
			return listing{info}, nil
		case fault.Of(err) == fault.NotFound:
			return nil, h.quiet(p, err)
		}
		return nil, h.refuse(p, err)
	}
	return nil, sftp.ErrSSHFxOpUnsupported
}

// RealPath answers where a path leads. It climbs no higher than the root, as
// every file system does.
func (h *handlers) RealPath(raw string) (string, error) {
	p, f := cleanPath(raw)
	if f != nil && f.Key == "files.outside" {
		return "/", nil
	}
	if f != nil {
		return "", h.quiet(raw, f)
	}
	return p, nil
}

// listing is a folder's content as the SFTP library takes it.
type listing []Info

func (l listing) ListAt(to []os.FileInfo, off int64) (int, error) {
	if off >= int64(len(l)) {
		return 0, io.EOF
	}
	n := 0
	for n < len(to) && off+int64(n) < int64(len(l)) {
		to[n] = fileInfo{l[off+int64(n)]}
		n++
	}
	if n < len(to) {
		return n, io.EOF
	}
	return n, nil
}

// fileInfo shows an Info as os.FileInfo.
type fileInfo struct{ Info }

func (f fileInfo) Name() string { return f.Info.Name }
func (f fileInfo) Size() int64  { return f.Info.Size }
func (f fileInfo) IsDir() bool  { return f.Dir }
func (f fileInfo) Sys() any     { return nil }

func (f fileInfo) ModTime() time.Time {
	if f.Info.ModTime.IsZero() {
		return time.Unix(0, 0)
	}
	return f.Info.ModTime
}

func (f fileInfo) Mode() os.FileMode {
	m := os.FileMode(0o644)
	if f.Dir {
		m = os.ModeDir | 0o755
	}
	if f.ReadOnly {
		m &^= 0o222
	}
	return m
}
