package message

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"cohort/app/clean"
	"cohort/app/outbox"
)

// onebot calls an action of OneBot v11 (github.com/botuniverse/onebot-11, api/public.md and communication/http.md):
// POST /send_private_msg or /send_group_msg with JSON; 401 without a token, 403 with a wrong one, 404 for an unknown
// action, else 200 with status and retcode. The message is a list of segments, of which ours is plain text: in a string,
// [CQ:at,qq=all] in somebody's name would be an order.
func (t *talk) onebot(c Config, m Message) error {
	number, err := strconv.ParseInt(m.Target, 10, 64)
	if err != nil {
		return outbox.Failure{Text: "no QQ number", Permanent: true}
	}
	action, whom := "send_private_msg", "user_id"
	if m.Channel == Group {
		action, whom = "send_group_msg", "group_id"
	}
	body := map[string]any{whom: number, "message": []any{map[string]any{"type": "text", "data": map[string]string{"text": m.Body}}}}
	headers := map[string]string{"X-Cohort-Key": m.Key}
	if c.Token != "" {
		headers["Authorization"] = "Bearer " + c.Token
	}
	_, answer, err := t.post(strings.TrimSuffix(c.QQ, "/")+"/"+action, body, headers)
	if err != nil {
		return err
	}
	return readOneBot(answer)
}

// readOneBot reads the answer of an action. "async" is taken for sent: by the protocol nobody will hear more of it.
func readOneBot(answer []byte) error {
	var a struct {
		Status  string `json:"status"`
		Retcode int    `json:"retcode"`
		Message string `json:"message"` // of newer implementations
		Msg     string `json:"msg"`
		Wording string `json:"wording"`
	}
	if err := json.Unmarshal(answer, &a); err != nil || a.Status == "" {
		return outbox.Failure{Text: "the address does not speak OneBot v11", Ours: true}
	}
	if a.Status == "ok" && a.Retcode == 0 || a.Status == "async" {
		return nil
	}
	f := outbox.Failure{Text: fmt.Sprintf("OneBot %s, retcode %d", clean.Line(a.Status), a.Retcode)}
	for _, why := range []string{a.Wording, a.Message, a.Msg} {
		if why != "" {
			f.Text += ": " + clean.Line(why)
			break
		}
	}
	switch a.Retcode {
	case 1401, 1403: // as HTTP's, of implementations that always answer 200
		f.Ours = true
	case 1404:
		f.Ours = true
	case 1400: // what is asked for can never be
		f.Permanent = true
	}
	return f
}
