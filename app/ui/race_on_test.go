//go:build race

package ui

// everyNth place is visited by one role, another one by the next: the race
// detector makes each ten times slower.
const everyNth = 3
