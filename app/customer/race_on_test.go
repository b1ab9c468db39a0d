//go:build race

package customer

// raced: the race detector makes the database ten times slower. The plans are
// looked at on a smaller library then.
const raced = true
