package app

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// headFile keeps the place of the newest audit entry that was seen, signed with
// the school's secret: what was cut off from the trail later is missed.
const headFile = "audit.head"

// anchorEvery is how often the newest place is kept.
const anchorEvery = 30 * time.Second

func (a *App) anchor() audit.Anchor {
	return audit.Anchor{Path: filepath.Join(a.Config.Data, headFile), Key: a.secret}
}

// CheckAudit reckons the whole trail again, and looks for the place that was
// kept and for those that the caller knows. That it was done, and what was
// found, goes onto the trail.
func (a *App) CheckAudit(ctx context.Context, by policy.Actor, known []audit.Head, report func(done, total int)) (audit.Report, error) {
	if err := by.NeedAny("verify", "audit"); err != nil {
		return audit.Report{}, err
	}
	r, err := a.checkTrail(ctx, known, report)
	if err != nil {
		return r, err
	}
	found := "whole"
	switch {
	case r.BrokenAt != 0:
		found = "broken at " + strconv.FormatInt(r.BrokenAt, 10)
	case r.Missing.ID != 0:
		found = "missing " + strconv.FormatInt(r.Missing.ID, 10)
	}
	return r, a.DB.Write(ctx, func(tx *db.Tx) error {
		return audit.Write(tx, by, "verify", "audit", 0, audit.Change{Field: "checked", New: strconv.Itoa(r.Checked)}, audit.Change{Field: "found", New: found})
	})
}

func (a *App) checkTrail(ctx context.Context, known []audit.Head, report func(done, total int)) (audit.Report, error) {
	kept, err := a.anchor().Read()
	if err != nil {
		return audit.Report{}, err
	}
	if kept.ID != 0 {
		known = append([]audit.Head{kept}, known...)
	}
	return audit.Check(ctx, a.DB, known, report)
}

// AuditHead gives the newest place of the trail, to be noted somewhere else.
func (a *App) AuditHead(ctx context.Context, by policy.Actor) (audit.Head, error) {
	if err := by.NeedAny("verify", "audit"); err != nil {
		return audit.Head{}, err
	}
	return audit.HeadOf(ctx, a.DB)
}

// AcceptAudit takes the trail as it is from now on: after an older backup was
// restored, whose trail ends before the place that was kept. It is written down.
func (a *App) AcceptAudit(ctx context.Context, by policy.Actor, reason string) (audit.Head, error) {
	if err := by.NeedAny("verify", "audit"); err != nil {
		return audit.Head{}, err
	}
	if !by.Administrator() {
		return audit.Head{}, policy.Forbidden("verify", "audit")
	}
	if reason == "" {
		return audit.Head{}, fault.Field("reason", "fault.required")
	}
	kept, _ := a.anchor().Read()
	err := a.DB.Write(ctx, func(tx *db.Tx) error {
		return audit.Write(tx, by, "accept", "audit", 0, audit.Change{Field: "reason", New: reason},
			audit.Change{Field: "head", Old: fmt.Sprintf("%d %s", kept.ID, kept.Hash)})
	})
	if err != nil {
		return audit.Head{}, err
	}
	h, err := audit.HeadOf(ctx, a.DB)
	if err != nil {
		return h, err
	}
	return h, a.anchor().Write(h)
}

// trail keeps the newest place from time to time, and once more at the end. One
// that is gone is said in the log and never overwritten: it is the proof.
func (a *App) trail(ctx context.Context) error {
	tick := time.NewTicker(anchorEvery)
	defer tick.Stop()
	said := false
	for {
		select {
		case <-tick.C:
			a.keepHead(ctx, &said)
			a.writeRefusals(ctx, a.refusals.Drain(a.DB.Now()))
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			a.writeRefusals(last, a.refusals.Drain(a.DB.Now().Add(24*time.Hour)))
			a.keepHead(last, &said)
			return nil
		}
	}
}

func (a *App) keepHead(ctx context.Context, said *bool) {
	err := a.keepHeadNow(ctx)
	if err != nil && !*said {
		a.Log.Error("audit: the head is not kept", "err", err, "what to do", "run: audit verify")
	}
	*said = err != nil
}

func (a *App) keepHeadNow(ctx context.Context) error {
	kept, err := a.anchor().Read()
	if err != nil {
		return err
	}
	if kept.ID != 0 {
		if yes, err := audit.Holds(ctx, a.DB, kept); err != nil || !yes {
			return orGone(err, kept)
		}
	}
	h, err := audit.HeadOf(ctx, a.DB)
	if err != nil || h == kept || h.ID == 0 {
		return err
	}
	return a.anchor().Write(h)
}

func orGone(err error, kept audit.Head) error {
	if err == nil {
		err = fmt.Errorf("entry %d, which was there at %s, is gone or changed: the trail was cut off, or an older backup restored", kept.ID, kept.At.Format(time.RFC3339))
	}
	return err
}

// Refused puts a refusal on the trail: what somebody may not do, and what he
// tried to reach without seeing it. Faces call it with what was asked; it writes
// at most twice in ten minutes for each person and address.
func (a *App) Refused(ctx context.Context, by policy.Actor, what string, err error) {
	if !matters(err) || by.IsSystem() {
		return
	}
	if said := asked(err); said != "" {
		what = strings.TrimSpace(what + " (" + said + ")")
	}
	a.writeRefusals(context.WithoutCancel(ctx), a.refusals.Note(by, what, a.DB.Now()))
}

// matters says whether a refusal is one of rights. Wrong input, conflicts and
// throttles are everyday things.
func matters(err error) bool {
	f, ok := fault.As(err)
	if !ok {
		return false
	}
	switch f.Kind {
	case fault.Forbidden:
		return f.Key != "org.session_ended"
	case fault.NotFound:
		return f.Key == "fault.not_found"
	}
	return false
}

// asked says what a refusal is about: the right that lacks, such as "change
// customers", or the message's key.
func asked(err error) string {
	f, _ := fault.As(err)
	if f.Kind == fault.NotFound {
		return "not found"
	}
	for _, v := range f.Args {
		if on, ok := v.(i18n.Word); ok && on.Key == "policy.on" {
			return named(on.Args)
		}
	}
	return f.Key
}

// named takes the names out of the words of an action on a resource.
func named(args []any) string {
	var out []string
	for _, v := range args {
		if w, ok := v.(i18n.Word); ok {
			_, name, _ := strings.Cut(w.Key, ".")
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

func (a *App) writeRefusals(ctx context.Context, write func(tx *db.Tx) error) {
	if write == nil {
		return
	}
	if err := a.DB.Write(ctx, write); err != nil {
		a.Log.Error("audit: a refusal is not written down", "err", err)
	}
}

// shownChanges gives the changes of an audit entry, behind the name of its
// resource, as far as a reader's field rules let him see such fields: a trail is
// no way around them. Rules differ from row to row, and rows go; so what any of
// his rights on the resource masks is concealed here.
func shownChanges(by policy.Actor, text string) string {
	name, changes, _ := strings.Cut(text, " ")
	if changes == "" || by.Administrator() {
		return changes
	}
	var list []audit.Change
	if json.Unmarshal([]byte(changes), &list) != nil {
		return ""
	}
	sees := name == "" || by.Can("view", name)
	for i, c := range list {
		if sees && !by.Limited("view", name, c.Field) {
			continue
		}
		if c.Old != "" {
			list[i].Old = audit.Concealed
		}
		if c.New != "" {
			list[i].New = audit.Concealed
		}
	}
	out, err := json.Marshal(list)
	if err != nil {
		return ""
	}
	return string(out)
}
