//go:build race

package e2e

// raceEnabled builds the server as the tests are built.
const raceEnabled = true
