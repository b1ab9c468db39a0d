package monitor

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"cohort/app"
	"cohort/sshsrv"
)

func school0(t *testing.T) *app.App {
	t.Helper()
	c, err := app.FromEnv(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	c.Data = t.TempDir()
	a, err := app.Open(context.Background(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// TestMonitor asks a running monitor over HTTP, as Prometheus and a balancer do.
func TestMonitor(t *testing.T) {
	a := school0(t)
	m := New(a)
	heard := 0
	w := m.Watch(sshsrv.Watch{Opened: func(sshsrv.Kind) { heard++ }})
	w.Opened(sshsrv.Screens)
	w.Opened(sshsrv.Screens)
	w.Opened(sshsrv.SFTP)
	w.Closed(sshsrv.Screens, 3*time.Second)
	w.Login("password", true)
	w.Login("password", false)
	w.Refused("login")
	w.Frame(2*time.Millisecond, time.Millisecond, 250)
	if heard != 3 {
		t.Errorf("the hooks behind heard %d times", heard)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- m.Serve(ctx, l, false) }()
	ask := func(path string) (int, string) {
		t.Helper()
		r, err := http.Get("http://" + l.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Body.Close() }()
		b, _ := io.ReadAll(r.Body)
		return r.StatusCode, string(b)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/": 404, "/debug/pprof/": 404} {
		if code, text := ask(path); code != want {
			t.Errorf("%s: %d %s", path, code, text)
		}
	}
	_, text := ask("/metrics")
	for _, want := range []string{`cohort_sessions{kind="screens"} 1`, `cohort_sessions{kind="sftp"} 1`, `cohort_logins_total{method="password",result="failed"} 1`,
		`cohort_refused_total{what="login"} 1`, "cohort_key_to_frame_seconds_count 1", "cohort_frame_bytes_total 250", "cohort_db_writer_queue 0",
		"cohort_outbox_waiting 0", "cohort_disk_free_bytes", "cohort_db_statements_total", "go_goroutines"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	m.Stopping()
	if code, text := ask("/readyz"); code != 503 || text != "stopping\n" {
		t.Errorf("%d %s", code, text)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestNotReady: without its database a school is alive, and not ready.
func TestNotReady(t *testing.T) {
	a := school0(t)
	h := New(a).Handler(true)
	_ = a.DB.Close()
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503, "/debug/pprof/": 200, "/metrics": 200} {
		r, _ := http.NewRequest(http.MethodGet, path, nil)
		w := &answer{head: http.Header{}, code: 200}
		h.ServeHTTP(w, r)
		if w.code != want {
			t.Errorf("%s: %d, want %d", path, w.code, want)
		}
	}
}

type answer struct {
	head http.Header
	code int
}

func (a *answer) Header() http.Header         { return a.head }
func (a *answer) Write(b []byte) (int, error) { return len(b), nil }
func (a *answer) WriteHeader(code int)        { a.code = code }
