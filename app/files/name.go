package files

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"

	"cohort/app/fault"
)

// Bounds of names that clients send.
const (
	maxName  = 255 // bytes of one name, as in common file systems
	maxDepth = 32  // folders
)

// relative is where relative paths begin for the SFTP library: so deep that
// "../x" stays recognisable, under a name that no client can write.
var relative = strings.Repeat("/\x00", maxDepth)

// cleanPath turns a path as a client sent it into one for an FS. "", ".", "~"
// and "/" are the root; relative paths begin there. What would lead out of it
// is refused rather than bent, as are control characters, backslashes and long
// names. Names become NFC (macOS sends NFD); those that are not UTF-8 are read
// as GBK, which old Windows clients send.
func cleanPath(p string) (string, *fault.Fault) {
	p, f := decode(p)
	if f != nil {
		return "", f
	}
	if p == "~" || strings.HasPrefix(p, "~/") {
		p = p[1:]
	}
	depth := 0
	for _, part := range strings.Split(p, "/") {
		switch part {
		case "", ".":
			continue
		case "..":
			depth--
		default:
			depth++
		}
		if depth < 0 {
			return "", fault.New(fault.Invalid, "files.outside")
		}
		if f := checkName(part); f != nil {
			return "", f
		}
	}
	if depth > maxDepth {
		return "", fault.New(fault.Invalid, "files.too_deep", "max", maxDepth)
	}
	return path.Clean("/" + p), nil
}

// cleanName does the same for one name, as the old scp protocol sends it.
func cleanName(name string) (string, *fault.Fault) {
	name, f := decode(name)
	if f != nil {
		return "", f
	}
	if name == "" || name == "." || name == ".." || strings.Contains(name, "/") {
		return "", fault.New(fault.Invalid, "files.bad_name")
	}
	return name, checkName(name)
}

// decode gives a name in UTF-8, NFC, without invisible characters.
func decode(s string) (string, *fault.Fault) {
	if !utf8.ValidString(s) {
		text, err := simplifiedchinese.GB18030.NewDecoder().String(s)
		if err != nil || strings.ContainsRune(text, utf8.RuneError) {
			return "", fault.New(fault.Invalid, "files.bad_name")
		}
		s = text
	}
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s), nil
}

// checkName refuses what no name may hold.
func checkName(name string) *fault.Fault {
	if len(name) > maxName {
		return fault.New(fault.Invalid, "files.long_name", "max", maxName)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || r == '\\' }) {
		return fault.New(fault.Invalid, "files.bad_name")
	}
	return nil
}

// sendable says whether a name may be sent to a client, who makes a file of it on his own disk: none that would lead
// elsewhere there, or act on his terminal. Such a one is in no list, whatever the database says.
func sendable(name string) bool {
	clean, f := cleanName(name)
	return f == nil && clean == name
}

// fromLibrary undoes what the SFTP library does to a path: it cleans it and
// makes it absolute, which would bend "../x" into "/x".
func fromLibrary(p string) string {
	if rest, ok := strings.CutPrefix(p, relative); ok {
		return strings.TrimPrefix(rest, "/")
	}
	if strings.HasPrefix(p, "/\x00") { // some of relative was climbed out of
		return ".."
	}
	return p
}

// show makes a name as sent fit for a line of text.
func show(name string) string {
	if text, f := decode(name); f == nil {
		name = text
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return '?'
		}
		return r
	}, name)
	if r := []rune(name); len(r) > 60 {
		name = string(r[:59]) + "…"
	}
	return name
}
