package teaching

import (
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
)

// Score is a place on the school's scale, as it is written: "A+", "COPY".
type Score string

// NotGraded is no score at all: it counts for nothing.
const NotGraded Score = "N/A"

// Copied is the score of homework that is somebody else's.
const Copied Score = "COPY"

// scale is every score with its points, best first.
var scale = []struct {
	score  Score
	points int64
}{
	{"A+", 100}, {"A", 90}, {"B+", 85}, {"B", 80}, {"B-", 75}, {"C+", 70}, {"C", 60}, {"C-", 40}, {"D", -50}, {Copied, -100}, {NotGraded, 0},
}

// Scores lists the scale, best first, N/A last.
func Scores() []Score {
	out := make([]Score, len(scale))
	for i, s := range scale {
		out[i] = s.score
	}
	return out
}

// Counts says whether the score counts for total and rank.
func (s Score) Counts() bool { return s != NotGraded && s != "" }

// Points is what the score is worth; N/A is worth nothing and does not count.
func (s Score) Points() int64 {
	for _, x := range scale {
		if x.score == s {
			return x.points
		}
	}
	return 0
}

// ParseScore reads a score as people type it: a letter in any case, or its
// number ("85" is B+).
func ParseScore(text string) (Score, error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	text = strings.NewReplacer("+", "+", "-", "-", "−", "-").Replace(text)
	if text == "NA" {
		return NotGraded, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	for _, x := range scale {
		if string(x.score) == text || err == nil && n == x.points && x.score.Counts() {
			return x.score, nil
		}
	}
	return "", fault.Field("score", "teaching.off_scale", "value", text, "scale", scaleText())
}

func scaleText() string {
	var out []string
	for _, x := range scale {
		if x.score.Counts() {
			out = append(out, string(x.score)+" "+strconv.FormatInt(x.points, 10))
		} else {
			out = append(out, string(x.score))
		}
	}
	return strings.Join(out, ", ")
}

// word says the score inside a message.
func (s Score) word() any {
	if s == Copied || s == NotGraded {
		return i18n.W("choice.score." + string(s))
	}
	return string(s)
}
