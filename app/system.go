package app

import (
	"context"
	"fmt"
	"strings"

	"cohort/app/home"
	"cohort/app/policy"
)

// system says on the first screen how the machine is, for who may take a backup
// or see whom is there: what costs nothing to look at. The doctor looks at all.
func (a *App) system(ctx context.Context, by policy.Actor) (list []home.Entry) {
	if by.Can("list", "sessions") {
		if open, err := a.Org.Sessions(ctx, by, 0); err == nil {
			list = append(list, home.Entry{Name: "sessions", N: int64(len(open)), Open: "sessions"})
		}
	}
	if !by.Can("backup", "school") {
		return list
	}
	if free, err := a.Free(); err == nil {
		list = append(list, home.Entry{Name: "disk", N: int64(free >> 20), Text: fmt.Sprintf("%.1f GB", float64(free)/1e9), Level: level(free < minFree)})
	}
	list = append(list, a.backupAge())
	var bad []string
	for name, check := range map[string]func(context.Context) (string, error){"secret": a.checkSecrets, "keys": a.checkKeys, "mail": a.checkMail, "clock": a.checkClock} {
		if _, err := check(ctx); err != nil {
			bad = append(bad, name)
		}
	}
	e := home.Entry{Name: "doctor", N: int64(len(bad)), Level: home.Bad}
	if len(bad) > 0 {
		e.Text = strings.Join(bad, ", ")
	}
	return append(list, e)
}

func level(bad bool) home.Level {
	if bad {
		return home.Bad
	}
	return home.Plain
}

// backupAge says how old the newest scheduled backup is.
func (a *App) backupAge() home.Entry {
	e := home.Entry{Name: "backup", N: 1, Word: "home.no_backup", Level: home.Warn}
	if a.Config.BackupDir == "" {
		return e
	}
	list, err := a.scheduled()
	if err != nil || len(list) == 0 {
		e.Level = home.Bad
		return e
	}
	_, err = a.checkBackup(context.Background())
	return home.Entry{Name: "backup", N: 1, Since: list[len(list)-1].made, Level: level(err != nil)}
}
