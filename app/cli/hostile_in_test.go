package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"log/slog"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/xuri/excelize/v2"

	"cohort/app/exchange"
	"cohort/app/hostiletest"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/seed"
	"cohort/db/dbtest"
)

// TestWhatComesInIsClean brings every attack into every text field of every record, by the services, by every flag, argument
// and standard input of every command, and by files for import: what the database holds afterwards, rows, histories, outboxes
// and notices, acts on no terminal. A new record, field or command is in it by itself.
func TestWhatComesInIsClean(t *testing.T) {
	s := schoolIn(t, dbtest.Address(t), slog.LevelError)
	_, err := seed.Demo(context.Background(), s.Seeding())
	s.must(err)
	for _, login := range []string{"admin", "lecturer", "kobe"} {
		a, err := s.Org.FindAccount(context.Background(), policy.System, login)
		s.must(err)
		s.ids[login] = a.ID
	}
	files := s.byFiles()
	changed := s.byServices()
	given := s.byCommands()
	if files < 60 || changed < 300/everyNth || given < 100 {
		t.Errorf("only %d rows of files, %d changes and %d commands were taken", files, changed, given)
	}
	found, err := hostiletest.Lying(context.Background(), s.DB)
	s.must(err)
	for where, bad := range found {
		t.Errorf("%s holds %q", where, bad)
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %.2000s", s.log)
	}
}

// texts are the fields of a record into which people write.
func (s *school) written(res *resource.Resource) (list []resource.Field) {
	for _, f := range res.Inputs(false) {
		if f.Kind == resource.Text || f.Kind == resource.LongText || f.Kind == resource.Strings {
			list = append(list, f)
		}
	}
	return list
}

// byServices changes every text of one row of each record into every attack, and counts what was taken.
func (s *school) byServices() (taken int) {
	ctx, by := context.Background(), s.actor("admin")
	for _, name := range s.Engine.Names() {
		res, _ := s.Engine.Get(name)
		ids, err := s.Engine.IDs(ctx, policy.System, name, "", 1)
		if err != nil || len(ids) == 0 || !res.CanChange() || name == "accounts" || name == "roles" {
			continue
		}
		for j, f := range s.written(res) {
			for i, text := range hostiletest.Texts {
				if (i+j)%everyNth != 0 || s.Engine.Change(ctx, by, name, ids[0], 0, map[string]string{f.Name: text}) != nil {
					continue
				}
				taken++
				row, _, err := s.Engine.Show(ctx, policy.System, name, ids[0])
				s.must(err)
				if raw, is := row.Values[f.Name].Raw.(string); is {
					if bad, found := hostiletest.Acts(raw); found {
						s.t.Errorf("%s.%s keeps %q", name, f.Name, bad)
					}
				}
			}
		}
	}
	return taken
}

// byCommands gives every text flag and argument of every command an attack, and counts the commands that were done.
func (s *school) byCommands() (done int) {
	plain := hostiletest.Plain()
	for _, login := range []string{"lecturer", "kobe", "admin"} {
		c := &call{ctx: context.Background(), app: s.App, by: s.actorOf(login), sess: s.session(login, i18n.English), p: s.Printer(i18n.English)}
		for i, cmd := range c.commands() {
			if c.allowed(cmd) != nil || strings.HasPrefix(cmd.path, "totp") || cmd.path == "backup" {
				continue
			}
			var names []string
			c.flagSet(cmd).VisitAll(func(f *pflag.Flag) {
				if f.Value.Type() != "bool" {
					names = append(names, f.Name)
				}
			})
			for k, name := range append(names, "") {
				evil := plain[(i+k)%len(plain)]
				args := strings.Fields(cmd.path)
				for n := range cmd.min {
					args = append(args, []string{"1", evil}[min(n, 1)])
				}
				if cmd.max < 0 {
					args = append(args, evil)
				}
				for _, r := range cmd.required {
					if r != name {
						args = append(args, "--"+r, evil)
					}
				}
				if name != "" {
					args = append(args, "--"+name, evil)
				}
				var out, errOut bytes.Buffer
				if Run(context.Background(), s.App, s.session(login, i18n.English), args, strings.NewReader(evil), &out, &errOut) == 0 {
					done++
				}
			}
		}
	}
	return done
}

// byFiles imports files whose every text is an attack, as CSV and as XLSX, and counts the rows that were taken.
func (s *school) byFiles() (taken int) {
	ctx, by := context.Background(), s.actor("admin")
	for _, name := range s.Exchange.Importable(by) {
		res, _ := s.Engine.Get(name)
		ids, err := s.Engine.IDs(ctx, policy.System, name, "", len(hostiletest.Texts))
		fields := s.written(res)
		if err != nil || len(ids) == 0 || len(fields) == 0 || !res.CanChange() || name == "accounts" || name == "roles" {
			continue
		}
		for k, f := range fields {
			rows := [][]string{{"id", f.Name}}
			for i, id := range ids {
				rows = append(rows, []string{number(id), strings.ReplaceAll(hostiletest.Texts[(i+k)%len(hostiletest.Texts)], "\x00", "")})
			}
			for _, file := range []string{".csv", ".xlsx"} {
				b, err := s.Exchange.Take(ctx, by, "evil\x1b[5m"+name+file, name, bytes.NewReader(s.file(file, rows)))
				if err != nil {
					continue // broken bytes are no text
				}
				mode := "update"
				if _, err := s.Exchange.Set(ctx, by, b.ID, exchange.Settings{Mode: &mode}); err != nil {
					continue
				}
				b, err = s.Exchange.Import(ctx, by, b.ID, nil)
				s.must(err)
				taken += b.Changed
			}
		}
	}
	return taken
}

// file makes a file of rows; of XLSX with every text as it is, such as no spreadsheet program would write it.
func (s *school) file(kind string, rows [][]string) []byte {
	var b bytes.Buffer
	if kind == ".csv" {
		w := csv.NewWriter(&b)
		for i, r := range rows {
			rows[i][1] = strings.ToValidUTF8(r[1], "?")
		}
		s.must(w.WriteAll(rows))
		return b.Bytes()
	}
	book := excelize.NewFile()
	for i, r := range rows {
		s.must(book.SetSheetRow("Sheet1", "A"+number(int64(i+1)), &r))
	}
	s.must(book.Write(&b))
	return b.Bytes()
}
