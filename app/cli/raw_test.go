package cli

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/base32"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"

	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/db"
)

// numbersOfImports are ID numbers that come with files: one that is added, the one it is changed into, one of a refused row
// and one that is no ID number.
var numbersOfImports = []string{"110101199003070337", "110101199003074506", "110101198001010117", "110101198001010118"}

// TestNothingSecretLiesReadable takes a school through a day (an invitation, an enrollment, its approval, a student with a
// second factor, imports, an erasure, a backup), and then reads every file there is as a thief of the disk would.
func TestNothingSecretLiesReadable(t *testing.T) {
	s := schoolIn(t, "", slog.LevelDebug)
	s.fill()
	secrets := s.day()
	if r := s.run("admin", "backup"); r.code != 0 {
		t.Fatalf("%+v", r)
	} else {
		s.must(os.WriteFile(filepath.Join(s.Config.Data, "school.tar"), []byte(r.out), 0o600))
	}
	files := s.lying()
	for _, must := range []string{"cohort.db", "school.tar", "school.tar/cohort.db", "log"} {
		if len(files[must]) == 0 {
			t.Errorf("there is no %s in %d files", must, len(files))
		}
	}
	if !bytes.Contains(files["school.tar/cohort.db"], []byte("王小明")) {
		t.Error("the database is not read as it lies: it does not even hold a name")
	}
	for what, secret := range secrets {
		for name, b := range files {
			if at := bytes.Index(b, []byte(secret)); at >= 0 {
				t.Errorf("%s lies readable in %s: …%q…", what, name, b[max(0, at-80):min(len(b), at+len(secret)+20)])
			}
		}
	}
}

// day does the work, and gives what nobody may find afterwards.
func (s *school) day() map[string]string {
	token, id := s.submitted()
	secrets := map[string]string{"an ID number": "11010519491231002X", "an enrollment token": strings.TrimPrefix(token, "enroll-"),
		"a document": "\x89PNG\r\n", "a password": org.DemoPassword, "a student's password": "correct horse 9 battery"}
	for i, line := range strings.Split(s.ok("admin", "contract "+number(id)), "\n") {
		if strings.Contains(line, "王小明") && len(line) > 40 {
			secrets["line "+number(int64(i))+" of a contract"] = line
		}
	}
	s.ok("admin", "enrollments link "+number(id)+" --mail wxm@example.com")
	s.ok("admin", "enrollments approve "+number(id))
	for what, secret := range s.factors(s.theStudent()) {
		secrets[what] = secret
	}
	activate := s.object("admin", "accounts add --login invited --name 周杰 --role sales --email zj@example.com --invite")
	secrets["an activation token"] = strings.TrimPrefix(activate["user"].(string), org.ActivationPrefix)
	secrets["a reset password"] = s.object("admin", "accounts reset sales_b")["password"].(string)
	s.importNumbers()
	for _, n := range numbersOfImports {
		secrets["an imported "+n] = n
	}
	erased := s.list("admin", "customers list phone:13911110001")[0]
	s.ok("admin", "customers change "+number(s.ids["own"])+" --memo 'paid in cash'")
	s.ok("admin", "customers erase "+number(int64(erased["id"].(float64)))+" --yes")
	return secrets
}

// theStudent is the one who was approved, with a password of his own.
func (s *school) theStudent() string {
	rows := s.list("admin", "students list")
	login := rows[0]["account"].(string)
	a, err := s.Org.FindAccount(context.Background(), s.actor("admin"), login)
	s.must(err)
	s.ids[login] = a.ID
	s.changePassword(login)
	return login
}

// factors gives a student a second factor, and what it hangs on.
func (s *school) factors(login string) map[string]string {
	out := map[string]string{}
	out["a TOTP secret"] = s.object(login, "totp on")["secret"].(string)
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(out["a TOTP secret"])
	s.must(err)
	out["a TOTP secret in bytes"] = string(raw)
	code, err := totp.GenerateCode(out["a TOTP secret"], s.DB.Now())
	s.must(err)
	for i, c := range s.object(login, "totp confirm "+code)["recovery_codes"].([]any) {
		out["recovery code "+number(int64(i))] = c.(string)
	}
	return out
}

// importNumbers brings ID numbers in by files: checked, run, changed by a second one, refused.
func (s *school) importNumbers() {
	head := "name,phone,source,id_number\n"
	for _, f := range []struct{ flags, rows string }{
		{"", "陈一,13911110001,baidu," + numbersOfImports[0] + "\n"},
		{"--run", "陈一,13911110001,baidu," + numbersOfImports[0] + "\n陈二,1,baidu," + numbersOfImports[2] + "\n陈三,13911110003,baidu," + numbersOfImports[3] + "\n"},
		{"--mode update --match phone --run", "陈一,13911110001,baidu," + numbersOfImports[1] + "\n"},
	} {
		if r := s.in(i18n.English, "admin", "customers import --json "+f.flags, head+f.rows); !strings.Contains(r.out, `"rows"`) {
			s.t.Fatalf("%+v", r)
		}
	}
}

// lying gives every file of the school as it lies on the disk, the log, and what a backup holds.
func (s *school) lying() map[string][]byte {
	s.t.Helper()
	out := map[string][]byte{"log": s.log.Bytes()}
	s.must(s.DB.Write(context.Background(), func(*db.Tx) error { return nil }))
	s.must(filepath.WalkDir(s.Config.Data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(s.Config.Data, path)
		out[name] = b
		return err
	}))
	archive := tar.NewReader(bytes.NewReader(out["school.tar"]))
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		s.must(err)
		b, err := io.ReadAll(archive)
		s.must(err)
		out["school.tar/"+h.Name] = b
	}
}
