package app

import (
	"strings"
	"testing"

	"cohort/db/dbtest"
)

// What was erased is not in the free space of the database's file either, nor in its log.
func TestTheFilesForgetToo(t *testing.T) {
	dbtest.SQLiteOnly(t)
	m := newMarked(t)
	m.must(m.exec(`UPDATE classes SET starts_on = '2020-01-01', ends_on = '2020-06-30'`))
	if all := onDisk(t, m.App); !strings.Contains(all, markedPhone) {
		t.Fatal("the search finds nothing")
	}
	_, err := m.ErasePerson(m.ctx, actorNamed(t, m.App, "admin"), m.id)
	m.must(err)
	all := onDisk(t, m.App)
	for _, of := range []string{markedPhone, markedQQ, "Kobe " + marker, "Old " + marker, marker + "@example.com", "198.51.100.77"} {
		if at := strings.Index(all, of); at >= 0 {
			t.Errorf("%s: %q", of, all[max(0, at-60):at+40])
		}
	}
}
