package cli

import (
	"cohort/app/i18n"
)

func backupCommands() []command {
	return []command{{path: "backup", may: right("backup", "school"), run: runBackup, example: []string{"backup > school.tar"}}}
}

// runBackup streams the whole school to standard output, and tells on stderr how far it is.
func runBackup(c *call, _ input) error {
	if c.sess.PTY {
		return misuse("cli.backup.redirect")
	}
	last := int64(-1)
	m, err := c.app.Backup(c.ctx, c.by, c.out, func(done, total int64) {
		if now := done * 100 / max(total, 1); now != last {
			last = now
			_, _ = c.err.WriteString("\r" + c.p.T("cli.backup.percent", "n", now))
			_ = c.err.Flush()
		}
	})
	if err != nil {
		return err
	}
	c.line(c.err, "\r"+c.p.T("cli.backup.done", "bytes", i18n.Group(uint64(m.Bytes)), "files", len(m.Parts)))
	return nil
}
