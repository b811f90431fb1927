package main

import (
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/statute-http/statute/status"
)

// How wide text is set, in columns: at most the terminal, and never so wide
// that the eye loses the line; as usualWidth where there is no terminal.
const (
	leastWidth = 40
	usualWidth = 80
	mostWidth  = 100
)

// A terminal is what text is set for.
type terminal struct {
	width int // in columns
	color bool
}

// terminal returns what stdout is. Colours need a terminal that has them, and
// nobody who objects (no-color.org).
func (env *environment) terminal() terminal {
	t := terminal{width: usualWidth}
	if env.columns > 0 {
		t.width = min(max(env.columns, leastWidth), mostWidth)
		t.color = !env.noColor && env.getenv("NO_COLOR") == "" && env.getenv("TERM") != "dumb"
	}
	return t
}

// columnsOf returns the width of the terminal that w is, 0 if it is none.
func columnsOf(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	return terminalColumns(f)
}

// A style is the parameter of a SGR control sequence (ECMA-48). It adds to
// what the words and their places say already, and never says it alone.
type style string

const (
	plainStyle  style = ""
	strongStyle style = "1"
	codeStyle   style = "36"
)

// classStyles are those of the classes' codes.
var classStyles = map[status.Class]style{
	status.Informational: "34",
	status.Successful:    "32",
	status.Redirection:   "36",
	status.ClientError:   "33",
	status.ServerError:   "31",
}

func (t terminal) paint(st style, s string) string {
	if !t.color || st == plainStyle {
		return s
	}
	return "\x1b[" + string(st) + "m" + s + "\x1b[0m"
}

// columns returns how many columns a string without control characters takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

// runeColumns: ideographs and what is as wide as they take two columns
// (Unicode Standard Annex 11), marks that combine take none.
func runeColumns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case wide(r):
		return 2
	}
	return 1
}

func wide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}

// pad returns s filled up with spaces to n columns.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-columns(s)))
}
