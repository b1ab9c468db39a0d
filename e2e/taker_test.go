package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// taker is a server that takes messages: a OneBot v11 endpoint with a token, or a group robot's web hook.
type taker struct {
	*httptest.Server
	token string // of OneBot; "": a hook

	mu   sync.Mutex
	got  strings.Builder // a line for each message: its path and body
	more chan struct{}   // closed and made anew with each
}

// cmdTaker starts one, or waits for what it is to have got:
//
//	taker NAME onebot TOKEN | taker NAME hook     its address is then $NAME
//	taker NAME got PATTERN
func cmdTaker(ts *testscript.TestScript, neg bool, args []string) {
	switch {
	case len(args) >= 2 && (args[1] == "onebot" || args[1] == "hook"):
		k := &taker{more: make(chan struct{})}
		if args[1] == "onebot" {
			k.token = args[2]
		}
		k.Server = httptest.NewServer(k)
		ts.Defer(k.Close)
		takers.Store(ts.Getenv("WORK")+args[0], k)
		ts.Setenv(args[0], k.URL)
	case len(args) == 3 && args[1] == "got":
		k, ok := takers.Load(ts.Getenv("WORK") + args[0])
		if !ok {
			ts.Fatalf("there is no taker %s", args[0])
		}
		if err := k.(*taker).wait(regexp.MustCompile(args[2]), neg); err != nil {
			ts.Fatalf("%v", err)
		}
	default:
		ts.Fatalf("taker NAME onebot TOKEN | taker NAME hook | taker NAME got PATTERN")
	}
}

var takers sync.Map

// ServeHTTP answers as OneBot v11 does (401 without a token, 403 with a wrong one), or as WeCom's robots do.
func (k *taker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	auth := r.Header.Get("Authorization")
	switch {
	case k.token != "" && auth == "":
		w.WriteHeader(http.StatusUnauthorized)
		return
	case k.token != "" && auth != "Bearer "+k.token:
		w.WriteHeader(http.StatusForbidden)
		return
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	k.mu.Lock()
	fmt.Fprintf(&k.got, "%s %s\n", r.URL.Path, body)
	close(k.more)
	k.more = make(chan struct{})
	k.mu.Unlock()
	if k.token == "" {
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
		return
	}
	_, _ = io.WriteString(w, `{"status":"ok","retcode":0,"data":{"message_id":1}}`)
}

// wait returns when something matched, or nothing may have and nothing has.
func (k *taker) wait(pattern *regexp.Regexp, neg bool) error {
	end := time.After(20 * time.Second)
	for {
		k.mu.Lock()
		got, more := k.got.String(), k.more
		k.mu.Unlock()
		if pattern.MatchString(got) {
			if neg {
				return fmt.Errorf("it got %s", got)
			}
			return nil
		}
		if neg {
			return nil
		}
		select {
		case <-more:
		case <-end:
			return fmt.Errorf("nothing like %s came, but\n%s", pattern, got)
		}
	}
}
