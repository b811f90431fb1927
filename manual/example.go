package manual

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/status"
)

// An Example is an HTTP/1.1 request and the answer to it, to be played over a
// connection of its own against the server at 127.0.0.1:8080. Where a cause has
// to be brought about first, several requests follow one another on that
// connection, each sent when the one before has its final answer.
//
// The server has two more doors, for which proxy or portal stands behind the info
// string: its forward proxy at 127.0.0.1:3128, and its interceptor at
// 127.0.0.1:8081.
//
// In a page it is a fenced block with the info string "http example". First the
// request, a line of text for each line on the wire: the request line and the
// fields, an empty line, then the content if there is any. The answer begins at
// the first line that starts with "HTTP/": a status line for each message,
// interim ones too, and under it those field lines that must be among the
// message's own. Empty lines around the answer are for the eye only. A line
// below it that reads "METHOD target HTTP/1.1" begins the next request.
//
// Lines are joined with CRLF. Content ends with its last line that is not
// empty; no CRLF follows it, and Content-Length must count its octets. Under
// the chunked coding every line ends with CRLF and an empty line is added, which
// closes the trailer section (RFC 9112 §7.1).
//
// Six marks are no octets of the message:
//
//	...             a line: send nothing more, and keep the connection open
//	... 100         a line before the content: wait for 100 (Continue)
//	{repeat:x:8100} in the request: x, 8100 times
//	{nonce}         in the target or a field: a fresh name; see Fill
//	{length}        as the value of Content-Length: the octets of the content,
//	                which may then hold {nonce} and {made} too; see Fill
//	{made}          in a field of an answer: a name that the server chose; in
//	                later requests: that name; see Made
type Example struct {
	Code status.Code // the code of the page
	Door string      // "proxy", "portal", or empty for the origin
	Send []Part      // at least one; only the last ends in End or Stall
	Want []Message   // to each request in turn: interim ones, then the final one
}

// A Part is a piece of the request that is sent without waiting.
type Part struct {
	Octets string
	Then   Then // what comes after the octets
}

// Then is what a client does when a part has left.
type Then string

const (
	End         Then = "end"          // the last request is complete
	After100    Then = "after 100"    // the next part waits for 100 (Continue)
	AfterAnswer Then = "after answer" // the next part, another request, waits for the final answer
	Stall       Then = "stall"        // nothing more is sent; the connection stays open
)

// A Message is what must be seen of one response.
type Message struct {
	StatusLine string   // "HTTP/1.1 404 Not Found"
	Fields     []string // "Allow: GET, HEAD, OPTIONS"; a subset, in the page's order
}

// Code returns the status code in the status line.
func (m Message) Code() status.Code {
	n, _ := strconv.Atoi(m.StatusLine[len("HTTP/1.1 "):][:3]) // statusLine has checked it
	return status.Code(n)
}

// last reports whether no message can follow: it is final, or a 101, after which
// the connection speaks another protocol (RFC 9110 §7.8).
func (m Message) last() bool { return !m.Code().Interim() || m.Code() == 101 }

// Fill returns the example with {nonce} replaced everywhere, and {length} by the
// number of octets that the content then has, if it holds no {made}.
func (e Example) Fill(nonce string) Example { return e.replace(nonceMark, nonce).count() }

// Learn returns the example with {made} replaced everywhere, and {length} as
// Fill does.
func (e Example) Learn(name string) Example { return e.replace(madeMark, name).count() }

// count puts the length of content that is known by now in the place of {length}.
func (e Example) count() Example {
	for i, p := range e.Send {
		head, content, _ := strings.Cut(p.Octets, crlf+crlf)
		if strings.Contains(head, lengthMark) && !strings.Contains(content, madeMark) {
			head = strings.ReplaceAll(head, lengthMark, strconv.Itoa(len(content)))
			e.Send[i].Octets = head + crlf + crlf + content
		}
	}
	return e
}

// Made returns what stands at the place of {made} in the value that came for a
// field line of an example; not ok if the line has no {made}, or if the rest of
// the value is not as it says.
func Made(line, value string) (name string, ok bool) {
	_, shown, _ := strings.Cut(line, ": ")
	before, after, marked := strings.Cut(shown, madeMark)
	name, begins := strings.CutPrefix(value, before)
	name, ends := strings.CutSuffix(name, after)
	return name, marked && begins && ends && name != ""
}

func (e Example) replace(mark, text string) Example {
	fill := func(s string) string { return strings.ReplaceAll(s, mark, text) }
	filled := Example{Code: e.Code, Door: e.Door}
	for _, p := range e.Send {
		filled.Send = append(filled.Send, Part{fill(p.Octets), p.Then})
	}
	for _, m := range e.Want {
		n := Message{StatusLine: m.StatusLine}
		for _, f := range m.Fields {
			n.Fields = append(n.Fields, fill(f))
		}
		filled.Want = append(filled.Want, n)
	}
	return filled
}

const (
	crlf       = "\r\n"
	fence      = "```"
	opening    = "```http example"
	stallMark  = "..."
	waitMark   = "... 100"
	nonceMark  = "{nonce}"
	lengthMark = "{length}"
	madeMark   = "{made}"

	maxRepeat = 1 << 20 // octets that one {repeat} may stand for
)

var (
	nextLine   = regexp.MustCompile(`^[A-Z]+ [^ ]+ HTTP/1\.1$`)
	statusLine = regexp.MustCompile(`^HTTP/1\.1 [1-5][0-9][0-9] [^ ].*$`)
	fieldLine  = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+: [^ ].*$")
	repeatMark = regexp.MustCompile(`\{repeat:([^:{}]+):([0-9]{1,7})\}`)
)

// parseExamples returns the examples of a page in order.
func parseExamples(c status.Code, text string) ([]Example, error) {
	var examples []Example
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		if !strings.HasPrefix(lines[i], fence) {
			continue
		}
		first := i + 1
		for i++; i < len(lines) && lines[i] != fence; i++ {
		}
		if i == len(lines) {
			return nil, at(first, "close this block with %s", fence)
		}
		info, is := strings.CutPrefix(lines[first-1], opening)
		if !is {
			continue
		}
		door := strings.TrimSpace(info)
		if info != "" && info != " proxy" && info != " portal" {
			return nil, at(first, "an example goes to no door, or to proxy or portal, not to %q", door)
		}
		e, err := parseExample(lines[first:i], first+1)
		if err != nil {
			return nil, err
		}
		e.Code, e.Door = c, door
		examples = append(examples, e)
	}
	return examples, nil
}

// parseExample reads the lines of one block; the first has the given number.
func parseExample(lines []string, first int) (Example, error) {
	var e Example
	for made := false; ; {
		end := turn(lines)
		t, err := parseTurn(lines[:end], first)
		if err != nil {
			return Example{}, err
		}
		if !made && slices.ContainsFunc(t.Send, func(p Part) bool { return strings.Contains(p.Octets, madeMark) }) {
			return Example{}, at(first, "this request uses %s, but no answer before it shows where the name comes from", madeMark)
		}
		made = made || slices.ContainsFunc(t.Want, func(m Message) bool { return strings.Contains(strings.Join(m.Fields, ""), madeMark) })
		e.Send, e.Want = append(e.Send, t.Send...), append(e.Want, t.Want...)
		if end == len(lines) {
			return e, nil
		}
		last := &e.Send[len(e.Send)-1]
		if last.Then == Stall {
			return Example{}, at(first+end, "nothing follows a request that is cut")
		}
		if t.Want[len(t.Want)-1].Code() == 101 {
			return Example{}, at(first+end, "nothing follows a 101: its connection speaks another protocol")
		}
		last.Then = AfterAnswer
		lines, first = lines[end:], first+end
	}
}

// turn returns how many of the lines belong to the first request and its answer.
func turn(lines []string) int {
	answered := false
	for i, l := range lines {
		answered = answered || strings.HasPrefix(l, "HTTP/")
		if answered && nextLine.MatchString(l) {
			return i
		}
	}
	return len(lines)
}

// parseTurn reads one request and the answer to it.
func parseTurn(lines []string, first int) (Example, error) {
	answer := 0
	for answer < len(lines) && !strings.HasPrefix(lines[answer], "HTTP/") {
		answer++
	}
	if answer == len(lines) {
		return Example{}, at(first+answer, "end the example with the answer: HTTP/1.1 ...")
	}
	want, err := parseAnswer(lines[answer:], first+answer)
	if err != nil {
		return Example{}, err
	}
	send, err := parseRequest(lines[:answer], first)
	if err != nil {
		return Example{}, err
	}
	if send[0].Then == After100 && want[0].Code() != 100 {
		return Example{}, at(first+answer, "the content waits for 100, so the answer begins with HTTP/1.1 100 Continue")
	}
	return Example{Send: send, Want: want}, nil
}

// parseAnswer reads the messages of an answer: any number of interim ones, then
// one that is final (RFC 9110 §15).
func parseAnswer(lines []string, first int) ([]Message, error) {
	var messages []Message
	for i, line := range lines {
		switch {
		case line == "":
		case strings.HasPrefix(line, "HTTP/"):
			if !statusLine.MatchString(line) {
				return nil, at(first+i, "write the status line as HTTP/1.1, a code and its name, not %q", line)
			}
			if n := len(messages); n > 0 && messages[n-1].last() {
				return nil, at(first+i, "one request has one final answer; %s came before this line", messages[n-1].Code())
			}
			messages = append(messages, Message{StatusLine: line})
		case !fieldLine.MatchString(line):
			return nil, at(first+i, "an answer shows status lines and fields (Name: value) only, not %q", line)
		default:
			m := &messages[len(messages)-1]
			m.Fields = append(m.Fields, line)
		}
	}
	if !messages[len(messages)-1].last() {
		return nil, at(first+len(lines), "a final answer has to follow the interim one")
	}
	return messages, nil
}
