package kit

import (
	"slices"
	"strings"
	"testing"

	"cohort/app/ui/kit/width"
	"pgregory.net/rapid"
)

func TestPlainWords(t *testing.T) {
	for query, want := range map[string][]string{
		"Wang status:enrolled":         {"wang"},
		`"Wang Xiao" -li 王 4 source：x`: {"wang xiao", "王", "4"},
		"owner:me sort:-created":       nil,
		`"a:b" 13`:                     {"a:b", "13"},
		"":                             nil,
	} {
		if got := plainWords(query); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

func TestFoundIsSetOff(t *testing.T) {
	for _, test := range []struct {
		base        Style
		text, words string
		want        string
	}{
		{"", "Wang Xiaoming", "wang", "\x1b[4mWang\x1b[m Xiaoming"},
		{"7", "王小明 138", "小明", "\x1b[7m王\x1b[m\x1b[7;4m小明\x1b[m\x1b[7m 138\x1b[m"},
		{"2", "138****0073", "0073", "\x1b[2m138****\x1b[m\x1b[2;4m0073\x1b[m"},
		{"2", "138****0073", "8000", "\x1b[2m138****0073\x1b[m"},
		{"", "İwang \u212a", "wang k", "İ\x1b[4mwang\x1b[m \u212a"},
		{"", "xiaoming", "xiao xiaoming", "\x1b[4mxiaoming\x1b[m"},
	} {
		if got := paintFound(test.base, test.text, strings.Fields(test.words)); got != test.want {
			t.Errorf("%q in %q: %q, want %q", test.words, test.text, got, test.want)
		}
	}
}

// TestFoundChangesNoText: but for the styles the row is what it was.
func TestFoundChangesNoText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := width.Clean(rapid.String().Draw(t, "text")) // as the cells of rows are
		words := plainWords(rapid.String().Draw(t, "query") + " " + rapid.StringMatching(`[a-zA-Z王0-9]{2}`).Draw(t, "word"))
		got := paintFound("", text, words)
		if strings.NewReplacer("\x1b[4m", "", "\x1b[m", "").Replace(got) != strings.NewReplacer("\x1b[4m", "", "\x1b[m", "").Replace(text) {
			t.Fatalf("%q became %q by %q", text, got, words)
		}
	})
}
