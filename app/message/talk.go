package message

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"cohort/app/clean"
	"cohort/app/outbox"
)

// Bounds of one request.
const (
	patience  = 10 * time.Second // from the dial to the end of the answer
	maxAnswer = 64 << 10         // bytes read of an answer
)

// talk sends messages over HTTP, each by the settings as they are then.
type talk struct {
	ctx    context.Context
	client *http.Client
	config func() Config
	now    func() time.Time
}

func (s *Service) talk(ctx context.Context) *talk {
	return &talk{ctx: ctx, config: s.Config, now: s.DB.Now, client: &http.Client{Timeout: patience,
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 1, MaxResponseHeaderBytes: maxAnswer},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Close lets the connection go.
func (t *talk) Close() { t.client.CloseIdleConnections() }

// Send hands one message over.
func (t *talk) Send(m Message) error {
	c := t.config()
	if !c.Set(m.Channel) {
		return outbox.Failure{Text: "no address is set", Down: true}
	}
	m.Body = clean.Safe(m.Body)
	if m.Channel == Hook {
		return t.hook(c, m)
	}
	return t.onebot(c, m)
}

// post sends JSON and gives the answer, at most maxAnswer bytes of it.
func (t *talk) post(address string, body any, headers map[string]string) (status int, answer []byte, err error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	// A message under way when the program ends may finish: patience bounds it.
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.ctx), http.MethodPost, address, bytes.NewReader(text))
	if err != nil {
		return 0, nil, outbox.Failure{Text: "the address cannot be used", Ours: true}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Cohort")
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	res, err := t.client.Do(r)
	if err != nil {
		return 0, nil, lost(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return 0, nil, outbox.Failure{Text: "the answer broke off"}
	}
	return res.StatusCode, answer, refusedBy(res.StatusCode)
}

// lost says what happened to a request without an answer. Whom we never reached took nothing, and takes no other message
// either; who did not answer may have taken it, so that this try counts.
func lost(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address: it may hold a key
	}
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case os.IsTimeout(err) && !errors.As(err, &dns) && !(errors.As(err, &op) && op.Op == "dial"):
		return outbox.Failure{Text: "no answer in time"}
	case errors.As(err, &dns), errors.As(err, &op) && op.Op == "dial":
		return outbox.Failure{Text: err.Error(), Down: true}
	}
	return outbox.Failure{Text: err.Error()}
}

// refusedBy reads the status of HTTP.
func refusedBy(status int) error {
	f := outbox.Failure{Text: fmt.Sprintf("HTTP %d %s", status, http.StatusText(status))}
	switch {
	case status/100 == 2:
		return nil
	case status/100 == 3:
		f.Text, f.Ours = f.Text+": it points elsewhere, set the final address", true
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		f.Text, f.Ours = f.Text+": the token is refused", true
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusNotAcceptable:
		f.Text, f.Ours = f.Text+": the address is wrong", true
	case status == http.StatusTooManyRequests, status == http.StatusBadGateway, status == http.StatusServiceUnavailable:
		f.Down = true
	case status/100 == 4:
		f.Permanent = true
	}
	return f
}

// secrets lists what may be in no log, error or notice.
func (c Config) secrets() (list []string) {
	add := func(s string) {
		if s != "" {
			list = append(list, s)
		}
	}
	add(c.Token)
	add(c.Secret)
	if u, err := url.Parse(c.Hook); err == nil && len(c.Hook) > 0 {
		add(c.Hook)
		add(u.RequestURI())
		for _, values := range u.Query() {
			for _, v := range values {
				add(v)
				add(url.QueryEscape(v))
			}
		}
	}
	return list
}
