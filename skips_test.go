package statute_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// skipping lists the tests that skip themselves and neither ask for -short nor
// lack something, each with the reason.
var skipping = map[string]string{
	"store TestClusterKilled": "it takes minutes: the flag -storms=12 asks for it",
}

// No test is skipped in CI: one that lacks something asks package needs, which
// fails there, and one that is long looks at -short, which CI's last command does
// not set.
func TestSkips(t *testing.T) {
	unused := map[string]bool{}
	for name := range skipping {
		unused[name] = true
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(path, ".git")) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := filepath.Dir(path) + " " + fn.Name.Name
			for _, skip := range skips(fn) {
				if skipping[name] == "" {
					t.Errorf("%s skips itself: let it ask package needs for what it lacks, or look at testing.Short", files.Position(skip))
				}
				delete(unused, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range unused {
		t.Errorf("%s skips itself no more: take it from the list", name)
	}
}

// skips returns where the function calls Skip, Skipf or SkipNow, but for what
// testing.Short decides.
func skips(fn *ast.FuncDecl) (places []token.Pos) {
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			if call, ok := n.Cond.(*ast.CallExpr); ok && selects(call) == "Short" {
				return false
			}
		case *ast.CallExpr:
			if name := selects(n); name == "Skip" || name == "Skipf" || name == "SkipNow" {
				places = append(places, n.Pos())
			}
		}
		return true
	})
	return places
}

// selects returns the name behind the dot of what is called.
func selects(call *ast.CallExpr) string {
	if s, ok := call.Fun.(*ast.SelectorExpr); ok {
		return s.Sel.Name
	}
	return ""
}
