package message

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// bot is a OneBot v11 implementation over HTTP, as its specification has it: an action a path, parameters as JSON; 401
// without a token, 403 with a wrong one, 406 for another content type, 400 for what is no JSON, 404 for an unknown action,
// else 200 with status and retcode. Friends are the numbers it can write to.
type bot struct {
	addr  string
	token string
	serve *http.Server

	mu       sync.Mutex
	friends  map[int64]bool
	groups   map[int64]bool
	got      []said
	answer   func(s said) (status string, retcode int, why string) // nil: ok
	hold     chan struct{}                                         // closed: answers go on
	redirect string
	status   int // of HTTP, instead of an answer
}

// said is one message that came through.
type said struct {
	to   int64
	text string
	key  string
}

func newBot(t testing.TB, token string) *bot {
	t.Helper()
	b := &bot{token: token, friends: map[int64]bool{10001: true, 10002: true}, groups: map[int64]bool{90000: true}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.addr = l.Addr().String()
	b.serve = &http.Server{Handler: http.HandlerFunc(b.handle)}
	go func() { _ = b.serve.Serve(l) }()
	t.Cleanup(func() { _ = b.serve.Close() })
	return b
}

func (b *bot) handle(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.hold != nil {
		hold := b.hold
		b.mu.Unlock()
		<-hold
		b.mu.Lock()
	}
	switch auth := r.Header.Get("Authorization"); {
	case b.redirect != "":
		http.Redirect(w, r, b.redirect, http.StatusTemporaryRedirect)
		return
	case b.status != 0:
		w.WriteHeader(b.status)
		return
	case b.token != "" && auth == "":
		w.WriteHeader(http.StatusUnauthorized)
		return
	case b.token != "" && auth != "Bearer "+b.token:
		w.WriteHeader(http.StatusForbidden)
		return
	case r.Method == http.MethodPost && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		w.WriteHeader(http.StatusNotAcceptable)
		return
	}
	var p struct {
		User    int64             `json:"user_id"`
		Group   int64             `json:"group_id"`
		Message []json.RawMessage `json:"message"`
	}
	body, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(body, &p); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	text, ok := segments(p.Message)
	s := said{text: text, key: r.Header.Get("X-Cohort-Key")}
	known := false
	switch r.URL.Path {
	case "/send_private_msg":
		s.to, known = p.User, b.friends[p.User]
	case "/send_group_msg":
		s.to, known = p.Group, b.groups[p.Group]
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	status, retcode, why := "ok", 0, ""
	switch {
	case !ok || s.to == 0:
		status, retcode = "failed", 100
	case !known:
		status, retcode, why = "failed", 102, "not a friend"
	case b.answer != nil:
		status, retcode, why = b.answer(s)
	}
	if status != "failed" {
		b.got = append(b.got, s)
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"status":%q,"retcode":%d,"data":{"message_id":%d},"wording":%q}`, status, retcode, len(b.got), why)
}

// segments reads a message in the form of an array; anything but text would be an order to the bot.
func segments(list []json.RawMessage) (text string, ok bool) {
	for _, raw := range list {
		var s struct {
			Type string            `json:"type"`
			Data map[string]string `json:"data"`
		}
		if json.Unmarshal(raw, &s) != nil || s.Type != "text" {
			return "", false
		}
		text += s.Data["text"]
	}
	return text, text != ""
}

func (b *bot) all() []said {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]said(nil), b.got...)
}

func (b *bot) set(f func(b *bot)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(b)
}

func (b *bot) config() Config { return Config{QQ: "http://" + b.addr, Token: b.token, Group: "90000"} }

func TestQQAndGroup(t *testing.T) {
	b := newBot(t, "s3cret-token")
	s := newSchool(t, b.config())
	one := s.queue("1", Message{Channel: QQ, Target: "10001", Kind: "grade", Body: "[CQ:at,qq=all] 王小明 \x1b[31m"})
	two := s.queue("2", Message{Channel: Group, Target: "90000", Kind: "grade", Body: "hello"})
	s.round()
	s.want(one, "sent", 1)
	s.want(two, "sent", 1)
	got := b.all()
	if len(got) != 2 || got[0].to != 10001 || got[0].text != "[CQ:at,qq=all] 王小明" || got[1].to != 90000 || got[0].key == got[1].key || got[0].key == "" {
		t.Errorf("%+v", got)
	}
}

// What the bot answers decides: sent, tried again, given up, or all wait.
func TestAnswersOfOneBot(t *testing.T) {
	failed := func(code int) func(said) (string, int, string) {
		return func(said) (string, int, string) { return "failed", code, "because" }
	}
	for name, c := range map[string]struct {
		set   func(b *bot)
		to    string
		state string
		tries int
		why   string // of the row, or of the pause
		rest  bool
	}{
		"ok":                  {state: "sent", tries: 1},
		"async":               {set: func(b *bot) { b.answer = func(said) (string, int, string) { return "async", 1, "" } }, state: "sent", tries: 1},
		"not a friend":        {to: "19999", state: "queued", tries: 1, why: "OneBot failed, retcode 102: not a friend"},
		"failed 100":          {set: func(b *bot) { b.answer = failed(100) }, state: "queued", tries: 1, why: "OneBot failed, retcode 100: because"},
		"bad request 1400":    {set: func(b *bot) { b.answer = failed(1400) }, state: "dead", tries: 1, why: "OneBot failed, retcode 1400: because"},
		"token refused, 1403": {set: func(b *bot) { b.answer = failed(1403) }, state: "queued", why: "OneBot failed, retcode 1403: because", rest: true},
		"wrong token":         {set: func(b *bot) { b.token = "other" }, state: "queued", why: "HTTP 403 Forbidden: the token is refused", rest: true},
		"elsewhere":           {set: func(b *bot) { b.redirect = "http://evil.example/" }, state: "queued", why: "HTTP 307 Temporary Redirect: it points elsewhere, set the final address", rest: true},
		"too many":            {set: func(b *bot) { b.status = 429 }, state: "queued", why: "HTTP 429 Too Many Requests"},
		"being restarted":     {set: func(b *bot) { b.status = 502 }, state: "queued", why: "HTTP 502 Bad Gateway"},
		"broken":              {set: func(b *bot) { b.status = 500 }, state: "queued", tries: 1, why: "HTTP 500 Internal Server Error"},
		"another program":     {set: func(b *bot) { b.status = 200 }, state: "queued", why: "the address does not speak OneBot v11", rest: true},
		"gone":                {set: func(b *bot) { _ = b.serve.Close() }, state: "queued", why: "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBot(t, "s3cret-token")
			s := newSchool(t, b.config())
			if c.set != nil {
				b.set(c.set)
			}
			if c.to == "" {
				c.to = "10001"
			}
			id := s.queue("1", Message{Channel: QQ, Target: c.to, Kind: "grade", Body: "hello"})
			s.round()
			s.want(id, c.state, c.tries)
			why := s.get(id).LastError
			if c.tries == 0 {
				why = s.status(QQ).Error
			}
			if !strings.Contains(why, c.why) || why == "" && c.why != "" {
				t.Errorf("why %q, want %q", why, c.why)
			}
			if s.status(QQ).Paused != c.rest {
				t.Errorf("status %+v", s.status(QQ))
			}
			if told := s.told(1); c.rest != (len(told) == 1 && strings.HasPrefix(told[0], "message_paused messages")) && c.state != "dead" {
				t.Errorf("told %q", told)
			}
			if log := s.log.String() + why + strings.Join(s.told(1), ""); strings.Contains(log, "s3cret-token") {
				t.Errorf("the token is told: %s", log)
			}
		})
	}
}

// Nobody waits for a bot that does not answer longer than patience; the message counts as tried, since it may be there.
func TestNoAnswerInTime(t *testing.T) {
	b := newBot(t, "")
	hold := make(chan struct{})
	t.Cleanup(func() { close(hold) })
	b.hold = hold
	s := newSchool(t, b.config())
	s.messages.qq.Dial = s.hasty(50 * time.Millisecond)
	id := s.queue("1", Message{Channel: QQ, Target: "10001", Kind: "grade", Body: "hello"})
	s.round()
	s.want(id, "queued", 1)
	if m := s.get(id); m.LastError != "no answer in time" {
		t.Errorf("%+v", m)
	}
}

// A wrong token pauses all of it, counts no try and tells the administrators once; the right one sends everything.
func TestTokenRefusedAndSetRight(t *testing.T) {
	b := newBot(t, "right")
	c := b.config()
	c.Token = "wrong"
	s := newSchool(t, c)
	one, two := s.queue("1", Message{Channel: QQ, Target: "10001", Kind: "x", Body: "1"}), s.queue("2", Message{Channel: QQ, Target: "10002", Kind: "x", Body: "2"})
	for range 5 {
		s.round()
		s.clock.Pass(2 * time.Hour)
	}
	s.want(one, "queued", 0)
	s.want(two, "queued", 0)
	if told := s.told(1); len(told) != 1 {
		t.Errorf("told %q", told)
	}
	s.config.Token = "right"
	s.messages.Anew()
	s.round()
	s.want(one, "sent", 1)
	s.want(two, "sent", 1)
}
