package exchange

import "time"

// How long files are kept that were never run, and reports of those that were:
// so long an import can be undone.
const (
	keepUnused = 7 * 24 * time.Hour
	keepDone   = 90 * 24 * time.Hour
)
