//go:build race

package cli

// everyNth attack is brought into each field, another one into the next: the race
// detector makes each ten times slower.
const everyNth = 4
