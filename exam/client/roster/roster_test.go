package roster_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/statute-http/statute/adapters"
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/roster"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/wire"
)

var update = flag.Bool("update", false, "write testdata/expect anew; reasons are kept")

// Clients that others wrote do in the exam what is written down of them in
// testdata/expect: a change is a change of theirs, or a mistake of ours.
func TestExpectations(t *testing.T) {
	files, err := filepath.Glob("testdata/expect/*.txt")
	if err != nil || len(files) < 4 {
		t.Fatalf("there are %d files of expectations, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) { expect(t, name, file) })
	}
}

func expect(t *testing.T, name, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	expected, err := exam.ReadExpectations(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(name, "node-") {
		// Debian 12 has Node 18, for which undici 7 is too new; .ci/run gets another.
		out, err := exec.Command("node", "-p", "process.versions.node.split('.')[0]").Output()
		if major, _ := strconv.Atoi(strings.TrimSpace(string(out))); err == nil && major < 20 {
			needs.Missing(t, "Node %d is here, and undici 7 needs 20: npm install node@20", major)
		}
	}
	if strings.HasPrefix(name, "node-") && os.Getenv("STATUTE_NODE_MODULES") == "" {
		folder, err := filepath.Abs("../../../adapters/node/node_modules")
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("STATUTE_NODE_MODULES", folder)
	}
	subject, end, err := roster.Open(t.Context(), name)
	if err != nil {
		needs.Missing(t, "%v", err)
	}
	defer end()
	plan := client.Plan(subject, client.All)
	plan.Over, plan.Parallel = wire.Protocols, 8
	results := exam.Run(t.Context(), plan)
	sheet := exam.NewSheet(exam.Client, subject.About(), results, lang.En)
	if *update {
		if err := os.WriteFile(file, []byte(expected.Renewed(string(text), sheet)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	surprises, unmet := expected.Surprises(sheet)
	for _, e := range surprises {
		t.Errorf("%s over %s, level %s: %s %s: %s", e.Case, e.Over, e.Level, e.Verdict, e.Value, e.Detail)
	}
	for _, x := range unmet {
		t.Errorf("%s:%d: %s over %s was to be %s (%s), and is not", file, x.Line, x.Case, x.Over, x.Outcome, x.Reason)
	}
}

// Every adapter that is part of the program can be placed and is known by its
// name; what is not known is told.
func TestNames(t *testing.T) {
	for _, name := range adapters.Names() {
		words, err := adapters.Place(name, t.TempDir())
		if err != nil || len(words) != 3 || !strings.HasSuffix(name, words[2]) {
			t.Errorf("%s is placed as %q, %v", name, words, err)
		}
		if !slices.Contains(roster.Names(), name) {
			t.Errorf("%s is not in the roster", name)
		}
	}
	if _, _, err := roster.Open(t.Context(), "no-such-client"); err == nil || !strings.Contains(err.Error(), "curl") {
		t.Errorf("an unknown name: %v", err)
	}
}
