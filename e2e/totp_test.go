package e2e

import (
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/rogpeppe/go-internal/testscript"
)

// cmdTotp is the authenticator on a telephone: it sets the answer to the next
// question for a code to that of a secret, now or so many steps of thirty seconds
// away: totp $SECRET; totp $SECRET 1. "totp = CODE" answers with any other text.
// Commands that take a code as an argument have it in $CODE.
func cmdTotp(ts *testscript.TestScript, _ bool, args []string) {
	if args[0] == "=" {
		ts.Setenv("CODE", args[1])
		return
	}
	steps := 0
	if len(args) > 1 {
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		steps = n
	}
	// The server is asked within the same thirty seconds.
	if left := 30*time.Second - time.Duration(time.Now().UnixNano()%int64(30*time.Second)); left < 8*time.Second {
		time.Sleep(left)
	}
	at := time.Now().Add(time.Duration(steps) * 30 * time.Second)
	code, err := totp.GenerateCode(strings.ReplaceAll(args[0], " ", ""), at)
	ts.Check(err)
	ts.Setenv("CODE", code)
}
