package report

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws fewer schools than rapid does of itself: each is asked every
// report, and every list behind its figures. -rapid.checks asks for more.
func TestMain(m *testing.M) {
	_ = flag.Set("rapid.checks", "40")
	os.Exit(m.Run())
}
