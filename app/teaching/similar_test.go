package teaching

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const original = `
import sys

class Book:
    def __init__(self, path):
        self.path = path
        self.people = {}

    def load(self):
        with open(self.path, encoding="utf-8") as f:
            for line in f:
                name, phone = line.strip().split(",")
                self.people[name] = phone

    def find(self, name):
        if name in self.people:
            return self.people[name]
        raise KeyError(name)

    def save(self):
        with open(self.path, "w", encoding="utf-8") as f:
            for name, phone in sorted(self.people.items()):
                f.write(name + "," + phone + "\n")

if __name__ == "__main__":
    book = Book(sys.argv[1])
    book.load()
    print(book.find(sys.argv[2]))
`

// renamed is the same with other names and comments, as one who copies does it.
func renamed() string {
	s := strings.NewReplacer("Book", "通讯录", "people", "contacts", "phone", "tel", "path", "filename", "book", "b").Replace(original)
	return "# 我自己写的\n" + strings.ReplaceAll(s, "\n    def find", "\n    # 查找\n    def find")
}

const other = `
package main

import "fmt"

func main() {
	total := 0
	for i := 1; i <= 100; i++ {
		switch {
		case i%15 == 0:
			fmt.Println("FizzBuzz")
		case i%5 == 0:
			fmt.Println("Buzz")
		default:
			total += i
		}
	}
	var list []int
	for j := range 10 {
		list = append(list, j*j)
	}
	fmt.Println(total, list, len(list) > 3 && total != 7)
}
`

func TestSimilarHomework(t *testing.T) {
	s := withFolder(t)
	for _, who := range []string{"kobe", "jordan", "yao", "duncan"} {
		s.student(who, 1)
	}
	l := s.due(time.Hour, 0)
	s.hand("kobe", "book.py", original)
	s.hand("jordan", "hw.zip", string(zipOf(t, "src/x.py", renamed(), "pic.bin", "\x00\x01")))
	s.hand("yao", "main.go", other)
	s.hand("duncan", "short.py", "print(1)")
	for range 2 { // computed, then read
		list, err := s.Similar(bg, s.by("lecturer"), l.ID)
		must(t, err)
		if len(list) != 1 || list[0].A.Login != "kobe" || list[0].B.Login != "jordan" || list[0].Share < 0.8 {
			t.Fatalf("%+v", list)
		}
	}
	if n := s.num(`SELECT count(*) FROM homework_prints`); n != 4 {
		t.Errorf("%d", n)
	}
	_, err := s.Similar(bg, s.by("other"), l.ID)
	wantKey(t, err, "fault.not_found")
}

// What the lecturer gave to all makes nobody similar.
func TestWhatWasGivenIsNoCopy(t *testing.T) {
	var works []work
	for i := range 6 {
		mine := strings.Repeat(fmt.Sprintf("%s = (%s [ %s ] ) ;\n", strings.Repeat("a ", i+1), strings.Repeat("+ 1 ", i+2), strings.Repeat("{ } ", i+1)), 12)
		works = append(works, work{StudyRecord{Roll: int64(i)}, fingerprints([]string{original, mine})})
	}
	if got := pairs(works); len(got) != 0 {
		t.Errorf("%d pairs", len(got))
	}
}
