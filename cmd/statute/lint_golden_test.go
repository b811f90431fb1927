package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The reports of recordings that real programs made (capture/testdata/record
// makes them anew) are what stands beside them.
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
				exit := run(t.Context(), []string{"lint", recording, "--format", format, "--fail-on", "never"},
					strings.NewReader(""), &out, &errs, func(string) string { return "" })
				if exit != exitFine && (exit != exitCannot || recording != "library.yaml") { // which has broken references
					t.Fatalf("exit code %d: %s", exit, &errs)
				}
				file := filepath.Join(golden, recording+"."+format)
				if *update {
					if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if out.String() != string(want) {
					t.Errorf("differs from %s; see with go test ./cmd/statute -run GoldenReports -update and git diff:\n%s", file, &out)
				}
			})
		}
	}
}
