// Package manual is the reference: one page a status code, in English and in
// Traditional Chinese, kept as Markdown in codes/ and embedded in the program.
//
// A page is written, not generated. Both languages have the same sections in
// the same order, the same duties from the same clauses, and the same examples;
// the sentences are each language's own. A page looks like this:
//
//	# 404 Not Found
//
//	The summary: one paragraph that can stand alone.
//
//	## What it means
//	## Who must do what
//	- Server: **MUST** ... [RFC 9110 §15.5.6]
//	## Usual mistakes
//	## Protocol versions
//	## How to bring it about
//
// [Page] reads a page, [Codes] lists the codes that have one. The fenced blocks
// with the info string "http example" come back parsed as [Example] values, so
// that a test can send what the page shows and hold the answer against it. The
// package sends nothing itself; it knows pages and grammar only.
//
// The list of who must do what can be read as data: [Article.Duties]. It speaks
// of all four roles, and says so where the code brings one of them no duty.
//
// What several codes have in common stands in topics/, an article a mechanism,
// in sections of its own choosing: [Topic] reads one, [Topics] lists them.
package manual

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

//go:embed codes/*.md topics/*.md
var files embed.FS

// An Article is the page of one code, or about one topic, in one language.
type Article struct {
	Title    string    // "404 Not Found", in Chinese with our name after it; of a topic: "Ranges"
	Summary  string    // the first paragraph, as Markdown
	Body     string    // what follows the summary, as Markdown; begins with a level-2 heading
	Examples []Example // the executable blocks in Body, in order
}

// Page returns the page of a code in a language. Where there is none, the error
// wraps [fs.ErrNotExist] and names the file to write; where a page is malformed,
// it names the file and the line.
func Page(c status.Code, l lang.Tag) (Article, error) {
	if !slices.Contains(lang.All, l) {
		return Article{}, fmt.Errorf("read the page of %s: no pages are written in %q; choose one of %q", c, l, lang.All)
	}
	name := path.Join("codes", fmt.Sprintf("%s.%s.md", c, l))
	text, err := files.ReadFile(name)
	if err != nil {
		return Article{}, fmt.Errorf("read the page of %s: write manual/%s: %w", c, name, fs.ErrNotExist)
	}
	a, err := parse(c, string(text))
	if err != nil {
		return Article{}, fmt.Errorf("manual/%s:%w", name, err)
	}
	return a, nil
}

// Codes returns, in order, the codes that have a page in at least one language.
func Codes() []status.Code {
	entries, err := fs.ReadDir(files, "codes")
	if err != nil {
		panic(err) // the embedded folder exists, or the package would not compile
	}
	var codes []status.Code
	for _, e := range entries {
		digits, _, _ := strings.Cut(e.Name(), ".")
		if n, err := strconv.Atoi(digits); err == nil {
			codes = append(codes, status.Code(n))
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// parse reads the page of a code: an article with examples.
func parse(c status.Code, text string) (Article, error) {
	a, err := divide(text)
	if err != nil {
		return Article{}, err
	}
	a.Examples, err = parseExamples(c, text)
	if err != nil {
		return Article{}, err
	}
	return a, nil
}

// divide reads an article: a title, a paragraph, the rest.
func divide(text string) (Article, error) {
	title, ok := strings.CutPrefix(text, "# ")
	if !ok {
		return Article{}, at(1, "begin the page with a title: # ...")
	}
	title, rest, ok := strings.Cut(title, "\n\n")
	if !ok || strings.Contains(title, "\n") {
		return Article{}, at(1, "put an empty line after the title")
	}
	summary, body, ok := strings.Cut(rest, "\n\n")
	if !ok || strings.HasPrefix(summary, "#") {
		return Article{}, at(3, "put a summary between the title and the first section")
	}
	if !strings.HasPrefix(body, "## ") {
		return Article{}, at(5, "follow the one paragraph of the summary with a section: ## ...")
	}
	return Article{Title: title, Summary: summary, Body: body}, nil
}

// A lineError is a mistake in a page; it prints as "line: what to do", ready to
// stand behind the name of a file.
type lineError struct {
	line   int // counted from 1
	advice string
}

func (e *lineError) Error() string { return fmt.Sprintf("%d: %s", e.line, e.advice) }

func at(line int, format string, args ...any) error {
	return &lineError{line, fmt.Sprintf(format, args...)}
}
