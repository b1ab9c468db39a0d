package teaching

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"cohort/app/clean"
	"cohort/app/fault"
)

// Archives come from strangers. They are looked into where they lie: nothing is
// unpacked onto a disk, so that no name and no link leads anywhere; every
// reading is bounded, so that a bomb only shows its size.

// The bounds of looking into an archive.
const (
	maxEntries   = 2000      // listed
	maxDirectory = 4 << 20   // bytes of a ZIP archive's own list
	MaxLook      = 256 << 10 // bytes of a file that are shown
)

// maxUnpacked is how many bytes looking into a compressed archive may unpack.
var maxUnpacked int64 = 128 << 20

// Entry is one file inside an archive.
type Entry struct {
	Index int
	Name  string // cleaned for showing; it names nothing on any disk
	Size  int64  // as the archive says
	Why   error  // why it cannot be opened; nil where it can
}

// Inside is what an archive holds.
type Inside struct {
	Format  string // zip, tar, tar.gz
	Entries []Entry
	More    bool // there are more than are listed
}

var (
	errNoArchive = errors.New("teaching: not an archive that is known")
	errBudget    = errors.New("teaching: the archive's own list is too long")
)

// LookInside lists an archive. A file that is none is no error: ok is false.
func LookInside(file io.ReaderAt, size int64) (in Inside, ok bool, err error) {
	defer brokenArchive(&err)
	switch format(file) {
	case "zip":
		in, err = listZip(file, size)
	case "tar":
		in, err = listTar(io.NewSectionReader(file, 0, size), "tar")
	case "gzip":
		in, err = listGzip(file, size)
		if errors.Is(err, errNoArchive) {
			return in, false, nil
		}
	default:
		return in, false, nil
	}
	return in, true, archiveFault(err)
}

// brokenArchive makes a fault of a panic: the libraries were not written for
// files of strangers.
func brokenArchive(err *error) {
	if p := recover(); p != nil {
		*err = fault.New(fault.Invalid, "homework.archive_broken").Because(fmt.Errorf("panic: %v", p))
	}
}

func archiveFault(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	return fault.New(fault.Invalid, "homework.archive_broken").Because(err)
}

// format tells archives by their first bytes, never by their names.
func format(file io.ReaderAt) string {
	head := make([]byte, 512)
	n, _ := file.ReadAt(head, 0)
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "zip"
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "gzip"
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return "tar"
	}
	return ""
}

// budget bounds how much may be read through it.
type budget struct {
	io.ReaderAt
	left int64
}

func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errBudget
	}
	return b.ReaderAt.ReadAt(p, off)
}

func openZip(file io.ReaderAt, size int64) (*zip.Reader, *budget, error) {
	b := &budget{file, maxDirectory}
	z, err := zip.NewReader(b, size)
	if errors.Is(err, zip.ErrInsecurePath) {
		err = nil // names are shown, never used
	}
	if errors.Is(err, errBudget) {
		err = fault.New(fault.TooMany, "homework.archive_long", "max", maxEntries)
	}
	return z, b, err
}

func listZip(file io.ReaderAt, size int64) (in Inside, err error) {
	in.Format = "zip"
	z, _, err := openZip(file, size)
	if err != nil {
		return in, err
	}
	for i, f := range z.File {
		if len(in.Entries) == maxEntries {
			in.More = true
			break
		}
		if f.FileInfo().IsDir() {
			continue
		}
		e := Entry{Index: i, Name: entryName(f.Name), Size: int64(min(f.UncompressedSize64, 1<<62))}
		switch {
		case !f.Mode().IsRegular():
			e.Why = fault.New(fault.Forbidden, "homework.entry_link")
		case f.Flags&1 != 0:
			e.Why = fault.New(fault.Forbidden, "homework.entry_locked")
		}
		in.Entries = append(in.Entries, e)
	}
	return in, nil
}

// entryName shows a name: old Windows programs write GBK.
func entryName(name string) string {
	if !utf8.ValidString(name) {
		if s, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
			name = s
		}
	}
	name = clean.Line(strings.ReplaceAll(name, "\\", "/"))
	if r := []rune(name); len(r) > 200 {
		name = "..." + string(r[len(r)-197:])
	}
	return strings.TrimLeft(path.Clean("/"+name), "/") // "../../x" shows as "x"
}

func listGzip(file io.ReaderAt, size int64) (in Inside, err error) {
	z, err := gzip.NewReader(bufio.NewReader(io.NewSectionReader(file, 0, size)))
	if err != nil {
		return in, err
	}
	from := bufio.NewReaderSize(io.LimitReader(z, maxUnpacked), 1024)
	head, _ := from.Peek(512)
	if len(head) < 262 || string(head[257:262]) != "ustar" {
		return in, errNoArchive
	}
	return listTar(from, "tar.gz")
}

func listTar(from io.Reader, name string) (in Inside, err error) {
	in.Format = name
	t := tar.NewReader(from)
	for i := 0; ; i++ {
		h, err := t.Next()
		switch {
		case err == io.EOF:
			return in, nil
		case errors.Is(err, io.ErrUnexpectedEOF) && len(in.Entries) > 0:
			in.More = true // cut off, or larger than is unpacked here
			return in, nil
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return in, err
		case len(in.Entries) == maxEntries || i > 10*maxEntries:
			in.More = true
			return in, nil
		case h.Typeflag == tar.TypeDir:
			continue
		}
		e := Entry{Index: i, Name: entryName(h.Name), Size: h.Size}
		if h.Typeflag != tar.TypeReg {
			e.Why = fault.New(fault.Forbidden, "homework.entry_link")
		}
		in.Entries = append(in.Entries, e)
	}
}

// ReadInside gives the beginning of one file inside an archive, at most MaxLook
// bytes; more says that there are more.
func ReadInside(file io.ReaderAt, size int64, index int) (data []byte, more bool, err error) {
	defer brokenArchive(&err)
	var r io.Reader
	switch format(file) {
	case "zip":
		r, err = entryOfZip(file, size, index)
	case "tar":
		r, err = entryOfTar(io.NewSectionReader(file, 0, size), index)
	case "gzip":
		z, bad := gzip.NewReader(bufio.NewReader(io.NewSectionReader(file, 0, size)))
		if bad != nil {
			return nil, false, archiveFault(bad)
		}
		r, err = entryOfTar(io.LimitReader(z, maxUnpacked), index)
	default:
		err = errNoArchive
	}
	if err != nil {
		return nil, false, archiveFault(err)
	}
	return look(r)
}

// look reads what is shown of a file.
func look(r io.Reader) (data []byte, more bool, err error) {
	data, err = io.ReadAll(io.LimitReader(r, MaxLook+1))
	if err != nil && len(data) == 0 {
		return nil, false, archiveFault(err)
	}
	if len(data) > MaxLook {
		return data[:MaxLook], true, nil
	}
	return data, err != nil, nil
}

func entryOfZip(file io.ReaderAt, size int64, index int) (io.Reader, error) {
	z, b, err := openZip(file, size)
	if err != nil {
		return nil, err
	}
	if index < 0 || index >= len(z.File) {
		return nil, errNoArchive
	}
	f := z.File[index]
	if !f.Mode().IsRegular() {
		return nil, fault.New(fault.Forbidden, "homework.entry_link")
	}
	b.left = maxUnpacked // the bytes of the file itself
	return f.Open()
}

func entryOfTar(from io.Reader, index int) (io.Reader, error) {
	t := tar.NewReader(from)
	for i := 0; ; i++ {
		h, err := t.Next()
		switch {
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return nil, err
		case i < index:
			continue
		case h.Typeflag != tar.TypeReg:
			return nil, fault.New(fault.Forbidden, "homework.entry_link")
		}
		return t, nil
	}
}
