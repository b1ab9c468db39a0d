package dbtest

import (
	"path/filepath"
	"regexp"
	"testing"

	"cohort/db/pgtest"
)

// Empty is the address of a database without any tables.
func Empty(t testing.TB) string {
	t.Helper()
	if !onServer(t) {
		return filepath.Join(t.TempDir(), "test.db")
	}
	return pgtest.Create(t)
}

// Address is [Path] for a school with a data folder: "" leaves SQLite's file there.
func Address(t testing.TB) string {
	t.Helper()
	if !onServer(t) {
		return ""
	}
	return Path(t)
}

var numbers, texts, noRowID = regexp.MustCompile(`\bINTEGER\b`), regexp.MustCompile(`\bTEXT\b`), regexp.MustCompile(`\) WITHOUT ROWID;`)

// Tables are the tables of a test, written for SQLite, as the engine under test wants them.
func Tables(t testing.TB, text string) []byte {
	if onServer(t) {
		text = numbers.ReplaceAllString(text, "BIGINT")
		text = texts.ReplaceAllString(text, `TEXT COLLATE "C"`)
		text = noRowID.ReplaceAllString(text, ");")
	}
	return []byte(text)
}

// DropTrigger is the statement that takes away a rule of the tables, for tests of what happened past it.
func DropTrigger(t testing.TB, name, table string) string {
	if onServer(t) {
		return "DROP TRIGGER " + name + " ON " + table
	}
	return "DROP TRIGGER " + name
}
