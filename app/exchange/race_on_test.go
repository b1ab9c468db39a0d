//go:build race

package exchange_test

// manyRows is how many rows the tests of large files have: the race detector
// makes each ten times slower.
const manyRows = 900
