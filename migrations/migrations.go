// Package migrations holds the numbered SQL files of every engine, compiled into the program.
//
// They only go forward: a file that was shipped is never edited, a mistake is mended by the next number. Each number is
// there for both engines and makes the same tables, columns, keys and indexes; a test compares them. In postgres whole
// numbers, times, money and flags are BIGINT, texts are TEXT COLLATE "C" (so that they sort as SQLite sorts them), bytes
// are BYTEA, "id BIGINT PRIMARY KEY" is numbered by package db, and triggers raise the same messages in plpgsql:
//
//	python3 migrations/twin.py migrations/sqlite/0123_name.sql   # writes the twin, to be read over
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// SQLite returns the migrations for SQLite, each file at the top of the returned file system.
func SQLite() fs.FS { return folder("sqlite") }

// Postgres returns the migrations for PostgreSQL.
func Postgres() fs.FS { return folder("postgres") }

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil { // only a malformed path can fail, and these are constants
		panic(err)
	}
	return sub
}
