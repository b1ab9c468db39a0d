package ui

import (
	tea "charm.land/bubbletea/v2"

	"cohort/app/enrollment"
	"cohort/app/i18n"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/line"
	"cohort/app/ui/kit/width"
)

// documentScreen shows one document in the whole window.
type documentScreen struct {
	d     *desk
	docs  []enrollment.Document
	at    int
	shots *shots
	w, h  int
}

// Title is kit.Screen's.
func (s *documentScreen) Title(i18n.Printer) string { return s.docs[s.at].Name }

// Init is kit.Screen's.
func (s *documentScreen) Init() kit.Cmd { return s.want() }

// Typing is kit.Screen's.
func (s *documentScreen) Typing() bool { return false }

// Update is kit.Screen's.
func (s *documentScreen) Update(msg tea.Msg) kit.Cmd {
	z, ok := msg.(kit.Resized)
	if !ok {
		return nil
	}
	s.w, s.h = z.W, z.H
	return s.want()
}

func (s *documentScreen) room() (w, h int) { return s.w - 2, s.h - 3 }

func (s *documentScreen) want() kit.Cmd {
	w, h := s.room()
	return s.shots.want(s.docs[s.at], w, h, func() kit.Cmd { return nil })
}

// Actions is kit.Screen's.
func (s *documentScreen) Actions() []kit.Action {
	list := []kit.Action{{ID: "kit.back", Keys: []string{"enter"}, Weight: -1, Quiet: true, Run: kit.Back}}
	if len(s.docs) > 1 {
		list = append(list,
			kit.Action{ID: "ui.enroll.next_file", Keys: []string{"n", "right", "l", "space", "down", "j"}, Weight: 9, Run: func() kit.Cmd { return s.turn(1) }},
			kit.Action{ID: "ui.enroll.prev_file", Keys: []string{"p", "left", "h", "up", "k"}, Weight: 8, Run: func() kit.Cmd { return s.turn(-1) }})
	}
	if s.d.actor().Enrollment == 0 {
		list = append(list, kit.Action{ID: "ui.enroll.copy_download", Keys: []string{"c"}, Weight: 7, Run: func() kit.Cmd { return kit.Copy(s.line()) }})
	}
	return list
}

func (s *documentScreen) turn(by int) kit.Cmd {
	s.at = (s.at + by + len(s.docs)) % len(s.docs)
	return s.want()
}

// line is the command that fetches the documents.
func (s *documentScreen) line() string {
	if by := s.d.actor(); by.Rights != nil && by.Rights.Scope.Customer != 0 {
		return s.d.download("-r ", "documents")
	}
	return s.d.download("", "enrollments/"+kit.ID(s.docs[s.at].Enrollment)+"/*")
}

// View is kit.Screen's.
func (s *documentScreen) View(e kit.Env, w, h int) kit.View {
	x := s.docs[s.at]
	head := " " + e.Theme.Paint(kit.Strong, width.Cut(width.Clean(x.Name), w/2)) + e.Theme.Paint(kit.Muted,
		"  "+typeName(x.Type)+"  "+e.Size(x.Size)+"  "+e.DateTime(x.Uploaded))
	v := kit.View{Lines: []string{width.Head(head, w), ""}, Status: kit.ID(int64(s.at+1)) + " / " + kit.ID(int64(len(s.docs)))}
	if !isPicture(x) {
		v.Lines = append(v.Lines, s.words(e, w)...)
		return v
	}
	bw, bh := s.room()
	lines, pic := s.shots.box(e, x, bw, bh)
	for _, l := range lines {
		v.Lines = append(v.Lines, " "+l)
	}
	if pic != nil {
		p := *pic
		p.X, p.Y = 1, 2
		v.Pictures = []line.Picture{p}
	}
	return v
}

// words stand for what is no picture.
func (s *documentScreen) words(e kit.Env, w int) []string {
	x := s.docs[s.at]
	texts := []string{e.T("ui.enroll.not_drawn", "type", typeName(x.Type)), "", "SHA-256 " + x.SHA256}
	if s.d.actor().Enrollment == 0 {
		texts = append(texts, "", e.T("ui.enroll.download"), "$ "+s.line())
	}
	return command(texts...)(e, w).Lines
}
