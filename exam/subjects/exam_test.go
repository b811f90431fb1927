package subjects

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/needs"
)

var update = flag.Bool("update", false, "write testdata/expect anew; reasons are kept")

// What we serve and pass on is right over each protocol, and what others do is
// what is written down of them in testdata/expect: a change is a change of
// theirs, or a mistake of ours.
func TestExpectations(t *testing.T) {
	for role, names := range map[exam.Role][]string{
		exam.Server: {"statute", "nginx", "apache"},
		exam.Proxy:  {"statute", "statute-cache", "statute-forward", "nginx", "apache", "haproxy"},
	} {
		for _, name := range names {
			t.Run(folders[role]+"/"+name, func(t *testing.T) { expect(t, role, name) })
		}
	}
}

func expect(t *testing.T, role exam.Role, name string) {
	s, err := Lookup(role, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Missing(); err != nil {
		needs.Missing(t, "%v", err)
	}
	file, expected := expectations(t, role, name)
	cases, err := exam.Choice{}.Of(Cases(role))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range expected {
		if !slices.ContainsFunc(cases, func(c exam.Case) bool { return c.Name == x.Case }) {
			t.Errorf("%s:%d: %s is no case", file, x.Line, x.Case)
		}
	}
	sheet := examine(t, s, cases, AtOnce)
	if *update && file != "" {
		text, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(file, []byte(expected.Renewed(string(text), sheet)), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	surprises, unmet := expected.Surprises(sheet)
	if len(surprises)+len(unmet) > 0 {
		// Much else runs beside this, and a subject may not get to answer in time.
		// What is not as expected is asked once more, of a new one, one case at a
		// time; then it counts.
		doubted := func(name string) bool {
			return slices.ContainsFunc(surprises, func(e exam.Entry) bool { return e.Case == name }) ||
				slices.ContainsFunc(unmet, func(x exam.Expectation) bool { return x.Case == name })
		}
		for _, e := range surprises {
			t.Logf("asked once more: %s over %s: %s: %s", e.Case, e.Over, e.Verdict, e.Detail)
		}
		again := slices.DeleteFunc(slices.Clone(cases), func(c exam.Case) bool { return !c.Baseline() && !doubted(c.Name) })
		expected = slices.DeleteFunc(expected, func(x exam.Expectation) bool { return !doubted(x.Case) })
		surprises, unmet = expected.Surprises(examine(t, s, again, 1))
	}
	for _, e := range surprises {
		t.Errorf("%s over %s, level %s: %s: %s", e.Case, e.Over, e.Level, e.Verdict, e.Detail)
	}
	for _, x := range unmet {
		t.Errorf("%s:%d: %s over %s was to be %s (%s), and is not", file, x.Line, x.Case, x.Over, x.Outcome, x.Reason)
	}
}

// expectations reads what is written down of a subject. Of ours nothing is: it has
// no fail, and -update cannot make one of it.
func expectations(t *testing.T, role exam.Role, name string) (file string, _ exam.Expectations) {
	t.Helper()
	if strings.HasPrefix(name, "statute") {
		return "", nil
	}
	file = filepath.Join("testdata", "expect", folders[role], name+".txt")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all, err := exam.ReadExpectations(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return file, all
}

func examine(t *testing.T, s *Subject, cases []exam.Case, atOnce int) *exam.Sheet {
	t.Helper()
	r, err := s.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.End()
	sheet, err := r.Examine(t.Context(), cases, atOnce)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

// BenchmarkServerExam and BenchmarkProxyExam are the whole exams of ours, but for
// the cases that wait for a server's own time limits: seconds of wall time.
func BenchmarkServerExam(b *testing.B) { benchmark(b, exam.Server, "statute") }
func BenchmarkProxyExam(b *testing.B)  { benchmark(b, exam.Proxy, "statute") }

func benchmark(b *testing.B, role exam.Role, name string) {
	s, err := Lookup(role, name)
	if err != nil {
		b.Fatal(err)
	}
	cases, err := exam.Choice{}.Of(Cases(role))
	if err != nil {
		b.Fatal(err)
	}
	r, err := s.Start(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer r.End()
	results := 0
	for b.Loop() {
		sheet, err := r.Examine(b.Context(), cases, AtOnce)
		if err != nil {
			b.Fatal(err)
		}
		results = len(sheet.Results)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/exam")
	b.ReportMetric(float64(results), "results/exam")
}
