package cohort

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The SQL of the program is the common ground of SQLite and PostgreSQL, in that part which other engines that speak
// PostgreSQL's protocol know, too (docs/POSTGRESQL.md). Only package db and what it is told about the engine may differ.

// forbidden are the constructs kept out, each with what to write instead.
var forbidden = []struct{ pattern, instead string }{
	{`\bINSERT OR (IGNORE|REPLACE|ROLLBACK|ABORT|FAIL)\b`, "ON CONFLICT"},
	{`\bREPLACE INTO\b`, "ON CONFLICT … DO UPDATE"},
	{`\browid\b`, "an ordinary column"},
	{`\bAUTOINCREMENT\b`, "id: package db numbers rows"},
	{`\bsqlite_\w+`, "db.Tx.Tables or Columns"},
	{`\bPRAGMA\b|\bpragma_\w+`, "package db"},
	{`\bstrftime\s*\(|\bjulianday\s*\(|\bdatetime\s*\(|\bdate_trunc\s*\(|\bnow\s*\(\s*\)|\bCURRENT_TIMESTAMP\b|\bEXTRACT\s*\(`, "milliseconds, and the bounds of days reckoned in Go"},
	{`\bgroup_concat\s*\(`, "string_agg"},
	{`\bchar\s*\(`, "the character itself"},
	{`\bifnull\s*\(|\bnvl\s*\(`, "COALESCE"},
	{`\binstr\s*\(|\bglob\b|\bprintf\s*\(`, "LIKE, or Go"},
	{`\bjson_\w+\s*\(|\bjsonb\w*|->>`, "columns, or JSON read in Go"},
	{`\bILIKE\b|\bSIMILAR TO\b`, "a lower-cased search column"},
	{`\bSKIP LOCKED\b|\bFOR UPDATE\b|\bFOR SHARE\b`, "one writer: UPDATE … WHERE id IN (SELECT … LIMIT n) RETURNING"},
	{`\bLATERAL\b|\bDISTINCT ON\b`, "a window function"},
	{`\bpg_\w+\s*\(|::\w+`, "CAST (x AS …), or package db"},
	{`\blast_insert_rowid\b|\bchanges\s*\(\s*\)`, "RETURNING"},
	{`\b(WHERE|AND|OR|NOT|WHEN)\s+(\w+\.)?(must_change|active|demo|deny|second_factor|never_contact|before_join|open_ranking|undone|had|replaced)\s*($|\)|AND\b|OR\b|THEN\b|ORDER\b)`, "flag = 1 or flag = 0"},
}

// exempt are the few files that may say so: they ask first which engine it is.
var exempt = map[string]string{
	"app/seed/sql_bulk.go": "takes indexes away while it fills SQLite",
}

// statement is what a text must look like to be one.
var statement = regexp.MustCompile(`(?s)\b(SELECT\b.*\bFROM|INSERT INTO|UPDATE\b.*\bSET|DELETE FROM|WHERE|JOIN|ORDER BY)\b`)

// TestSQLIsCommonGround reads every text of the program that is SQL.
func TestSQLIsCommonGround(t *testing.T) {
	var rules []*regexp.Regexp
	for _, f := range forbidden {
		rules = append(rules, regexp.MustCompile(`(?i)`+f.pattern))
	}
	seen := 0
	err := filepath.WalkDir("app", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || exempt[filepath.ToSlash(path)] != "" {
			return err
		}
		for at, text := range texts(t, path) {
			if !strings.Contains(filepath.Base(path), "sql") && !statement.MatchString(text) {
				continue
			}
			seen++
			for i, r := range rules {
				if bad := r.FindString(text); bad != "" {
					t.Errorf("%s: %q is not common ground: write %s instead", at, bad, forbidden[i].instead)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 300 {
		t.Errorf("only %d texts were looked at", seen)
	}
}

func texts(t *testing.T, path string) map[string]string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				at := set.Position(lit.Pos())
				out[fmt.Sprintf("%s:%d:%d", at.Filename, at.Line, at.Column)] = text
			}
		}
		return true
	})
	return out
}

// TestEveryMigrationHasItsTwin: a number is there for both engines or for none.
func TestEveryMigrationHasItsTwin(t *testing.T) {
	names := map[string]int{}
	for _, engine := range []string{"sqlite", "postgres"} {
		list, err := os.ReadDir("migrations/" + engine)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			names[f.Name()]++
		}
	}
	for name, n := range names {
		if n != 2 {
			t.Errorf("%s is there for one engine only: python3 migrations/twin.py migrations/sqlite/%s, and read it over", name, name)
		}
	}
}
