package site

import (
	"fmt"
	"strings"
)

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
		case p.named() && i+1 < len(parts) && parts[i+1].variable == "" && namesGoOn(parts[i+1].literal[0]):
			b.WriteString("${" + p.variable[1:] + "}")
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

// named reports whether the shell's part is a plain variable.
func (p part) named() bool { return p.variable != "" && namesGoOn(p.variable[1]) }

// marks are what stands in a step's text for what only a play can know.
var marks = []struct{ mark, variable string }{{"{nonce}", "$n"}, {"{location}", "$location"}, {"{token}", "$token"}, {"{challenge}", "$challenge"}, {"{lock}", "$lock"}, {"{client}", "$client"}}

// parts splits a step's text at its marks and at long runs of one octet.
func (o origin) parts(text string) []part {
	text = strings.NewReplacer("{base}", o.base, "{host}", o.authority).Replace(text)
	var parts []part
	for text != "" {
		end, length, variable := len(text), 0, ""
		for _, m := range marks {
			if at := strings.Index(text, m.mark); at >= 0 && at < end {
				end, length, variable = at, len(m.mark), m.variable
			}
		}
		for piece := text[:end]; piece != ""; {
			at, n := longRun(piece)
			if at > 0 {
				parts = append(parts, part{literal: piece[:at]})
			}
			if n > 0 {
				parts = append(parts, part{variable: "$(" + repeated(piece[at], n) + ")"})
			}
			piece = piece[at+n:]
		}
		if variable != "" {
			parts = append(parts, part{variable: variable})
		}
		text = text[end+length:]
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
