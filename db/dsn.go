package db

import "strings"

// Pragmas are part of the address, because one that is run as a statement reaches a single connection of the pool.
//
//   - busy_timeout: another process (a backup, a doctor) may hold the write lock for a moment.
//   - synchronous(FULL): an answered write survives a power cut also in WAL mode (sqlite.org/pragma.html#pragma_synchronous).
//   - wal_autocheckpoint(10000): fewer, larger checkpoints; journal_size_limit cuts the WAL back afterwards.
//   - secure_delete (of the writer): what is deleted or written over is gone from the file, too, not only from the tables.
//   - _dqs=0: "text" in double quotes is a name, never silently a string.
const pragmas = "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
	"&_pragma=wal_autocheckpoint(10000)&_pragma=journal_size_limit(67108864)&_pragma=temp_store(MEMORY)&_dqs=0"

func writerDSN(path string) string {
	return fileURI(path) + "?_txlock=immediate&_pragma=secure_delete(1)&" + pragmas
}

func readerDSN(path string) string { return fileURI(path) + "?" + pragmas + "&_pragma=query_only(1)" }

// fileURI writes a path as an SQLite URI, in which ?, # and % have a meaning (sqlite.org/uri.html).
func fileURI(path string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}
