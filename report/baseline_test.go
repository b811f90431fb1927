package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/statute-http/statute/lint"
)

func TestBaseline(t *testing.T) {
	rule := &lint.All[0]
	finding := func(url string) *Finding {
		return &Finding{Finding: lint.Finding{Rule: rule, Where: lint.Where{Part: lint.InFinal, Field: "Allow"}}, Method: "GET", URL: url, Status: 405}
	}
	var b Baseline
	for _, u := range []string{"http://a/2", "http://a/1?x=1", "http://a/1?x=2", "http://a/\x1b\u202e"} {
		if err := b.Add(finding(u)); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := b.Write(&file); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(file.String(), "\n")
	if len(lines) != 1+3+2 || !strings.Contains(lines[2], "/1") || strings.Contains(file.String(), "\u202e") {
		t.Errorf("not one line a finding, in order:\n%s", &file)
	}
	read, err := ReadBaseline(&file)
	if err != nil {
		t.Fatal(err)
	}
	for u, want := range map[string]bool{"http://a/1?y": true, "http://a/2": true, "http://a/3": false, "http://a/\x1b\u202e": true} {
		if got := read.Has(finding(u)); got != want {
			t.Errorf("%q is known: %v, want %v", u, got, want)
		}
	}
	if (*Baseline)(nil).Has(finding("http://a/2")) {
		t.Error("no baseline knows a finding")
	}
}

func TestReadBaselineRefuses(t *testing.T) {
	for file, says := range map[string]string{
		"":                                      "octet 0",
		"{":                                     "unexpected EOF",
		`{"version":2,"findings":[]}`:           "version is 2",
		`{"version":1,"findings":[]} {"a":`:     "something follows",
		`[1]`:                                   "octet",
		`{"version":1,"findings":[{"rule":1}]}`: "rule",
	} {
		if _, err := ReadBaseline(strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", file, err, says)
		}
	}
}
