package ui

import (
	"context"
	"image"
	"strings"

	"github.com/charmbracelet/colorprofile"

	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/line"
	"cohort/app/ui/kit/picture"
	"cohort/app/ui/kit/width"
)

// shots are the pictures of some documents: read and decoded once, off the loop,
// drawn for the sizes that are asked for, and kept while the screen lives.
type shots struct {
	d      *desk
	how    picture.Capability
	colors colorprofile.Profile
	images map[int64]*image.RGBA
	errs   map[int64]error
	drawn  map[shotKey]shot
	asked  map[shotKey]bool
}

// shotKey is a picture in a box of cells.
type shotKey struct {
	document int64
	w, h     int
}

// shot is a drawn picture: lines of blocks, or blank ones with pixels over them.
type shot struct {
	lines []string
	pic   *line.Picture
}

// The bounds of what is kept: an enrollment has three documents, a student
// rarely more.
const (
	mostImages = 6
	mostDrawn  = 12
)

func (d *desk) newShots() *shots {
	return &shots{d: d, how: picture.Detect(d.sess.Term, d.sess.Env), colors: d.colors(),
		images: map[int64]*image.RGBA{}, errs: map[int64]error{}, drawn: map[shotKey]shot{}, asked: map[shotKey]bool{}}
}

// colors says how many colours pictures may have.
func (d *desk) colors() colorprofile.Profile {
	switch ct := strings.ToLower(d.sess.Getenv("COLORTERM")); {
	case d.theme.Profile == kit.NoColor:
		return colorprofile.Ascii
	case ct == "truecolor" || ct == "24bit" || strings.Contains(d.sess.Term, "direct"):
		return colorprofile.TrueColor
	case d.theme.Profile == kit.Color256:
		return colorprofile.ANSI256
	}
	return colorprofile.ANSI
}

// isPicture says whether a document can be drawn.
func isPicture(x enrollment.Document) bool { return strings.HasPrefix(x.Type, "image/") }

// want has a picture drawn in a box, unless it is there or on its way; done is
// called when it is.
func (s *shots) want(x enrollment.Document, w, h int, done func() kit.Cmd) kit.Cmd {
	k := shotKey{x.ID, w, h}
	_, there := s.drawn[k]
	if !isPicture(x) || there || s.asked[k] || s.errs[x.ID] != nil || w < 2 || h < 1 {
		return nil
	}
	s.asked[k] = true
	img := s.images[x.ID]
	type got struct {
		img *image.RGBA
		shot
	}
	return kit.Work[got]{Name: "picture " + kit.ID(x.ID), Label: "ui.enroll.drawing",
		Do: func(ctx context.Context) (g got, err error) {
			if g.img = img; img == nil {
				if g.img, err = s.read(ctx, x); err != nil {
					return g, err
				}
			}
			g.shot = s.draw(g.img, k)
			return g, nil
		},
		Then: func(g got, err error) kit.Cmd {
			delete(s.asked, k)
			if err != nil {
				s.errs[x.ID] = err
			} else {
				s.keep(k, g.img, g.shot)
			}
			return done()
		}}.Cmd()
}

func (s *shots) read(ctx context.Context, x enrollment.Document) (*image.RGBA, error) {
	data, err := s.d.readDocument(ctx, x)
	if err != nil {
		return nil, err
	}
	img, err := picture.Decode(data)
	if err != nil {
		return nil, fault.New(fault.Invalid, "ui.enroll.no_picture").Because(err)
	}
	return img, nil
}

func (s *shots) keep(k shotKey, img *image.RGBA, x shot) {
	if len(s.images) >= mostImages {
		clear(s.images)
	}
	if len(s.drawn) >= mostDrawn {
		clear(s.drawn)
	}
	s.images[k.document], s.drawn[k] = img, x
}

// draw draws a picture for a box. It works off the loop.
func (s *shots) draw(img *image.RGBA, k shotKey) shot {
	id := uint32(k.document&0xffff)<<12 | uint32(k.w&0xff)<<4 | 1 // one for each size, never 0
	var pic line.Picture
	switch s.how {
	case picture.Kittys:
		pic = picture.Kitty(img, id, k.w, k.h)
	case picture.Sixels:
		pic = picture.Sixel(img, id, k.w, k.h, 0, 0)
	default:
		return shot{lines: picture.HalfBlocks(img, k.w, k.h, s.colors)}
	}
	lines := make([]string, pic.H)
	for i := range lines {
		lines[i] = width.Spaces(pic.W)
	}
	return shot{lines: lines, pic: &pic}
}

// box gives the lines of a document's box: its picture, or words in its place.
// There are exactly h lines.
func (s *shots) box(e kit.Env, x enrollment.Document, w, h int) ([]string, *line.Picture) {
	lines := make([]string, h)
	if got, ok := s.drawn[shotKey{x.ID, w, h}]; ok {
		copy(lines, got.lines)
		return lines, got.pic
	}
	text := e.T("ui.enroll.drawing")
	switch {
	case s.errs[x.ID] != nil:
		text = e.Error(s.errs[x.ID])
	case !isPicture(x):
		text = e.T("ui.enroll.not_drawn", "type", typeName(x.Type))
	}
	for i, t := range width.Wrap(width.CleanLines(text), max(8, w)) {
		if i < h {
			lines[i] = e.Theme.Paint(kit.Muted, t)
		}
	}
	return lines, nil
}
