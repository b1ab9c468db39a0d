package files

import (
	"fmt"
	"io"
	"path"
	"strings"

	"cohort/app/fault"
)

// maxMatches bounds what a wildcard may stand for.
const maxMatches = 10000

// send is the source: the client fetches files. The server expands wildcards,
// as a shell would have.
func (s *scp) send() error {
	if ok, err := s.answer(); err != nil || !ok {
		return errGone
	}
	for _, arg := range s.paths {
		matches, err := s.expand(arg)
		if err == nil && len(matches) == 0 {
			err = fault.New(fault.NotFound, "files.not_found")
		}
		if err != nil {
			if err := s.warn(arg, err); err != nil {
				return err
			}
			continue
		}
		for _, p := range matches {
			if err := s.sendAny(p, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// expand gives the paths that an argument stands for, in the order of the
// folders' lists. What exists under the very name is meant literally.
func (s *scp) expand(arg string) ([]string, error) {
	p, f := cleanPath(arg)
	if f != nil {
		return nil, f
	}
	_, err := s.stat(p)
	if err == nil || fault.Of(err) != fault.NotFound || !strings.ContainsAny(p, "*?[") {
		return []string{p}, err
	}
	found := []string{"/"}
	for _, part := range strings.Split(strings.Trim(p, "/"), "/") {
		if found, err = s.expandPart(found, part); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// expandPart takes one step down from each of the folders.
func (s *scp) expandPart(dirs []string, part string) ([]string, error) {
	var found []string
	for _, dir := range dirs {
		if !strings.ContainsAny(part, "*?[") {
			if _, err := s.stat(path.Join(dir, part)); err == nil {
				found = append(found, path.Join(dir, part))
			}
			continue
		}
		list, err := s.list(dir)
		if err != nil && len(dirs) == 1 {
			return nil, err
		}
		for _, info := range list {
			if ok, _ := path.Match(part, info.Name); ok && len(found) < maxMatches {
				found = append(found, path.Join(dir, info.Name))
			}
		}
	}
	return found, nil
}

// sendAny sends a file, or with -r a folder.
func (s *scp) sendAny(p string, depth int) error {
	info, err := s.stat(p)
	switch {
	case err != nil:
		return s.warn(p, err)
	case !info.Dir:
		return s.sendFile(p)
	case !s.recursive:
		return s.warn(p, fault.New(fault.Invalid, "files.is_folder"))
	case depth >= maxDepth:
		return s.warn(p, fault.New(fault.Invalid, "files.too_deep", "max", maxDepth))
	}
	return s.sendFolder(p, info, depth)
}

func (s *scp) sendFolder(p string, info Info, depth int) error {
	list, err := s.list(p)
	if err != nil {
		return s.warn(p, err)
	}
	if ok, err := s.announce(info, fmt.Sprintf("D0755 0 %s\n", sentName(p))); err != nil || !ok {
		return err
	}
	for _, child := range list {
		if err := s.sendAny(path.Join(p, child.Name), depth+1); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(s.out, "E\n"); err != nil {
		return errGone
	}
	_, err = s.answer()
	return err
}

// announce sends a header, with the times before it where they are wanted, and
// hears whether the client takes it.
func (s *scp) announce(info Info, line string) (bool, error) {
	if s.times && !info.ModTime.IsZero() {
		t := info.ModTime.Unix()
		if _, err := fmt.Fprintf(s.out, "T%d 0 %d 0\n", t, t); err != nil {
			return false, errGone
		}
		if ok, err := s.answer(); err != nil || !ok {
			return false, err
		}
	}
	if _, err := io.WriteString(s.out, line); err != nil {
		return false, errGone
	}
	return s.answer()
}

// sentName is the name that goes into a header.
func sentName(p string) string {
	if p == "/" {
		return "files"
	}
	return path.Base(p)
}

func (s *scp) sendFile(p string) error {
	file, err := s.open(p)
	if err != nil {
		return s.warn(p, err)
	}
	defer func() { _ = guard0(file.Close) }()
	info := file.Info()
	if ok, err := s.announce(info, fmt.Sprintf("C0644 %d %s\n", info.Size, sentName(p))); err != nil || !ok {
		return err
	}
	failed, err := s.sendBytes(file, info.Size)
	if err != nil {
		return err
	}
	if failed != nil {
		if err := s.warn(p, failed); err != nil {
			return err
		}
	} else if err := s.ack(); err != nil {
		return err
	}
	_, err = s.answer()
	return err
}

// sendBytes sends exactly size bytes. When the file fails in between, zeros fill
// the rest, which the client then throws away, and failed says why.
func (s *scp) sendBytes(file File, size int64) (failed, gone error) {
	buf := make([]byte, min(size, chunk))
	for off := int64(0); off < size; {
		b := buf[:min(size-off, chunk)]
		if failed == nil {
			n, err := guard(func() (int, error) { return file.ReadAt(b, off) })
			if n < len(b) {
				if failed = err; err == nil || err == io.EOF {
					failed = fault.New(fault.Invalid, "files.incomplete")
				}
				clear(b[n:])
			}
		} else {
			clear(b)
		}
		if _, err := s.out.Write(b); err != nil {
			return failed, errGone
		}
		off += int64(len(b))
	}
	return failed, nil
}
