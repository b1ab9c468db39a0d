//go:build !race

package exchange_test

const manyRows = 3000
