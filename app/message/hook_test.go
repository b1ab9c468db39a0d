package message

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"cohort/app/i18n"
	"cohort/app/policy"
)

// hookServer takes what a hook is posted and answers with a fixed text.
type hookServer struct {
	*httptest.Server
	mu     sync.Mutex
	body   string
	url    string
	header http.Header
	answer string
	calls  int
}

func newHook(t testing.TB, answer string) *hookServer {
	h := &hookServer{answer: answer}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		h.body, h.url, h.header = string(body), r.URL.String(), r.Header.Clone()
		h.calls++
		_, _ = io.WriteString(w, h.answer)
	}))
	t.Cleanup(h.Close)
	return h
}

// python computes with Python's own hmac, so that a mistake of ours is not made twice.
func python(t *testing.T, code string, args ...string) string {
	t.Helper()
	out, err := exec.Command("python3", append([]string{"-c", "import sys,hmac,hashlib,base64\n" + code}, args...)...).Output()
	if err != nil {
		t.Fatalf("python3: %v", err)
	}
	return strings.TrimSpace(string(out))
}

const secret = "SEC0123456789"

func TestHookStyles(t *testing.T) {
	for _, c := range []struct {
		style  Style
		answer string
		body   string // as it must be, without signatures
		signed func(t *testing.T, h *hookServer, body map[string]any)
	}{
		{WeCom, `{"errcode":0,"errmsg":"ok"}`, `{"msgtype":"text","text":{"content":"<at user_id=\"all\"> 王小明"}}`, nil},
		{DingTalk, `{"errcode":0,"errmsg":"ok"}`, `{"msgtype":"text","text":{"content":"<at user_id=\"all\"> 王小明"}}`, func(t *testing.T, h *hookServer, _ map[string]any) {
			q, _ := http.NewRequest("GET", h.url, nil)
			stamp := q.URL.Query().Get("timestamp")
			want := python(t, `s=sys.argv[2];print(base64.b64encode(hmac.new(s.encode(),(sys.argv[1]+"\n"+s).encode(),hashlib.sha256).digest()).decode())`, stamp, secret)
			if len(stamp) != 13 || q.URL.Query().Get("sign") != want || q.URL.Query().Get("access_token") != "k3y" {
				t.Errorf("%s, want sign %s", h.url, want)
			}
		}},
		{Feishu, `{"code":0,"msg":"success","data":{}}`, `{"msg_type":"text","content":{"text":"＜at user_id=\"all\"＞ 王小明"}}`, func(t *testing.T, _ *hookServer, body map[string]any) {
			stamp, _ := body["timestamp"].(string)
			want := python(t, `print(base64.b64encode(hmac.new((sys.argv[1]+"\n"+sys.argv[2]).encode(),b"",hashlib.sha256).digest()).decode())`, stamp, secret)
			if len(stamp) != 10 || body["sign"] != want {
				t.Errorf("%v, want sign %s", body, want)
			}
			delete(body, "timestamp")
			delete(body, "sign")
		}},
		{Plain, `thanks`, ``, func(t *testing.T, h *hookServer, body map[string]any) {
			want := python(t, `print(hmac.new(sys.argv[2].encode(),(sys.argv[1]+"\n"+sys.argv[3]).encode(),hashlib.sha256).hexdigest())`, h.header.Get("X-Cohort-Timestamp"), secret, h.body)
			if h.header.Get("X-Cohort-Signature") != want || body["text"] != `<at user_id="all"> 王小明` || body["kind"] != "grade" || body["key"] != h.header.Get("X-Cohort-Key") || body["at"] != "2026-11-20T08:00:00.000Z" {
				t.Errorf("%v %v, want %s", body, h.header, want)
			}
		}},
	} {
		t.Run(string(c.style), func(t *testing.T) {
			h := newHook(t, c.answer)
			s := newSchool(t, Config{Hook: h.URL + "/send?access_token=k3y", Style: c.style, Secret: secret})
			id := s.queue("1", Message{Channel: Hook, Kind: "grade", Body: `<at user_id="all"> 王小明`})
			s.round()
			s.want(id, "sent", 1)
			var body map[string]any
			if err := json.Unmarshal([]byte(h.body), &body); err != nil {
				t.Fatal(err)
			}
			if c.signed != nil {
				c.signed(t, h, body)
			}
			if c.body != "" {
				var want map[string]any
				if err := json.Unmarshal([]byte(c.body), &want); err != nil {
					t.Fatal(err)
				}
				got, _ := json.Marshal(body)
				wanted, _ := json.Marshal(want)
				if string(got) != string(wanted) {
					t.Errorf("%s\nwant %s", got, wanted)
				}
			}
		})
	}
}

func TestHookAnswers(t *testing.T) {
	for answer, c := range map[string]struct {
		state  string
		tries  int
		paused bool
		why    string
	}{
		`{"errcode":93000,"errmsg":"invalid webhook url"}`:   {"queued", 0, true, "code 93000: invalid webhook url"},
		`{"errcode":310000,"errmsg":"sign not match k3y"}`:   {"queued", 0, true, "code 310000: sign not match ***"},
		`{"errcode":45009,"errmsg":"api freq out of limit"}`: {"queued", 0, false, "code 45009: api freq out of limit"},
		`{"errcode":40058,"errmsg":"content too long"}`:      {"dead", 1, false, "code 40058: content too long"},
		`{"code":19021,"msg":"sign match fail"}`:             {"queued", 0, true, "code 19021: sign match fail"},
		`{"StatusCode":0,"StatusMessage":"success"}`:         {"sent", 1, false, ""},
		`{"errcode":-1,"errmsg":"system busy"}`:              {"queued", 1, false, "code -1: system busy"},
		`<html>`:                                             {"queued", 0, true, "the hook's answer is no JSON: is the style right?"},
		`{}`:                                                 {"queued", 0, true, "the hook's answer is another style's"},
	} {
		h := newHook(t, answer)
		s := newSchool(t, Config{Hook: h.URL + "/send?key=k3y", Style: WeCom})
		id := s.queue("1", Message{Channel: Hook, Kind: "grade", Body: "hello"})
		s.round()
		s.want(id, c.state, c.tries)
		st, m := s.status(Hook), s.get(id)
		if st.Paused != c.paused || m.LastError+st.Error != c.why {
			t.Errorf("%s: %q %+v", answer, m.LastError, st)
		}
		if strings.Contains(s.log.String()+st.Server, "k3y") {
			t.Errorf("the key is told: %s %s", s.log, st.Server)
		}
	}
}

// QQ that is down holds nothing of the hook's up, and the other way round.
func TestChannelsDoNotWaitForEachOther(t *testing.T) {
	h := newHook(t, `{"errcode":0}`)
	b := newBot(t, "right")
	c := b.config()
	c.Token, c.Hook = "wrong", h.URL
	s := newSchool(t, c)
	qq, hook := s.queue("1", Message{Channel: QQ, Target: "10001", Kind: "x", Body: "1"}), s.queue("2", Message{Channel: Hook, Kind: "x", Body: "2"})
	s.round()
	s.round()
	s.want(qq, "queued", 0)
	s.want(hook, "sent", 1)
}

// What is not set sends nothing; it waits.
func TestOffByDefault(t *testing.T) {
	s := newSchool(t, Config{})
	id := s.queue("1", Message{Channel: QQ, Target: "10001", Kind: "x", Body: "1"})
	s.round()
	s.want(id, "queued", 0)
	if err := s.messages.Test(ctx, policy.System, QQ, "10001", i18n.Printer{}); err == nil {
		t.Error("a test without an address succeeds")
	}
}

func TestTestButton(t *testing.T) {
	b, h := newBot(t, "right"), newHook(t, `{"errcode":0}`)
	c := b.config()
	c.Hook, c.Style = h.URL, WeCom
	s := newSchool(t, c)
	p := i18n.Printer{Lang: i18n.English}
	for _, x := range []struct {
		c      Channel
		number string
	}{{QQ, "10001"}, {QQ, ""}, {Hook, ""}} {
		if err := s.messages.Test(ctx, policy.System, x.c, x.number, p); err != nil {
			t.Errorf("%v: %v", x, err)
		}
	}
	if got := b.all(); len(got) != 2 || got[0].to != 10001 || got[1].to != 90000 || h.calls != 1 {
		t.Errorf("%v, %d", got, h.calls)
	}
	s.config.Token = "wrong"
	err := s.messages.Test(ctx, policy.System, QQ, "10001", p)
	if err == nil || !strings.Contains(p.Error(err), "HTTP 403 Forbidden: the token is refused") || strings.Contains(p.Error(err), "wrong") {
		t.Errorf("%v", p.Error(err))
	}
	if err := s.messages.Test(ctx, policy.Actor{Account: 2, Rights: &policy.Rights{}}, QQ, "10001", p); err == nil {
		t.Error("anybody may test")
	}
}

func TestAddresses(t *testing.T) {
	for text, ok := range map[string]bool{
		"": true, "http://127.0.0.1:3000": true, "http://napcat:3000/": true, "http://192.168.1.5:3000": true, "http://[::1]:3000": true,
		"https://oapi.dingtalk.com/robot/send?access_token=x": true, "http://oapi.dingtalk.com/robot": false, "http://8.8.8.8/": false,
		"ftp://127.0.0.1": false, "127.0.0.1:3000": false, "http://user:pass@127.0.0.1": false, "file:///etc/passwd": false, "https://": false,
	} {
		if err := CheckAddress(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}
