package customer

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws fewer cases where the race detector makes each ten times slower;
// -rapid.checks asks for more.
func TestMain(m *testing.M) {
	if raced {
		_ = flag.Set("rapid.checks", "5")
	}
	os.Exit(m.Run())
}
