package serve_test

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/statute-http/statute/needs"
)

// h2spec sends what a bad HTTP/2 client would and looks at what comes of it. It
// is pinned in testdata/h2spec, outside of our module, and is of the days of RFC
// 7540: lawful says where RFC 9113 allows what it does not expect.
const h2specTests = 146

type ruling struct {
	in    string // part of the suite
	test  string
	clear bool // only where TLS does not say what is spoken
	why   string
}

var lawful = []ruling{
	{"http2/3.5", "Sends invalid connection preface", true,
		"RFC 9113 §3.4: GOAWAY may be left out, since such a peer does not speak HTTP/2. " +
			"On a port that also speaks HTTP/1.1 it gets a 400 in that, and a close."},
	{"http2/6.5.3", "Sends multiple values of SETTINGS_INITIAL_WINDOW_SIZE", false,
		"RFC 9113 §5.4.1, §10.5: an endpoint may end a connection at any time, and on suspicion. " +
			"net/http holds a parameter that comes twice in one frame for an attack; §6.5.3 would have it take the last."},
	{"http2/8.1.2.2", "Sends a HEADERS frame that contains the connection-specific header field", false,
		"RFC 9113 §8.1.1: a server may answer a malformed request before the stream closes; net/http answers 400."},
	{"http2/8.1.2.2", `Sends a HEADERS frame that contains the TE header field with any value other than "trailers"`, false,
		"RFC 9113 §8.1.1, as above."},
}

func TestH2spec(t *testing.T) {
	if testing.Short() {
		t.Skip("h2spec waits for silence, some 10 seconds in all")
	}
	program := filepath.Join(t.TempDir(), "h2spec")
	build, exit := run(t, "", tool(t, "go"), "-C", "testdata/h2spec", "build", "-o", program,
		"github.com/summerwind/h2spec/cmd/h2spec")
	if exit != 0 {
		needs.Missing(t, "h2spec could not be built: %s", build)
	}
	c := open(t)
	for _, test := range []struct {
		name  string
		args  []string
		clear bool
	}{
		{"in the clear", nil, true},
		{"over TLS", []string{"--tls", "--insecure"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			report := filepath.Join(t.TempDir(), "report.xml")
			out, exit := run(t, "", program, append([]string{"--host", c.host, "--port", c.port, "--path", "/page",
				"--strict", "--timeout", "2", "--junit-report", report}, test.args...)...)
			if exit > 1 { // 1: some tests failed
				t.Fatalf("h2spec ended with %d:\n%s", exit, out)
			}
			found, ran := failures(t, report)
			if ran != h2specTests {
				t.Errorf("%d tests ran, want %d:\n%s", ran, h2specTests, out)
			}
			for _, r := range lawful {
				if r.clear && !test.clear {
					continue
				}
				if _, failed := found[r.in+": "+r.test]; !failed {
					t.Errorf("h2spec is content with %s: %s. Take it out of lawful, which says: %s", r.in, r.test, r.why)
				}
				delete(found, r.in+": "+r.test)
			}
			for name, said := range found {
				t.Errorf("%s\n%s\nMend it, or say in lawful which section of RFC 9113 allows it.", name, said)
			}
		})
	}
}

// failures reads h2spec's report: what failed, with expectation and outcome, and
// how many tests ran. A test that was skipped did not run.
func failures(t *testing.T, file string) (failed map[string]string, ran int) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	type message struct {
		Text string `xml:",chardata"`
	}
	var report struct {
		Cases []struct {
			Suite   string   `xml:"package,attr"`
			Name    string   `xml:"classname,attr"`
			Failure *message `xml:"failure"`
			Error   *message `xml:"error"`
			Skipped *message `xml:"skipped"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(text, &report); err != nil {
		t.Fatalf("read h2spec's report: %v\n%s", err, text)
	}
	failed = map[string]string{}
	for _, c := range report.Cases {
		if c.Skipped != nil {
			continue
		}
		ran++
		for _, m := range []*message{c.Failure, c.Error} {
			if m != nil {
				failed[c.Suite+": "+c.Name] = strings.TrimSpace(m.Text)
			}
		}
	}
	return failed, ran
}
