package cohort

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cohort/app/i18n"
)

// says finds message keys where code hands them to a printer or a fault.
var says = regexp.MustCompile(`(?:\.T\(|i18n\.W\(|fault\.New\([^,()]+, |fault\.Field\([^,()]+, |Field\([^,()"]*"[a-z_]+", )"([a-z][a-z0-9_]*\.[a-z0-9_.]*[a-z0-9_])"\s*[,)]`)

// TestEveryKeyInTheCodeHasWords reads the sources: a key without words would be
// seen by a person as «key».
func TestEveryKeyInTheCodeHasWords(t *testing.T) {
	found := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "kittest") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range says.FindAllStringSubmatch(string(text), -1) {
			found++
			if !i18n.Has(m[1]) {
				t.Errorf("%s: no words for %q", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 50 {
		t.Errorf("only %d keys found: the pattern no longer fits the code", found)
	}
}
