// Package migrations holds the numbered SQL files of every engine, compiled into the program.
//
// They only go forward: a file that was shipped is never edited, a mistake is mended by the next number.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql
var files embed.FS

// SQLite returns the migrations for SQLite, each file at the top of the returned file system.
func SQLite() fs.FS {
	sub, err := fs.Sub(files, "sqlite")
	if err != nil { // only a malformed path can fail, and this one is a constant
		panic(err)
	}
	return sub
}
