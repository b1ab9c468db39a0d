package files

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/session"
	"cohort/db"
	"cohort/db/dbtest"
)

// treeSchool is a whole school with one applicant of sales_a, and trees of it.
type treeSchool struct {
	*app.App
	t   testing.TB
	who map[string]int64
	id  int64 // the enrollment
	ctx context.Context
}

func newTreeSchool(t testing.TB) *treeSchool {
	t.Helper()
	c, err := app.FromEnv(func(string) string { return "" })
	treeOK(t, err)
	c.Data, c.Database = t.TempDir(), dbtest.Address(t)
	a, err := app.Open(context.Background(), c, slog.New(slog.DiscardHandler))
	treeOK(t, err)
	t.Cleanup(func() { _ = a.Close() })
	s := &treeSchool{App: a, t: t, who: map[string]int64{}, ctx: context.Background()}
	hash := org.HashForSeed("only for tests")
	template, err := a.Catalog.EnsureTemplate(s.ctx, policy.System)
	treeOK(t, err)
	treeOK(t, a.DB.Write(s.ctx, func(tx *db.Tx) error {
		for login, role := range map[string]string{"sales_a": "sales", "sales_b": "sales", "admin": "admin", "lecturer": "lecturer"} {
			acc, err := a.Org.SeedAccountIn(tx, policy.System, org.NewAccount{Login: login, Name: login, Roles: []string{role}}, hash)
			if err != nil {
				return err
			}
			s.who[login] = acc.ID
		}
		for _, text := range []string{"INSERT INTO campuses (id, name, created_at, updated_at) VALUES (1, '北京', 1, 1)",
			"INSERT INTO courses (id, code, name, price, created_at, updated_at) VALUES (1, 'python', 'Python', 100, 1, 1)",
			fmt.Sprintf("INSERT INTO classes (id, code, course_id, campus_id, kind, term, capacity, template_id, created_at, updated_at) VALUES (1, 'python-s9', 1, 1, 'online', 9, 9, %d, 1, 1)", template)} {
			if _, err := tx.Exec(text); err != nil {
				return err
			}
		}
		return nil
	}))
	cust, err := a.Customers.Add(s.ctx, s.as("sales_a"), customer.NewCustomer{Name: "王小明", QQ: "12345678", Source: "baidu"})
	treeOK(t, err)
	e, _, err := a.Enrollments.Create(s.ctx, s.as("sales_a"), cust.ID, 1, nil)
	treeOK(t, err)
	s.id = e.ID
	return s
}

func treeOK(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *treeSchool) as(login string) policy.Actor {
	s.t.Helper()
	by, err := s.Org.Actor(s.ctx, s.who[login], policy.Files, "192.0.2.1")
	treeOK(s.t, err)
	return by
}

// tree is the tree of an account, or of the applicant where login is "".
func (s *treeSchool) tree(login string, lang i18n.Lang) FS {
	return NewTree(s.App, &session.Session{Host: "school.example", Port: 2222,
		Lang: func(context.Context) i18n.Lang { return lang },
		Actor: func(ctx context.Context) (policy.Actor, bool) {
			if login == "" {
				return policy.Applicant(s.id, policy.Files, "192.0.2.2"), true
			}
			by, err := s.Org.Actor(ctx, s.who[login], policy.Files, "192.0.2.1")
			return by, err == nil
		}})
}

func (s *treeSchool) put(fs FS, p string, data []byte) error {
	u, err := fs.Create(s.ctx, p)
	if err != nil {
		return err
	}
	if _, err := u.WriteAt(data, 0); err != nil {
		u.Abort()
		return err
	}
	return u.Commit()
}

func (s *treeSchool) read(fs FS, p string) string {
	s.t.Helper()
	f, err := fs.Open(s.ctx, p)
	if err != nil {
		s.t.Fatalf("%s: %v", p, err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<20))
	treeOK(s.t, err)
	info, err := fs.Stat(s.ctx, p)
	if err != nil || info.Size != int64(len(b)) || f.Info().Size != info.Size {
		s.t.Errorf("%s: %d bytes, said to be %d (%v)", p, len(b), info.Size, err)
	}
	return string(b)
}

func (s *treeSchool) names(fs FS, p string) string {
	s.t.Helper()
	list, err := fs.List(s.ctx, p)
	if err != nil {
		return err.Error()
	}
	var out []string
	for _, i := range list {
		if i.Dir {
			i.Name += "/"
		}
		out = append(out, i.Name)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func treePicture(w int) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, w, 1)))
	return b.Bytes()
}

// approve hands the form in and approves it; the student has chosen a password.
func (s *treeSchool) approve() {
	s.t.Helper()
	by := policy.Applicant(s.id, policy.Command, "")
	_, err := s.Enrollments.Fill(s.ctx, by, 0, map[string]string{"id_number": "11010519491231002X", "sex": "female", "phone": "13800138000", "email": "w@example.com"})
	treeOK(s.t, err)
	_, err = s.Enrollments.Agree(s.ctx, by, true)
	treeOK(s.t, err)
	_, err = s.Enrollments.Submit(s.ctx, by)
	treeOK(s.t, err)
	_, err = s.Enrollments.Approve(s.ctx, s.as("admin"), s.id, 0)
	treeOK(s.t, err)
	treeOK(s.t, s.DB.Write(s.ctx, func(tx *db.Tx) error {
		var id int64
		if err := tx.QueryRow("SELECT account_id FROM students").Scan(&id); err != nil {
			return err
		}
		s.who["student"] = id
		_, err := tx.Exec("UPDATE accounts SET must_change = 0 WHERE id = $1", id)
		return err
	}))
	s.Org.Invalidate()
}

func TestTheApplicantsTree(t *testing.T) {
	s := newTreeSchool(t)
	fs := s.tree("", i18n.English)
	if got := s.names(fs, "/"); got != "README.txt contract.md" {
		t.Errorf("at first: %s", got)
	}
	treeOK(t, s.put(fs, "/身份证.png", treePicture(3)))
	if err := s.put(fs, "/notes.png", []byte("text")); !fault.Is(err, "enrollment.file_type") {
		t.Errorf("%v", err)
	}
	readme := s.read(fs, "/README.txt")
	for _, want := range []string{"scp -P 2222 FILE… enroll-", "@school.example:", "身份证.png (", "notes.png: only JPEG", "State now: invited"} {
		if !strings.Contains(readme, want) {
			t.Errorf("README lacks %q:\n%s", want, readme)
		}
	}
	if zh := s.read(s.tree("", i18n.Chinese), "/README.txt"); !strings.Contains(zh, "最多三个") || strings.ContainsAny(zh, "{«") {
		t.Error(zh)
	}
	if s.read(fs, "/身份证.png") != string(treePicture(3)) || !strings.Contains(s.read(fs, "/contract.md"), "王小明") {
		t.Error("not what was sent")
	}
	for p, key := range map[string]string{"/sub/a.png": "enrollment.put_here", "/README.txt": "enrollment.name_reserved", "/身份证.png": "enrollment.file_there"} {
		if _, err := fs.Create(s.ctx, p); !fault.Is(err, key) {
			t.Errorf("%s: %v", p, err)
		}
	}
	if _, err := fs.(SizedFS).CreateSized(s.ctx, "/b.png", 2<<20+1); !fault.Is(err, "enrollment.file_large") {
		t.Errorf("announced too large: %v", err)
	}
	if err := fs.Mkdir(s.ctx, "/photos"); err != nil {
		t.Errorf("scp -r: %v", err)
	}
	if err := fs.Rename(s.ctx, "/身份证.png", "/x.png"); !fault.Is(err, "enrollment.no_rename") {
		t.Errorf("renamed: %v", err)
	}
	if err := fs.Remove(s.ctx, "/README.txt"); !fault.Is(err, "enrollment.read_only_file") {
		t.Errorf("removed the README: %v", err)
	}
	if err := fs.Remove(s.ctx, "/none.png"); fault.Of(err) != fault.NotFound {
		t.Errorf("removed what is not: %v", err)
	}
	treeOK(t, fs.Remove(s.ctx, "/身份证.png"))
	for _, p := range []string{"/enrollments", fmt.Sprintf("/enrollments/%d", s.id), "/documents", "/contract.md/x"} {
		if _, err := fs.Stat(s.ctx, p); fault.Of(err) != fault.NotFound {
			t.Errorf("%s is there: %v", p, err)
		}
	}
}

func TestTheTreeOfStaff(t *testing.T) {
	s := newTreeSchool(t)
	treeOK(t, s.put(s.tree("", i18n.English), "/id.png", treePicture(5)))
	dir := fmt.Sprintf("/enrollments/%d", s.id)
	admin, mine, other := s.tree("admin", i18n.English), s.tree("sales_a", i18n.English), s.tree("sales_b", i18n.Chinese)
	if got := s.names(admin, dir); got != "form.txt id.png" {
		t.Errorf("before handing in: %s", got)
	}
	s.approve()
	for fs, want := range map[FS]string{admin: "contract.md form.txt id.png", mine: "form.txt id.png"} { // sales see the ID number masked
		if got := s.names(fs, dir); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		top := "enrollments/ receipts/"
		if fs == admin { // who may import anything
			top = "classes/ enrollments/ imports/ receipts/"
		}
		if s.names(fs, "/") != top || s.names(fs, "/enrollments") != fmt.Sprint(s.id, "/") || s.read(fs, dir+"/id.png") != string(treePicture(5)) {
			t.Errorf("%s, %s", s.names(fs, "/"), s.names(fs, "/enrollments"))
		}
		if form := s.read(fs, dir+"/form.txt"); !strings.Contains(form, "python-s9") || strings.Contains(form, "11010519491231002X") || strings.ContainsAny(form, "«{") {
			t.Error(form)
		}
	}
	if !strings.Contains(s.read(admin, dir+"/contract.md"), "11010519491231002X") {
		t.Error("not the signed contract")
	}
	if _, err := admin.Stat(s.ctx, fmt.Sprintf("/enrollments/0%d", s.id)); fault.Of(err) != fault.NotFound {
		t.Errorf("one folder has two names: %v", err)
	}
	for _, p := range []string{dir, dir + "/id.png", dir + "/form.txt", "/enrollments/99999", "/enrollments/../../etc", "/enrollments/x"} {
		if _, err := other.Stat(s.ctx, p); fault.Of(err) != fault.NotFound {
			t.Errorf("B sees %s: %v", p, err)
		}
		if _, err := other.Open(s.ctx, p); fault.Of(err) != fault.NotFound {
			t.Errorf("B opens %s: %v", p, err)
		}
	}
	if s.names(other, "/enrollments") != "" || s.names(s.tree("lecturer", i18n.English), "/") != "classes/" {
		t.Error("others see something")
	}
	if err := s.put(admin, dir+"/more.png", treePicture(1)); !fault.Is(err, "enrollment.nothing_to_send") {
		t.Errorf("sent: %v", err)
	}
	if err := admin.Remove(s.ctx, dir+"/id.png"); !fault.Is(err, "enrollment.read_only_file") {
		t.Errorf("removed: %v", err)
	}
	if err := admin.Mkdir(s.ctx, "/new"); fault.Of(err) != fault.Forbidden {
		t.Errorf("made a folder: %v", err)
	}
}

func TestTheTreeOfAStudent(t *testing.T) {
	s := newTreeSchool(t)
	treeOK(t, s.put(s.tree("", i18n.English), "/id.png", treePicture(5)))
	s.approve()
	fs := s.tree("student", i18n.English)
	if got := s.names(fs, "/"); got != "contract-python-s9.md documents/ homework/ receipts/" {
		t.Errorf("top: %s", got)
	}
	if s.names(fs, "/documents") != "python-s9/" || s.names(fs, "/documents/python-s9") != "id.png" || s.read(fs, "/documents/python-s9/id.png") != string(treePicture(5)) {
		t.Error("documents")
	}
	if !strings.Contains(s.read(fs, "/contract-python-s9.md"), "王小明") {
		t.Error("contract")
	}
	for _, p := range []string{fmt.Sprintf("/enrollments/%d", s.id), "/contract-linux-40.md", "/documents/linux-40", "/README.txt"} {
		if _, err := fs.Stat(s.ctx, p); fault.Of(err) != fault.NotFound {
			t.Errorf("%s: %v", p, err)
		}
	}
	if err := s.put(fs, "/x.png", treePicture(1)); fault.Of(err) != fault.Forbidden {
		t.Errorf("sent: %v", err)
	}
}

func TestATreeWhoseSessionHasEnded(t *testing.T) {
	s := newTreeSchool(t)
	fs := NewTree(s.App, &session.Session{Lang: func(context.Context) i18n.Lang { return i18n.English },
		Actor: func(context.Context) (policy.Actor, bool) { return s.as("admin"), false }})
	_, stat := fs.Stat(s.ctx, "/")
	_, create := fs.Create(s.ctx, "/a.png")
	if fault.Of(stat) != fault.Forbidden || fault.Of(create) != fault.Forbidden {
		t.Errorf("%v, %v", stat, create)
	}
}
