package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The reports of recordings that real programs made (capture/testdata/record
// makes them anew), and of a description with mistakes of two kinds, are what
// stands in testdata/reports. How many rules could not be judged is left out: that
// changes with every new rule.
func TestGoldenReports(t *testing.T) {
	t.Chdir("../../capture/testdata")
	golden, err := filepath.Abs("../../cmd/statute/testdata/reports")
	if err != nil {
		t.Fatal(err)
	}
	for _, recording := range []string{"chromium.har", "firefox.har", "wget.warc.gz", "mitmproxy.har", "curl-v.txt", "library.yaml"} {
		for _, format := range []string{"text", "json"} {
			t.Run(recording+"/"+format, func(t *testing.T) {
				var out, errs bytes.Buffer
				args := []string{"lint", recording, "--format", format, "--fail-on", "never"}
				if recording == "library.yaml" {
					args = append(args, "--rule", "method-not-allowed-without-allow,created-without-location")
				}
				exit := run(t.Context(), args, strings.NewReader(""), &out, &errs, func(string) string { return "" })
				got, _, _ := strings.Cut(out.String(), "Some rules could not be judged")
				if exit != exitFine && (exit != exitCannot || recording != "library.yaml") { // which has broken references
					t.Fatalf("exit code %d: %s", exit, &errs)
				}
				file := filepath.Join(golden, recording+"."+format)
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
					t.Errorf("differs from %s; see with go test ./cmd/statute -run GoldenReports -update and git diff:\n%s", file, got)
				}
			})
		}
	}
}
