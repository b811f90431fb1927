package statute_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
)

const sourcePage = "manual/source.md"

var (
	sourceRow  = regexp.MustCompile(`^\| ([0-9]{3}|all|compat|see) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([a-z ]*)\|$`)
	sourceNote = regexp.MustCompile(`^- \*\*([a-z])\*\* `)
	shownBy    = regexp.MustCompile("`([a-z]+) ([^`]+)`")
)

// Every circumstance that the page at the beginning of it all states is traced
// to something that exists: manual/source.md says what shows it.
func TestSourcePage(t *testing.T) {
	text, err := os.ReadFile(sourcePage)
	if err != nil {
		t.Fatal(err)
	}
	traced, played := map[string]bool{}, map[string]bool{}
	used, noted := map[string]bool{}, map[string]int{}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSuffix(line, "\n")
		if m := sourceNote.FindStringSubmatch(line); m != nil {
			noted[m[1]]++
		}
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| Code |") {
			continue
		}
		m := sourceRow.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("%s:%d: a row has a code, what the page says in English and in Chinese, what shows it, and letters of notes", sourcePage, number)
			continue
		}
		traced[m[1]] = true
		for _, letter := range strings.Fields(m[5]) {
			used[letter] = true
		}
		things := shownBy.FindAllStringSubmatch(m[4], -1)
		if len(things) == 0 {
			t.Errorf("%s:%d: nothing shows it", sourcePage, number)
		}
		for _, thing := range things {
			if thing[1] == "scene" {
				played[thing[2][:3]] = true
			}
			if err := exists(thing[1], thing[2]); err != nil {
				t.Errorf("%s:%d: `%s %s`: %v", sourcePage, number, thing[1], thing[2], err)
			}
		}
	}
	for _, e := range status.Table {
		// The page has every registered code but 104.
		if !traced[e.Code.String()] && e.Code != 104 {
			t.Errorf("%s does not speak of %s", sourcePage, e.Code)
		}
		if len(stage.Of(e.Code)) > 0 && !played[e.Code.String()] {
			t.Errorf("%s names no scene of %s, and there is one", sourcePage, e.Code)
		}
	}
	for letter := range used {
		if noted[letter] != len(lang.All) {
			t.Errorf("%s: note %s stands there %d times, want it once in each language", sourcePage, letter, noted[letter])
		}
	}
	if len(noted) != len(used) {
		t.Errorf("%s has %d notes, and rows use %d", sourcePage, len(noted), len(used))
	}
}

// exists reports as an error that there is no such thing.
func exists(kind, name string) error {
	switch kind {
	case "scene":
		digits, scene, _ := strings.Cut(name, "/")
		if !slices.ContainsFunc(stage.All, func(s stage.Scene) bool { return s.Code.String() == digits && s.Name == scene }) {
			return fmt.Errorf("no scene has that name")
		}
	case "rule":
		if _, ok := lint.Lookup(name); !ok {
			return fmt.Errorf("no rule has that name")
		}
	case "case":
		if !slices.ContainsFunc(client.All, func(c exam.Case) bool { return c.Name == name }) {
			return fmt.Errorf("no case of the exam of clients has that name")
		}
	case "page":
		code, err := strconv.Atoi(name)
		if err != nil {
			return err
		}
		_, err = manual.Page(status.Code(code), lang.En)
		return err
	case "topic":
		_, err := manual.Topic(name, lang.En)
		return err
	case "posed":
		w := httptest.NewRecorder()
		stage.NewPosed(stage.PosedConfig{}).ServeHTTP(w, httptest.NewRequest("GET", "/status/"+name, nil))
		if strconv.Itoa(w.Code) != name || w.Header().Get("Statute-Posed") == "" {
			return fmt.Errorf("it is answered %d, not posed", w.Code)
		}
	case "replay":
		w := httptest.NewRecorder()
		stage.NewFixtures(lang.En).ServeHTTP(w, httptest.NewRequest("GET", "/replay/"+name, nil))
		if strconv.Itoa(w.Code) != name {
			return fmt.Errorf("it is answered %d", w.Code)
		}
	case "test":
		folder, test, _ := strings.Cut(name, " ")
		files, err := filepath.Glob(filepath.Join(filepath.FromSlash(folder), "*_test.go"))
		if err != nil {
			return err
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if strings.Contains(string(source), "\nfunc "+test+"(t *testing.T)") {
				return nil
			}
		}
		return fmt.Errorf("no such test is there")
	default:
		return fmt.Errorf("a thing is a scene, rule, case, page, topic, posed, replay or test")
	}
	return nil
}
