package files

import (
	"io"
	"path"

	"cohort/app/fault"
)

// receive is the sink: the client sends files into the target.
func (s *scp) receive() error {
	target, f := cleanPath(s.paths[0])
	if f != nil {
		return s.warn(s.paths[0], f)
	}
	info, err := s.stat(target)
	isDir := err == nil && info.Dir
	if !isDir && s.mustDir {
		if err == nil || fault.Of(err) == fault.NotFound {
			err = fault.New(fault.NotFound, "files.not_folder")
		}
		return s.warn(target, err)
	}
	if err := s.ack(); err != nil {
		return err
	}
	return s.receiveInto(target, isDir, 0)
}

// receiveInto takes messages until the folder, or the client's list, ends.
// Where the target is not a folder, the one thing sent takes its name.
func (s *scp) receiveInto(target string, isDir bool, depth int) error {
	for {
		line, err := s.readLineOrEnd()
		if err != nil || line == "" {
			return err
		}
		h, err := parseHeader(line)
		if err != nil {
			_ = s.warn("", err)
			return errGone
		}
		switch h.kind {
		case 1:
			s.mark()
			continue
		case 2:
			return errGone
		case 'T':
			err = s.ack()
		case 'E':
			if err := s.ack(); err != nil || depth > 0 {
				return err
			}
			return errGone
		case 'C':
			err = s.receiveFile(target, isDir, h)
		case 'D':
			err = s.receiveFolder(target, isDir, h, depth)
		}
		if err != nil {
			return err
		}
	}
}

// readLineOrEnd is readLine, where the end of input is no error: the list is
// over then.
func (s *scp) readLineOrEnd() (string, error) {
	if _, err := s.in.Peek(1); err != nil {
		return "", nil
	}
	line, err := s.readLine()
	if err == nil && line == "" {
		return "", errGone
	}
	return line, err
}

// place gives the path of what is being sent.
func place(target string, isDir bool, h header) (string, *fault.Fault) {
	name, f := cleanName(h.name)
	if f != nil || !isDir {
		return target, f
	}
	return cleanPath(path.Join(target, name))
}

// receiveFile takes one file. A refusal before its bytes keeps the client from
// sending them.
func (s *scp) receiveFile(target string, isDir bool, h header) error {
	p, f := place(target, isDir, h)
	if f != nil {
		return s.warn(h.name, f)
	}
	up, err := s.create(p, h.size)
	if err != nil {
		return s.warn(p, err)
	}
	if err := s.ack(); err != nil {
		up.fail(err)
		_ = up.finish()
		return err
	}
	if err := s.receiveBytes(up, h.size); err != nil {
		up.fail(err)
		_ = up.finish()
		return err
	}
	ok, err := s.answer()
	if err != nil || !ok { // the client could not read it all
		s.mark()
		up.fail(errCut)
	}
	kept := up.finish()
	switch {
	case err != nil:
		return err
	case kept != nil && kept != errCut:
		return s.warn(p, kept)
	}
	return s.ack()
}

// receiveBytes reads exactly size bytes, whatever becomes of them: the protocol
// cannot stop a client in the middle. Only the client's going is an error here.
func (s *scp) receiveBytes(up *put, size int64) error {
	buf := make([]byte, min(size, chunk))
	for off := int64(0); off < size; {
		n, err := io.ReadFull(s.in, buf[:min(size-off, chunk)])
		if err != nil {
			return errGone
		}
		_, _ = up.WriteAt(buf[:n], off) // kept in up, and told by finish
		off += int64(n)
	}
	return nil
}

// receiveFolder takes a folder and what is in it.
func (s *scp) receiveFolder(target string, isDir bool, h header, depth int) error {
	if !s.recursive || depth >= maxDepth {
		_ = s.warn(h.name, fault.New(fault.Invalid, "files.broken"))
		return errGone
	}
	p, f := place(target, isDir, h)
	if f != nil {
		return s.warn(h.name, f)
	}
	if info, err := s.stat(p); err != nil || !info.Dir {
		if err := s.mkdir(p); err != nil {
			return s.warn(p, err)
		}
	}
	if err := s.ack(); err != nil {
		return err
	}
	return s.receiveInto(p, true, depth+1)
}
