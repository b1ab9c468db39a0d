package files

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/teaching"
)

const (
	classesFolder = "classes"
	reportFile    = "REPORT.txt"
	maxSheetBytes = 5 << 20
)

// classes is a lecturer's folder classes/: a folder for each class he teaches,
// in it one for each lesson, with everybody's homework, the grade sheet and what
// goes back.
type classes struct{ sv Services }

func (m classes) sends(c caller, name string) bool { return name == classesFolder && m.shown(c) }

func (m classes) shown(c caller) bool {
	return m.sv.Teaching != nil && c.by.Enrollment == 0 && c.by.Can("download", "homework") && c.by.Can("rank", "classes")
}

func (m classes) list(_ context.Context, c caller) ([]Info, error) {
	if !m.shown(c) {
		return nil, nil
	}
	return []Info{dir(classesFolder)}, nil
}

func (m classes) find(_ context.Context, c caller, name string) (entry, error) {
	if name != classesFolder || !m.shown(c) {
		return entry{}, policy.NotFound()
	}
	return entry{Info: dir(name), folder: taughtClasses(m)}, nil
}

// taughtClasses is the inside of classes/.
type taughtClasses struct{ sv Services }

func (m taughtClasses) list(ctx context.Context, c caller) (out []Info, err error) {
	list, err := m.sv.Teaching.Classes(ctx, c.by)
	for _, x := range list {
		out = append(out, dir(x.Code))
	}
	return out, err
}

func (m taughtClasses) find(ctx context.Context, c caller, name string) (entry, error) {
	list, err := m.sv.Teaching.Classes(ctx, c.by)
	if err != nil {
		return entry{}, err
	}
	for _, x := range list {
		if x.Code == name {
			return entry{Info: dir(name), folder: taughtClass{m.sv, x}}, nil
		}
	}
	return entry{}, policy.NotFound()
}

// taughtClass is one class: a folder for each lesson.
type taughtClass struct {
	sv Services
	t  teaching.Taught
}

func (m taughtClass) list(ctx context.Context, c caller) (out []Info, err error) {
	list, err := m.sv.Teaching.Lessons(ctx, c.by, m.t.Class)
	for _, l := range list {
		out = append(out, Info{Name: strconv.FormatInt(l.Number, 10), Dir: true})
	}
	return out, err
}

func (m taughtClass) find(ctx context.Context, c caller, name string) (entry, error) {
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != name {
		return entry{}, policy.NotFound()
	}
	l, err := m.sv.Teaching.LessonByNumber(ctx, c.by, m.t.Code, n)
	return entry{Info: Info{Name: name, Dir: true}, folder: taughtLesson{m.sv, l}}, err
}

// taughtLesson is one lesson. The grade sheet is sent back to it.
type taughtLesson struct {
	sv Services
	l  teaching.Lesson
}

func (m taughtLesson) list(ctx context.Context, c caller) ([]Info, error) {
	all, err := m.all(ctx, c)
	if err != nil {
		return nil, err
	}
	return all.list(ctx, c)
}

func (m taughtLesson) find(ctx context.Context, c caller, name string) (entry, error) {
	all, err := m.all(ctx, c)
	if err != nil {
		return entry{}, err
	}
	return all.find(ctx, c, name)
}

func (m taughtLesson) all(ctx context.Context, c caller) (out fixed, err error) {
	d, err := c.hands.download(ctx, m.sv, c.by, m.l.ID)
	if err != nil {
		return nil, err
	}
	out = fixed{{Info: dir(homeworkFolder), folder: m.homework(c, d)}}
	if c.by.Can("grade", "study_records") {
		var b bytes.Buffer
		if err := d.Sheet(&b, c.p); err != nil {
			return nil, err
		}
		e := exact(teaching.SheetFile, m.sv.Engine.DB.Now(), b.String())
		e.ReadOnly = false
		out = append(out, e, entry{Info: Info{Name: feedbackFolder, Dir: true}, folder: goingBack{m.sv, d}})
	}
	rep, at, ok, err := m.sv.Teaching.LastReport(ctx, c.by, m.l.ID)
	if ok {
		out = append(out, words(reportFile, at, rep.Text(c.p)))
	}
	return out, err
}

// homework is everybody's last version, a folder for each student, and the
// manifest.
func (m taughtLesson) homework(c caller, d teaching.Download) folder {
	var b bytes.Buffer
	_ = d.Manifest(&b, c.p) // into memory
	out := fixed{exact(teaching.ManifestFile, m.sv.Engine.DB.Now(), b.String())}
	for _, f := range d.Folders {
		if len(f.Files) > 0 {
			out = append(out, entry{Info: Info{Name: f.Name, Dir: true, ModTime: f.Last.At, ReadOnly: true}, folder: homeworkFiles(m.sv, c, f.Last)})
		}
	}
	return out
}

func (m taughtLesson) accepts(c caller) bool { return c.by.Can("grade", "study_records") }

// create takes the filled sheet.
func (m taughtLesson) create(ctx context.Context, c caller, name string, size int64) (Upload, error) {
	lower := strings.ToLower(name)
	if !strings.HasPrefix(lower, "grades") || !strings.HasSuffix(lower, ".csv") && !strings.HasSuffix(lower, ".xlsx") {
		return nil, fault.New(fault.Forbidden, "homework.only_sheet")
	}
	over := func() error { return fault.New(fault.Invalid, "homework.sheet_large", "max", i18n.Size(maxSheetBytes)) }
	if size > maxSheetBytes {
		return nil, over()
	}
	return &memory{max: maxSheetBytes, over: over, done: func(data *bytes.Reader) error {
		rows, err := teaching.ReadSheet(data, data.Size())
		if err != nil {
			return err
		}
		rep, err := m.sv.Teaching.ImportSheet(ctx, c.by, m.l.ID, rows)
		if err != nil {
			return err
		}
		c.hands.forget()
		c.hands.tell(strings.ReplaceAll(strings.TrimRight(rep.Text(c.p), "\n"), "\n", "\r\n"), rep.Good())
		return nil
	}}, nil
}

func (m taughtLesson) remove(context.Context, caller, string) error { return readOnly() }

// goingBack is the folder feedback/ of a lesson: files that go back to students.
// "07-anything" goes to the one with roll number 7, as does all in a folder
// 07-name/.
type goingBack struct {
	sv Services
	d  teaching.Download
}

func (g goingBack) list(context.Context, caller) (out []Info, err error) {
	for _, f := range g.d.Folders {
		out = append(out, Info{Name: f.Name, Dir: true})
	}
	return out, nil
}

func (g goingBack) find(ctx context.Context, c caller, name string) (entry, error) {
	for _, f := range g.d.Folders {
		if f.Name == name {
			list, err := g.sv.Teaching.Feedback(ctx, c.by, f.ID)
			return entry{Info: Info{Name: name, Dir: true}, folder: backTo{feedbackFiles(g.sv, c, list), g.sv, f}}, err
		}
	}
	return entry{}, policy.NotFound()
}

func (g goingBack) accepts(caller) bool { return true }

func (g goingBack) create(ctx context.Context, c caller, name string, size int64) (Upload, error) {
	digits := name[:len(name)-len(strings.TrimLeft(name, "0123456789"))]
	roll, err := strconv.ParseInt(digits, 10, 64)
	for _, f := range g.d.Folders {
		if err == nil && f.Roll == roll {
			return backTo{nil, g.sv, f}.create(ctx, c, name, size)
		}
	}
	return nil, fault.New(fault.NotFound, "homework.back_to_whom", "name", name)
}

func (g goingBack) remove(context.Context, caller, string) error { return readOnly() }

// backTo is one student's folder in feedback/.
type backTo struct {
	fixed
	sv Services
	f  teaching.Folder
}

func (b backTo) accepts(caller) bool { return true }

func (b backTo) create(ctx context.Context, c caller, name string, size int64) (Upload, error) {
	u, err := b.sv.Teaching.SendFeedback(ctx, c.by, b.f.ID, name, size)
	if err != nil {
		return nil, err
	}
	return u, nil
}

func (b backTo) remove(context.Context, caller, string) error { return readOnly() }
