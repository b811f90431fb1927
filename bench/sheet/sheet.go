// Package sheet keeps what the programs beside it found: sheets of results, thin
// enough for a repository.
package sheet

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
)

// address is what differs from trial to trial in an URL of ours.
var address = regexp.MustCompile(`(127\.0\.0\.\d|localhost|\[::1\]):\d+(/[0-9a-f]{12})?`)

// Thin takes off a sheet what a repository does not need: transcripts, times,
// port numbers and nonces, which are new with each run, and protocols that the
// subject does not speak.
func Thin(s *exam.Sheet) {
	silent := map[wire.Protocol]bool{}
	for _, e := range s.Results {
		if e.Case == "baseline-get" && e.Verdict != exam.Pass {
			silent[e.Over] = true
		}
	}
	s.Results = slices.DeleteFunc(s.Results, func(e exam.Entry) bool { return silent[e.Over] })
	for i := range s.Results {
		e := &s.Results[i]
		e.Transcript, e.Took = nil, 0
		e.Detail = address.ReplaceAllString(e.Detail, "$1:PORT/NONCE")
	}
}

// Line says in a line what a sheet has.
func Line(s *exam.Sheet, took time.Duration) string {
	n := s.Count("")
	return fmt.Sprintf("%-24s %s: %d pass, %d refused, %d fail (%d must), %d info, %d flaky, %d void, %d n/a; %.1f s", s.Subject.Name, s.Subject.Version,
		n[exam.Pass], n[exam.Refused], n[exam.Fail], s.Count(exam.Must)[exam.Fail], n[exam.Value], n[exam.Flaky], n[exam.Void], n[exam.NA], took.Seconds())
}

// Write writes the sheet into the folder, as NAME.json.
func Write(s *exam.Sheet, folder string) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(folder, s.Subject.Name+".json"))
	if err != nil {
		return err
	}
	return errors.Join(s.Write(f), f.Close())
}

// Unsteady marks a case flaky that came out otherwise in another run of the same
// exam, and says how. What was not asked in one of both stays as it is.
func Unsteady(s *exam.Sheet, d exam.Difference) string {
	said := fmt.Sprintf("%s, then %s", outcome(d.Before), outcome(d.After))
	for i := range s.Results {
		if e := &s.Results[i]; d.Before != nil && e.Case == d.Case && e.Over == d.Over && e.Verdict != exam.Flaky {
			e.Detail = fmt.Sprintf("Another run of the exam found something else: %s. First: %s", said, e.Detail)
			e.Verdict, e.Value = exam.Flaky, ""
		}
	}
	return said
}

func outcome(e *exam.Entry) string {
	if e == nil {
		return "not asked"
	}
	if e.Value == "" {
		return string(e.Verdict)
	}
	return fmt.Sprintf("%s %s", e.Verdict, e.Value)
}
