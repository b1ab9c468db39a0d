//go:build !race

package cli

const everyNth = 1
