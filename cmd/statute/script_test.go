package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the program prints into the golden sections of testdata/script")

// TestScripts runs testdata/script/*.txt: command lines of the program, called
// in this process, and what they have to do. A script is a txtar archive in the
// language of testscript, of which it uses
//
//	env NAME=VALUE         set a variable; there are no others but HOME and WORK
//	exec statute ARGS...   run the program, which has to exit with 0
//	stdout REGEXP          find REGEXP, multi-line, in what it wrote; ! stdout: do not
//	stderr REGEXP          the same of its errors
//	cmp stdout SECTION     hold what it wrote against a section; cmp stderr too
//	exists FILE...         the files are there; ! exists: they are not
//
// and, because codes matter here,
//
//	exits CODE statute ARGS...   run the program, which has to exit with CODE
//
// $NAME stands for a variable; single quotes keep a word together.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in testdata/script: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			octets, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := newScript(t, string(octets))
			s.run()
			if *update && s.changed {
				if err := os.WriteFile(file, []byte(s.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

type script struct {
	*testing.T
	lines    string
	names    []string // of the sections, in order
	sections map[string]string
	env      map[string]string
	stdout   bytes.Buffer
	stderr   bytes.Buffer
	changed  bool
}

var sectionLine = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

func newScript(t *testing.T, text string) *script {
	work := t.TempDir()
	s := &script{T: t, sections: map[string]string{}, env: map[string]string{"WORK": work, "HOME": filepath.Join(work, "home")}}
	places := sectionLine.FindAllStringSubmatchIndex(text, -1)
	s.lines = text
	for i, place := range places {
		end := len(text)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		name := text[place[2]:place[3]]
		s.names = append(s.names, name)
		s.sections[name] = text[place[1]:end]
	}
	if len(places) > 0 {
		s.lines = text[:places[0][0]]
	}
	return s
}

func (s *script) String() string {
	var b strings.Builder
	b.WriteString(s.lines)
	for _, name := range s.names {
		fmt.Fprintf(&b, "-- %s --\n%s", name, s.sections[name])
	}
	return b.String()
}

func (s *script) run() {
	number := 0
	for line := range strings.Lines(s.lines) {
		number++
		words := s.words(line)
		if len(words) == 0 {
			continue
		}
		if err := s.do(words); err != nil {
			s.Fatalf("line %d: %s\n%v\nstdout:\n%s\nstderr:\n%s", number, strings.TrimSpace(line), err, &s.stdout, &s.stderr)
		}
	}
}

// words splits a line, without its comment, and fills in the variables outside
// quotes.
func (s *script) words(line string) []string {
	var words []string
	for _, m := range regexp.MustCompile(`#.*|(?:'[^']*'|[^\s'])+`).FindAllString(line, -1) {
		if strings.HasPrefix(m, "#") {
			break
		}
		var word strings.Builder
		for i, part := range strings.Split(m, "'") {
			if i%2 == 0 {
				part = os.Expand(part, func(name string) string { return s.env[name] })
			}
			word.WriteString(part)
		}
		words = append(words, word.String())
	}
	return words
}

func (s *script) do(words []string) error {
	not := words[0] == "!"
	if not {
		words = words[1:]
	}
	switch command, args := words[0], words[1:]; command {
	case "env":
		name, value, _ := strings.Cut(args[0], "=")
		s.env[name] = value
		return nil
	case "exec":
		return s.exits(exitFine, args)
	case "exits":
		code, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		return s.exits(code, args[1:])
	case "stdout", "stderr":
		found, err := regexp.MatchString("(?m)"+args[0], s.output(command).String())
		if err == nil && found == not {
			err = fmt.Errorf("found: %v", found)
		}
		return err
	case "cmp":
		return s.compare(s.output(args[0]).String(), args[1])
	case "exists":
		for _, file := range args {
			if _, err := os.Stat(file); (err == nil) == not {
				return fmt.Errorf("%s: there: %v", file, err == nil)
			}
		}
		return nil
	default:
		return fmt.Errorf("no command is called %q; there are env, exec, exits, stdout, stderr, cmp, exists", command)
	}
}

func (s *script) output(name string) *bytes.Buffer {
	if name == "stderr" {
		return &s.stderr
	}
	return &s.stdout
}

func (s *script) exits(want int, args []string) error {
	if len(args) == 0 || args[0] != "statute" {
		return fmt.Errorf("only statute can be run, not %q", args)
	}
	s.stdout.Reset()
	s.stderr.Reset()
	env := maps.Clone(s.env)
	got := run(context.Background(), args[1:], strings.NewReader(""), &s.stdout, &s.stderr, func(name string) string { return env[name] })
	if got != want {
		return fmt.Errorf("exit code %d, want %d", got, want)
	}
	return nil
}

func (s *script) compare(got, section string) error {
	want, ok := s.sections[section]
	switch {
	case ok && got == want:
		return nil
	case *update:
		if !ok {
			s.names = append(s.names, section)
		}
		s.sections[section], s.changed = got, true
		return nil
	case !ok:
		return fmt.Errorf("there is no section %q; the sections are %q; go test -update writes it", section, s.names)
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < min(len(gotLines), len(wantLines)) && gotLines[i] == wantLines[i] {
		i++
	}
	return fmt.Errorf("differs from section %s in line %d; if that is as it should be, go test -update\nwant %q\ngot  %q",
		section, i+1, slices.Concat(wantLines, []string{""})[i], slices.Concat(gotLines, []string{""})[i])
}
