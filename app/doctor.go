package app

import (
	"context"
	"fmt"
	"os"

	"cohort/app/audit"
)

// Finding is one check of the doctor.
type Finding struct {
	Name string
	OK   bool
	Text string
}

// Doctor checks what can be checked without changing anything: the database's
// integrity and foreign keys, the audit chain, and the secret's permissions.
func (a *App) Doctor(ctx context.Context) []Finding {
	finding := func(name string, err error, fine string) Finding {
		if err != nil {
			return Finding{name, false, err.Error()}
		}
		return Finding{name, true, fine}
	}
	n, broken, err := audit.Verify(ctx, a.DB)
	if err == nil && broken != 0 {
		err = fmt.Errorf("the chain is broken at entry %d: the audit trail was changed from outside", broken)
	}
	return []Finding{
		finding("database", a.DB.Check(ctx), "integrity and foreign keys are whole"),
		finding("audit", err, fmt.Sprintf("%d entries, the chain is whole", n)),
		finding("secret", a.private(secretFile), "readable by its owner only"),
	}
}

func (a *App) private(name string) error {
	info, err := os.Stat(a.Config.Data + "/" + name)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("%s can be read by others (mode %o): run chmod 600 on it", name, mode)
	}
	return nil
}
