package lint

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

//go:embed rules/*.txt
var pages embed.FS

// A Page is what rules/NAME.txt holds: what is wrong, why it matters and what
// to send instead, with examples that the tests run.
//
// The file is a txtar archive: sections, each after a line "-- NAME --".
//
//	en.md zh-TW.md       the text, Markdown
//	request              the request of the examples; requestN that of badN and goodN
//	bad bad2 bad3 ...    answers that have the mistake
//	good good2 ...       answers that are in order under every rule
//	facts factsN         what octets cannot tell, as lines "name: value"
//	also                 rules, one a line, that fire on the bad examples besides
//
// A line end in an example stands for CR LF; the last one is not part of the
// example unless an empty line stands before it.
//
// An example of several exchanges writes them one after the other: a request
// after a line ">>>", what answered it after a line "<<<". Facts of one exchange
// may stand behind ">>>", separated by semicolons. The last exchange is the one
// that has the mistake; nothing is wrong with those before it.
type Page struct {
	Text lang.Text
	Bad  []Example
	Good []Example
	Also []string // names of rules that the bad examples break besides
}

// An Example is one exchange of a page, with those before it if there are any.
type Example struct {
	Name      string // "good2"
	Request   []byte // as it crosses the wire
	Responses []byte // interim answers, the final one, and what follows it
	Facts     string
	Earlier   []Example // in their order; their names are empty
}

// PageOf returns the page of the rule with the name.
func PageOf(name string) (Page, error) {
	data, err := pages.ReadFile("rules/" + name + ".txt")
	if err != nil {
		return Page{}, fmt.Errorf("rule %s has no page: write lint/rules/%s.txt", name, name)
	}
	return readPage(name, data)
}

// PageNames returns the names of the rules that have pages, sorted.
func PageNames() []string {
	entries, err := pages.ReadDir("rules")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".txt"))
	}
	return names
}

func readPage(name string, data []byte) (Page, error) {
	all := sections(data)
	part := map[string]string{}
	for _, s := range all {
		if _, twice := part[s.name]; twice {
			return Page{}, fmt.Errorf("lint/rules/%s.txt: section %q stands there twice", name, s.name)
		}
		part[s.name] = s.text
	}
	p := Page{
		Text: lang.Text{En: part["en.md"], ZhTW: part["zh-TW.md"]},
		Also: strings.Fields(part["also"]),
	}
	for _, s := range all {
		switch kind := strings.TrimRight(s.name, "0123456789"); kind {
		case "bad", "good":
			number := s.name[len(kind):]
			e := Example{Name: s.name, Responses: octets(s.text), Facts: numbered(part, "facts", number)}
			if strings.HasPrefix(s.text, requestMark) {
				e = sequence(e, s.text)
			} else {
				e.Request = octets(numbered(part, "request", number))
			}
			if kind == "bad" {
				p.Bad = append(p.Bad, e)
			} else {
				p.Good = append(p.Good, e)
			}
		case "en.md", "zh-TW.md", "request", "facts", "also":
		default:
			return Page{}, fmt.Errorf("lint/rules/%s.txt: no section is called %q", name, s.name)
		}
	}
	return p, nil
}

// numbered returns the section with the number, or else the one without.
func numbered(part map[string]string, name, number string) string {
	if s, ok := part[name+number]; ok {
		return s
	}
	return part[name]
}

const requestMark, answerMark = ">>>", "<<<"

// sequence reads the exchanges of an example that has several.
func sequence(last Example, text string) Example {
	var all []Example
	for step := range strings.SplitSeq("\n"+strings.TrimSuffix(text, "\n"), "\n"+requestMark) {
		if step == "" {
			continue
		}
		facts, messages, _ := strings.Cut(step, "\n")
		request, answers, _ := strings.Cut(messages+"\n", answerMark+"\n")
		e := Example{Request: octets(request), Responses: octets(answers), Facts: last.Facts}
		for fact := range strings.SplitSeq(facts, ";") {
			e.Facts += strings.TrimSpace(fact) + "\n"
		}
		all = append(all, e)
	}
	end := all[len(all)-1]
	end.Name, end.Earlier = last.Name, all[:len(all)-1]
	return end
}

type section struct{ name, text string }

// sections reads a txtar archive. What stands before the first section is a
// remark.
func sections(data []byte) []section {
	var all []section
	for line := range bytes.Lines(data) {
		s := strings.TrimRight(string(line), "\r\n")
		if strings.HasPrefix(s, "-- ") && strings.HasSuffix(s, " --") && len(s) > len("--  --") {
			all = append(all, section{name: strings.TrimSpace(s[3 : len(s)-3])})
		} else if len(all) > 0 {
			all[len(all)-1].text += s + "\n"
		}
	}
	return all
}

// octets returns a section's text as it crosses the wire.
func octets(text string) []byte {
	if !strings.HasSuffix(text, "\n\n") {
		text = strings.TrimSuffix(text, "\n")
	}
	return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
}

// Exchanges returns the exchanges of the example in their order.
func (e Example) Exchanges() ([]*wire.Exchange, error) {
	var all []*wire.Exchange
	for _, step := range append(slices.Clone(e.Earlier), e) {
		step.Name = e.Name
		x, err := step.Exchange()
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}

// Exchange returns the example's last exchange. It shows everything but times,
// unless a fact says when it started.
func (e Example) Exchange() (*wire.Exchange, error) {
	responses := e.Responses
	if slices.Contains(strings.Split(e.Facts, "\n"), lineEndFact) {
		responses = bytes.ReplaceAll(responses, []byte("\r\n"), []byte("\n"))
	}
	x, err := wire.Parse(e.Request, responses)
	if err != nil {
		return nil, fmt.Errorf("example %s: %w", e.Name, err)
	}
	for line := range strings.Lines(e.Facts) {
		name, fact, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if ok {
			err = apply(x, name, fact)
		}
		if err != nil {
			return nil, fmt.Errorf("example %s: %w", e.Name, err)
		}
	}
	return x, nil
}

// lineEndFact is the fact that the answers' lines end with LF alone.
const lineEndFact = "line-end: lf"

// apply sets what the octets of HTTP/1.1 cannot tell.
func apply(x *wire.Exchange, name, fact string) error {
	switch name {
	case "protocol":
		switch x.Conn.Protocol = wire.Protocol(fact); x.Conn.Protocol {
		case wire.H2:
			multiplex(x, wire.Version{Major: 2})
		case wire.H3:
			multiplex(x, wire.Version{Major: 3})
		default:
			return fmt.Errorf("fact protocol: %q is neither h2 nor h3", fact)
		}
	case "scheme":
		x.Request.Scheme = fact
	case "early-data":
		x.Conn.EarlyData = fact == "yes"
	case "end":
		x.End = wire.End(fact)
		x.Seen |= wire.ShowsEnd
	case "line-end": // seen to before
	case "described": // by an operation with these answers
		x.Described = &wire.Description{Responses: strings.Fields(fact)}
		x.Seen = wire.ShowsAll
		withhold(x)
	case "secured":
		x.Described.Secured = fact == "yes"
	case "peer":
		x.Conn.Peer = fact
	case "started": // a time of day stands for one on the day of the examples
		t, err := time.Parse(time.TimeOnly, fact)
		if t = t.AddDate(2026, 2, 2); err != nil {
			t, err = time.Parse(time.RFC3339, fact)
		}
		if err != nil {
			return fmt.Errorf("fact started: %q is neither a time of day nor one of RFC 3339", fact)
		}
		x.Started = t
		x.Seen |= wire.ShowsTimes
	case "number":
		n, err := strconv.Atoi(fact)
		if err != nil {
			return fmt.Errorf("fact number: %q is no number", fact)
		}
		x.Conn.Number = n
	case "hidden": // in every message
		hide(&x.Request.Message, fact)
		for i := range x.Interim {
			hide(&x.Interim[i].Message, fact)
		}
		if x.Final != nil {
			hide(&x.Final.Message, fact)
		}
	default:
		return fmt.Errorf("no fact is called %q", name)
	}
	return nil
}

// withhold makes the example one of a description, which names fields and not
// their values, and a type and not its content.
func withhold(x *wire.Exchange) {
	messages := []*wire.Message{&x.Request.Message}
	for i := range x.Interim {
		messages = append(messages, &x.Interim[i].Message)
	}
	if x.Final != nil {
		messages = append(messages, &x.Final.Message)
		if len(x.After) > 0 || x.Final.Content.Length > 0 {
			x.Final.Content = wire.Content{Length: 1}
		}
	}
	x.After = nil
	for _, m := range messages {
		for i := range m.Fields {
			if f := &m.Fields[i]; f.Name != "Content-Type" {
				f.Value, f.Redacted = "", true
			}
		}
	}
}

// hide makes the recording one that drops the field.
func hide(m *wire.Message, field string) { m.Hidden = append(m.Hidden, field) }

// multiplex rewrites an exchange that was written down as HTTP/1.1 into one of
// h2 or h3: no reason phrase, no Host, and streams instead of framing fields.
func multiplex(x *wire.Exchange, v wire.Version) {
	messages := []*wire.Message{&x.Request.Message}
	for i := range x.Interim {
		x.Interim[i].Reason = ""
		messages = append(messages, &x.Interim[i].Message)
	}
	if x.Final != nil {
		x.Final.Reason = ""
		messages = append(messages, &x.Final.Message)
	}
	for _, m := range messages {
		m.Version, m.Framing, m.Octets = v, wire.FramedStream, nil
	}
	x.Seen &^= wire.ShowsReason | wire.ShowsOctets
}
