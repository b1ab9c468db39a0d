package teaching

import (
	"context"
	"strings"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// RowState says what became of a row of a sheet.
type RowState string

// What becomes of a row. Every row has one of these; none is skipped silently.
const (
	RowApplied   RowState = "applied"
	RowUnchanged RowState = "unchanged"
	RowStale     RowState = "stale"     // changed by somebody else since the sheet was fetched
	RowOffScale  RowState = "off_scale" // no such score
	RowUnknown   RowState = "unknown"   // no such student in this lesson
	RowRefused   RowState = "refused"   // Why says why
)

// RowStates lists them.
var RowStates = []RowState{RowApplied, RowUnchanged, RowStale, RowOffScale, RowUnknown, RowRefused}

// RowResult is what became of one row.
type RowResult struct {
	Line           int
	Roll           int64
	Name           string // of the student; as typed where he is unknown
	State          RowState
	Was, Now       Score
	CommentChanged bool
	Why            error // of all but applied and unchanged
}

// Report is what became of a sheet.
type Report struct {
	Lesson Lesson
	Rows   []RowResult
}

// Count says how many rows ended in a state.
func (r Report) Count(s RowState) (n int) {
	for _, x := range r.Rows {
		if x.State == s {
			n++
		}
	}
	return n
}

// ImportSheet writes the grades of a filled sheet on a lesson. Every row is
// written by itself: one that is refused does not stop the others. An empty cell
// leaves what is there.
func (s *Service) ImportSheet(ctx context.Context, by policy.Actor, lesson int64, rows []SheetRow) (rep Report, err error) {
	if rep.Lesson, err = s.Lesson(ctx, by, lesson); err != nil {
		return rep, err
	}
	if err := by.NeedAny("grade", "study_records"); err != nil {
		return rep, err
	}
	list, err := s.Records(ctx, by, lesson)
	if err != nil {
		return rep, err
	}
	find := newFinder(list)
	for _, row := range rows {
		rep.Rows = append(rep.Rows, s.importRow(ctx, by, find, row))
		if err := ctx.Err(); err != nil {
			return rep, err
		}
	}
	s.reports.keep(by.Account, rep, s.DB.Now())
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return audit.Write(tx, by, "import", "lessons", lesson, audit.Change{Field: "rows", New: str(int64(len(rep.Rows)))},
			audit.Change{Field: "applied", New: str(int64(rep.Count(RowApplied)))})
	})
	return rep, err
}

func (s *Service) importRow(ctx context.Context, by policy.Actor, find finder, row SheetRow) RowResult {
	out := RowResult{Line: row.Line, Name: clean.Line(row.Name)}
	r, version, err := find.of(row)
	if err != nil {
		out.State, out.Why = RowUnknown, err
		if !fault.Is(err, "homework.row_unknown") {
			out.State = RowRefused
		}
		return out
	}
	out.Roll, out.Name, out.Was, out.Now = r.Roll, r.Name, r.Score, r.Score
	g, err := row.grade(r)
	switch {
	case err != nil:
		out.State, out.Why = RowOffScale, err
		return out
	case g.Score == nil && g.Comment == nil:
		out.State = RowUnchanged
		return out
	}
	after, err := s.Grade(ctx, by, r.ID, version, g)
	switch {
	case fault.Is(err, "fault.stale"):
		out.State, out.Why = RowStale, fault.New(fault.Stale, "homework.row_stale", "score", r.Score.word())
	case err != nil:
		out.State, out.Why = RowRefused, err
	default:
		out.State, out.Now, out.CommentChanged = RowApplied, after.Score, g.Comment != nil
		find.graded(after)
	}
	return out
}

// grade is what a row asks to be changed of a record.
func (row SheetRow) grade(r StudyRecord) (g Grade, err error) {
	if text := strings.TrimSpace(row.Score); text != "" {
		score, err := ParseScore(text)
		if err != nil {
			return g, err
		}
		if score != r.Score {
			g.Score = &score
		}
	}
	if text := clean.Text(row.Comment); text != "" && text != r.Comment {
		g.Comment = &text
	}
	return g, nil
}

// finder finds the record that a row is about.
type finder struct {
	byID    map[int64]StudyRecord
	byRoll  map[string]int64
	byLogin map[string]int64
}

func newFinder(list []StudyRecord) finder {
	f := finder{map[int64]StudyRecord{}, map[string]int64{}, map[string]int64{}}
	for _, r := range list {
		f.byID[r.ID] = r
		f.byLogin[strings.ToLower(r.Login)] = r.ID
		if r.Roll > 0 {
			f.byRoll[str(r.Roll)] = r.ID
		}
	}
	return f
}

func (f finder) graded(r StudyRecord) { f.byID[r.ID] = r }

// of gives the record of a row and the version that its writer read, 0 where the
// row does not tell it. What a row says of its student must agree: a sheet of
// which only some columns were sorted mixes students up.
func (f finder) of(row SheetRow) (r StudyRecord, version int64, err error) {
	var ids []int64
	add := func(id int64, ok bool) {
		if !ok {
			id = -1
		}
		ids = append(ids, id)
	}
	if row.Ref != "" {
		id, v, ok := parseRef(row.Ref)
		_, known := f.byID[id]
		version = v
		add(id, ok && known)
	}
	if row.Roll != "" {
		id, ok := f.byRoll[strings.TrimLeft(strings.TrimSuffix(row.Roll, ".0"), "0")]
		add(id, ok)
	}
	if row.Login != "" {
		id, ok := f.byLogin[strings.ToLower(row.Login)]
		add(id, ok)
	}
	unknown := fault.New(fault.NotFound, "homework.row_unknown")
	if len(ids) == 0 {
		return r, 0, unknown
	}
	for _, id := range ids {
		switch {
		case id == -1:
			return r, 0, unknown
		case id != ids[0]:
			return r, 0, fault.New(fault.Invalid, "homework.row_mixed")
		}
	}
	return f.byID[ids[0]], version, nil
}

// Text says a report, a line for each row that is not as it was, and the sums.
func (r Report) Text(p i18n.Printer) string {
	var b strings.Builder
	b.WriteString(p.T("homework.report", "class", r.Lesson.ClassCode, "n", r.Lesson.Number) + "\n\n")
	for _, s := range RowStates {
		b.WriteString(p.T("homework.report_sum", "state", i18n.W("homework.row."+string(s)), "n", r.Count(s)) + "\n")
	}
	b.WriteString("\n")
	for _, x := range r.Rows {
		b.WriteString(x.Text(p) + "\n")
	}
	return b.String()
}

// Text says what became of a row.
func (x RowResult) Text(p i18n.Printer) string {
	what := p.T("homework.row." + string(x.State))
	switch {
	case x.Why != nil:
		what += ": " + strings.ReplaceAll(p.Error(x.Why), "\n", "; ")
	case x.Was != x.Now:
		what += ": " + p.Value(x.Was.word()) + " > " + p.Value(x.Now.word())
	}
	if x.CommentChanged {
		what += p.T("homework.row_comment")
	}
	return p.T("homework.report_row", "line", x.Line, "roll", x.Roll, "name", x.Name, "what", what)
}
