package ui

import (
	"context"

	"cohort/app/audit"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// verifyAction reckons the whole trail again, with a bar, and says whether it is
// whole.
func (d *desk) verifyAction() kit.Action {
	return kit.Action{ID: "ui.audit.verify", Keys: []string{"v"}, Weight: 6, WhyNot: d.can("verify", "audit"), Run: func() kit.Cmd {
		return kit.Work[audit.Report]{Name: "verify", Label: "ui.audit.verifying",
			Do: func(ctx context.Context) (audit.Report, error) {
				return asks(d, func(inner context.Context, by policy.Actor) (audit.Report, error) {
					return d.app.CheckAudit(inner, by, nil, func(done, total int) { kit.Report(ctx, done, total) })
				})(ctx)
			},
			Then: func(r audit.Report, err error) kit.Cmd {
				if err != nil {
					return kit.Fail(err)
				}
				return kit.Show(&kit.Message{Name: "ui.audit.verify", Body: foundWords(r)})
			}}.Cmd()
	}}
}

// found says what a check has found.
func found(r audit.Report) i18n.Word {
	switch {
	case r.BrokenAt != 0:
		return i18n.W("audit.broken", "n", r.Checked, "id", r.BrokenAt)
	case r.Missing.ID != 0:
		return i18n.W("audit.missing", "id", r.Missing.ID, "last", r.Head.ID)
	}
	return i18n.W("ui.audit.whole", "n", r.Checked, "id", r.Head.ID, "hash", r.Head.Hash[:min(16, len(r.Head.Hash))])
}

// foundWords adds how many entries erasures have emptied.
func foundWords(r audit.Report) []any {
	if r.Erased == 0 || !r.Whole() {
		return []any{found(r)}
	}
	return []any{found(r), i18n.W("audit.erased_entries", "n", r.Erased)}
}
