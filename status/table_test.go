package status

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// A registration is one row of testdata/iana-http-status-codes.csv, whose
// first line says where it comes from.
type registration struct {
	code                    Code
	name, reference, status string
}

func registry(t *testing.T) []registration {
	t.Helper()
	const file = "testdata/iana-http-status-codes.csv"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(bytes.NewReader(data))
	if first, err := r.ReadString('\n'); err != nil || !strings.HasPrefix(first, "# ") {
		t.Fatalf("%s: the first line is %q; it must be a comment that says where the file comes from", file, first)
	}
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if head := strings.Join(rows[0], ","); head != "Value,Description,Reference,Status" {
		t.Fatalf("%s: columns %s", file, head)
	}
	var list []registration
	for _, row := range rows[1:] {
		n, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		list = append(list, registration{Code(n), row[1], row[2], row[3]})
	}
	return list
}

func TestTableIsTheRegistry(t *testing.T) {
	var want []Code
	for _, r := range registry(t) {
		want = append(want, r.code)
		e, ok := Get(r.code)
		if !ok {
			t.Errorf("%d %s is registered: write its entry in table.go", r.code, r.name)
			continue
		}
		if e.Name != r.name {
			t.Errorf("%d is named %q, in the registry %q", r.code, e.Name, r.name)
		}
		for i, cited := range citations(r.reference) {
			at := slices.IndexFunc(e.Specs, func(s string) bool { return s == cited || strings.HasPrefix(s, cited+" §") })
			if at < 0 {
				t.Errorf("%d: the registry cites %s, Specs does not: %q", r.code, cited, e.Specs)
			}
			if doc := document(cited); i == 0 && document(e.Specs[0]) != doc {
				t.Errorf("%d: defined in %s by the registry, Specs begins with %s", r.code, doc, e.Specs[0])
			}
		}
		if want := maturity(r, e.Specs[0]); e.Maturity != want {
			t.Errorf("%d is %s; its registration (%s) and %s make it %s", r.code, e.Maturity, r.status, e.Specs[0], want)
		}
	}
	var got []Code
	for _, e := range Table {
		got = append(got, e.Code)
	}
	if !slices.Equal(got, want) {
		t.Errorf("Table has the codes\n%v\nthe registry, in order,\n%v", got, want)
	}
}

// The track of the defining document makes a permanent registration
// experimental; RFC 2774 was one too before it became Historic.
var experimentalRFCs = []string{"RFC 2295", "RFC 5842", "RFC 8297"}

func maturity(r registration, spec string) Maturity {
	switch r.status {
	case "TEMPORARY":
		return Temporary
	case "(Unused)":
		return Unused
	case "perm. (RFC 2518)", "(OBSOLETED)":
		return Obsoleted
	case "perm. (deprecated in spec)":
		return Deprecated
	case "perm. (reserved)":
		return Experimental
	case "permanent":
		if slices.Contains(experimentalRFCs, document(spec)) {
			return Experimental
		}
		return Standard
	}
	return "none: extend the test for " + Maturity(r.status)
}

var cited = regexp.MustCompile(`RFC \d+|draft-[a-z0-9-]+|§{1,2}\d[\d.]*\d*(?:, \d[\d.]*)*|App\. [A-Z]`)

// citations splits "RFC 9112 §§2.2, 3; RFC 2616" into "RFC 9112 §2.2",
// "RFC 9112 §3", "RFC 2616".
func citations(reference string) []string {
	var list []string
	doc, bare := "", false
	add := func(section string) {
		list, bare = append(list, doc+" "+section), false
	}
	for _, word := range cited.FindAllString(reference, -1) {
		switch {
		case strings.HasPrefix(word, "§"):
			for s := range strings.SplitSeq(strings.TrimLeft(word, "§"), ", ") {
				add("§" + strings.TrimRight(s, "."))
			}
		case strings.HasPrefix(word, "App."):
			add("Appendix " + strings.TrimPrefix(word, "App. "))
		default:
			if bare {
				list = append(list, doc)
			}
			doc, bare = word, true
		}
	}
	if bare {
		list = append(list, doc)
	}
	return list
}

func TestCitations(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"RFC 9110 §15.2.2, §7.8", "RFC 9110 §15.2.2|RFC 9110 §7.8"},
		{"RFC 9110 §15.5.1; RFC 9112 §§2.2, 3, 3.2", "RFC 9110 §15.5.1|RFC 9112 §2.2|RFC 9112 §3|RFC 9112 §3.2"},
		{"RFC 9110 §15.4.6 -> RFC 7231 App. B; RFC 2616", "RFC 9110 §15.4.6|RFC 7231 Appendix B|RFC 2616"},
		{"RFC 2295 §8.1, algorithm in §10.2 step 3", "RFC 2295 §8.1|RFC 2295 §10.2"},
		{"RFC 6585 §4; draft-a-b-11", "RFC 6585 §4|draft-a-b-11"},
		{"RFC 2324; RFC 7168", "RFC 2324|RFC 7168"},
	} {
		if got := strings.Join(citations(tt.in), "|"); got != tt.want {
			t.Errorf("citations(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// document returns what precedes the section: "RFC 9110".
func document(citation string) string {
	doc, _, _ := strings.Cut(citation, " §")
	doc, _, _ = strings.Cut(doc, " Appendix")
	return doc
}

// The topics of the design; the files of stage, lint and exam have these names.
func TestTopics(t *testing.T) {
	design := []struct {
		topic Topic
		codes []Code
	}{
		{"interim", []Code{100, 102, 103, 104}},
		{"upgrade", []Code{101, 426}},
		{"success", []Code{200, 201, 202, 203, 204, 205}},
		{"ranges", []Code{206, 416}},
		{"conditional", []Code{226, 304, 412, 428}},
		{"redirection", []Code{300, 301, 302, 303, 307, 308}},
		{"negotiation", []Code{406, 415, 506}},
		{"auth", []Code{401, 403, 407, 511}},
		{"target", []Code{404, 405, 409, 410, 421, 501}},
		{"intake", []Code{400, 408, 411, 413, 414, 417, 422, 425, 431, 505}},
		{"limits", []Code{429, 503, 507}},
		{"gateway", []Code{502, 504}},
		{"dav", []Code{207, 208, 423, 424, 508}},
		{"policy", []Code{402, 451}},
		{"fault", []Code{500}},
		{"retired", []Code{305, 306, 418, 510}},
	}
	var topics []Topic
	for _, d := range design {
		topics = append(topics, d.topic)
		if got := codes(func(e Entry) bool { return e.Topic == d.topic }); !slices.Equal(got, d.codes) {
			t.Errorf("topic %s has %v, by the design %v", d.topic, got, d.codes)
		}
	}
	if !slices.Equal(Topics, topics) {
		t.Errorf("Topics = %v, by the design %v", Topics, topics)
	}
}

func codes(which func(Entry) bool) []Code {
	var list []Code
	for _, e := range Table {
		if which(e) {
			list = append(list, e.Code)
		}
	}
	return list
}

// Each list is complete in the specification that is named.
func TestLists(t *testing.T) {
	for _, tt := range []struct {
		what  string
		which func(Entry) bool
		want  []Code
	}{
		{"heuristically cacheable (RFC 9110 §15.1; 451: RFC 7725 §3)", func(e Entry) bool { return e.Store == Heuristic },
			[]Code{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 451, 501}},
		{"not to be stored (RFC 6585)", func(e Entry) bool { return e.Store == Forbidden },
			[]Code{428, 429, 431, 511}},
		{"updates what is stored (RFC 9111 §4.3.4)", func(e Entry) bool { return e.Store == Updates },
			[]Code{304}},
		{"only inside a 207", func(e Entry) bool { return e.Appears == InMultistatus },
			[]Code{208, 424}},
		{"stored with their 207", func(e Entry) bool { return e.Store == ByCarrier },
			[]Code{208, 424}},
		{"never to be sent", func(e Entry) bool { return e.Appears == Nowhere },
			[]Code{305, 306}},
		{"end with the header section (RFC 9110 §6.4.1)", func(e Entry) bool { return e.Content == NoContent },
			[]Code{100, 101, 102, 103, 104, 204, 304}},
		{"have zero octets of content (RFC 9110 §15.3.6)", func(e Entry) bool { return e.Content == ZeroContent },
			[]Code{205}},
		{"must always carry a field", func(e Entry) bool {
			return slices.ContainsFunc(e.Needs, func(n Need) bool { return n.Level == Must && n.When == "" })
		}, []Code{101, 226, 401, 405, 407, 426}},
		{"redirect by Location (RFC 9110 §15.4)", func(e Entry) bool {
			return slices.ContainsFunc(e.Needs, func(n Need) bool { return n.Field == "Location" }) && e.Code.Class() == Redirection
		}, []Code{300, 301, 302, 303, 307, 308}},
		{"may name a time (RFC 9110 §15.5.14, §15.6.4; RFC 6585 §4)", func(e Entry) bool {
			return slices.ContainsFunc(e.Needs, func(n Need) bool { return n.Field == "Retry-After" })
		}, []Code{413, 429, 503}},
	} {
		if got := codes(tt.which); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.what, got, tt.want)
		}
	}
}

func TestEntriesAreComplete(t *testing.T) {
	sections := regexp.MustCompile(`^(RFC \d{4}( §\d+(\.\d+)*| Appendix [A-Z])?|draft-[a-z0-9-]+)$`)
	fields := regexp.MustCompile(`^[A-Z][A-Za-z]*(-[A-Z][A-Za-z]*)*$`)
	for _, e := range Table {
		errorf := func(format string, args ...any) {
			t.Helper()
			t.Errorf(strconv.Itoa(int(e.Code))+": "+format, args...)
		}
		if !chinese(e.NameZhTW) {
			errorf("NameZhTW %q is not Chinese", e.NameZhTW)
		}
		if slices.Contains(e.OldNames, e.Name) {
			errorf("%q is old and new at once", e.Name)
		}
		if len(e.Specs) == 0 {
			errorf("no Specs")
		}
		for i, s := range e.Specs {
			if !sections.MatchString(s) || slices.Contains(e.Specs[:i], s) {
				errorf("Specs has %q, which is malformed or there twice", s)
			}
		}
		if e.Code.Interim() != (e.Appears == InInterim) || e.Code.Interim() != (e.Store == NeverStored) {
			errorf("appears %q, stored %q", e.Appears, e.Store)
		}
		if class := e.Code.Class(); class >= ClientError && e.Content != Expected {
			errorf("content %q; RFC 9110 §15.5 and §15.6 expect an explanation", e.Content)
		}
		if !slices.Contains([]Store{NeverStored, Heuristic, Explicit, Forbidden, Updates, ByCarrier}, e.Store) ||
			!slices.Contains([]Content{NoContent, ZeroContent, MayContent, Expected}, e.Content) ||
			!slices.Contains([]Appears{InInterim, InStatusLine, InMultistatus, InBoth, Nowhere}, e.Appears) ||
			!slices.Contains([]Repeat{RepeatNo, RepeatChanged, RepeatLater, RepeatElsewhere, RepeatIdempotent, RepeatNone}, e.Repeat) {
			errorf("a value that is not one of its type's: %+v", e)
		}
		for _, n := range e.Needs {
			if !fields.MatchString(n.Field) && !slices.Contains([]string{"ETag", "WWW-Authenticate", "IM", "TCN"}, n.Field) {
				errorf("needs the field %q", n.Field)
			}
			if !slices.Contains([]Level{Must, Should, May}, n.Level) {
				errorf("needs %s at the level %q", n.Field, n.Level)
			}
			if (n.When == "") != (n.WhenZhTW == "") {
				errorf("needs %s: When is %q, WhenZhTW %q; write both or neither", n.Field, n.When, n.WhenZhTW)
			}
		}
	}
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
