package teaching

import (
	"archive/zip"
	"context"
	"io"
	"strconv"
	"time"

	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/sheet"
)

// ManifestFile lists what a download holds, and who handed nothing in.
const ManifestFile = "MANIFEST.csv"

// Folder is one student's part of a download.
type Folder struct {
	Handed
	Name  string // of the folder
	Files []Named
}

// Download is the homework of a whole lesson, ready to be fetched.
type Download struct {
	Lesson  Lesson
	Folders []Folder // of every student of the class, in the order of the roll
	Since   time.Time
}

// Download gives the last version of every student of a lesson; with since,
// files only of those who handed in after that.
func (s *Service) Download(ctx context.Context, by policy.Actor, lesson int64, since time.Time) (d Download, err error) {
	if d.Lesson, err = s.Lesson(ctx, by, lesson); err != nil {
		return d, err
	}
	list, err := s.Handed(ctx, by, lesson)
	if err != nil {
		return d, err
	}
	d.Since = since
	width := rollWidth(list)
	for _, h := range list {
		f := Folder{Handed: h, Name: FolderName(h.Roll, h.Name, width)}
		if h.Last.ID != 0 && !h.Last.At.Before(since) {
			f.Files = h.Last.Named()
		}
		d.Folders = append(d.Folders, f)
	}
	return d, nil
}

// manifestColumns are the columns of the manifest; their words are
// homework.col.<name>.
var manifestColumns = []string{"roll", "name", "login", "version", "handed_in", "late", "folder", "file", "size", "sha256", "receipt"}

// Manifest writes the manifest: a row for each file, and one for each student
// without any.
func (d Download) Manifest(w io.Writer, p i18n.Printer) error {
	out, err := sheet.NewCSV(w, true)
	if err != nil {
		return err
	}
	if err := headRow(out, p, manifestColumns); err != nil {
		return err
	}
	for _, f := range d.Folders {
		if f.Last.ID == 0 {
			if err := out.Row(cells(str(f.Roll), f.StudyRecord.Name, f.Login, "", p.T("homework.missing"))); err != nil {
				return err
			}
			continue
		}
		for _, x := range f.Last.Named() {
			if err := out.Row(cells(str(f.Roll), f.StudyRecord.Name, f.Login, str(f.Last.Version), stampText(p, f.Last.At), lateText(p, f.Last.Late), f.Name, x.As,
				str(x.Size), x.SHA256, f.Last.Receipt)); err != nil {
				return err
			}
		}
	}
	return out.Close()
}

func headRow(out sheet.Writer, p i18n.Printer, columns []string) error {
	var list []string
	for _, c := range columns {
		list = append(list, p.T("homework.col."+c))
	}
	return out.Row(cells(list...))
}

func cells(texts ...string) []sheet.Cell {
	out := make([]sheet.Cell, len(texts))
	for i, t := range texts {
		_, err := strconv.ParseInt(t, 10, 64)
		out[i] = sheet.Cell{Text: t, Number: err == nil && len(t) < 15}
	}
	return out
}

// stampText is a time as tables have it, to the second.
func stampText(p i18n.Printer, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	zone := p.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04:05")
}

// lateText says by how much something is late; "" in time.
func lateText(p i18n.Printer, late time.Duration) string {
	if late <= 0 {
		return ""
	}
	return p.T("homework.late_by", "time", LateWord(late))
}

// LateWord says a lateness in the two largest units.
func LateWord(late time.Duration) i18n.Word {
	minutes := int64((late + time.Minute - 1) / time.Minute)
	days, hours := minutes/(24*60), minutes/60%24
	switch {
	case days > 0:
		return i18n.W("homework.days", "d", days, "h", hours)
	case hours > 0:
		return i18n.W("homework.hours", "h", hours, "m", minutes%60)
	}
	return i18n.W("homework.minutes", "m", minutes)
}

// WriteZip writes a download as a ZIP archive while it is read: nothing of it is
// gathered in memory. Each file is opened through the actor's rights.
func (s *Service) WriteZip(ctx context.Context, by policy.Actor, d Download, p i18n.Printer, w io.Writer) error {
	z := zip.NewWriter(w)
	m, err := z.CreateHeader(&zip.FileHeader{Name: ManifestFile, Method: zip.Deflate, Modified: s.DB.Now()})
	if err != nil {
		return err
	}
	if err := d.Manifest(m, p); err != nil {
		return err
	}
	buf := make([]byte, 64<<10)
	for _, f := range d.Folders {
		for _, x := range f.Files {
			if err := s.zipFile(ctx, by, z, f, x, buf); err != nil {
				return err
			}
		}
	}
	return z.Close()
}

// zipFile adds one file, as it is: most homework is an archive already.
func (s *Service) zipFile(ctx context.Context, by policy.Actor, z *zip.Writer, f Folder, x Named, buf []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	in, err := s.OpenHomework(ctx, by, x.HomeworkFile)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := z.CreateHeader(&zip.FileHeader{Name: f.Name + "/" + x.As, Method: zip.Store, Modified: f.Last.At.In(s.Zone)})
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{in}, buf)
	return err
}
