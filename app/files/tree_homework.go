package files

import (
	"context"
	"strconv"
	"strings"

	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/teaching"
)

// The files and folders that stand beside a student's own homework.
const (
	receiptFile    = "RECEIPT.txt"
	rejectedFile   = "REJECTED.txt"
	taskFile       = "TASK.md"
	gradeFile      = "GRADE.md"
	versionsFolder = "versions"
	feedbackFolder = "feedback"
	homeworkFolder = "homework"
)

func dir(name string) Info { return Info{Name: name, Dir: true, ReadOnly: true} }

// homework is a student's folder homework/: a folder for each class, in it one
// for each lesson with homework, to which files are sent.
type homework struct{ sv Services }

func (m homework) sends(c caller, name string) bool { return name == homeworkFolder && m.shown(c) }

func (m homework) shown(c caller) bool {
	return m.sv.Teaching != nil && isStudent(c) && c.by.Can("hand_in", "study_records")
}

func (m homework) list(_ context.Context, c caller) ([]Info, error) {
	if !m.shown(c) {
		return nil, nil
	}
	return []Info{dir(homeworkFolder)}, nil
}

func (m homework) find(_ context.Context, c caller, name string) (entry, error) {
	if name != homeworkFolder || !m.shown(c) {
		return entry{}, policy.NotFound()
	}
	return entry{Info: dir(name), folder: myHomework(m)}, nil
}

// nowhere is an inbox that takes nothing, but says where things go.
type nowhere struct{}

func (nowhere) accepts(caller) bool { return true }

func (nowhere) create(context.Context, caller, string, int64) (Upload, error) {
	return nil, fault.New(fault.Forbidden, "homework.which_lesson")
}

func (nowhere) remove(context.Context, caller, string) error { return readOnly() }

// myHomework is the inside of homework/.
type myHomework struct{ sv Services }

func (m myHomework) accepts(c caller) bool { return nowhere{}.accepts(c) }

func (m myHomework) create(ctx context.Context, c caller, name string, size int64) (Upload, error) {
	return nowhere{}.create(ctx, c, name, size)
}

func (m myHomework) remove(ctx context.Context, c caller, name string) error {
	return nowhere{}.remove(ctx, c, name)
}

func (m myHomework) classes(ctx context.Context, c caller) ([]enrollment.Membership, error) {
	return m.sv.Enrollments.MyClasses(ctx, c.by)
}

func (m myHomework) list(ctx context.Context, c caller) (out []Info, err error) {
	list, err := m.classes(ctx, c)
	for _, x := range list {
		out = append(out, dir(x.Code))
	}
	return out, err
}

func (m myHomework) find(ctx context.Context, c caller, name string) (entry, error) {
	list, err := m.classes(ctx, c)
	if err != nil {
		return entry{}, err
	}
	for _, x := range list {
		if x.Code == name {
			return entry{Info: dir(name), folder: myClass{nowhere{}, m.sv, x}}, nil
		}
	}
	return entry{}, policy.NotFound()
}

// myClass is one class of the student's.
type myClass struct {
	nowhere
	sv Services
	m  enrollment.Membership
}

func (m myClass) lessons(ctx context.Context, c caller) ([]teaching.MyLesson, error) {
	return m.sv.Teaching.MyLessons(ctx, c.by, m.m.Class)
}

func (m myClass) list(ctx context.Context, c caller) (out []Info, err error) {
	list, err := m.lessons(ctx, c)
	for _, l := range list {
		if l.Homework != "" || !l.Due.IsZero() || l.Versions > 0 {
			out = append(out, Info{Name: strconv.FormatInt(l.Number, 10), Dir: true})
		}
	}
	return out, err
}

func (m myClass) find(ctx context.Context, c caller, name string) (entry, error) {
	list, err := m.lessons(ctx, c)
	if err != nil {
		return entry{}, err
	}
	for _, l := range list {
		if strconv.FormatInt(l.Number, 10) == name {
			return entry{Info: Info{Name: name, Dir: true}, folder: myLesson{m.sv, l}}, nil
		}
	}
	return entry{}, policy.NotFound()
}

// myLesson is the homework of one lesson: what is asked, what was handed in
// last, the receipt, what was not taken, older versions, what came back.
type myLesson struct {
	sv Services
	l  teaching.MyLesson
}

func (m myLesson) what() handed { return handed{m.l.ClassCode, m.l.Number} }

func (m myLesson) accepts(caller) bool { return true }

func (m myLesson) create(ctx context.Context, c caller, name string, size int64) (Upload, error) {
	h, err := c.hands.to(ctx, m.sv, c.by, m.what())
	if err != nil {
		return nil, err
	}
	f, err := h.Create(name, size)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (m myLesson) remove(context.Context, caller, string) error {
	return fault.New(fault.Forbidden, "homework.kept")
}

func (m myLesson) list(ctx context.Context, c caller) ([]Info, error) {
	c.hands.settle(c, m.what())
	all, err := m.all(ctx, c)
	if err != nil {
		return nil, err
	}
	return all.list(ctx, c)
}

func (m myLesson) find(ctx context.Context, c caller, name string) (entry, error) {
	if name == receiptFile {
		c.hands.settle(c, m.what())
	}
	all, err := m.all(ctx, c)
	if err != nil {
		return entry{}, err
	}
	return all.find(ctx, c, name)
}

func (m myLesson) all(ctx context.Context, c caller) (out fixed, err error) {
	versions, err := m.sv.Teaching.MyHomework(ctx, c.by, m.l.ClassCode, m.l.Number)
	if err != nil {
		return nil, err
	}
	if m.l.Homework != "" {
		out = append(out, words(taskFile, m.l.Due, m.l.Homework+"\n"))
	}
	if len(versions) > 0 {
		last := versions[0]
		out = append(out, words(receiptFile, last.At, receiptText(c.p, m.l.ClassCode, m.l.Number, last)))
		out = append(out, homeworkFiles(m.sv, c, last)...)
		out = append(out, m.versions(c, versions))
	}
	refused, err := m.sv.Teaching.RefusedHomework(ctx, c.by, m.l.ClassCode, m.l.Number)
	if err != nil {
		return nil, err
	}
	if len(refused) > 0 {
		var b strings.Builder
		for _, r := range refused {
			b.WriteString(c.p.T("homework.refused_line", "when", c.p.DateTime(r.At), "name", r.Name, "why", c.p.Fault(r.Why)) + "\n")
		}
		out = append(out, words(rejectedFile, refused[0].At, b.String()))
	}
	back, err := m.back(ctx, c)
	if len(back) > 0 {
		out = append(out, entry{Info: dir(feedbackFolder), folder: back})
	}
	return out, err
}

// versions is the folder with every version, by number.
func (m myLesson) versions(c caller, list []teaching.Homework) entry {
	var all fixed
	for _, v := range list {
		inside := append(homeworkFiles(m.sv, c, v), words(receiptFile, v.At, receiptText(c.p, m.l.ClassCode, m.l.Number, v)))
		all = append(all, entry{Info: dir(strconv.FormatInt(v.Version, 10)), folder: inside})
	}
	return entry{Info: dir(versionsFolder), folder: all}
}

// back is what came back with the grade, once it is released.
func (m myLesson) back(ctx context.Context, c caller) (out fixed, err error) {
	r := m.l.Record
	if r.Score.Counts() || r.Comment != "" {
		out = append(out, words(gradeFile, r.Graded, c.p.T("homework.grade_file", "class", m.l.ClassCode, "n", m.l.Number, "score", c.p.Or("choice.score."+string(r.Score), string(r.Score)), "comment", r.Comment)+"\n"))
	}
	list, err := m.sv.Teaching.Feedback(ctx, c.by, r.ID)
	return append(out, feedbackFiles(m.sv, c, list)...), err
}

// homeworkFiles are the files of a version, under names that every machine can
// write.
func homeworkFiles(sv Services, c caller, v teaching.Homework) (out fixed) {
	for _, f := range v.Named() {
		info := Info{Name: f.As, Size: f.Size, ModTime: v.At, ReadOnly: true}
		out = append(out, entry{Info: info, open: func(ctx context.Context) (File, error) {
			in, err := sv.Teaching.OpenHomework(ctx, c.by, f.HomeworkFile)
			if err != nil {
				return nil, err
			}
			return bytesOf{in, in, info}, nil
		}})
	}
	return out
}

func feedbackFiles(sv Services, c caller, list []teaching.FeedbackFile) (out fixed) {
	for _, f := range list {
		info := Info{Name: f.Name, Size: f.Size, ModTime: f.Sent, ReadOnly: true}
		out = append(out, entry{Info: info, open: func(ctx context.Context) (File, error) {
			in, err := sv.Teaching.OpenFeedback(ctx, c.by, f)
			if err != nil {
				return nil, err
			}
			return bytesOf{in, in, info}, nil
		}})
	}
	return out
}
