package app

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// ErasuresFile lists the erasures, outside the database: in the data folder and in the folder of scheduled backups. A
// backup from before an erasure holds the person still; with the list, restoring it erases him again.
const ErasuresFile = "erasures.jsonl"

// erased is one line of the list. It names nobody. The number alone could be another's where an older backup went on
// without him, so it also says when his record was made.
type erased struct {
	Customer int64     `json:"customer"`
	Born     int64     `json:"born"` // UTC milliseconds, 0 where there was no record any more
	At       time.Time `json:"at"`
	MAC      string    `json:"mac"` // of this school: another one's list erases nobody
}

func (a *App) erasureMAC(e erased) string {
	m := hmac.New(sha256.New, a.secret)
	m.Write([]byte("cohort erasure " + strconv.FormatInt(e.Customer, 10) + " " + strconv.FormatInt(e.Born, 10) + " " + strconv.FormatInt(db.Millis(e.At), 10)))
	return hex.EncodeToString(m.Sum(nil))
}

// listErasure puts an erasure onto the lists. It is done whatever comes of that; what failed is said in the log.
func (a *App) listErasure(e erased) {
	e.MAC = a.erasureMAC(e)
	if err := a.appendErasures(e); err != nil {
		a.Log.Error("an erasure is not on the list that restoring an older backup needs", "customer", e.Customer, "err", err)
	}
}

func (a *App) appendErasures(list ...erased) (err error) {
	var text []byte
	for _, e := range list {
		line, bad := json.Marshal(e)
		if bad != nil {
			return bad
		}
		text = append(append(text, line...), '\n')
	}
	for _, dir := range []string{a.Config.Data, a.Config.BackupDir} {
		if dir != "" {
			err = errors.Join(err, appendTo(filepath.Join(dir, ErasuresFile), text))
		}
	}
	return err
}

func appendTo(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// Again says what came of a list of erasures in a school that was restored.
type Again struct {
	Known   int     // were in the backup
	Done    []int64 // customers who were erased again
	Strange []int64 // numbers that are another person's, or nobody's, in this school: nothing was done
}

// EraseAgain repeats the erasures of a list that this school's database does not know of: it is older than they are.
func (a *App) EraseAgain(ctx context.Context, by policy.Actor, list io.Reader) (out Again, err error) {
	if !by.IsSystem() {
		return out, policy.Forbidden("erase", "customers")
	}
	all, err := a.readErasures(list)
	if err != nil {
		return out, err
	}
	for _, e := range all {
		known, same := false, false
		err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
			known, same, err = knowsErasure(tx, e.Customer, db.Millis(e.At), e.Born)
			return err
		})
		switch {
		case err != nil:
			return out, err
		case known:
			out.Known++
		case !same:
			out.Strange = append(out.Strange, e.Customer)
		default:
			if _, err := a.erasePerson(ctx, by, e.Customer, true); err != nil {
				return out, fmt.Errorf("erasing customer %d again: %w", e.Customer, err)
			}
			out.Done = append(out.Done, e.Customer)
		}
	}
	return out, a.appendErasures(all...) // for a backup that is older still
}

func (a *App) readErasures(list io.Reader) (all []erased, err error) {
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		var e erased
		if json.Unmarshal(lines.Bytes(), &e) != nil || !hmac.Equal([]byte(e.MAC), []byte(a.erasureMAC(e))) {
			return nil, fmt.Errorf("line %d of the list of erasures was changed or is another school's: nothing was erased", len(all)+1)
		}
		all = append(all, e)
	}
	return all, lines.Err()
}
