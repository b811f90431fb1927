package main

import (
	"strings"
	"testing"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/status"
)

// Every value that occurs in the table has words in both languages.
func TestFactsHaveWords(t *testing.T) {
	check := func(c status.Code, value any, words lang.Text) {
		if words.En == "" || words.ZhTW == "" {
			t.Errorf("%d: %T %q has no words in facts.go", c, value, value)
		}
	}
	for _, e := range status.Table {
		check(e.Code, e.Code.Class(), classWords[e.Code.Class()])
		check(e.Code, e.Maturity, maturityWords[e.Maturity])
		check(e.Code, e.Appears, appearsWords[e.Appears])
		check(e.Code, e.Content, contentWords[e.Content])
		check(e.Code, e.Store, storeWords[e.Store])
		check(e.Code, e.Repeat, repeatWords[e.Repeat])
		for _, n := range e.Needs {
			check(e.Code, n.Level, levelWords[n.Level])
		}
	}
	for _, r := range lint.All {
		for _, words := range []lang.Text{r.Level.Says(), r.About.Says(), r.Who.Says()} {
			if words.En == "" || words.ZhTW == "" {
				t.Errorf("rule %s: level %q, about %q or who %q has no words in explain_rule.go", r.Name, r.Level, r.About, r.Who)
			}
		}
	}
}

// Every number from -1 to 1000 is explained in both languages, at any width:
// no line ends with a space, and none is too wide but code and single words.
func TestEveryCodeIsExplained(t *testing.T) {
	for _, l := range lang.All {
		for _, columns := range []int{40, 80} {
			var out strings.Builder
			env := &environment{stdout: &out, lang: l, columns: columns, getenv: func(string) string { return "" }, noColor: true}
			for c := status.Code(-1); c <= 1000; c++ {
				out.Reset()
				if err := env.explainCodes([]status.Code{c}); err != nil {
					t.Errorf("%s, %s: %v", c, l, err)
					continue
				}
				checkLines(t, out.String(), columns)
				if !strings.HasPrefix(out.String(), c.String()) {
					t.Errorf("%s, %s: begins %.20q", c, l, out.String())
				}
				page, err := manual.Page(c, l)
				if registered(c) != (err == nil) {
					t.Errorf("%s, %s: registered, and no page, or the other way round: %v", c, l, err)
				}
				if err == nil && !strings.Contains(squeezed(out.String()), squeezed(strings.SplitN(page.Body, "\n", 2)[0][3:])) {
					t.Errorf("%s, %s: the page is missing", c, l)
				}
			}
		}
	}
}

func TestEveryTopicIsExplained(t *testing.T) {
	for _, l := range lang.All {
		for _, columns := range []int{40, 80} {
			for _, name := range manual.Topics() {
				var out strings.Builder
				env := &environment{stdout: &out, lang: l, columns: columns, getenv: func(string) string { return "" }, noColor: true}
				if err := env.explainTopic(name); err != nil {
					t.Errorf("%s, %s: %v", name, l, err)
					continue
				}
				checkLines(t, out.String(), columns)
				if strings.Contains(out.String(), "|--") {
					t.Errorf("%s, %s, %d columns: a table is shown as it was written", name, l, columns)
				}
			}
		}
	}
}

func TestEveryRuleIsExplained(t *testing.T) {
	for _, l := range lang.All {
		for _, r := range lint.All {
			if _, err := lint.PageOf(r.Name); err != nil {
				continue // lint's own tests ask for the page
			}
			var out strings.Builder
			env := &environment{stdout: &out, lang: l, getenv: func(string) string { return "" }}
			if err := env.explainRule(r.Name); err != nil {
				t.Errorf("%s, %s: %v", r.Name, l, err)
			}
			checkLines(t, out.String(), usualWidth)
		}
	}
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

func checkLines(t *testing.T, text string, width int) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		code := strings.HasPrefix(line, bodyIndent+bodyIndent)
		if strings.TrimRight(line, " ") != line && !code {
			t.Errorf("%q ends with a space", line)
		}
		widest := 0
		for _, p := range pieces([]span{{line, plainStyle}}) {
			widest = max(widest, p.width)
		}
		const label = 16 // columns that a label may take before it
		if columns(line) > width && !code && widest+label <= width {
			t.Errorf("%q is %d columns wide, more than %d", line, columns(line), width)
		}
	}
}
