package site

import (
	"bytes"
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/statute-http/statute/status"
)

// markdown turns the manual's pages into HTML: citations become links, headings
// get the ids of [sections], and HTML in the source is left out. A line end
// between two Chinese characters is no space.
var markdown = markdownWith(headings{sections})

// essays turns the manual's topics, which have sections of their own, into HTML.
var essays = markdownWith(headings{})

func markdownWith(h headings) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.NewCJK(extension.WithEastAsianLineBreaks()),
			// Alignment would be an inline style, which the policy refuses.
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)),
		),
		goldmark.WithParserOptions(parser.WithASTTransformers(
			util.Prioritized(citations{}, 100),
			util.Prioritized(h, 200),
		)),
	)
}

// prose returns Markdown as HTML, its commands sent to the origin.
func prose(source string, to origin) (template.HTML, error) {
	return converted(markdown, source, to)
}

// essay returns the body of a topic as HTML, and its sections.
func essay(source string, to origin) (template.HTML, []section, error) {
	content, err := converted(essays, source, to)
	return content, sectionsIn(essays, source), err
}

func converted(by goldmark.Markdown, source string, to origin) (template.HTML, error) {
	source = strings.ReplaceAll(source, "http://"+manualHost, to.base)
	source = strings.ReplaceAll(source, manualHost, to.authority)
	source = strings.ReplaceAll(source, usualDoors.Proxy, to.doors.Proxy)
	source = strings.ReplaceAll(source, usualDoors.Portal, to.doors.Portal)
	var b bytes.Buffer
	if err := by.Convert([]byte(source), &b); err != nil {
		return "", fmt.Errorf("turn Markdown into HTML: %w", err)
	}
	// A table that is too wide scrolls within itself. The source's own < is
	// escaped, so these tags are goldmark's.
	return template.HTML(tables.Replace(b.String())), nil
}

var tables = strings.NewReplacer("<table>", `<div class="scroll" tabindex="0"><table>`, "</table>", "</table></div>")

// manualHost is where the manual's commands and examples send their requests.
const manualHost = "127.0.0.1:8080"

// sections are the ids of a page's sections, which come in this order in every
// page and language (see package manual).
var sections = []string{"meaning", "duties", "mistakes", "versions", "practice"}

// A section is a heading of a page in the manual.
type section struct{ ID, Title string }

// sectionsOf lists the headings that prose gives ids to.
func sectionsOf(source string) []section { return sectionsIn(markdown, source) }

func sectionsIn(by goldmark.Markdown, source string) []section {
	var all []section
	doc := by.Parser().Parse(text.NewReader([]byte(source)))
	for node := doc.FirstChild(); node != nil; node = node.NextSibling() {
		if id, ok := node.AttributeString("id"); ok {
			all = append(all, section{string(id.([]byte)), string(node.Lines().Value([]byte(source)))})
		}
	}
	return all
}

// headings gives ids to the sections of a page: these, in order, or if there are
// none their numbers, which are the same in both languages.
type headings struct{ ids []string }

func (h headings) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	n := 0
	for node := doc.FirstChild(); node != nil; node = node.NextSibling() {
		heading, ok := node.(*ast.Heading)
		if !ok || heading.Level != 2 || h.ids != nil && n == len(h.ids) {
			continue
		}
		n++
		id := "section-" + strconv.Itoa(n)
		if h.ids != nil {
			id = h.ids[n-1]
		}
		heading.SetAttributeString("id", []byte(id))
	}
}

type citations struct{}

func (citations) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	var found []*ast.Text
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link, *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if entering && status.Citation.Match(n.Value(source)) {
				found = append(found, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range found {
		cite(n, source)
	}
}

// cite splits a text at its citations and makes links of them.
func cite(n *ast.Text, source []byte) {
	parent, start := n.Parent(), n.Segment.Start
	for _, at := range status.Citation.FindAllIndex(n.Value(source), -1) {
		from, to := n.Segment.Start+at[0], n.Segment.Start+at[1]
		if from > start {
			parent.InsertBefore(parent, n, ast.NewTextSegment(text.NewSegment(start, from)))
		}
		link := ast.NewLink()
		link.Destination = []byte(status.SpecURL(string(source[from:to])))
		link.AppendChild(link, ast.NewTextSegment(text.NewSegment(from, to)))
		parent.InsertBefore(parent, n, link)
		start = to
	}
	// What is left keeps the line break that may follow the text.
	n.Segment = n.Segment.WithStart(start)
}
