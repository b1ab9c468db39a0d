package question

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cohort/app/policy"
	"cohort/app/resource"
)

func TestAskAnswerAccept(t *testing.T) {
	w := school(t)
	q := w.ask("kobe", "列表怎么排序?", "我用 `sort()`:\n\n```python\na = [3, 1]\nprint(a.sort())\n```")
	if q.State != Open || q.CourseCode != "python" || q.AuthorLogin != "kobe" {
		t.Errorf("%+v", q)
	}
	if w.told("gao", "question_asked") != 1 || w.told("li", "question_asked") != 0 || w.told("kobe", "question_asked") != 0 {
		t.Error("those who teach him the course are told, and nobody else")
	}
	first, err := w.Answer(w.ctx, w.as("jordan"), q.ID, "用 sorted(a)。")
	w.must(err)
	second, err := w.Answer(w.ctx, w.as("gao"), q.ID, "`list.sort()` 就地排序,返回 None。")
	w.must(err)
	if w.told("kobe", "question_answered") != 2 {
		t.Error("the asker is told of every answer")
	}
	if _, err := w.Accept(w.ctx, w.as("jordan"), first); err == nil {
		t.Error("only the asker or a lecturer accepts")
	}
	for range 2 {
		q, err = w.Accept(w.ctx, w.as("kobe"), second)
		w.must(err)
	}
	if q.State != Solved || w.told("gao", "answer_accepted") != 1 {
		t.Errorf("%+v, told %d times", q, w.told("gao", "answer_accepted"))
	}
	th, err := w.Thread(w.ctx, w.as("jordan"), q.ID)
	w.must(err)
	if len(th.Answers) != 2 || th.Answers[0].ID != second || !th.Answers[0].Accepted || th.Answers[1].Accepted || th.AnswerCount != 2 {
		t.Errorf("the accepted answer comes first: %+v", th)
	}
	_, err = w.Accept(w.ctx, w.as("gao"), first) // the lecturer knows better
	w.must(err)
}

func TestOneVoteForEachPerson(t *testing.T) {
	w := school(t)
	q := w.ask("kobe", "What is a closure?", "")
	for range 2 {
		n, err := w.Vote(w.ctx, w.as("jordan"), q.ID, true)
		w.must(err)
		if n != 1 {
			t.Errorf("%d votes", n)
		}
	}
	n, err := w.Vote(w.ctx, w.as("gao"), q.ID, true)
	w.must(err)
	m, err := w.Vote(w.ctx, w.as("jordan"), q.ID, false)
	w.must(err)
	if n != 2 || m != 1 {
		t.Errorf("%d, then %d votes", n, m)
	}
	_, err = w.Vote(w.ctx, w.as("kobe"), q.ID, true)
	w.refused(err, "question.own_vote")
	id, err := w.Answer(w.ctx, w.as("gao"), q.ID, "A function with what it closes over.")
	w.must(err)
	_, err = w.VoteAnswer(w.ctx, w.as("gao"), id, true)
	w.refused(err, "question.own_vote")
	n, err = w.VoteAnswer(w.ctx, w.as("kobe"), id, true)
	w.must(err)
	if n != 1 {
		t.Errorf("%d votes", n)
	}
}

func TestOtherCoursesDoNotExist(t *testing.T) {
	w := school(t)
	q := w.ask("kobe", "装饰器是什么", "")
	a, err := w.Answer(w.ctx, w.as("gao"), q.ID, "一个函数")
	w.must(err)
	yao := w.as("yao")
	_, err = w.Thread(w.ctx, yao, q.ID)
	w.refused(err, "fault.not_found")
	_, err = w.Answer(w.ctx, yao, q.ID, "x")
	w.refused(err, "fault.not_found")
	_, err = w.Accept(w.ctx, yao, a)
	w.refused(err, "fault.not_found")
	_, err = w.Vote(w.ctx, yao, q.ID, true)
	w.refused(err, "fault.not_found")
	_, err = w.VoteAnswer(w.ctx, yao, a, true)
	w.refused(err, "fault.not_found")
	_, err = w.Ask(w.ctx, yao, NewQuestion{Course: w.ids["python"], Title: "x"})
	w.refused(err, "question.not_your_course")
	_, err = w.Ask(w.ctx, w.as("admin"), NewQuestion{Course: 99, Title: "x"})
	w.refused(err, "list.no_such")
	if got := w.titles("yao", "装饰器"); got != nil {
		t.Errorf("found %v", got)
	}
	for _, query := range []string{"", "装饰", "state:answered"} {
		l, err := w.Engine.List(w.ctx, yao, "questions", query, resource.Page{})
		w.must(err)
		if len(l.Rows) != 0 {
			t.Errorf("%q lists %d", query, len(l.Rows))
		}
	}
	if err := w.Engine.Change(w.ctx, w.as("jordan"), "questions", q.ID, 0, map[string]string{"title": "y"}); err == nil {
		t.Error("only the asker changes his question")
	}
	list, err := w.Courses(w.ctx, yao)
	w.must(err)
	if len(list) != 1 || list[0].Code != "linux" {
		t.Errorf("%+v", list)
	}
}

func TestSearch(t *testing.T) {
	w := school(t)
	for _, title := range []string{"列表怎么排序", "字典怎么排序", "怎么读大文件", "How to sort a list of dicts?", "装饰器的执行顺序", "虚拟环境怎么建", "pip 安装报错 SSL", "C++ 扩展怎么编译"} {
		w.ask("kobe", title, "请教。")
	}
	q := w.ask("jordan", "程序很慢", "读取 csv 的时候")
	_, err := w.Answer(w.ctx, w.as("gao"), q.ID, "用生成器逐行读,不要 readlines。")
	w.must(err)
	for typed, want := range map[string]string{
		"列表 排序":       "列表怎么排序",
		"列表的排序怎么做":    "列表怎么排序",
		"装饰器":         "装饰器的执行顺序",
		"SSL 报错":      "pip 安装报错 SSL",
		"sort dicts":  "How to sort a list of dicts?",
		"c++":         "C++ 扩展怎么编译",
		"生成器":         "程序很慢", // the words of an answer find its question
		"readlines 慢": "程序很慢",
		"大文件":         "怎么读大文件",
	} {
		if got := w.titles("kobe", typed); len(got) == 0 || got[0] != want {
			t.Errorf("%q finds %q, want %q first", typed, got, want)
		}
	}
	for _, typed := range []string{"量子计算怎么学", "元类", "kubernetes ingress", "", "?!", "\x1b[2J"} {
		if got := w.titles("kobe", typed); len(got) != 0 {
			t.Errorf("%q finds %q", typed, got)
		}
	}
	for query, want := range map[string]int{"排序": 2, "怎么排序": 2, "排序 字典": 1, "sort": 1, "报错 state:open": 1, "state:answered": 1, "元类": 0, "题": 0} {
		l, err := w.Engine.List(w.ctx, w.as("kobe"), "questions", query, resource.Page{})
		w.must(err)
		if len(l.Rows) != want {
			t.Errorf("%q lists %d, want %d", query, len(l.Rows), want)
		}
	}
}

// A changed text is found by its new words and no longer by the old ones.
func TestChangesAreFound(t *testing.T) {
	w := school(t)
	q := w.ask("kobe", "怎么拷贝对象", "")
	a, err := w.Answer(w.ctx, w.as("gao"), q.ID, "用 deepcopy。")
	w.must(err)
	w.must(w.Engine.Change(w.ctx, w.as("kobe"), "questions", q.ID, 0, map[string]string{"title": "怎么序列化对象"}))
	w.must(w.Engine.Change(w.ctx, w.as("gao"), "answers", a, 1, map[string]string{"body": "用 pickle。"}))
	for typed, want := range map[string]int{"拷贝": 0, "deepcopy": 0, "序列化": 1, "pickle": 1} {
		if got := w.titles("jordan", typed); len(got) != want {
			t.Errorf("%q finds %q", typed, got)
		}
	}
	w.refused(w.Engine.Change(w.ctx, w.as("gao"), "answers", a, 1, map[string]string{"body": "x"}), "fault.stale")
}

func TestUnansweredAge(t *testing.T) {
	w := school(t)
	w.ask("kobe", "first", "")
	w.clock = w.clock.Add(50 * time.Hour)
	w.ask("jordan", "second", "")
	l, err := w.Engine.List(w.ctx, w.as("gao"), "questions", "state:open sort:created", resource.Page{})
	w.must(err)
	var got []any
	for _, r := range l.Rows {
		got = append(got, r.Title, r.Values["waiting"].Raw)
	}
	if !reflect.DeepEqual(got, []any{"first", int64(2), "second", int64(0)}) {
		t.Errorf("%v", got)
	}
	l, err = w.Engine.List(w.ctx, w.as("gao"), "questions", "waiting:>1", resource.Page{})
	w.must(err)
	if len(l.Rows) != 1 {
		t.Errorf("%d rows", len(l.Rows))
	}
}

func TestWhatIsRefused(t *testing.T) {
	w := school(t)
	kobe := w.as("kobe")
	for key, n := range map[string]NewQuestion{
		"fault.required": {Course: w.ids["python"], Title: " \x1b[0m "},
		"fault.too_long": {Course: w.ids["python"], Title: strings.Repeat("长", 201)},
	} {
		_, err := w.Ask(w.ctx, kobe, n)
		w.refused(err, key)
	}
	q := w.ask("kobe", "ok", strings.Repeat("天地玄黄 ", 3000))
	if n := w.count(`SELECT count(*) FROM question_grams WHERE question_id = $1`, q.ID); n > titleGrams+textGrams {
		t.Errorf("%d grams", n)
	}
	_, err := w.Answer(w.ctx, kobe, q.ID, " ")
	w.refused(err, "fault.required")
	none := policy.Actor{Account: w.ids["kobe"], Rights: policy.NewRights(nil, policy.Scope{}, nil)}
	_, err = w.Search(w.ctx, none, "ok", 0)
	w.refused(err, "fault.forbidden")
}

// TestEveryMethodTakesAnActor holds the contract of services.
func TestEveryMethodTakesAnActor(t *testing.T) {
	actor, service := reflect.TypeFor[policy.Actor](), reflect.TypeFor[*Service]()
	for m := range service.Methods() {
		if slices.Contains([]string{"Deps"}, m.Name) {
			continue
		}
		if m.Type.NumIn() < 3 || m.Type.In(2) != actor {
			t.Errorf("%s: the actor is not its second parameter", m.Name)
		}
	}
}
