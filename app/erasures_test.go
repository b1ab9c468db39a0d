package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cohort/app/backup"
	"cohort/app/policy"
	"cohort/db/dbtest"
)

// A backup from before an erasure brings the person back; the list of erasures takes him away again, and nobody else.
func TestAnOlderBackupIsErasedAgain(t *testing.T) {
	dbtest.SQLiteOnly(t) // a backup is restored as a file
	m := newMarked(t)
	var archive bytes.Buffer
	_, err := m.Backup(m.ctx, actorNamed(t, m.App, "admin"), &archive, nil)
	m.must(err)
	m.must(m.exec(`UPDATE classes SET starts_on = '2020-01-01', ends_on = '2020-06-30'`))
	_, err = m.ErasePerson(m.ctx, actorNamed(t, m.App, "admin"), m.id)
	m.must(err)
	list, err := os.ReadFile(filepath.Join(m.Config.Data, ErasuresFile))
	m.must(err)
	if strings.Contains(string(list), marker) || strings.Count(string(list), "\n") != 1 {
		t.Errorf("the list: %s", list)
	}
	if r, err := m.EraseAgain(m.ctx, policy.System, bytes.NewReader(list)); err != nil || r.Known != 1 || len(r.Done) != 0 {
		t.Errorf("where he is erased: %+v %v", r, err)
	}

	c := m.Config
	c.AgeKey, c.Data = m.Keys.Path(), filepath.Join(t.TempDir(), "restored")
	_, err = backup.Restore(m.ctx, &archive, c.Data)
	m.must(err)
	b, err := Open(m.ctx, c, m.Log)
	m.must(err)
	t.Cleanup(func() { _ = b.Close() })
	again := &marked{App: b, t: t, ctx: m.ctx, id: m.id, account: m.account}
	if !again.found()["customers.name"] {
		t.Fatal("the backup does not hold him")
	}
	before := again.others()
	changed := bytes.Replace(list, []byte(`"customer":`), []byte(`"customer":1`), 1)
	if _, err := b.EraseAgain(m.ctx, policy.System, bytes.NewReader(changed)); err == nil || !strings.Contains(err.Error(), "changed or is another school's") {
		t.Errorf("a list that was changed: %v", err)
	}
	if _, err := b.EraseAgain(context.Background(), actorNamed(t, b, "sales_a"), bytes.NewReader(list)); err == nil {
		t.Error("anybody may")
	}
	strange := erased{Customer: m.id + 1, Born: 1, At: m.DB.Now()}
	strange.MAC = b.erasureMAC(strange)
	m.must(b.appendErasures(strange))
	more, err := os.ReadFile(filepath.Join(c.Data, ErasuresFile))
	m.must(err)
	r, err := b.EraseAgain(m.ctx, policy.System, bytes.NewReader(append(list, more...)))
	if err != nil || len(r.Done) != 1 || r.Done[0] != m.id || len(r.Strange) != 1 || r.Known != 0 {
		t.Errorf("%+v %v", r, err)
	}
	if found := again.found(); found["customers.name"] || found["audit.changes"] || found["enrollments.phone"] {
		t.Errorf("he is still there: %v", found)
	}
	if now := again.others(); now != before {
		t.Errorf("others lost: %s, had %s", now, before)
	}
}
