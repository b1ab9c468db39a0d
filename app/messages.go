package app

import (
	"cohort/app/message"
	"cohort/app/notify"
	"cohort/app/setting"
	"cohort/db"
)

// Names of the settings of mornings.
const (
	morningAt  = "digest_at"
	ladderDays = "ladder_days"
)

// messaging makes the outbox of QQ and the web hook, with its settings.
func (a *App) messaging() {
	message.Declare(a.Settings)
	a.Settings.Declare(
		setting.Setting{Name: morningAt, Group: "sales", Kind: setting.Clock, Default: "08:30"},
		setting.Setting{Name: ladderDays, Group: "sales", Kind: setting.Numbers, Default: "3 7 15", Min: 1, Max: 365},
	)
	a.Messages = message.New(message.Deps{DB: a.DB, Bus: a.Bus, Log: a.Log, Config: message.Configured(a.Settings),
		Tell: func(tx *db.Tx, to int64, kind, link string, args ...any) error {
			return notify.Send(tx, a.Bus, to, kind, link, args...)
		}})
}

// forwarder puts notifications into the outboxes, as people have chosen.
func (a *App) forwarder() *message.Forwarder {
	return &message.Forwarder{DB: a.DB, Bus: a.Bus, Messages: a.Messages, Mail: a.Mail.Queue, Printer: a.Printer, Lang: a.Lang,
		SSH: a.SSHLine, Log: a.Log}
}
