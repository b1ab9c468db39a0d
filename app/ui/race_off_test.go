//go:build !race

package ui

const everyNth = 1
