package message

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"cohort/app/fault"
)

// Style is what JSON a web hook takes.
type Style string

// The styles. Plain is our own: text, kind, key and time, signed in headers.
const (
	WeCom    Style = "wecom"
	DingTalk Style = "dingtalk"
	Feishu   Style = "feishu"
	Plain    Style = "plain"
)

// Styles lists them in the order they are offered.
var Styles = []string{string(WeCom), string(DingTalk), string(Feishu), string(Plain)}

// Config says where messages go. The zero value is: nowhere. It is read anew each time, since an administrator may change
// it while the school is open.
type Config struct {
	QQ         string   // address of a OneBot v11 HTTP endpoint; "": off
	Token      string   // its access token; "": none
	Group      string   // number of the school's QQ group; "": none
	GroupKinds []string // kinds of notification that the group is told
	Hook       string   // address of the web hook; "": off
	Style      Style
	Secret     string   // what the hook's messages are signed with; "": they are not
	HookKinds  []string // kinds of notification that the hook is told
}

// Set says whether there is somebody to send the channel's messages by.
func (c Config) Set(channel Channel) bool {
	if channel == Hook {
		return c.Hook != ""
	}
	return c.QQ != ""
}

// Server is who takes the channel's messages, without what is secret of the address; "" where there is none.
func (c Config) Server(channel Channel) string {
	address := c.QQ
	if channel == Hook {
		address = c.Hook
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// CheckAddress refuses what is no address to send messages to: want https, or http within one's own network, since
// messages name people.
func CheckAddress(text string) error {
	bad := func(why string) error { return fault.New(fault.Invalid, "message.bad_address."+why) }
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return bad("form")
	case u.User != nil || u.Fragment != "":
		return bad("user")
	case u.Scheme == "http" && !near(u.Hostname()):
		return bad("plain")
	}
	return nil
}

// near says whether a host is this machine or of its own network: loopback and private addresses, names without a dot.
func near(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
	}
	return !strings.Contains(host, ".")
}

// QQNumber checks a QQ or group number as people type it; "" is none.
func QQNumber(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	if len(text) < 5 || len(text) > 12 || strings.Trim(text, "0123456789") != "" || text[0] == '0' {
		return "", fault.Field("qq", "message.bad_qq")
	}
	return text, nil
}

// CheckStyle refuses what is no style.
func CheckStyle(text string) error {
	if slices.Contains(Styles, text) {
		return nil
	}
	return fault.New(fault.Invalid, "message.bad_style", "styles", strings.Join(Styles, ", "))
}
