package compat

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/status"
)

// supportOf finds one cell of the table.
func supportOf(t *testing.T, c status.Code, feature, browser string) Support {
	t.Helper()
	for _, f := range Of(c) {
		for _, s := range f.Support {
			if f.Name == feature && s.Browser == browser {
				return s
			}
		}
	}
	t.Fatalf("%s: nothing is said of %q in %s", c, feature, browser)
	return Support{}
}

// What is known of the collection of this day, read by other eyes.
func TestFacts(t *testing.T) {
	if !slices.Equal(Codes(), []status.Code{103, 308, 425}) {
		t.Errorf("facts are there about %v", Codes())
	}
	for _, want := range []string{"browser-compat-data 8.1.9", "CC0-1.0", "2026-11-12"} {
		if !strings.Contains(Source(), want) {
			t.Errorf("the source %q does not say %s", Source(), want)
		}
	}
	for _, test := range []struct {
		code                   status.Code
		feature, browser, want string
		flag, note             bool
	}{
		{103, "", "Chrome", "103", false, true},
		{103, "", "Firefox", "120", false, false},
		{103, "rel=preload", "Firefox", "123", false, false},
		{103, "rel=preload", "Safari", "", false, false},
		{103, "rel=preconnect", "Safari", "17", false, false},
		{308, "", "Internet Explorer", "11", false, true},
		{308, "", "Samsung Internet", "3.0", false, false},
		{425, "", "Chrome", "76", true, false},
		{425, "", "Firefox", "60", false, false},
		{425, "", "Safari", "", false, false},
	} {
		s := supportOf(t, test.code, test.feature, test.browser)
		if s.Since != test.want || (s.Flag != "") != test.flag || (s.Note.En != "") != test.note {
			t.Errorf("%s %s in %s: %+v, want version %q", test.code, test.feature, test.browser, s, test.want)
		}
	}
	if Of(404) != nil {
		t.Error("something is said of 404")
	}
	if first := Of(103)[0]; first.Name != "" {
		t.Errorf("the first feature of 103 is %q, not the code as such", first.Name)
	}
}

// A newer file that says more than we can show is refused, not shown in part.
func TestFileRefused(t *testing.T) {
	whole, err := os.ReadFile("http-status.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ old, new, says string }{
		{`"source"`, `"origin"`, "source is missing"},
		{`"308"`, `"3O8"`, "no status code"},
		{"Does not work below Windows 10.", "Sometimes.", "both languages"},
		{`"version_added": "36"`, `"version_added": true`, "a version or false"},
		{`"oculus"`, `"quest"`, "nothing is said of oculus"},
		{`"ie": {`, `"lynx": {"version_added": false}, "ie": {`, "15 browsers"},
	} {
		changed := strings.Replace(string(whole), test.old, test.new, 1)
		if changed == string(whole) {
			t.Fatalf("the file has no %s", test.old)
		}
		if _, err := parse([]byte(changed)); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s in place of %s: %v, want an error that says %q", test.new, test.old, err, test.says)
		}
	}
}
