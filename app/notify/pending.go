package notify

import (
	"cohort/app/i18n"
	"cohort/db"
)

// Waiting is a notification that has not been forwarded yet, with what its receiver wants.
type Waiting struct {
	Notification
	Account int64
	Login   string
	Name    string
	Email   string // "" where he wants none of this kind, or has none
	QQ      string // likewise
	Lang    i18n.Lang
	Active  bool
	Stored  string // the arguments as stored: the same for all who are told the same
}

// Pending lists notifications that wait to be forwarded, the oldest first. They wait since the transaction that told
// them: whoever forwards them writes mails and messages and calls [Forwarded] in one transaction, so that none is lost
// and none goes twice.
func Pending(tx *db.Tx, limit int) ([]Waiting, error) {
	list, err := pending(tx, limit)
	for i, w := range list {
		if !w.Active || !May(w.Kind, ByMail) {
			list[i].Email = ""
		}
		if !w.Active || !May(w.Kind, ByQQ) {
			list[i].QQ = ""
		}
	}
	return list, err
}

// Forwarded notes that a notification needs no more forwarding. It says whether it still did.
func Forwarded(tx *db.Tx, id int64) (bool, error) { return forwarded(tx, id) }
