package statute_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	citation    = regexp.MustCompile(`RFC ([0-9]{3,5})(?: §([0-9A-Z]+(?:\.[0-9]+)*)| Appendix ([A-Z](?:\.[0-9]+)*))`)
	citingFiles = []string{".go", ".md", ".txt", ".html", ".json"}
)

// Whatever section of an RFC is cited, in code, page, rule or test, the RFC has
// it: a citation is a promise that somebody can look it up.
func TestCitedSections(t *testing.T) {
	sections := readSections(t)
	cited := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == ".git" || name == "node_modules" || name == "fuzz" {
				return filepath.SkipDir
			}
			return nil
		}
		if !slices.Contains(citingFiles, filepath.Ext(path)) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range citation.FindAllStringSubmatch(string(text), -1) {
			cited++
			its, listed := sections[m[1]]
			switch {
			case !listed:
				t.Errorf("%s cites %s: read its sections off its text and add a line to testdata/sections.txt", path, m[0])
			case !slices.Contains(its, m[2]+m[3]) && !slices.Contains(its, "?"):
				t.Errorf("%s cites %s, which there is not", path, m[0])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if cited < 3000 {
		t.Errorf("only %d citations were found", cited)
	}
}

// readSections returns the sections of each RFC, by its number.
func readSections(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/sections.txt")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			words := strings.Fields(line)
			sections[words[0]] = words[1:]
		}
	}
	return sections
}
