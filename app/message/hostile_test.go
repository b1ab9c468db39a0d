package message

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cohort/app/hostiletest"
)

// TestNoTextIsAnOrder sends every attack by every channel and style, as if the outbox had been written to past all
// cleaning: a text is the text of a text, never a code of OneBot, a mention of all, a header or a member of the JSON.
func TestNoTextIsAnOrder(t *testing.T) {
	var got map[string]any
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, header = map[string]any{}, r.Header
		if err := json.Unmarshal(b, &got); err != nil {
			t.Errorf("%q: %v", b, err)
		}
		_, _ = w.Write([]byte(`{"status":"ok","retcode":0,"errcode":0}`))
	}))
	defer server.Close()
	for _, text := range hostiletest.Texts {
		for _, style := range []Style{"", WeCom, DingTalk, Feishu, Plain} {
			c := Config{QQ: server.URL, Hook: server.URL, Style: style, Secret: "s"}
			m := Message{Channel: Hook, Body: text, Kind: "claimed", Key: "k1", Target: "10001"}
			if style == "" {
				m.Channel = QQ
			}
			k := &talk{ctx: context.Background(), client: http.DefaultClient, config: func() Config { return c }, now: time.Now}
			if err := k.Send(m); err != nil {
				t.Fatalf("%q, %s: %v", text, style, err)
			}
			said := wordsOf(t, style, got)
			if bad, found := hostiletest.Acts(said); found || !strings.Contains(said, hostiletest.Mark) {
				t.Errorf("%s says %q (%q)", style, said, bad)
			}
			if style == Feishu && strings.Contains(said, "<at") {
				t.Errorf("Feishu is told to call everybody: %q", said)
			}
			if header.Get("X-Cohort-Key") != "k1" || len(header["Bcc"]) > 0 {
				t.Errorf("%v", header)
			}
		}
	}
}

// wordsOf gives the text of a message as whoever gets it reads it, in the one form that it may have.
func wordsOf(t *testing.T, style Style, got map[string]any) string {
	t.Helper()
	within := func(v any, keys ...string) string {
		for _, k := range keys {
			m, _ := v.(map[string]any)
			v = m[k]
		}
		s, ok := v.(string)
		if !ok {
			t.Errorf("%s: no text at %v in %v", style, keys, got)
		}
		return s
	}
	switch style {
	case "":
		list, _ := got["message"].([]any)
		if len(list) != 1 || len(got) != 2 || within(list[0], "type") != "text" {
			t.Fatalf("%v is no message of one text", got)
		}
		return within(list[0], "data", "text")
	case Plain:
		return within(got, "text")
	case Feishu:
		return within(got, "content", "text")
	}
	if got["msgtype"] != "text" || len(got) != 2 {
		t.Errorf("%s: %v", style, got)
	}
	return within(got, "text", "content")
}
