package line

import (
	"context"
	"io"
	"runtime"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// wire is the client's end in benchmarks: it counts bytes and tells of each write.
type wire struct {
	bytes atomic.Int64
	wrote chan struct{}
}

func (w *wire) Write(p []byte) (int, error) {
	w.bytes.Add(int64(len(p)))
	select {
	case w.wrote <- struct{}{}:
	default:
	}
	return len(p), nil
}

// quiet waits until nothing was written for a while.
func (w *wire) quiet() {
	for {
		select {
		case <-w.wrote:
		case <-time.After(150 * time.Millisecond):
			return
		}
	}
}

func start(stock bool) (*wire, *io.PipeWriter, func()) {
	w := &wire{wrote: make(chan struct{}, 1)}
	in, keys := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = Run(ctx, Options{In: in, Out: w, Width: 120, Height: 40, Term: "xterm-256color", Stock: stock}, table{})
	}()
	return w, keys, func() {
		cancel()
		_ = keys.Close()
		<-done
	}
}

func each(b *testing.B, f func(b *testing.B, stock bool)) {
	b.Run("line", func(b *testing.B) { f(b, false) })
	b.Run("stock", func(b *testing.B) { f(b, true) })
}

// Bytes and time from a key to its frame, after a pause, in a list of 400 Chinese rows at 120 × 40.
func BenchmarkMove(b *testing.B) {
	each(b, func(b *testing.B, stock bool) {
		w, keys, stop := start(stock)
		defer stop()
		w.quiet()
		before := w.bytes.Load()
		var took []time.Duration
		key := "j"
		for b.Loop() {
			time.Sleep(2 * frameTime)
			select {
			case <-w.wrote:
			default:
			}
			begin := time.Now()
			_, _ = keys.Write([]byte(key))
			<-w.wrote
			took = append(took, time.Since(begin))
			if len(took)%9 == 0 { // not beyond the end of the list
				key = map[string]string{"j": "k", "k": "j"}[key]
			}
		}
		w.quiet()
		slices.Sort(took)
		b.ReportMetric(float64(w.bytes.Load()-before)/float64(len(took)), "bytes/key")
		b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		b.ReportMetric(0, "ns/op")
	})
}

// Bytes of a page down.
func BenchmarkPage(b *testing.B) {
	each(b, func(b *testing.B, stock bool) {
		w, keys, stop := start(stock)
		defer stop()
		w.quiet()
		before, n := w.bytes.Load(), 0
		for ; n < 10; n++ { // 37 rows a page
			_, _ = keys.Write([]byte("\x1b[6~"))
			w.quiet()
		}
		for b.Loop() {
		}
		b.ReportMetric(float64(w.bytes.Load()-before)/float64(n), "bytes/page")
		b.ReportMetric(0, "ns/op")
	})
}

// What a session costs that does nothing: memory, goroutines, processor.
func BenchmarkIdle(b *testing.B) {
	each(b, func(b *testing.B, stock bool) {
		for b.Loop() {
			const sessions = 1000
			heap, goroutines := memory()
			var stops []func()
			var wires []*wire
			for range sessions {
				w, _, stop := start(stock)
				stops, wires = append(stops, stop), append(wires, w)
			}
			for _, w := range wires {
				for w.bytes.Load() == 0 {
					time.Sleep(time.Millisecond)
				}
			}
			time.Sleep(2 * time.Second)
			after, all := memory()
			cpu, begin := processor(), time.Now()
			time.Sleep(3 * time.Second)
			b.ReportMetric(100*float64(processor()-cpu)/float64(time.Since(begin)), "cpu-%")
			b.ReportMetric(float64(after-heap)/sessions, "bytes/session")
			b.ReportMetric(float64(all-goroutines)/sessions, "goroutines/session")
			b.ReportMetric(0, "ns/op")
			for _, stop := range stops {
				stop()
			}
		}
	})
}

func memory() (bytes uint64, goroutines int) {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse, runtime.NumGoroutine()
}

func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// The renderer's own work for a page of 40 lines that all changed.
func BenchmarkFrame(b *testing.B) {
	c := newScreen(Options{}, func(error) {})
	m := table{w: 120, h: 40}
	one, two := m.View(), m.with("pgdown").View()
	buf := make([]byte, 0, 32<<10)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		v := one
		if i%2 == 1 {
			v = two
		}
		buf = c.frame(buf[:0], shot{view: v, size: Size{120, 40}})
	}
	b.ReportMetric(float64(len(buf)), "bytes")
}
