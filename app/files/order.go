package files

import (
	"encoding/binary"
	"io"
	"sync"
)

// ordered is a channel on which nothing follows the opening or closing of a file or
// folder before its answer has been sent. The library (pkg/sftp 1.13.12) works on
// these and on the reads and writes behind them side by side: a client that guesses
// the handle would use what is half open or half closed. Clients that wait for the
// handle and for the end of an upload, as all real ones do, lose no time by it.
type ordered struct {
	io.ReadWriteCloser
	mu    sync.Mutex
	moved sync.Cond // an answer was sent, or none will be any more
	in    frames    // of requests
	out   frames    // of answers, one to each request, in the same order
	gone  bool
}

func inOrder(channel io.ReadWriteCloser) *ordered {
	o := &ordered{ReadWriteCloser: channel}
	o.moved.L = &o.mu
	return o
}

// Read gives bytes of one packet at a time.
func (o *ordered) Read(b []byte) (int, error) {
	o.mu.Lock()
	for !o.gone && o.in.between() && alone(o.in.kind) && o.out.whole < o.in.whole {
		o.moved.Wait()
	}
	b = b[:min(len(b), o.in.room())]
	o.mu.Unlock()
	n, err := o.ReadWriteCloser.Read(b)
	o.mu.Lock()
	o.in.pass(b[:n])
	o.mu.Unlock()
	return n, err
}

func (o *ordered) Write(b []byte) (int, error) {
	n, err := o.ReadWriteCloser.Write(b)
	o.mu.Lock()
	o.out.pass(b[:n])
	o.gone = o.gone || err != nil
	o.mu.Unlock()
	o.moved.Broadcast()
	return n, err
}

func (o *ordered) Close() error {
	o.mu.Lock()
	o.gone = true
	o.mu.Unlock()
	o.moved.Broadcast()
	return o.ReadWriteCloser.Close()
}

// alone tells SSH_FXP_OPEN, SSH_FXP_CLOSE and SSH_FXP_OPENDIR
// (draft-ietf-secsh-filexfer-02, section 3).
func alone(kind byte) bool { return kind == 3 || kind == 4 || kind == 11 }

// frames follows a stream of packets: four bytes of length, then as many, of which
// the first is the kind.
type frames struct {
	head  [4]byte
	n     int    // bytes of the head that were seen; 4 within the packet
	left  uint32 // bytes of the packet that are to come
	fresh bool   // its kind is to come
	kind  byte   // of the last packet
	whole int    // packets that have passed
}

// between says that no packet has begun.
func (f *frames) between() bool { return f.n == 0 }

// room is how many bytes belong to the head or to the packet now.
func (f *frames) room() int {
	if f.n < len(f.head) {
		return len(f.head) - f.n
	}
	return int(min(f.left, 1<<30))
}

func (f *frames) pass(b []byte) {
	for len(b) > 0 {
		if f.n < len(f.head) {
			k := copy(f.head[f.n:], b)
			f.n, b = f.n+k, b[k:]
			if f.n == len(f.head) {
				f.left, f.fresh = binary.BigEndian.Uint32(f.head[:]), true
				f.end()
			}
			continue
		}
		if f.fresh {
			f.kind, f.fresh = b[0], false
		}
		k := min(len(b), f.room())
		f.left, b = f.left-uint32(k), b[k:]
		f.end()
	}
}

// end counts a packet of which nothing is left.
func (f *frames) end() {
	if f.left == 0 {
		f.n, f.whole = 0, f.whole+1
	}
}
