package cli

import (
	"strconv"
	"strings"

	"cohort/app/audit"
	"cohort/app/fault"
)

// auditCommands check that the audit trail is whole.
func auditCommands() []command {
	return []command{
		{path: "audit verify", may: right("verify", "audit"), run: verifyAudit, flags: func(_ *call, f flags) { f.many("head", "ID:HASH") },
			example: []string{"audit verify", "audit verify --head 1234:9f86d081884c7d65…"}},
		{path: "audit head", may: right("verify", "audit"), run: auditHead},
		{path: "audit accept", may: right("verify", "audit"), run: acceptAudit, flags: func(_ *call, f flags) { f.text("reason", "TEXT") }, required: []string{"reason"},
			example: []string{"audit accept --reason 'restored the backup of Monday'"}},
	}
}

func verifyAudit(c *call, in input) error {
	known, err := heads(in.list("head"))
	if err != nil {
		return err
	}
	r, err := c.app.CheckAudit(c.ctx, c.by, known, nil)
	if err != nil {
		return err
	}
	if c.json {
		if err := c.printJSON(object{"whole": r.Whole(), "checked": r.Checked, "erased": r.Erased, "broken_at": r.BrokenAt, "missing": r.Missing.ID, "head": headText(r.Head)}); err != nil {
			return err
		}
	} else if r.Whole() {
		c.say("cli.audit.whole", "n", r.Checked, "head", headText(r.Head))
		if r.Erased > 0 {
			c.say("audit.erased_entries", "n", r.Erased)
		}
	}
	return auditFault(r)
}

// auditFault is a report as an error; nil where the trail is whole.
func auditFault(r audit.Report) error {
	switch {
	case r.BrokenAt != 0:
		return fault.New(fault.Conflict, "audit.broken", "n", r.Checked, "id", r.BrokenAt)
	case r.Missing.ID != 0:
		return fault.New(fault.Conflict, "audit.missing", "id", r.Missing.ID, "last", r.Head.ID)
	}
	return nil
}

// heads reads places of the trail that somebody noted, "ID:HASH".
func heads(list []string) (out []audit.Head, err error) {
	for _, text := range list {
		id, hash, ok := strings.Cut(strings.TrimSpace(text), ":")
		n, bad := strconv.ParseInt(id, 10, 64)
		if !ok || bad != nil || n < 1 || len(hash) != 64 {
			return nil, misuse("cli.audit.bad_head", "value", short(text))
		}
		out = append(out, audit.Head{ID: n, Hash: strings.ToLower(hash)})
	}
	return out, nil
}

func headText(h audit.Head) string {
	if h.ID == 0 {
		return ""
	}
	return number(h.ID) + ":" + h.Hash
}

func auditHead(c *call, _ input) error {
	h, err := c.app.AuditHead(c.ctx, c.by)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(object{"id": h.ID, "hash": h.Hash, "at": stamp(h.At), "head": headText(h)})
	}
	c.line(c.out, headText(h))
	return nil
}

func acceptAudit(c *call, in input) error {
	h, err := c.app.AcceptAudit(c.ctx, c.by, in.str("reason"))
	if err != nil {
		return err
	}
	return c.done(object{"head": headText(h)}, "cli.audit.accepted", "id", h.ID)
}
