package exam

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/statute-http/statute/wire"
)

// Expectations are the deviations of a subject that are known, so that a run
// fails only on what changed. The file has a line each:
//
//	# what follows is a comment
//	redirect-auth-port h1 fail     kept on purpose, see issue 12
//	1xx-limit-probe    *  info=16
//
// the case, the protocol or * for all, the verdict (of level info with its
// value), and the reason. Without a line a case is expected to be passed,
// refused, or not applicable; of one at level info any value is.
type Expectations []Expectation

// An Expectation is one line.
type Expectation struct {
	Line    int
	Case    string
	Over    wire.Protocol // "*": all
	Outcome Outcome
	Value   string
	Reason  string
}

// ReadExpectations reads a file of expectations. An error names the line.
func ReadExpectations(r io.Reader) (Expectations, error) {
	var all Expectations
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		f := strings.Fields(text)
		if len(f) == 0 {
			continue
		}
		if len(f) < 3 {
			return nil, fmt.Errorf("line %d: want a case, a protocol or *, a verdict, and the reason: %q", n, lines.Text())
		}
		e := Expectation{Line: n, Case: f[0], Over: wire.Protocol(f[1]), Reason: strings.Join(f[3:], " ")}
		outcome, value, _ := strings.Cut(f[2], "=")
		e.Outcome, e.Value = Outcome(outcome), value
		switch {
		case e.Over != "*" && !slices.Contains(wire.Protocols, e.Over):
			return nil, fmt.Errorf("line %d: %q is no protocol: write one of %v, or * for all", n, e.Over, wire.Protocols)
		case !slices.Contains(Outcomes, e.Outcome):
			return nil, fmt.Errorf("line %d: %q is no verdict: write one of %v", n, e.Outcome, Outcomes)
		}
		all = append(all, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read expectations: %w", err)
	}
	return all, nil
}

// Surprises returns the entries of the sheet that are not as expected, and the
// expectations that nothing has met.
func (all Expectations) Surprises(s *Sheet) (entries []Entry, unmet []Expectation) {
	met := make([]bool, len(all))
	for _, e := range s.Results {
		expected := slices.Contains([]Outcome{Pass, Refused, NA, Value}, e.Verdict)
		for i, x := range all {
			if x.Case == e.Case && (x.Over == "*" || x.Over == e.Over) {
				expected = x.Outcome == e.Verdict && (x.Value == "" || x.Value == e.Value)
				met[i] = met[i] || expected
			}
		}
		if !expected {
			entries = append(entries, e)
		}
	}
	for i, x := range all {
		if !met[i] {
			unmet = append(unmet, x)
		}
	}
	return entries, unmet
}

// Expect returns the lines that make the sheet expected as it is.
func Expect(s *Sheet) string {
	var b strings.Builder
	for _, e := range s.Results {
		switch e.Verdict {
		case Fail, Flaky, Void:
			fmt.Fprintf(&b, "%-34s %-3s %s\n", e.Case, e.Over, e.Verdict)
		case Value:
			fmt.Fprintf(&b, "%-34s %-3s info=%s\n", e.Case, e.Over, e.Value)
		}
	}
	return b.String()
}

// Renewed returns the file of these expectations for what the sheet shows: the
// comments at its head stay, and so do the reasons that it gives.
func (all Expectations) Renewed(text string, s *Sheet) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			break
		}
		b.WriteString(line)
	}
	for _, e := range s.Results {
		if e.Verdict == Pass || e.Verdict == Refused || e.Verdict == NA || e.Verdict == Value {
			continue
		}
		reason := string(e.Level)
		if i := slices.IndexFunc(all, func(x Expectation) bool { return x.Case == e.Case && x.Over == e.Over }); i >= 0 {
			reason = all[i].Reason
		}
		fmt.Fprintf(&b, "%-28s %-2s %-5s %s\n", e.Case, e.Over, e.Verdict, reason)
	}
	return b.String()
}
