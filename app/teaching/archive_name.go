package teaching

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Names of students and of their files go to every kind of machine. What Windows
// does not allow, and what macOS and Windows take for one name, is changed on
// the way out; the school keeps what was sent.

// FolderName is a student's folder in a download: "07-科比". Width 2 is enough
// for most classes; larger ones have wider numbers.
func FolderName(roll int64, name string, width int) string {
	return safeName(fmt.Sprintf("%0*d-%s", width, roll, name))
}

// rollWidth is how many digits the numbers of a class take.
func rollWidth(list []Handed) int {
	most := int64(0)
	for _, h := range list {
		most = max(most, h.Roll)
	}
	return max(2, len(str(most)))
}

// longestName is how many bytes of a name are kept, so that folder and file
// together fit the paths of Windows.
const longestName = 120

// devices are names that Windows takes for devices, whatever their ending.
var devices = map[string]bool{"con": true, "prn": true, "aux": true, "nul": true, "conin$": true, "conout$": true}

func init() {
	for _, d := range "123456789\u00b9\u00b2\u00b3" {
		devices["com"+string(d)], devices["lpt"+string(d)] = true, true
	}
}

// safeName makes a name that every machine can write.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"/\|?*`, r) || unicode.IsControl(r) || r == utf8.RuneError:
			return '_'
		case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, norm.NFC.String(name))
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	stem := cut(strings.TrimSuffix(name, ext), longestName-len(ext))
	name = strings.TrimRight(stem+ext, ". ")
	name = strings.TrimLeft(name, " ")
	first, _, _ := strings.Cut(strings.ToLower(name), ".")
	if devices[strings.TrimSpace(first)] {
		name = "_" + name
	}
	if name == "" || name == "_" {
		name = "_unnamed"
	}
	return name
}

// cut keeps whole characters within so many bytes.
func cut(s string, most int) string {
	for len(s) > most {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}

// names gives each file of a folder a name of its own that every machine can
// write: "a.py" and "A.py" are one name to Windows.
type names map[string]bool

func (n names) of(name string) string {
	safe := safeName(name)
	for i := 2; n[fold(safe)]; i++ {
		ext := path.Ext(safe)
		safe = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(safeName(name), ext), i, ext)
	}
	n[fold(safe)] = true
	return safe
}

// fold is a name as Windows and macOS compare it.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// Named is a file of a version under the name it is fetched by.
type Named struct {
	HomeworkFile
	As string
}

// Named gives the files of a version with names that every machine can write.
func (h Homework) Named() []Named {
	taken := names{}
	out := make([]Named, len(h.Files))
	for i, f := range h.Files {
		out[i] = Named{f, taken.of(f.Name)}
	}
	return out
}
