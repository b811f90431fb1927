package report

import (
	"fmt"
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
	Field  string      `json:"field"`
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
