package report

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/status"
)

// An Identity is what makes a finding the same one in the next recording: the
// rule, the resource, the status and the place in the messages. Inputs, entries
// and queries change from one recording to the next and are left out.
type Identity struct {
	Rule   string      `json:"rule"`
	Method string      `json:"method"`
	URL    string      `json:"url"` // without its query
	Status status.Code `json:"status"`
	Part   lint.Part   `json:"part"`
	Field  string      `json:"field"` // in lower case
}

// Key returns the identity of a finding.
func Key(f *Finding) Identity {
	u, _, _ := strings.Cut(f.URL, "?")
	return Identity{f.Rule.Name, f.Method, u, f.Status, f.Where.Part, strings.ToLower(f.Where.Field)}
}

// String returns the identity in one line.
func (i Identity) String() string {
	return fmt.Sprintf("%s %s %s %s %s %s", i.Rule, i.Method, i.URL, i.Status, i.Part, i.Field)
}

// A Baseline is the findings that are known and not reported again. As a file it
// is one JSON object, with a finding a line in a fixed order, so that a version
// control system shows what came and went.
type Baseline struct {
	known map[Identity]bool
}

const (
	baselineVersion = 1
	mostKnown       = 200_000 // findings in a baseline
)

// Has reports whether the finding is known.
func (b *Baseline) Has(f *Finding) bool { return b != nil && b.known[Key(f)] }

// ErrTooMany is returned for a baseline that would grow beyond its bound.
var ErrTooMany = fmt.Errorf("there are more than %d different findings", mostKnown)

// Add makes the finding known.
func (b *Baseline) Add(f *Finding) error {
	if b.known == nil {
		b.known = map[Identity]bool{}
	}
	if len(b.known) == mostKnown && !b.known[Key(f)] {
		return ErrTooMany
	}
	b.known[Key(f)] = true
	return nil
}

type baselineFile struct {
	Version  int        `json:"version"`
	Findings []Identity `json:"findings"`
}

// ReadBaseline reads what [Baseline.Write] wrote.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	const most = 256 << 20
	var file baselineFile
	in := json.NewDecoder(io.LimitReader(r, most))
	if err := in.Decode(&file); err != nil {
		return nil, fmt.Errorf("octet %d: %w", in.InputOffset(), err)
	}
	if file.Version != baselineVersion {
		return nil, fmt.Errorf("its version is %d, this program reads %d", file.Version, baselineVersion)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("octet %d: something follows the object", in.InputOffset())
	}
	if len(file.Findings) > mostKnown {
		return nil, ErrTooMany
	}
	b := &Baseline{known: make(map[Identity]bool, len(file.Findings))}
	for _, i := range file.Findings {
		b.known[i] = true
	}
	return b, nil
}

// Write writes the baseline.
func (b *Baseline) Write(w io.Writer) error {
	var all []Identity
	for i := range b.known {
		all = append(all, i)
	}
	slices.SortFunc(all, func(x, y Identity) int { return cmp.Compare(x.String(), y.String()) })
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "{\"version\":%d,\"findings\":[", baselineVersion)
	for n, i := range all {
		octets, err := json.Marshal(i)
		if err != nil {
			return err
		}
		if n > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n" + visible(string(octets)))
	}
	out.WriteString("\n]}\n")
	return out.Flush()
}
