package kit_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/kittest"
)

// What a key costs in the loop: Update and the new View.
func benchKeys(b *testing.B, open []string, keys ...string) {
	d := kittest.NewDemo(400)
	t := kittest.NewSize(b, d.Options(i18n.Chinese), 120, 40)
	t.Keys(open...)
	msgs := make([]tea.Msg, len(keys))
	for i, k := range keys {
		msgs[i] = kittest.Key(k)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		t.Root.Update(msgs[i%len(msgs)])
		if len(t.Root.View().Content) == 0 {
			b.Fatal("nothing drawn")
		}
	}
}

func BenchmarkListKey(b *testing.B) { benchKeys(b, nil, "j", "j", "j", "k", "k") }
func BenchmarkFoundKey(b *testing.B) {
	benchKeys(b, []string{"/", "王", "enter"}, "j", "j", "j", "k", "k")
}
func BenchmarkListPage(b *testing.B)  { benchKeys(b, nil, "pgdown", "pgup") }
func BenchmarkDetailKey(b *testing.B) { benchKeys(b, []string{"enter"}, "j", "k") }
func BenchmarkFormKey(b *testing.B)   { benchKeys(b, []string{"n"}, "王", "backspace") }
func BenchmarkDialogKey(b *testing.B) { benchKeys(b, []string{"ctrl+k"}, "down", "up") }

func BenchmarkMarkdown(b *testing.B) {
	e := kit.Env{Printer: i18n.Printer{Lang: i18n.Chinese}, Theme: kit.NewTheme(kit.Color256)}
	for b.Loop() {
		kit.Markdown(e, kittest.Outline, 100)
	}
}
