package ui

import (
	"context"
	"strings"

	"cohort/app/policy"
	"cohort/app/resource"
)

// contactLink is the address by which the person's own machine opens a contact: a chat, a call, a mail. There is none for
// what he does not see in clear, and none where he has switched links off.
func (d *desk) contactLink(field string, v resource.Value) string {
	text, _ := v.Raw.(string)
	if v.Mode >= policy.Masked {
		return ""
	}
	return d.linkTo(field, text)
}

// linkTo is contactLink for a contact in clear.
func (d *desk) linkTo(field, text string) string {
	if text == "" || d.nolinks.Load() {
		return ""
	}
	switch field {
	case "qq":
		return "tencent://message/?uin=" + text
	case "phone":
		return "tel:" + strings.NewReplacer(" ", "", "-", "").Replace(text)
	case "email":
		return "mailto:" + text
	}
	return ""
}

// learnWishes reads whether the person wants links; asked at the start and when he changes it.
func (d *desk) learnWishes(ctx context.Context, by policy.Actor) {
	if by.Account == 0 {
		return
	}
	if w, err := d.app.Notify.Wishes(ctx, by); err == nil {
		d.nolinks.Store(!w.Links)
	}
}
