package exam

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A Sheet is what one subject did, as it is written to a file and read back:
// the document of `statute exam --json`.
type Sheet struct {
	Schema  int       `json:"schema"` // 1
	Role    Role      `json:"role"`
	Subject About     `json:"subject"`
	Made    time.Time `json:"made"` // when the exam ended
	Results []Entry   `json:"results"`
}

// About says who the subject is.
type About struct {
	Name    string            `json:"name"`
	Version string            `json:"version,omitempty"`
	Options map[string]string `json:"options,omitempty"` // how it was driven: a command line, an adapter's choices
}

// An Entry is one result of a sheet.
type Entry struct {
	Case       string        `json:"case"`
	Topic      string        `json:"topic"`
	Level      Level         `json:"level"`
	Spec       string        `json:"spec"`
	Codes      []status.Code `json:"codes"`
	Over       wire.Protocol `json:"over"`
	Verdict    Outcome       `json:"verdict"`
	Value      string        `json:"value,omitempty"`
	Fetch      Outcome       `json:"fetch,omitempty"` // by the Fetch standard, where it differs
	Detail     string        `json:"detail"`
	Took       float64       `json:"took"` // seconds, controls and repetitions included
	Transcript []Line        `json:"transcript,omitempty"`
}

// sheetSchema is the version of the document.
const sheetSchema = 1

// NewSheet writes results down, their details in the given language.
func NewSheet(role Role, subject About, results []Result, l lang.Tag) *Sheet {
	s := &Sheet{Schema: sheetSchema, Role: role, Subject: subject, Made: time.Now().UTC().Truncate(time.Second), Results: []Entry{}}
	for i := range results {
		r := &results[i]
		e := Entry{
			Case: r.Case.Name, Topic: r.Case.Topic, Level: cmp.Or(r.Verdict.Level, r.Case.Level), Spec: r.Case.Spec, Codes: r.Case.Codes,
			Over: r.Over, Verdict: r.Outcome, Value: r.Value, Fetch: r.Fetch, Detail: r.Detail.In(l),
			Took: r.Took.Round(time.Millisecond).Seconds(), Transcript: r.Transcript,
		}
		if e.Codes == nil {
			e.Codes = []status.Code{}
		}
		s.Results = append(s.Results, e)
	}
	return s
}

// maxSheet is the largest document that is read.
const maxSheet = 64 << 20

// ReadSheet reads a sheet.
func ReadSheet(r io.Reader) (*Sheet, error) {
	s := new(Sheet)
	limited := &io.LimitedReader{R: r, N: maxSheet}
	if err := json.NewDecoder(limited).Decode(s); err != nil {
		if limited.N == 0 {
			return nil, fmt.Errorf("read a sheet of results: it is larger than %d MiB", maxSheet>>20)
		}
		return nil, fmt.Errorf("read a sheet of results: %w", err)
	}
	if s.Schema != sheetSchema {
		return nil, fmt.Errorf("read a sheet of results: it is of schema %d, and this program reads %d; make it anew with statute exam --json", s.Schema, sheetSchema)
	}
	return s, nil
}

// Write writes the sheet.
func (s *Sheet) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(s)
}

// Count returns how many results have each outcome, at one level or, if level is
// empty, at all.
func (s *Sheet) Count(level Level) map[Outcome]int {
	counts := map[Outcome]int{}
	for i := range s.Results {
		if e := &s.Results[i]; level == "" || e.Level == level {
			counts[e.Verdict]++
		}
	}
	return counts
}
