package site

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// An origin is where the commands on a page send their requests.
type origin struct {
	base       string // "http://127.0.0.1:8080"
	authority  string // "127.0.0.1:8080"
	host, port string
	secure     bool
}

func parseOrigin(base string) origin {
	o := origin{base: base, port: "80"}
	u, err := url.Parse(base)
	if err != nil {
		return parseOrigin("http://localhost")
	}
	if o.secure = u.Scheme == "https"; o.secure {
		o.port = "443"
	}
	o.authority, o.host = u.Host, u.Hostname()
	if u.Port() != "" {
		o.port = u.Port()
	}
	return o
}

// patience is how long a command keeps a silent connection open, in seconds:
// longer than our server waits for a first request.
const patience = 40

// shellLines returns the commands that send the steps, one after the other, for
// any POSIX shell. A step with octets of its own needs nc (openssl where the
// origin is secure), since curl would mend them; all others need curl. In the
// lines $n is a fresh name, which the caller has set.
func (o origin) shellLines(steps []stage.Step) []string {
	var lines []string
	for _, s := range steps {
		line := o.raw(s)
		if s.Method != "" {
			line = o.curl(s)
		}
		if s.Again && len(lines) > 0 {
			// curl keeps a connection between transfers of one command.
			lines[len(lines)-1] += " --next " + strings.TrimPrefix(line, "curl ")
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

func (o origin) curl(s stage.Step) string {
	args := []string{"curl", "-i"}
	if s.Manner == stage.Stall {
		args = append(args, "-m", fmt.Sprint(patience))
	}
	switch s.Method {
	case "GET":
	case "HEAD":
		args[1] = "-I"
	default:
		args = append(args, "-X", s.Method)
	}
	for _, f := range s.Fields {
		args = append(args, "-H", o.word(f.Name+": "+f.Value))
	}
	if s.Content == "" {
		return strings.Join(append(args, o.word("{base}"+s.Path)), " ")
	}
	// Fields that curl would add of itself are taken back: a form's type, and
	// with content of unknown length an expectation.
	if s.Fields.Get("Content-Type") == "" {
		args = append(args, "-H", "Content-Type:")
	}
	from := "printf %s " + o.word(s.Content) + " | "
	if c, n := runAt(s.Content); n == len(s.Content) {
		from = repeated(c, n) + " | "
	}
	switch {
	case s.Manner == stage.Unlength:
		args = append(args, "-H", "Expect:", "-T", "-")
	case len(s.Content) > 1000:
		args = append(args, "--data-binary", "@-")
	default:
		from, args = "", append(args, "--data-binary", o.word(s.Content))
	}
	return from + strings.Join(append(args, o.word("{base}"+s.Path)), " ")
}

func (o origin) raw(s stage.Step) string {
	send := fmt.Sprintf("nc -w 3 %s %s", o.host, o.port)
	if s.Manner == stage.Stall {
		send = fmt.Sprintf("nc %s %s", o.host, o.port)
	}
	if o.secure {
		send = fmt.Sprintf("openssl s_client -quiet -connect %s:%s", o.host, o.port)
	}
	switch {
	case s.Octets == "":
		return fmt.Sprintf("sleep %d | %s", patience, send)
	case s.Manner == stage.Stall:
		return fmt.Sprintf("{ %s; sleep %d; } | %s", o.printf(s.Octets), patience, send)
	}
	return o.printf(s.Octets) + " | " + send
}

// printf returns the command that writes exactly these octets.
func (o origin) printf(octets string) string {
	var format, args strings.Builder
	for _, p := range o.parts(octets) {
		if p.variable != "" {
			format.WriteString("%s")
			args.WriteString(` "` + p.variable + `"`)
			continue
		}
		for i := 0; i < len(p.literal); i++ {
			switch c := p.literal[i]; {
			case c == '\r':
				format.WriteString(`\r`)
			case c == '\n':
				format.WriteString(`\n`)
			case c == '\\':
				format.WriteString(`\\`)
			case c == '%':
				format.WriteString(`%%`)
			case c == '\'':
				format.WriteString(`'\''`)
			case c < ' ' || c >= 0x7f:
				fmt.Fprintf(&format, `\%03o`, c)
			default:
				format.WriteByte(c)
			}
		}
	}
	return "printf '" + format.String() + "'" + args.String()
}

// word returns text as one word of a command.
func (o origin) word(text string) string {
	parts := o.parts(text)
	if len(parts) == 0 {
		return "''"
	}
	if len(parts) == 1 && parts[0].variable == "" {
		literal := parts[0].literal
		if !strings.ContainsFunc(literal, special) {
			return literal
		}
		return "'" + strings.ReplaceAll(literal, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for i, p := range parts {
		switch {
		case p.variable == "":
			b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`").Replace(p.literal))
		case p.variable == "$n" && i+1 < len(parts) && parts[i+1].variable == "" && namesGoOn(parts[i+1].literal[0]):
			b.WriteString("${n}")
		default:
			b.WriteString(p.variable)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// special reports whether a character may mean something to a shell.
func special(c rune) bool {
	return !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.ContainsRune("/:.,_-@%+=", c))
}

func namesGoOn(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// A part is a piece of a request: text, or what a shell puts in its place.
type part struct{ literal, variable string }

// parts splits a step's text at the fresh name and at long runs of one octet.
func (o origin) parts(text string) []part {
	text = strings.NewReplacer("{base}", o.base, "{host}", o.authority).Replace(text)
	var parts []part
	for i, piece := range strings.Split(text, "{nonce}") {
		if i > 0 {
			parts = append(parts, part{variable: "$n"})
		}
		for piece != "" {
			at, n := longRun(piece)
			if at > 0 {
				parts = append(parts, part{literal: piece[:at]})
			}
			if n > 0 {
				parts = append(parts, part{variable: "$(" + repeated(piece[at], n) + ")"})
			}
			piece = piece[at+n:]
		}
	}
	return parts
}

// repeated returns the command that writes one octet many times.
func repeated(c byte, n int) string {
	return fmt.Sprintf(`head -c %d /dev/zero | tr '\0' %c`, n, c)
}

// longest is the longest run of one letter that is shown as it stands.
const longest = 40

// longRun returns the place and length of the first long run of one letter; the
// end of the text and 0 if there is none.
func longRun(text string) (at, n int) {
	for at < len(text) {
		c, n := runAt(text[at:])
		if n > longest && namesGoOn(c) {
			return at, n
		}
		at += n
	}
	return len(text), 0
}

// runAt returns the first octet and how often it stands there in a row.
func runAt(text string) (c byte, n int) {
	for n < len(text) && text[n] == text[0] {
		n++
	}
	if n > 0 {
		c = text[0]
	}
	return c, n
}

// shown returns a step's request as people read it, in the marks of the
// manual's examples: {nonce} for a fresh name, {repeat:x:8100} for a long run.
func (o origin) shown(s stage.Step) string {
	text := s.Octets
	if s.Method != "" {
		var b strings.Builder
		b.WriteString(s.Method + " " + s.Path + "\n")
		for _, f := range s.Fields {
			b.WriteString(f.Name + ": " + f.Value + "\n")
		}
		if s.Content != "" {
			b.WriteString("\n" + s.Content)
		}
		text = b.String()
	}
	return marked(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "{host}", o.authority))
}

// marked returns text with {repeat:x:8100} for a long run of one letter.
func marked(text string) string {
	var b strings.Builder
	for text != "" {
		at, n := longRun(text)
		b.WriteString(text[:at])
		if n > 0 {
			fmt.Fprintf(&b, "{repeat:%c:%d}", text[at], n)
		}
		text = text[at+n:]
	}
	return b.String()
}

// posedLine returns the command that asks for a posed answer, with what the
// request must have for the code to fit it.
func (o origin) posedLine(code status.Code) string {
	args := []string{"curl", "-i"}
	for _, f := range posedFields[code] {
		args = append(args, "-H", o.word(f.Name+": "+f.Value))
	}
	return strings.Join(append(args, o.word("{base}/status/"+code.String())), " ")
}

// posedFields are what a request must have for a posed code that is sent to a
// matching request only (stage's posed kinds).
var posedFields = map[status.Code]wire.Fields{
	101: {{Name: "Connection", Value: "Upgrade"}, {Name: "Upgrade", Value: "echo"}},
	104: {{Name: "Upload-Draft-Interop-Version", Value: "8"}},
	206: {{Name: "Range", Value: "bytes=0-3"}},
	226: {{Name: "A-IM", Value: "gzip"}},
	304: {{Name: "If-None-Match", Value: `"any-tag"`}},
}
