package lint_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A seed is one seeded fault beside its repaired twin, which differs from it in
// what the specification demands and in nothing else.
//
// The seeds stand in testdata/corpus, one file a class of codes:
//
//	# NAME | CODES | WHERE IT IS SAID | RULES
//	GET /account          the request line; HTTP/1.1 unless it says otherwise
//	@chrome               the fields that this program sends: see senders.txt
//	=                     what follows answers
//	401 Unauthorized
//	@nginx !Date          without its Date
//	+WWW-Authenticate: Bearer realm="api"
//	:text/html|<p>No</p>  content, with its Content-Type and Content-Length
//	;abc                  content, with its Content-Length
//	|abc                  octets as they are, after the header section
//
// A line that begins with "-" belongs to the fault alone, one with "+" to the
// twin alone. An empty line between "=" and the end begins a further answer
// (the ones before it are interim). ">" begins a further exchange and may be
// followed by facts, separated by semicolons (see [lint.Page]). \r, \n, \t and
// \x00 are those octets; {a*3} is aaa.
//
// RULES are the rules that find the fault: one of them has to. A rule of level
// advice stands there where the specifications demand nothing.
type seed struct {
	name  string
	codes []status.Code
	spec  string
	rules []string
	lines []string
}

func readSeeds(t *testing.T, pattern string) []seed {
	files, err := filepath.Glob("testdata/" + pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no seeds in testdata/%s: %v", pattern, err)
	}
	var all []seed
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(strings.TrimRight(string(data), "\n"), "\n") {
			head, isHead := strings.CutPrefix(line, "# ")
			switch {
			case isHead:
				part := strings.Split(head, " | ")
				if len(part) != 4 {
					t.Fatalf("%s: %q has not four parts", file, line)
				}
				s := seed{name: part[0], spec: part[2], rules: strings.Fields(part[3])}
				for code := range strings.FieldsSeq(part[1]) {
					n, err := strconv.Atoi(code)
					if err != nil {
						t.Fatalf("%s: %q: %v", file, line, err)
					}
					s.codes = append(s.codes, status.Code(n))
				}
				all = append(all, s)
			case len(all) > 0:
				last := &all[len(all)-1]
				last.lines = append(last.lines, line)
			}
		}
	}
	return all
}

// readSenders reads the fields that programs in wide use send.
func readSenders(t *testing.T) map[string][]string {
	data, err := os.ReadFile("testdata/corpus/senders.txt")
	if err != nil {
		t.Fatal(err)
	}
	all, name := map[string][]string{}, ""
	for line := range strings.SplitSeq(string(data), "\n") {
		if strings.HasPrefix(line, "@") {
			name = line
		} else if line != "" {
			all[name] = append(all[name], line)
		}
	}
	return all
}

// A writer writes one side of a seed out as octets.
type writer struct {
	senders map[string][]string
	keep    string // the mark of the lines that belong to this side alone
}

// example returns the side's exchanges.
func (w writer) example(s seed) (lint.Example, error) {
	all := []lint.Example{{}}
	request := []string{}
	answers := [][]string{}
	end := func() error {
		e := &all[len(all)-1]
		var err error
		if e.Request, err = w.message(request, true); err != nil {
			return err
		}
		for _, a := range answers {
			octets, err := w.message(a, false)
			if err != nil {
				return err
			}
			e.Responses = append(e.Responses, octets...)
		}
		return nil
	}
	for _, line := range s.lines {
		if mark := line[:min(1, len(line))]; mark == "-" || mark == "+" {
			if mark != w.keep {
				continue
			}
			line = line[1:]
		}
		facts, next := strings.CutPrefix(line, ">")
		switch {
		case next && len(request) > 0:
			if err := end(); err != nil {
				return lint.Example{}, err
			}
			all, request, answers = append(all, lint.Example{}), nil, nil
			fallthrough
		case next:
			for fact := range strings.SplitSeq(facts, ";") {
				all[len(all)-1].Facts += strings.TrimSpace(fact) + "\n"
			}
		case line == "=", line == "" && len(answers) > 0:
			answers = append(answers, nil)
		case len(answers) > 0:
			answers[len(answers)-1] = append(answers[len(answers)-1], line)
		case line != "":
			request = append(request, line)
		}
	}
	if err := end(); err != nil {
		return lint.Example{}, err
	}
	last := all[len(all)-1]
	last.Name, last.Earlier = s.name, all[:len(all)-1]
	return last, nil
}

// message writes one message; a request without one is empty.
func (w writer) message(lines []string, request bool) ([]byte, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	start := unescape(lines[0])
	if request && !strings.Contains(start, " HTTP/") {
		start += " HTTP/1.1"
	} else if !request && !strings.HasPrefix(start, "HTTP/") {
		start = "HTTP/1.1 " + start
	}
	var head, content strings.Builder
	head.WriteString(start + "\r\n")
	for _, line := range lines[1:] {
		switch rest := unescape(line[1:]); line[0] {
		case '@':
			name, without, _ := strings.Cut(line, " ")
			fields, ok := w.senders[name]
			if !ok {
				return nil, fmt.Errorf("nobody is called %s", name)
			}
			for _, f := range fields {
				field, _, _ := strings.Cut(f, ":")
				if !slices.Contains(strings.Fields(without), "!"+field) {
					head.WriteString(f + "\r\n")
				}
			}
		case ':':
			kind, octets, _ := strings.Cut(rest, "|")
			fmt.Fprintf(&head, "Content-Type: %s\r\nContent-Length: %d\r\n", kind, len(octets))
			content.WriteString(octets)
		case ';':
			fmt.Fprintf(&head, "Content-Length: %d\r\n", len(rest))
			content.WriteString(rest)
		case '|':
			content.WriteString(rest)
		default:
			head.WriteString(unescape(line) + "\r\n")
		}
	}
	return []byte(head.String() + "\r\n" + content.String()), nil
}

// unescape writes out \r, \n, \t, \x00 and {a*3}.
func unescape(s string) string {
	s = strings.NewReplacer(`\r`, "\r", `\n`, "\n", `\t`, "\t", `\x00`, "\x00", `\x08`, "\b", `\x1f`, "\x1f", `\x8b`, "\x8b").Replace(s)
	for {
		before, rest, _ := strings.Cut(s, "{")
		inside, after, ok := strings.Cut(rest, "}")
		what, times, repeated := strings.Cut(inside, "*")
		n, err := strconv.Atoi(times)
		if !ok || !repeated || err != nil {
			return s
		}
		s = before + strings.Repeat(what, n) + after
	}
}

// exchanges returns one side of a seed.
func exchanges(t *testing.T, s seed, senders map[string][]string, keep string) []*wire.Exchange {
	t.Helper()
	e, err := writer{senders, keep}.example(s)
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	all, err := e.Exchanges()
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return all
}

// judge returns what is found in the exchanges.
func judge(c *lint.Checker, all []*wire.Exchange) []lint.Finding {
	var found []lint.Finding
	watch := c.Watch(lint.Memory{})
	for _, x := range all {
		found = append(found, watch.Check(x).Findings...)
	}
	return found
}

// grave returns the findings above advice.
func grave(found []lint.Finding) []lint.Finding {
	return slices.DeleteFunc(found, func(f lint.Finding) bool { return f.Rule.Level == lint.Advice })
}

// Every seeded fault is found, by a rule that concerns it, and nothing above
// advice is found in its repaired twin.
func TestCorpus(t *testing.T) {
	seeds, senders := readSeeds(t, "corpus/?xx.txt"), readSenders(t)
	checker := lint.New(lint.All...)
	pairs := map[status.Code]int{}
	names := map[string]bool{}
	for _, s := range seeds {
		if names[s.name] {
			t.Errorf("%s stands there twice", s.name)
		}
		names[s.name] = true
		for _, code := range s.codes {
			pairs[code]++
		}
		t.Run(s.name, func(t *testing.T) {
			found := judge(checker, exchanges(t, s, senders, "-"))
			if !slices.ContainsFunc(found, func(f lint.Finding) bool { return slices.Contains(s.rules, f.Rule.Name) }) {
				t.Errorf("%s: none of %q finds the fault; found: %s", s.spec, s.rules, list(found))
			}
			if found := grave(judge(checker, exchanges(t, s, senders, "+"))); len(found) > 0 {
				t.Errorf("%s: in the repaired twin: %s", s.spec, list(found))
			}
		})
	}
	for _, e := range status.Table {
		if pairs[e.Code] == 0 {
			t.Errorf("no fault is seeded for %d", e.Code)
		}
	}
	if testing.Verbose() {
		for _, code := range slices.Sorted(maps.Keys(pairs)) {
			t.Logf("%d: %d pairs", code, pairs[code])
		}
		t.Logf("%d pairs", len(seeds))
	}
}

// What is odd and allowed, in the form of the seeds without a fault, gives no
// finding above advice.
func TestLawful(t *testing.T) {
	senders := readSenders(t)
	checker := lint.New(lint.All...)
	for _, s := range readSeeds(t, "corpus/lawful.txt") {
		t.Run(s.name, func(t *testing.T) {
			if found := grave(judge(checker, exchanges(t, s, senders, "+"))); len(found) > 0 {
				t.Errorf("%s: %s", s.spec, list(found))
			}
		})
	}
}

func list(found []lint.Finding) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "\n\t%s (%s): %s", f.Rule.Name, f.Rule.Level, f.Message.En)
	}
	return b.String()
}
