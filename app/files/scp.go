package files

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"cohort/app/fault"
)

// The old scp protocol, as "scp -O", PuTTY's pscp and scripts speak it. There
// is no standard; OpenSSH's scp.c is what everybody follows. The client runs
// "scp -t TARGET" on the server to send and "scp -f FILE…" to fetch. Words of
// refusal travel in the protocol itself, and every client prints them.

// scpArgs is such a command.
type scpArgs struct {
	sink, source       bool // -t, -f
	recursive, mustDir bool // -r, -d
	times              bool // -p
	paths              []string
}

// parseSCP reads the command's words, the first of which is "scp".
func parseSCP(args []string) (a scpArgs, ok bool) {
	flags := true
	for _, arg := range args[1:] {
		if !flags || arg == "" || arg == "-" || arg[0] != '-' {
			flags = false
			a.paths = append(a.paths, arg)
			continue
		}
		if arg == "--" {
			flags = false
			continue
		}
		for _, c := range arg[1:] {
			switch c {
			case 't':
				a.sink = true
			case 'f':
				a.source = true
			case 'r':
				a.recursive = true
			case 'd':
				a.mustDir = true
			case 'p':
				a.times = true
			case 'v', 'q', 'B', '1', '2', '4', '6', 'C':
			default:
				return a, false
			}
		}
	}
	if len(a.paths) == 0 {
		a.paths = []string{"."}
	}
	return a, a.sink != a.source && (a.source || len(a.paths) == 1)
}

// maxLine bounds one line of the protocol, in bytes.
const maxLine = 4096

// chunk is how much is read or written at once, in bytes.
const chunk = 32 << 10

// scp is one session of the old protocol.
type scp struct {
	*desk
	*talk
	scpArgs
	in  *bufio.Reader
	out io.Writer
}

// errGone ends a session: the client is gone or speaks something else.
var errGone = errors.New("scp: the client is gone")

// ServeSCP serves the old protocol for one command, whose words begin with
// "scp", and gives the exit code: 0, 1 when something was refused, 2 for a
// command it does not know.
func ServeSCP(ctx context.Context, fs FS, args []string, channel io.ReadWriter, v Voice) int {
	s := &scp{
		desk: newDesk(ctx, fs, v.Busy), talk: newTalk(v, fs),
		in: bufio.NewReaderSize(channel, 2*chunk), out: channel,
	}
	var ok bool
	if s.scpArgs, ok = parseSCP(args); !ok {
		_, _ = fmt.Fprintf(v.Stderr, "\r%s\n", v.Printer.T("files.scp_usage"))
		return 2
	}
	var err error
	if s.sink {
		err = s.receive()
	} else {
		err = s.send()
	}
	s.desk.finish(s.talk)
	if err != nil {
		return 1
	}
	return s.code()
}

// ack tells the client to go on.
func (s *scp) ack() error {
	if _, err := s.out.Write([]byte{0}); err != nil {
		return errGone
	}
	return nil
}

// warn refuses one file in words; the client goes on with the next.
func (s *scp) warn(name string, err error) error {
	s.mark()
	text := s.quiet(name, err).text
	if _, err := fmt.Fprintf(s.out, "\x01%s\n", text); err != nil {
		return errGone
	}
	return nil
}

// answer reads the client's answer: true to go on with this file, false to
// leave it.
func (s *scp) answer() (bool, error) {
	b, err := s.in.ReadByte()
	if err != nil {
		return false, errGone
	}
	switch b {
	case 0:
		return true, nil
	case 1:
		_, err := s.readLine()
		return false, err
	}
	return false, errGone
}

// readLine reads to the end of a line, which it leaves off.
func (s *scp) readLine() (string, error) {
	var b strings.Builder
	for b.Len() <= maxLine {
		c, err := s.in.ReadByte()
		if err != nil {
			return "", errGone
		}
		if c == '\n' {
			return b.String(), nil
		}
		b.WriteByte(c)
	}
	return "", errGone
}

// header is one message of the sending side.
type header struct {
	kind byte   // 'C' a file, 'D' a folder begins, 'E' it ends, 'T' times, 1 and 2 the other side's troubles
	size int64  // of a file, in bytes
	name string // as sent
}

// maxSize bounds a file's announced size: 1 TiB.
const maxSize = 1 << 40

// parseHeader reads a line without its end: "C0644 1234 name", "D0755 0 name",
// "E", "T1183832947 0 1183833773 0".
func parseHeader(line string) (h header, err error) {
	broken := fault.New(fault.Invalid, "files.broken")
	if line == "" {
		return h, broken
	}
	h.kind = line[0]
	switch h.kind {
	case 'E':
		if len(line) > 1 {
			return h, broken
		}
		return h, nil
	case 'T', 1, 2:
		return h, nil
	case 'C', 'D':
	default:
		return h, broken
	}
	mode, rest, ok := strings.Cut(line[1:], " ")
	size, name, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 || name == "" || len(mode) < 3 || len(mode) > 6 || strings.Trim(mode, "01234567") != "" {
		return h, broken
	}
	if h.size, ok = parseSize(size); !ok {
		return h, broken
	}
	h.name = name
	return h, nil
}

func parseSize(s string) (n int64, ok bool) {
	if s == "" || len(s) > 13 {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, n <= maxSize
}
