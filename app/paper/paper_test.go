package paper

import (
	"bytes"
	"os"
	"testing"
	"time"
)

// TestPDF draws a page with both scripts on it. The font holds all that stands
// on receipts; what it does not hold becomes a question mark, never a failure.
func TestPDF(t *testing.T) {
	p := Page{Title: "收据", Number: "2026-000001", Rows: [][2]string{{"客户", "喆堃昇 Kobe Bryant"}, {"金额", "¥5,980.00"}, {"大写", "伍仟玖佰捌拾元整"}, {"note", "\U0001F600"}},
		Sign: "经手人签字", Made: time.Unix(1e9, 0)}
	b, err := p.PDF()
	if err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) || !bytes.Contains(b, []byte("%%EOF")) {
		t.Fatal(len(b), err)
	}
	if len(b) > 200_000 {
		t.Errorf("%d bytes: the whole font is in it", len(b))
	}
	if dir := os.Getenv("PAPER_OUT"); dir != "" {
		_ = os.WriteFile(dir+"/page.pdf", b, 0o600)
	}
}

func BenchmarkPDF(b *testing.B) {
	p := Page{Title: "收据", Number: "2026-000001", Rows: [][2]string{{"客户", "王小明"}}}
	for b.Loop() {
		if _, err := p.PDF(); err != nil {
			b.Fatal(err)
		}
	}
}
