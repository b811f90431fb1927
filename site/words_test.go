package site

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// TestReasons holds the reasons to the source of what refuses: each word that a
// problem document can give as its reason has its anchor on the page of its code.
func TestReasons(t *testing.T) {
	pages := map[string]string{}
	pageOf := func(code string) string {
		if pages[code] == "" {
			pages[code] = contentOf(t, get(t, "/"+code))
		}
		return pages[code]
	}
	for _, f := range wire.FaultTable {
		if !strings.Contains(pageOf(f.Status.String()), `id="`+string(f.Kind)+`"`) {
			t.Errorf("/%s has no anchor for %s", f.Status, f.Kind)
		}
	}
	known := map[string]bool{}
	for _, r := range reasons {
		if _, ok := status.Get(r.Status); !ok || r.Says.En == "" || r.Says.ZhTW == "" || status.SpecURL(r.Spec) == "" {
			t.Errorf("reason %v is not complete", r.Kinds)
		}
		for _, kind := range r.Kinds {
			if known[r.Status.String()+kind] {
				t.Errorf("%s stands twice under %s", kind, r.Status)
			}
			known[r.Status.String()+kind], known[kind] = true, true
			if !strings.Contains(pageOf(r.Status.String()), `id="`+kind+`"`) {
				t.Errorf("/%s has no anchor for %s", r.Status, kind)
			}
		}
	}
	for _, f := range road.Failures {
		if known[f.Reason] || !strings.Contains(pageOf(f.Status.String()), `id="`+f.Reason+`"`) {
			t.Errorf("/%s has no anchor for %s, or two", f.Status, f.Reason)
		}
		known[f.Reason] = true
	}
	found := givenReasons(t, ".", "../serve", "../stage", "../stage/road", "../origin")
	if len(found) < 45 || found["contended"] == "" {
		t.Fatalf("only %d reasons were found in the source: %v", len(found), found)
	}
	for reason, where := range found {
		if !known[reason] && wire.FaultKind(reason).Entry().Says.En == "" {
			t.Errorf("%s refuses for %q: add the reason to site/reasons_client.go or reasons_server.go", where, reason)
		}
	}
}

// givenReasons finds the reasons in the source of packages: what is given to a
// member called Reason of a refusal, at its making or afterwards, or as the
// argument of a parameter called reason.
func givenReasons(t *testing.T, folders ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, folder := range folders {
		set := token.NewFileSet()
		names, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatalf("no source in %s (%v)", folder, err)
		}
		var files []*ast.File
		takes := map[string]int{} // place of the parameter called reason
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(set, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				i := 0
				for _, p := range fn.Type.Params.List {
					for _, n := range p.Names {
						if n.Name == "reason" {
							takes[fn.Name.Name] = i
						}
						i++
					}
				}
			}
		}
		note := func(e ast.Expr) {
			if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil && s != "" {
					found[s] = set.Position(lit.Pos()).String()
				}
			}
		}
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CompositeLit:
					if name, ok := n.Type.(*ast.SelectorExpr); !ok || name.Sel.Name != "Refusal" {
						break
					}
					for _, e := range n.Elts {
						if kv, ok := e.(*ast.KeyValueExpr); ok {
							if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Reason" {
								note(kv.Value)
							}
						}
					}
				case *ast.AssignStmt:
					for i, to := range n.Lhs {
						if member, ok := to.(*ast.SelectorExpr); ok && member.Sel.Name == "Reason" && i < len(n.Rhs) {
							note(n.Rhs[i])
						}
					}
				case *ast.CallExpr:
					if name, ok := n.Fun.(*ast.Ident); ok {
						if i, ok := takes[name.Name]; ok && i < len(n.Args) {
							note(n.Args[i])
						}
					}
				}
				return true
			})
		}
	}
	return found
}

// TestWordsOfSite: every text stands in both languages and is used, and the
// Chinese one has no word of another region.
func TestWordsOfSite(t *testing.T) {
	var source strings.Builder
	for _, pattern := range []string{"templates/*.html", "*.go"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			if name == "words.go" || strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(b)
		}
	}
	used := func(key string) bool {
		if strings.Contains(source.String(), `"`+key+`"`) {
			return true
		}
		for i := range len(key) {
			for _, verb := range []string{"%s", "%d"} {
				for _, end := range []string{"", "-says"} {
					if key[i] == '-' && strings.HasSuffix(key, end) && strings.Contains(source.String(), `"`+key[:i+1]+verb+end+`"`) {
						return true
					}
				}
			}
		}
		return false
	}
	elsewhere := regexp.MustCompile(`服務器|客戶端|響應|緩存|重定向|默認|信息|支持|網絡|字節|數據|服务|请求|视频`)
	for key, text := range words {
		if text.En == "" || text.ZhTW == "" {
			t.Errorf("words[%q] lacks a language", key)
		}
		if !used(key) {
			t.Errorf("words[%q] is used nowhere", key)
		}
		if word := elsewhere.FindString(text.ZhTW); word != "" {
			t.Errorf("words[%q] says %s", key, word)
		}
	}
	for _, r := range reasons {
		if word := elsewhere.FindString(r.Says.ZhTW); word != "" {
			t.Errorf("reason %v says %s", r.Kinds, word)
		}
	}
}

func TestLinked(t *testing.T) {
	if got, want := string(linked("<b> RFC 9110 §15 & RFC 9112 §8.")), `&lt;b&gt; <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-15">RFC 9110 §15</a> &amp; <a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-8">RFC 9112 §8</a>.`; got != want {
		t.Errorf("linked: %s", got)
	}
	got, err := prose("See [RFC 9110 §9.1], `RFC 9110 §1` and **RFC 9112 §8**\nnow <b>.", parseOrigin("http://h"))
	want := `<p>See [<a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-9.1">RFC 9110 §9.1</a>], <code>RFC 9110 §1</code> and <strong><a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-8">RFC 9112 §8</a></strong>` + "\nnow <!-- raw HTML omitted -->.</p>\n"
	if err != nil || string(got) != want {
		t.Errorf("prose: %s (%v)", got, err)
	}
}

// TestContrast holds the style sheet's colours to WCAG 2.2: 4.5:1 for text
// (1.4.3), 3:1 for the edges of what one can operate (1.4.11), in both schemes.
func TestContrast(t *testing.T) {
	sheet := string(assets["style.css"].content)
	light, dark, ok := strings.Cut(sheet, "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("the style sheet has no dark scheme")
	}
	dark, _, _ = strings.Cut(dark, "\n}\n")
	for scheme, source := range map[string]string{"light": light, "dark": dark} {
		colour := map[string][3]float64{}
		for _, m := range regexp.MustCompile(`--([a-z0-9]+): #([0-9a-f]{6});`).FindAllStringSubmatch(source, -1) {
			var rgb [3]float64
			for i := range rgb {
				v, err := strconv.ParseUint(m[2][2*i:2*i+2], 16, 8)
				if err != nil {
					t.Fatal(err)
				}
				rgb[i] = float64(v) / 255
			}
			colour[m[1]] = rgb
		}
		least := map[string]float64{"edge": 3}
		for _, text := range []string{"ink", "soft", "link", "c1", "c2", "c3", "c4", "c5"} {
			least[text] = 4.5
		}
		for front, want := range least {
			for _, back := range []string{"paper", "sheet", "tint"} {
				f, okF := colour[front]
				b, okB := colour[back]
				if !okF || !okB {
					t.Errorf("%s: --%s or --%s is missing", scheme, front, back)
					continue
				}
				if got := contrast(f, b); got < want {
					t.Errorf("%s: --%s on --%s has %s:1, want %v:1", scheme, front, back, fmt.Sprintf("%.2f", got), want)
				}
			}
		}
	}
}

// contrast is WCAG's contrast ratio of two colours.
func contrast(a, b [3]float64) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(rgb [3]float64) float64 {
	linear := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb[0]) + 0.7152*linear(rgb[1]) + 0.0722*linear(rgb[2])
}
