// Package files is the way in by scp and sftp. This half speaks the protocols:
// SFTP (which is what today's scp uses), and the old scp protocol of "scp -O"
// and PuTTY. The tree that people see is an FS; the school's own is in tree*.go.
//
// Every refusal reaches the person twice: as the protocol's status, of which
// most clients print only "Failure", and as one line on the session's standard
// error, which clients show as it is, in the person's language.
package files

import (
	"context"
	"io"
	"time"
)

// Info says what is known of a file or folder.
type Info struct {
	Name     string    // the last part of its path
	Size     int64     // bytes; 0 for a folder
	Dir      bool      //
	ModTime  time.Time // zero: the epoch is shown
	ReadOnly bool      // shown in the mode bits; the FS itself refuses writes
}

// FS is the tree that one session sees. Paths are absolute, cleaned, separated
// by "/", UTF-8 in NFC, without control characters; the root is "/". Errors are
// faults; any other error is logged and shown as a reference only.
//
// Methods are called from several goroutines, one session's files side by side.
type FS interface {
	Stat(ctx context.Context, path string) (Info, error)
	List(ctx context.Context, path string) ([]Info, error)
	Open(ctx context.Context, path string) (File, error)
	// Create begins an upload. Nothing may be seen of it before Commit. A
	// name that cannot be accepted is refused here, before any byte is sent.
	Create(ctx context.Context, path string) (Upload, error)
	Remove(ctx context.Context, path string) error
	// Mkdir is asked for by "scp -r". To accept without keeping a folder,
	// return nil: files sent into it in this session then land in the nearest
	// folder above that exists.
	Mkdir(ctx context.Context, path string) error
	Rename(ctx context.Context, from, to string) error
	// Finish is called once when the session is over. whole is false where a
	// file was cut off in the middle. It gives lines to be said to the person,
	// and whether all went well.
	Finish(ctx context.Context, whole bool) (said []string, good bool, err error)
}

// SizedFS is an FS that wants to know a file's size before it is sent, so that
// one too large is refused at once. The old scp protocol tells it; SFTP does
// not, so that WriteAt must check as well.
type SizedFS interface {
	CreateSized(ctx context.Context, path string, size int64) (Upload, error)
}

// File is an open file. ReadAt is called from several goroutines at once.
type File interface {
	io.ReaderAt
	io.Closer
	Info() Info
}

// Upload takes the bytes of a new file. WriteAt is called from several
// goroutines at once, each byte once, in no particular order; it must not keep
// the slice. Exactly one of Commit and Abort is called at the end, after the
// last WriteAt: Commit when the client closed the file properly, Abort on
// anything else. A Commit that fails leaves nothing behind.
//
// Refuse as early as you can, in Create or WriteAt: PuTTY's pscp shows the words
// of a failed Commit, but ends with exit code 0 all the same (seen with 0.78).
type Upload interface {
	io.WriterAt
	Commit() error
	Abort()
}
