package lint_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/status"
)

// Each rule's page is its test: what it shows as bad is found, by the rule
// itself and by no other that the page does not name; what it shows as good is
// in order under every rule.
func TestPages(t *testing.T) {
	for _, rule := range lint.All {
		t.Run(rule.Name, func(t *testing.T) {
			page, err := lint.PageOf(rule.Name)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(page.Text.En, ". ") + strings.Count(page.Text.En, ".\n"); n < 2 {
				t.Errorf("lint/rules/%s.txt: en.md has %d sentences; say what is wrong, why it matters, what to send", rule.Name, n)
			}
			if n := strings.Count(page.Text.ZhTW, "。"); n < 2 || !strings.ContainsFunc(page.Text.ZhTW, isHan) {
				t.Errorf("lint/rules/%s.txt: zh-TW.md has %d sentences", rule.Name, n)
			}
			if len(page.Bad) == 0 || len(page.Good) == 0 {
				t.Errorf("lint/rules/%s.txt: %d bad and %d good examples; give one of each", rule.Name, len(page.Bad), len(page.Good))
			}
			for _, e := range page.Bad {
				fired := names(t, check(t, e))
				if !slices.Contains(fired, rule.Name) {
					t.Errorf("%s: the rule does not fire", e.Name)
				}
				for _, other := range fired {
					if other != rule.Name && !slices.Contains(page.Also, other) {
						t.Errorf("%s: %s fires too; mend the example, or name the rule in the section also", e.Name, other)
					}
				}
			}
			for _, e := range page.Good {
				for _, f := range check(t, e).Findings {
					t.Errorf("%s: %s fires (%s): %s", e.Name, f.Rule.Name, f.Where, f.Message.En)
				}
			}
			for _, other := range page.Also {
				if !slices.ContainsFunc(page.Bad, func(e lint.Example) bool {
					return slices.Contains(names(t, check(t, e)), other)
				}) {
					t.Errorf("also: %s fires on no bad example", other)
				}
			}
		})
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

var checker = lint.New(lint.All...)

// check judges an example, its exchanges in their order, and holds every finding
// to what all findings owe. Nothing is wrong with the exchanges before the last;
// they may well be worth advice.
func check(t testing.TB, e lint.Example) lint.Result {
	t.Helper()
	all, err := e.Exchanges()
	if err != nil {
		t.Fatal(err)
	}
	var result lint.Result
	watch := checker.Watch(lint.Memory{})
	for i, x := range all {
		result = watch.Check(x)
		if early := grave(slices.Clone(result.Findings)); i < len(all)-1 && len(early) > 0 {
			f := early[0]
			t.Errorf("%s: %s fires on exchange %d already: %s", e.Name, f.Rule.Name, i+1, f.Message.En)
		}
	}
	for _, f := range result.Findings {
		if (f.Rule.About == lint.OfSequence) != (f.Earlier > 0) {
			t.Errorf("%s: %s is about %s and names exchange %d as the earlier one", e.Name, f.Rule.Name, f.Rule.About, f.Earlier)
		}
		if strings.Contains(f.Message.En, "%!") || strings.Contains(f.Message.ZhTW, "%!") {
			t.Errorf("%s: %s: message is badly formatted: %s / %s", e.Name, f.Rule.Name, f.Message.En, f.Message.ZhTW)
		}
		if !strings.ContainsFunc(f.Message.ZhTW, isHan) || strings.ContainsFunc(f.Message.En, isHan) {
			t.Errorf("%s: %s: message lacks a language: %s / %s", e.Name, f.Rule.Name, f.Message.En, f.Message.ZhTW)
		}
		if f.Where.Part == "" {
			t.Errorf("%s: %s: finding without a place", e.Name, f.Rule.Name)
		}
	}
	return result
}

// names returns the names of the rules that fired; a rule fires once.
func names(t testing.TB, r lint.Result) []string {
	t.Helper()
	var all []string
	for _, f := range r.Findings {
		if slices.Contains(all, f.Rule.Name) {
			t.Errorf("%s reports more than one finding in one exchange", f.Rule.Name)
		}
		all = append(all, f.Rule.Name)
	}
	return all
}

func TestRules(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	spec := regexp.MustCompile(`^(RFC \d{4} §[\d.]+\d?(; RFC \d{4} §[\d.]+)*|draft-[a-z-]+)$`)
	abouts := []lint.About{lint.OfMessage, lint.OfExchange, lint.OfSequence, lint.OfCause}
	whos := []lint.Who{lint.Server, lint.Client, lint.Intermediary}
	seen := map[string]bool{}
	for _, r := range lint.All {
		switch {
		case !kebab.MatchString(r.Name):
			t.Errorf("%q: a name is words in kebab-case", r.Name)
		case seen[r.Name]:
			t.Errorf("%s: two rules have this name", r.Name)
		case !spec.MatchString(r.Spec):
			t.Errorf("%s: Spec is %q, want \"RFC 9110 §15.5.2\"", r.Name, r.Spec)
		case !slices.Contains(lint.Levels, r.Level), !slices.Contains(abouts, r.About), !slices.Contains(whos, r.Who):
			t.Errorf("%s: level %q, about %q or who %q is none of those there are", r.Name, r.Level, r.About, r.Who)
		case (r.Check == nil) == (r.Follow == nil), (r.Follow != nil) != (r.About == lint.OfSequence):
			t.Errorf("%s: a rule about a sequence has Follow, every other has Check", r.Name)
		}
		for _, code := range r.Codes {
			if _, ok := status.Get(code); !ok {
				t.Errorf("%s: %d is not registered", r.Name, code)
			}
		}
		seen[r.Name] = true
	}
}

// Every page belongs to a rule, so that a rule that is renamed or dropped
// leaves nothing behind.
func TestNoPageWithoutRule(t *testing.T) {
	for _, name := range lint.PageNames() {
		if _, ok := lint.Lookup(name); !ok {
			t.Errorf("lint/rules/%s.txt is the page of no rule", name)
		}
	}
}

// Every candidate has a rule that there is, or a reason why none.
func TestCandidates(t *testing.T) {
	table, err := os.ReadFile("candidates.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(table)) {
		cell := strings.Split(line, "|")
		if len(cell) != 5 || !strings.HasPrefix(cell[1], " L") {
			continue
		}
		rows++
		for name := range strings.SplitSeq(strings.TrimSpace(cell[2]), ", ") {
			if _, ok := lint.Lookup(name); !ok && (name != "none" || strings.TrimSpace(cell[3]) == "") {
				t.Errorf("lint/candidates.md:%s: there is no rule %q, and no reason why", cell[1], name)
			}
		}
	}
	if rows < 100 {
		t.Errorf("lint/candidates.md has %d rows", rows)
	}
}
