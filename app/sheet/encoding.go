package sheet

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"cohort/app/fault"
)

// The encodings of text. GB18030 contains GBK and GB2312.
const (
	UTF8    = "utf-8"
	UTF16LE = "utf-16le"
	UTF16BE = "utf-16be"
	GB18030 = "gb18030"
)

// Encodings lists what text may be encoded as.
var Encodings = []string{UTF8, GB18030, UTF16LE, UTF16BE}

var marks = map[string][]byte{UTF8: {0xef, 0xbb, 0xbf}, UTF16LE: {0xff, 0xfe}, UTF16BE: {0xfe, 0xff}}

// ParseEncoding reads a name of an encoding as people write it.
func ParseEncoding(s string) (string, bool) {
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s)) {
	case "utf8", "utf8bom":
		return UTF8, true
	case "utf16le", "utf16", "unicode":
		return UTF16LE, true
	case "utf16be":
		return UTF16BE, true
	case "gbk", "gb2312", "gb18030", "cp936", "ansi":
		return GB18030, true
	}
	return "", false
}

// guessEncoding looks for a byte order mark, then at the bytes: valid UTF-8 is
// UTF-8, text with a zero in every second byte is UTF-16, all else GB18030.
func guessEncoding(file io.ReaderAt, size int64) (string, error) {
	head := make([]byte, min(size, 4096))
	if _, err := file.ReadAt(head, 0); err != nil && err != io.EOF {
		return "", err
	}
	for name, mark := range marks {
		if bytes.HasPrefix(head, mark) {
			return name, nil
		}
	}
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch enough := len(head) / 8; {
	case enough > 0 && zeros[1] > enough && zeros[1] > 2*zeros[0]:
		return UTF16LE, nil
	case enough > 0 && zeros[0] > enough && zeros[0] > 2*zeros[1]:
		return UTF16BE, nil
	}
	valid, err := validUTF8(io.NewSectionReader(file, 0, size))
	if valid || err != nil {
		return UTF8, err
	}
	return GB18030, nil
}

// validUTF8 reads the whole text: the first Chinese name may stand far down.
func validUTF8(r io.Reader) (bool, error) {
	buf, kept := make([]byte, 64<<10), 0
	for {
		n, err := r.Read(buf[kept:])
		part := buf[:kept+n]
		for len(part) > 0 && (len(part) >= utf8.UTFMax || err != nil || utf8.FullRune(part)) {
			if part[0] < utf8.RuneSelf {
				part = part[1:]
				continue
			}
			c, width := utf8.DecodeRune(part)
			if c == utf8.RuneError && width == 1 {
				return false, nil
			}
			part = part[width:]
		}
		kept = copy(buf, part)
		if err == io.EOF {
			return kept == 0, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// decoded gives the text behind the byte order mark in UTF-8.
func decoded(file io.ReaderAt, size int64, name string) (io.Reader, error) {
	mark := marks[name]
	head := make([]byte, len(mark))
	n, _ := file.ReadAt(head, 0)
	from := int64(0)
	if len(mark) > 0 && bytes.Equal(head[:n], mark) {
		from = int64(n)
	}
	text := io.NewSectionReader(file, from, size-from)
	var from8 encoding.Encoding
	switch name {
	case UTF8:
		return text, nil
	case UTF16LE:
		from8 = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case UTF16BE:
		from8 = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case GB18030:
		from8 = simplifiedchinese.GB18030
	default:
		return nil, fault.New(fault.Invalid, "sheet.unknown_encoding", "encodings", strings.Join(Encodings, ", "))
	}
	return transform.NewReader(text, from8.NewDecoder()), nil
}
