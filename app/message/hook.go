package message

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"cohort/app/clean"
	"cohort/app/outbox"
)

// hook posts to the web hook in its style.
func (t *talk) hook(c Config, m Message) error {
	at := t.now()
	headers := map[string]string{"X-Cohort-Key": m.Key}
	address := c.Hook
	var body any
	switch c.Style {
	case DingTalk:
		body = map[string]any{"msgtype": "text", "text": map[string]string{"content": m.Body}}
		if c.Secret != "" {
			stamp := strconv.FormatInt(at.UnixMilli(), 10)
			address = withQuery(address, "timestamp", stamp, "sign", sign64(c.Secret, stamp+"\n"+c.Secret))
		}
	case Feishu:
		feishu := map[string]any{"msg_type": "text", "content": map[string]string{"text": noTags(m.Body)}}
		if c.Secret != "" {
			stamp := strconv.FormatInt(at.Unix(), 10)
			feishu["timestamp"], feishu["sign"] = stamp, sign64(stamp+"\n"+c.Secret, "")
		}
		body = feishu
	case Plain:
		plain, err := json.Marshal(map[string]string{"text": m.Body, "kind": m.Kind, "key": m.Key, "at": m.CreatedAt.UTC().Format("2006-01-02T15:04:05.000Z")})
		if err != nil {
			return err
		}
		if c.Secret != "" {
			stamp := strconv.FormatInt(at.Unix(), 10)
			headers["X-Cohort-Timestamp"] = stamp
			headers["X-Cohort-Signature"] = hex.EncodeToString(mac(c.Secret, stamp+"\n"+string(plain)))
		}
		body = json.RawMessage(plain)
	default:
		body = map[string]any{"msgtype": "text", "text": map[string]string{"content": m.Body}}
	}
	_, answer, err := t.post(address, body, headers)
	if err != nil || c.Style == Plain {
		return err
	}
	return readHook(answer)
}

// readHook reads errcode and errmsg (WeCom, DingTalk) or code and msg (Feishu). They answer 200 whatever happens.
func readHook(answer []byte) error {
	var a struct {
		ErrCode *int   `json:"errcode"`
		ErrMsg  string `json:"errmsg"`
		Code    *int   `json:"code"`
		Msg     string `json:"msg"`
		Old     *int   `json:"StatusCode"` // older Feishu
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return outbox.Failure{Text: "the hook's answer is no JSON: is the style right?", Ours: true}
	}
	code, why := 0, a.ErrMsg
	switch {
	case a.ErrCode != nil:
		code = *a.ErrCode
	case a.Code != nil:
		code, why = *a.Code, a.Msg
	case a.Old != nil:
		code = *a.Old
	default:
		return outbox.Failure{Text: "the hook's answer is another style's", Ours: true}
	}
	if code == 0 {
		return nil
	}
	f := outbox.Failure{Text: fmt.Sprintf("code %d: %s", code, clean.Line(why))}
	switch code {
	case 45009, 130101, 410100, 11232, 9499: // too many in too short a time: WeCom, DingTalk twice, Feishu twice
		f.Down = true
	case 93000, 300001, 310000, 19001, 19021, 19022, 19024: // key, token, signature, address or keyword refused
		f.Ours = true
	case 40058: // what is asked for can never be
		f.Permanent = true
	}
	return f
}

func mac(key, text string) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return h.Sum(nil)
}

func sign64(key, text string) string { return base64.StdEncoding.EncodeToString(mac(key, text)) }

// withQuery adds parameters to an address.
func withQuery(address string, pairs ...string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// noTags takes the meaning off Feishu's <at user_id="all">.
func noTags(s string) string { return strings.NewReplacer("<", "＜", ">", "＞").Replace(s) }
