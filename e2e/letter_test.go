package e2e

import (
	"database/sql"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"cohort/app/mail"
)

// cmdLetter puts the newest mail of a template into a file, as its receiver reads it: letter account letter.txt. What
// opens an account waits sealed in the outbox, and only the school's key opens it.
func cmdLetter(ts *testscript.TestScript, _ bool, args []string) {
	d, err := sql.Open("sqlite", "file:"+ts.MkAbs("data/cohort.db"))
	ts.Check(err)
	defer func() { _ = d.Close() }()
	var to, body, sealed string
	ts.Check(d.QueryRow(`SELECT to_addr, body, sealed FROM mails WHERE template = $1 ORDER BY id DESC LIMIT 1`, args[0]).Scan(&to, &body, &sealed))
	secret, err := os.ReadFile(ts.MkAbs("data/secret.key"))
	ts.Check(err)
	whole, err := mail.Whole(secret, to, body, sealed)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(whole), 0o600))
}

// cmdLog puts what the halted server has logged into a file: log server.log.
func cmdLog(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(serverOf(ts).log.String()), 0o600))
}
