// Package monitor shows a running school from outside, over HTTP on the machine itself: whether it is alive and ready,
// its figures for Prometheus, and, where switched on, Go's profiles. It tells nothing of people.
package monitor

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"cohort/app"
	"cohort/sshsrv"
)

// Monitor gathers figures. Make it with New.
type Monitor struct {
	app      *app.App
	registry *prometheus.Registry
	stopping atomic.Bool

	sessions *prometheus.GaugeVec
	lasted   *prometheus.HistogramVec
	logins   *prometheus.CounterVec
	refused  *prometheus.CounterVec
	frames   prometheus.Histogram
	bytes    prometheus.Counter
}

// New makes a monitor of a school.
func New(a *app.App) *Monitor {
	m := &Monitor{app: a, registry: prometheus.NewRegistry(),
		sessions: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "cohort_sessions", Help: "Open SSH sessions by kind."}, []string{"kind"}),
		lasted: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "cohort_session_seconds", Help: "How long sessions lasted, by kind.",
			Buckets: []float64{.01, .1, 1, 10, 60, 600, 3600, 4 * 3600}}, []string{"kind"}),
		logins:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cohort_logins_total", Help: "Log-ins that succeeded or failed, by method."}, []string{"method", "result"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cohort_refused_total", Help: "What was turned away: connection, session, login; and panics."}, []string{"what"}),
		frames: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "cohort_key_to_frame_seconds", Help: "From a key, or what else changed a screen, to the end of its frame's write.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1}}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{Name: "cohort_frame_bytes_total", Help: "Bytes of frames sent."}),
	}
	m.registry.MustRegister(m.sessions, m.lasted, m.logins, m.refused, m.frames, m.bytes, school{a},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Watch puts the monitor's hooks before those of w.
func (m *Monitor) Watch(w sshsrv.Watch) sshsrv.Watch {
	return sshsrv.Watch{
		Login: func(method string, ok bool) {
			result := "failed"
			if ok {
				result = "ok"
			}
			m.logins.WithLabelValues(method, result).Inc()
			if w.Login != nil {
				w.Login(method, ok)
			}
		},
		Opened: func(k sshsrv.Kind) {
			m.sessions.WithLabelValues(string(k)).Inc()
			if w.Opened != nil {
				w.Opened(k)
			}
		},
		Closed: func(k sshsrv.Kind, d time.Duration) {
			m.sessions.WithLabelValues(string(k)).Dec()
			m.lasted.WithLabelValues(string(k)).Observe(d.Seconds())
			if w.Closed != nil {
				w.Closed(k, d)
			}
		},
		Frame: func(wait, write time.Duration, n int) {
			m.frames.Observe(wait.Seconds())
			m.bytes.Add(float64(n))
			if w.Frame != nil {
				w.Frame(wait, write, n)
			}
		},
		Refused: func(what string) {
			m.refused.WithLabelValues(what).Inc()
			if w.Refused != nil {
				w.Refused(what)
			}
		},
	}
}

// Stopping makes /readyz say no, so that a balancer sends nobody any more.
func (m *Monitor) Stopping() { m.stopping.Store(true) }

// Handler answers /healthz, /readyz, /metrics and, with profiles, /debug/pprof/.
func (m *Monitor) Handler(profiles bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", m.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: 10 * time.Second}))
	if profiles {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	}
	return mux
}

// ready says whether people can be served: the database answers, and the server is not about to stop.
func (m *Monitor) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	switch err := m.app.Ready(ctx); {
	case m.stopping.Load():
		say(w, http.StatusServiceUnavailable, "stopping")
	case err != nil:
		m.app.Log.Warn("not ready", "err", err)
		say(w, http.StatusServiceUnavailable, "the database does not answer")
	default:
		say(w, http.StatusOK, "ready")
	}
}

func say(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text + "\n"))
}

// Serve answers on l until ctx ends.
func (m *Monitor) Serve(ctx context.Context, l net.Listener, profiles bool) error {
	s := &http.Server{Handler: m.Handler(profiles), ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 16 << 10, IdleTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
