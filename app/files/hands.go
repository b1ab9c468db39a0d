package files

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/teaching"
)

// hands are what one session hands in: files that come in one session are one
// version of a homework, which is made when the session ends, or when somebody
// looks at the folder in between.
type hands struct {
	mu    sync.Mutex
	open  map[handed]*teaching.Handing
	order []handed
	said  []string
	bad   bool
	err   error // of the program's own, the last

	cached map[int64]cached // by lesson
}

// handed names a homework.
type handed struct {
	class  string
	lesson int64
}

// to gives the handing of a homework, beginning it with the first file.
func (h *hands) to(ctx context.Context, sv Services, by policy.Actor, x handed) (*teaching.Handing, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if at, ok := h.open[x]; ok {
		return at, nil
	}
	at, err := sv.Teaching.HandIn(context.WithoutCancel(ctx), by, x.class, x.lesson)
	if err != nil {
		return nil, err
	}
	if h.open == nil {
		h.open = map[handed]*teaching.Handing{}
	}
	h.open[x] = at
	h.order = append(h.order, x)
	return at, nil
}

// settle makes a version of what has come so far.
func (h *hands) settle(c caller, x handed) {
	h.mu.Lock()
	at, ok := h.open[x]
	h.mu.Unlock()
	if ok {
		h.version(c, at)
	}
}

func (h *hands) version(c caller, at *teaching.Handing) {
	v, err := at.Finish()
	h.mu.Lock()
	defer h.mu.Unlock()
	switch f, ok := fault.As(err); {
	case ok:
		h.said, h.bad = append(h.said, c.p.Fault(f)), true
	case err != nil:
		h.err = err
	case v.ID != 0:
		h.said = append(h.said, receiptLine(c.p, v))
	}
}

// tell says a line when the session ends.
func (h *hands) tell(line string, good bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said = append(h.said, line)
	h.bad = h.bad || !good
}

// finish ends the session. Where a file was cut off nothing of what came is
// handed in: half of a homework must not stand for the whole.
func (h *hands) finish(c caller, whole bool) ([]string, bool, error) {
	h.mu.Lock()
	order := h.order
	h.mu.Unlock()
	for _, x := range order {
		at := h.open[x]
		if whole {
			h.version(c, at)
		}
		at.Drop()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.said, !h.bad, h.err
}

// receiptLine is a receipt in one line, as clients show it.
func receiptLine(p i18n.Printer, v teaching.Homework) string {
	return p.T("homework.received", "version", v.Version, "n", len(v.Files), "size", i18n.Size(v.Size), "when", p.DateTime(v.At), "late", lateness(p, v.Late),
		"receipt", v.Receipt, "sha256", v.SHA256)
}

func lateness(p i18n.Printer, late time.Duration) string {
	if late <= 0 {
		return p.T("homework.on_time")
	}
	return p.T("homework.late_by", "time", teaching.LateWord(late))
}

// receiptText is a receipt as a file.
func receiptText(p i18n.Printer, class string, lesson int64, v teaching.Homework) string {
	var b strings.Builder
	b.WriteString(p.T("homework.receipt", "class", class, "n", lesson, "version", v.Version, "when", p.DateTime(v.At), "late", lateness(p, v.Late), "receipt", v.Receipt,
		"sha256", v.SHA256, "size", i18n.Size(v.Size)) + "\n\n")
	for _, f := range v.Files {
		b.WriteString(f.SHA256 + "  " + f.Name + "\n")
	}
	return b.String()
}

// cached is a download for as long as clients walk through it.
type cached struct {
	at   time.Time
	data teaching.Download
}

// cacheFor is how long a listing may be old; each file is opened through the
// reader's rights all the same.
const cacheFor = 5 * time.Second

func (h *hands) download(ctx context.Context, sv Services, by policy.Actor, lesson int64) (teaching.Download, error) {
	h.mu.Lock()
	x, ok := h.cached[lesson]
	h.mu.Unlock()
	if ok && time.Since(x.at) < cacheFor {
		return x.data, nil
	}
	d, err := sv.Teaching.Download(ctx, by, lesson, time.Time{})
	if err != nil {
		return d, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cached == nil {
		h.cached = map[int64]cached{}
	}
	h.cached[lesson] = cached{time.Now(), d}
	return d, nil
}

func (h *hands) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cached = nil
}

// memory takes a small file that is looked at when it has come.
type memory struct {
	mu   sync.Mutex
	data []byte
	max  int64
	over func() error
	done func(data *bytes.Reader) error
}

// WriteAt implements Upload.
func (m *memory) WriteAt(p []byte, off int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	end := off + int64(len(p))
	if off < 0 || end > m.max {
		return 0, m.over()
	}
	if grow := end - int64(len(m.data)); grow > 0 {
		m.data = append(m.data, make([]byte, grow)...)
	}
	return copy(m.data[off:], p), nil
}

// Commit implements Upload.
func (m *memory) Commit() error { return m.done(bytes.NewReader(m.data)) }

// Abort implements Upload.
func (m *memory) Abort() {}
