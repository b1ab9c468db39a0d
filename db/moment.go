package db

import "time"

// Moment is the instant stored in a column that is never NULL because lists are ordered by it: 0 means none and becomes
// the zero time.
func Moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return Time(ms)
}

// Stamp stores an instant in such a column: the zero time becomes 0.
func Stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return Millis(t)
}
