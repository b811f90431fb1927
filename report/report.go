// Package report writes what the linter found, in the form in which somebody
// wants to have it: for people at a terminal or in a browser, for programs, for
// the places where continuous integration shows its results.
//
// There is a file a format. Each format is a [Writer]: findings are given to it
// in the order of the inputs and, within one, of its entries; [New] makes one
// by its name. Writers that show findings one by one write them as they come.
// Those that group them keep as many of each rule as they show and count the
// rest, so that millions of findings take no more memory than hundreds.
//
// Most of what a report repeats was written by strangers. No format passes
// on a character that could move a terminal's cursor, turn text around, leave an
// element of XML or HTML, or begin a command of the program that reads it.
package report

import (
	"fmt"
	"io"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/status"
)

// A Finding is one mistake in one exchange, with what a reader needs to find it
// again. It shares no memory with the exchange. Earlier is an entry of the input.
type Finding struct {
	lint.Finding
	Place  Place
	Method string      // of the request; empty if the recording does not show it
	URL    string      // its target, as complete as it is known
	Status status.Code // of the final answer; 0 if there is none
	Lines  []string    // the lines of the messages concerned: "> GET / HTTP/1.1", "< Allow: GET"
}

// A Place is where in the inputs an exchange stands.
type Place struct {
	Input  string // name of the file, or the address
	Entry  int    // number of the exchange in it, from 1
	Offset int64  // of the exchange's first octet in the input; -1 if that says nothing
	Line   int    // of its first line; 0 if that says nothing
	Name   string // what the input calls it, if it does
}

// A Trouble is why an input, or the rest of it, could not be read.
type Trouble struct {
	Input string
	Says  lang.Text
}

// A Writer writes one report. It is used by one goroutine.
type Writer interface {
	// Finding adds a finding.
	Finding(*Finding) error
	// Trouble adds what could not be read of an input.
	Trouble(*Trouble) error
	// End says that nothing more comes of an input.
	End(input string) error
	// Close ends the report. The tally counts all findings that were added.
	Close(*Tally) error
}

// Options are what the formats can be told.
type Options struct {
	Lang lang.Tag

	// Show is how many findings of each rule are shown where they are grouped;
	// as many as is usual for the format if it is 0.
	Show int

	// FailOn is the least level that fails; the empty one fails on nothing.
	FailOn lint.Level

	Version string // of the program, for the formats that name it

	// Live asks for a finding as soon as it comes: text writes a line of it
	// before the groups, JSON Lines keep none back.
	Live bool

	// For text alone; nil functions leave their text as it is.
	Paint func(Style, string) string       // how to colour
	Set   func(markdown string) string     // how to set Markdown into lines
	Wrap  func(indent, text string) string // how to set a sentence into lines, indented
}

// A Style is what a text report colours. No meaning hangs on colour alone.
type Style int

const (
	Strong Style = iota
	Code
	Grave // must
	Wrong // should, definition
	Mild  // advice
)

// Formats lists the names of the formats.
var Formats = []string{"text", "json", "sarif", "junit", "github", "html"}

// New returns a writer of the format, which has to be one of [Formats].
func New(format string, w io.Writer, o Options) (Writer, error) {
	switch format {
	case "text":
		return newText(w, o), nil
	case "json":
		return newJSON(w, o), nil
	case "sarif":
		return newSARIF(w, o), nil
	case "junit":
		return newJUnit(w, o), nil
	case "github":
		return newGitHub(w, o), nil
	case "html":
		return newHTML(w, o), nil
	}
	return nil, fmt.Errorf("there is no format %q", format)
}

// Fails reports whether a finding of the level fails where failOn is the least
// level that does.
func Fails(level, failOn lint.Level) bool {
	return failOn != "" && rank(level) <= rank(failOn)
}
