package enrollment

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"cohort/app/blob"
	"cohort/app/bus"
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/mail"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
	"cohort/db/dbtest"
)

var bg = context.Background()

// school is the service over a real database and a real folder, with the
// ready-made roles, sales A and B, a manager, a lecturer and two administrators.
type school struct {
	*Service
	t     testing.TB
	clock *dbtest.Clock
	dir   string // of the blobs
	n     int    // of the customers made
	who   map[string]int64
	small int64 // a class with two seats
	class int64 // a class with many
	other int64
}

var seedHash = org.HashForSeed("only for tests")

func newSchool(t testing.TB) *school {
	t.Helper()
	c := dbtest.At(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC))
	quiet := slog.New(slog.DiscardHandler)
	d, err := db.Open(bg, db.Options{Path: dbtest.Path(t), Clock: c.Now, Log: quiet})
	must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	s := &school{t: t, clock: c, dir: t.TempDir(), who: map[string]int64{}}
	blobs, err := blob.Open(s.dir)
	must(t, err)
	b, zone := &bus.Bus{}, time.FixedZone("CST", 8*3600)
	e := &resource.Engine{DB: d, Zone: zone}
	accounts := org.New(d, b, org.Options{Log: quiet, AllowDemo: true})
	must(t, accounts.EnsureRoles(bg))
	cat := catalog.New(d, b, e)
	customers := customer.New(customer.Deps{DB: d, Bus: b, Engine: e, Zone: zone})
	must(t, customers.EnsureSources(bg, policy.System))
	s.Service = New(Deps{DB: d, Bus: b, Engine: e, Blobs: blobs, Org: accounts, Catalog: cat, Customers: customers,
		Secret: bytes.Repeat([]byte{7}, 32), Zone: zone, Host: func() (string, int) { return "school.example", 2222 }, Log: quiet})
	s.people()
	s.classes()
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *school) people() {
	s.t.Helper()
	north, err := s.Org.AddDepartment(bg, policy.System, org.Department{Name: "North"})
	must(s.t, err)
	south, err := s.Org.AddDepartment(bg, policy.System, org.Department{Name: "South"})
	must(s.t, err)
	must(s.t, s.DB.Write(bg, func(tx *db.Tx) error {
		for _, p := range []struct {
			login, role string
			dept        int64
		}{{"sales_a", "sales", north.ID}, {"sales_b", "sales", south.ID}, {"manager", "sales_manager", north.ID}, {"lecturer", "lecturer", 0},
			{"admin", "admin", 0}, {"boss", "admin", 0}} {
			a, err := s.Org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: p.login, Name: "Name of " + p.login, Department: p.dept, Roles: []string{p.role}}, seedHash)
			if err != nil {
				return err
			}
			s.who[p.login] = a.ID
		}
		return nil
	}))
}

func (s *school) classes() {
	s.sql(`INSERT INTO campuses (id, name, created_at, updated_at) VALUES (1, '北京', 1, 1)`)
	s.sql(`INSERT INTO courses (id, code, name, price, months, outline, created_at, updated_at) VALUES (1, 'python', 'Python 全栈', 598000, 5, '# Outline', 1, 1), (2, 'linux', 'Linux', 100, 3, '', 1, 1)`)
	s.sql(`INSERT INTO contract_templates (id, name, body, created_at, updated_at) VALUES (1, 'standard', $1, 1, 1)`, catalog.DefaultTemplate)
	s.class, s.small, s.other = 1, 2, 3
	s.sql(`INSERT INTO classes (id, code, course_id, campus_id, kind, term, starts_on, ends_on, capacity, template_id, created_at, updated_at) VALUES
		(1, 'python-s9', 1, 1, 'full_time', 9, '2026-12-01', '2027-05-01', 500, 1, 1, 1),
		(2, 'linux-40', 2, 1, 'full_time', 40, '2026-12-01', '', 2, 1, 1, 1),
		(3, 'python-old', 1, 1, 'weekend', 1, '2025-01-01', '2025-06-01', 10, 1, 1, 1)`)
}

// sql writes behind the service's back.
func (s *school) sql(text string, args ...any) {
	s.t.Helper()
	must(s.t, s.DB.Write(bg, func(tx *db.Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	}))
}

// num reads one number.
func (s *school) num(text string, args ...any) (n int64) {
	s.t.Helper()
	must(s.t, s.DB.Read(bg, func(tx *db.Tx) error { return tx.QueryRow(text, args...).Scan(&n) }))
	return n
}

// text reads one text.
func (s *school) text(text string, args ...any) (out string) {
	s.t.Helper()
	must(s.t, s.DB.Read(bg, func(tx *db.Tx) error { return tx.QueryRow(text, args...).Scan(&out) }))
	return out
}

// letter is the newest mail of a template as its receiver reads it.
func (s *school) letter(template string) (whole string) {
	s.t.Helper()
	must(s.t, s.DB.Read(bg, func(tx *db.Tx) error {
		var to, body, sealed string
		err := tx.QueryRow(`SELECT to_addr, body, sealed FROM mails WHERE template = $1 ORDER BY id DESC LIMIT 1`, template).Scan(&to, &body, &sealed)
		if err == nil {
			whole, err = mail.Whole(s.Secret, to, body, sealed)
		}
		return err
	}))
	return whole
}

func (s *school) as(login string) policy.Actor {
	s.t.Helper()
	by, err := s.Org.Actor(bg, s.who[login], policy.Screen, "192.0.2.1")
	must(s.t, err)
	return by
}

// customer makes a new customer of an owner, with a QQ number and a phone.
func (s *school) customer(owner string) int64 {
	s.t.Helper()
	s.n++
	c, err := s.Customers.Add(bg, s.as(owner), customer.NewCustomer{Name: fmt.Sprintf("王小明%d", s.n), QQ: fmt.Sprint(10000000 + s.n),
		Phone: fmt.Sprint(13800000000 + s.n), Source: "baidu"})
	must(s.t, err)
	return c.ID
}

// invite makes an enrollment of a new customer and gives its applicant.
func (s *school) invite(sales string, class int64) (Enrollment, policy.Actor) {
	s.t.Helper()
	e, link, err := s.Create(bg, s.as(sales), s.customer(sales), class, nil)
	must(s.t, err)
	opened, err := s.OpenLink(bg, link.Token, "192.0.2.9")
	must(s.t, err)
	return e, policy.Applicant(opened.Enrollment, policy.Command, "192.0.2.9")
}

// filled is a right form.
func (s *school) filled(n int64) map[string]string {
	return map[string]string{"name": fmt.Sprintf("王小明%d", n), "sex": "male", "id_number": card(n), "email": fmt.Sprintf("wang%d@example.com", n), "emergency": "父亲 13900000000"}
}

// ready fills, sends one document and agrees.
func (s *school) ready(by policy.Actor) {
	s.t.Helper()
	_, err := s.Fill(bg, by, 0, s.filled(by.Enrollment))
	must(s.t, err)
	must(s.t, s.send(by, "id.png", pngOf(2, 2)))
	_, err = s.Agree(bg, by, true)
	must(s.t, err)
}

// submitted makes an enrollment that waits for review.
func (s *school) submitted(sales string, class int64) (Enrollment, policy.Actor) {
	s.t.Helper()
	e, by := s.invite(sales, class)
	s.ready(by)
	_, err := s.Submit(bg, by)
	must(s.t, err)
	e, err = s.Get(bg, policy.System, e.ID)
	must(s.t, err)
	return e, by
}

// send uploads a file in two pieces, the last one first.
func (s *school) send(by policy.Actor, name string, data []byte) error {
	u, err := s.Upload(bg, by, name, -1)
	if err != nil {
		return err
	}
	half := len(data) / 2
	for _, piece := range [][2]int{{half, len(data)}, {0, half}} {
		if piece[0] == piece[1] {
			continue
		}
		if _, err := u.WriteAt(data[piece[0]:piece[1]], int64(piece[0])); err != nil {
			u.Abort()
			return err
		}
	}
	_, err = u.Commit()
	return err
}

// stored counts the files in the folder of the blobs, unfinished ones too.
func (s *school) stored() (n int) {
	s.t.Helper()
	must(s.t, fs.WalkDir(os.DirFS(s.dir), ".", func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}

// key gives the message key of a refusal, "" for none.
func key(err error) string {
	if err == nil {
		return ""
	}
	if f, ok := fault.As(err); ok {
		return f.Key
	}
	return err.Error()
}

// card makes a right identity card number.
func card(n int64) string { return cardBorn("19900307", n) }

func cardBorn(day string, n int64) string {
	digits := fmt.Sprintf("110101%s%03d", day, n%1000)
	sum := 0
	for i := range 17 { // ISO 7064 MOD 11-2, reckoned another way than the product does
		sum = (sum + int(digits[i]-'0')) * 2 % 11
	}
	return digits + string("0123456789X"[(12-sum)%11])
}

func pngOf(w, h int) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)))
	return b.Bytes()
}

// pngSized is a picture of exactly so many bytes: a private chunk fills it up.
func pngSized(size int) []byte {
	p := pngOf(1, 1)
	fill := size - len(p) - 12
	chunk := binary.BigEndian.AppendUint32(nil, uint32(fill))
	body := append([]byte("prVt"), bytes.Repeat([]byte{'x'}, fill)...)
	chunk = append(chunk, body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body))
	end := len(p) - 12 // before IEND
	return append(append(append([]byte{}, p[:end]...), chunk...), p[end:]...)
}

func jpegOf() []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil)
	return b.Bytes()
}

var pdf = []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")

// says is a refusal in both languages, for reading in a test's output.
func says(err error) string {
	var out []string
	for _, l := range i18n.Langs {
		out = append(out, i18n.Printer{Lang: l}.Error(err))
	}
	return strings.Join(out, " / ")
}
