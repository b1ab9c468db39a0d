package ui

import (
	"fmt"
	"testing"
)

// TestSearchFirstThenAsk is the student's day: he searches, finds nothing, asks
// with the words he has typed; the lecturer answers; he accepts.
func TestSearchFirstThenAsk(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "kobe", "questions")
	s.See("unanswered", "solved").Everywhere()
	s.Keys("/").Type("列表 排序").See("sort()", "1-1 of 1").SeeNot("Excel")
	s.Keys("enter", "enter").See("sorted", "Accepted: answer by").Everywhere()
	s.Keys("esc", "/", "ctrl+u").Type("协程 取消").See("Nothing like it was asked").Everywhere()
	s.Keys("enter", "n").See("协程 取消", "nothing like it").Everywhere()
	s.Keys("tab", "tab").Type("`task.cancel()` 之后还在跑。").Keys("ctrl+s").See("asked; you will be told", "task.cancel()", "No answer yet").Everywhere()
	if n := single(t, a, "SELECT count(*) FROM notifications WHERE account_id = $1 AND kind = 'question_asked' AND read_at = 0", accountID(t, a, "lecturer")); n < 1 {
		t.Error("the lecturer was not told")
	}
	id := single(t, a, "SELECT max(id) FROM questions")
	l := person(t, a, "lecturer", "notifications")
	l.See("科比").Keys("g", "enter").See("task.cancel()")
	l.Keys("a").Type("要 `await task`,让它有机会处理 CancelledError。").Everywhere().Keys("ctrl+s").See("answered", "CancelledError")
	s.See("CancelledError") // by itself
	s.Keys("y").See("the question is solved", "Accepted: answer by")
	if n := single(t, a, "SELECT count(*) FROM questions WHERE id = $1 AND state = 'solved'", id); n != 1 {
		t.Error("not solved")
	}
	s.Keys("esc", "/", "ctrl+u").Type("CancelledError").See("协程 取消") // found the next time
}

// While a title is typed, what was asked before is shown, and one key opens it.
func TestSimilarWhileTyping(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "kobe", "questions")
	s.Keys("n").Type("csv 用 Excel 打开乱码").See("中文写进 csv", "ctrl+e").Everywhere()
	s.Keys("ctrl+e").See("No answer yet")
}

// TestVotesAndEditing votes once and takes it back, answers, and mends the
// answer.
func TestVotesAndEditing(t *testing.T) {
	a := openSchool(t)
	id := single(t, a, "SELECT max(id) FROM questions WHERE state = 'open' AND course_id = (SELECT id FROM courses WHERE code = 'python') AND author_id <> $1", accountID(t, a, "kobe"))
	votes := func() int64 { return single(t, a, "SELECT votes FROM questions WHERE id = $1", id) }
	s := person(t, a, "kobe", address("questions", id))
	s.Keys("v").See("voted")
	if votes() != 1 {
		t.Errorf("%d votes", votes())
	}
	s.Keys("v").See("taken back")
	if votes() != 0 {
		t.Errorf("%d votes", votes())
	}
	s.Keys("a").Type("first draft").Keys("ctrl+s").See("first draft").Keys("E").Type(", mended").Keys("ctrl+s").See("mended").Everywhere()
	s.Keys("y").SeeNot("the question is solved") // that is for who asked
}

// A question of another course does not exist.
func TestQuestionsOfOtherCourses(t *testing.T) {
	a := openSchool(t)
	id := single(t, a, "SELECT max(id) FROM questions WHERE course_id = (SELECT id FROM courses WHERE code = 'linux')")
	person(t, a, "kobe", address("questions", id)).SeeNot("systemd")
	s := person(t, a, "kobe", "questions")
	s.Keys("/").Type("systemd").See("Nothing like it was asked")
	person(t, a, "lecturer_2", address("questions", id)).See("systemd")
}

func address(resource string, id int64) string { return fmt.Sprintf("%s/%d", resource, id) }
