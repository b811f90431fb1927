package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

var update = flag.Bool("update", false, "write the reports into testdata")

// evil holds what must not reach a terminal, a page, an element or a command.
const evil = "\x1b[31m</li></testcase>]]><script>alert(1)</script>&\"'\r\n::error::%0A\u202e\u2066,:\xff\x00"

// rules are those that the tests break, and one that their exchanges have not
// the evidence for: more rules shall not change what the reports look like.
func rules(t *testing.T) []lint.Rule {
	t.Helper()
	var all []lint.Rule
	for _, name := range []string{"unauthorized-without-challenge", "method-not-allowed-without-allow", "octets-after-answer", "content-cut-short"} {
		r, ok := lint.Lookup(name)
		if !ok {
			t.Fatalf("there is no rule %s any more: choose another", name)
		}
		if name == "content-cut-short" {
			r.Needs |= wire.ShowsTimes
		}
		all = append(all, r)
	}
	return all
}

// checked judges an exchange that was written in octets and returns what the
// rules find in it.
func checked(t *testing.T, request, answer string) (*wire.Exchange, []lint.Finding) {
	t.Helper()
	x, err := wire.Parse([]byte(strings.ReplaceAll(request, "\n", "\r\n")), []byte(strings.ReplaceAll(answer, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	return x, lint.Check(x, rules(t)...).Findings
}

// write gives a format findings in two inputs, one of which could not be read on.
func write(t *testing.T, format string, o Options) string {
	t.Helper()
	var b bytes.Buffer
	w, err := New(format, &b, o)
	if err != nil {
		t.Fatal(err)
	}
	var tally Tally
	checker := lint.New(rules(t)...)
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	feed := func(input string, n int, request, answer string) {
		x, findings := checked(t, request, answer)
		if len(findings) == 0 {
			t.Fatal("nothing found: the test's exchange has to break a rule")
		}
		result := checker.Check(x)
		tally.Add(checker, x, &result)
		for _, f := range findings {
			found := Of(x, f, Place{Input: input, Entry: n, Offset: int64(n) * 100})
			tally.Found(found)
			check(w.Finding(found))
		}
	}
	for i := range 30 {
		feed("good.har", i+1, fmt.Sprintf("GET /report/%d HTTP/1.1\nHost: example.org\n\n", i),
			"HTTP/1.1 401 Unauthorized\nDate: Tue, 03 Mar 2026 08:00:00 GMT\nContent-Type: text/plain\nContent-Length: 3\n\nno\n")
	}
	check(w.End("good.har"))
	feed("ev\x1bil<>,:%.har", 1, "GET /"+strings.NewReplacer("\r\n", "", "\x00", "").Replace(evil)+" HTTP/1.1\nHost: example.org\n\n",
		"HTTP/1.1 405 Not Allowed\nDate: Tue, 03 Mar 2026 08:00:00 GMT\nContent-Type: text/plain\nContent-Length: 3\n\nno\n")
	check(w.Trouble(&Trouble{"ev\x1bil<>,:%.har", lang.Text{En: "cut: " + evil, ZhTW: "中斷：" + evil}}))
	check(w.End("ev\x1bil<>,:%.har"))
	check(w.End("empty.har"))
	tally.Inputs, tally.Troubles, tally.Known = 3, 1, 2
	check(w.Close(&tally))
	return b.String()
}

// Each format, in both languages, is what testdata shows.
func TestGolden(t *testing.T) {
	for _, format := range Formats {
		for _, l := range lang.All {
			t.Run(format+"/"+string(l), func(t *testing.T) {
				got := write(t, format, Options{Lang: l, FailOn: lint.Definition, Version: "v0"})
				if format == "html" {
					from := strings.Index(got, "<footer")
					got = got[:from]
				}
				file := filepath.Join("testdata", fmt.Sprintf("report.%s.%s", l, format))
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("differs from %s; see with go test ./report -update and git diff:\n%s", file, got)
				}
			})
		}
	}
}

// What strangers wrote can do nothing but be read.
func TestEscapes(t *testing.T) {
	for _, format := range Formats {
		got := write(t, format, Options{Lang: lang.En, FailOn: lint.Definition})
		for _, bad := range []string{"\x1b", "\u202e", "\u2066", "\x00", "\r", "<script>alert", "</testcase>]]>"} {
			if bad == "<script>alert" && (format == "text" || format == "json" || format == "sarif" || format == "github") {
				continue
			}
			if bad == "</testcase>]]>" && format != "junit" {
				continue
			}
			if strings.Contains(got, bad) {
				t.Errorf("%s passes %q on", format, bad)
			}
		}
	}
	for line := range strings.Lines(write(t, "github", Options{Lang: lang.En})) {
		if !strings.HasPrefix(line, "::error file=") && !strings.HasPrefix(line, "::warning file=") && !strings.HasPrefix(line, "::notice ") {
			t.Errorf("no command, or one that a stranger made: %q", line)
		}
	}
}

func TestJSONLines(t *testing.T) {
	got := write(t, "json", Options{Lang: lang.ZhTW})
	n := 0
	for line := range strings.Lines(got) {
		n++
		var members map[string]any
		if err := json.Unmarshal([]byte(line), &members); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"rule", "level", "codes", "spec", "who", "input", "entry", "message", "offset", "lines"} {
			if v, ok := members[name]; !ok || v == nil || v == "" {
				t.Errorf("%s is missing in %s", name, line)
			}
		}
	}
	if n < 31 {
		t.Errorf("%d lines for more than 30 findings: every finding has one", n)
	}
}

func TestJUnitCounts(t *testing.T) {
	var suites struct {
		Suites []suite `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(write(t, "junit", Options{FailOn: lint.Must})), &suites); err != nil {
		t.Fatal(err)
	}
	if len(suites.Suites) != 3 {
		t.Fatalf("%d suites for three inputs", len(suites.Suites))
	}
	for i, s := range suites.Suites {
		failures, errs := 0, 0
		for _, c := range s.Cases {
			if c.Failure != nil {
				failures++
			}
			if c.Error != nil {
				errs++
			}
		}
		if s.Tests != len(s.Cases) || s.Failures != failures || s.Errors != errs || s.Tests == 0 {
			t.Errorf("suite %s counts %d, %d, %d; it has %d, %d, %d", s.Name, s.Tests, s.Failures, s.Errors, len(s.Cases), failures, errs)
		}
		if i == 2 && failures+errs > 0 {
			t.Error("the input without findings fails")
		}
	}
	var none struct {
		Suites []suite `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(write(t, "junit", Options{})), &none); err != nil {
		t.Fatal(err)
	}
	for _, s := range none.Suites {
		if s.Failures > 0 {
			t.Errorf("suite %s has failures where no level fails", s.Name)
		}
	}
}

// The SARIF is what OASIS's schema asks for, by a validator that others wrote.
func TestSARIFSchema(t *testing.T) {
	const program = "/usr/bin/jsonschema" // Debian's
	needs.Program(t, program, "python3-jsonschema")
	validate := func(document string) error {
		file := filepath.Join(t.TempDir(), "report.sarif")
		if err := os.WriteFile(file, []byte(document), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program, "-i", file, filepath.Join("testdata", "sarif-schema-2.1.0.json")).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	for _, show := range []int{0, 5} {
		if err := validate(write(t, "sarif", Options{Show: show, Version: "v1.0.0"})); err != nil {
			t.Error(err)
		}
	}
	var none bytes.Buffer
	w, err := New("sarif", &none, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(&Tally{}); err != nil {
		t.Fatal(err)
	}
	if err := validate(none.String()); err != nil {
		t.Error(err)
	}
	if validate(`{"version":"2.1.0","runs":[{"results":[]}]}`) == nil {
		t.Error("the validator takes a run without a tool: it validates nothing")
	}
}

func TestSARIFRefers(t *testing.T) {
	var log struct {
		Runs []struct {
			Results []sarifResult
			Tool    struct {
				Driver struct{ Rules []struct{ ID string } }
			}
		}
	}
	if err := json.Unmarshal([]byte(write(t, "sarif", Options{Show: 4})), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	byRule := map[string]int{}
	for _, r := range run.Results {
		byRule[r.RuleID]++
		if got := run.Tool.Driver.Rules[r.RuleIndex].ID; got != r.RuleID {
			t.Errorf("result of %s refers to rule %s", r.RuleID, got)
		}
		if strings.ContainsAny(r.Locations[0].Physical.Artifact.URI, "<> \x1b") {
			t.Errorf("%q is no URI", r.Locations[0].Physical.Artifact.URI)
		}
	}
	for rule, n := range byRule {
		if n > 4 {
			t.Errorf("%d results of %s where 4 were to be shown", n, rule)
		}
	}
}

// However many findings come, what is held of them has a bound.
func TestBounded(t *testing.T) {
	x, findings := checked(t, "GET / HTTP/1.1\nHost: example.org\n\n", "HTTP/1.1 401 Unauthorized\nContent-Length: 0\n\n")
	const many = 200_000
	for _, format := range Formats {
		if format == "json" {
			continue // keeps nothing
		}
		w, err := New(format, io.Discard, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range many {
			if err := w.Finding(Of(x, findings[0], Place{Input: "x", Entry: i})); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
			t.Errorf("%s holds %d octets after %d findings", format, grown, many)
		}
		if err := w.Close(&Tally{}); err != nil {
			t.Fatal(err)
		}
	}
}

// A report that cannot be written says so.
func TestFullDisk(t *testing.T) {
	full := errors.New("no space left")
	for _, format := range Formats {
		w, err := New(format, writer(func([]byte) (int, error) { return 0, full }), Options{})
		if err != nil {
			t.Fatal(err)
		}
		w.End("x")
		if err := w.Close(&Tally{Inputs: 1}); !errors.Is(err, full) && format != "json" && format != "github" {
			t.Errorf("%s: %v", format, err)
		}
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func TestSecretsStayOut(t *testing.T) {
	x, err := wire.Parse([]byte("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic c2VjcmV0\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	f := Of(x, lint.Finding{Rule: &lint.All[0], Where: lint.Where{Part: lint.InRequest, Field: "Authorization"}}, Place{})
	if got := strings.Join(f.Lines, "\n"); strings.Contains(got, "c2VjcmV0") || !strings.Contains(got, "Authorization: …") {
		t.Errorf("%s", got)
	}
}

func TestDigits(t *testing.T) {
	for want, codes := range map[string][]int{"401": {401}, "300–303 307 308": {300, 301, 302, 303, 307, 308}, "": nil, "204 304": {204, 304}} {
		var all []status.Code
		for _, c := range codes {
			all = append(all, status.Code(c))
		}
		if got := digits(all); got != want {
			t.Errorf("%v: %q, want %q", codes, got, want)
		}
	}
}
