package main

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extended "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// bodyIndent is how far text stands from the edge, where the headings are.
const bodyIndent = "  "

// tablesToo reads CommonMark with tables.
var tablesToo = goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()

func parseMarkdown(source []byte) ast.Node { return tablesToo.Parse(text.NewReader(source)) }

// markdown sets a Markdown text for the terminal: headings at the edge, the
// rest indented, code as it stands, links with their address behind them.
func (t terminal) markdown(source string) string {
	m := markdownSetter{terminal: t, source: []byte(source)}
	m.blocks(parseMarkdown(m.source), bodyIndent, bodyIndent, false)
	return m.b.String()
}

type markdownSetter struct {
	terminal
	source []byte
	b      strings.Builder
}

// blocks sets the children of a block, the first line after first and the
// others after rest; tight ones without empty lines between them.
func (m *markdownSetter) blocks(parent ast.Node, first, rest string, tight bool) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if n.PreviousSibling() != nil && !tight {
			m.b.WriteString(strings.TrimRight(rest, " ") + "\n")
		}
		m.block(n, first, rest)
		first = rest
	}
}

func (m *markdownSetter) block(n ast.Node, first, rest string) {
	switch n := n.(type) {
	case *ast.Heading:
		m.wrap(&m.b, "", "", inlines(n, m.source, strongStyle)...)
	case *ast.List:
		m.list(n, first, rest)
	case *ast.Blockquote:
		m.blocks(n, first+"| ", rest+"| ", false)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		for line := range strings.Lines(linesOf(n, m.source)) {
			line = strings.TrimRight(line, "\n")
			if line != "" {
				line = first + bodyIndent + m.paint(codeStyle, line)
			}
			m.b.WriteString(line + "\n")
			first = rest
		}
	case *extended.Table:
		m.table(n, rest)
	case *ast.ThematicBreak:
		m.b.WriteString(rest + "---\n")
	case *ast.HTMLBlock:
		m.wrap(&m.b, first, rest, span{linesOf(n, m.source), plainStyle})
	default: // paragraphs and the text blocks of tight lists
		m.wrap(&m.b, first, rest, inlines(n, m.source, plainStyle)...)
	}
}

func (m *markdownSetter) list(list *ast.List, first, rest string) {
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		if item.PreviousSibling() != nil && !list.IsTight {
			m.b.WriteByte('\n')
		}
		marker := "- "
		if list.IsOrdered() {
			marker = fmt.Sprintf("%d. ", number)
			number++
		}
		m.blocks(item, first+marker, rest+strings.Repeat(" ", len(marker)), list.IsTight)
		first = rest
	}
}

// linesOf returns the lines of a block that are not read as Markdown.
func linesOf(n ast.Node, source []byte) string {
	var b strings.Builder
	for _, segment := range n.Lines().Sliced(0, n.Lines().Len()) {
		b.Write(segment.Value(source))
	}
	return b.String()
}

// inlines returns the text in a block, in the style that stands around it.
// Code keeps its marks and emphasis that is not strong gets asterisks, because
// a style must not be all that tells them.
func inlines(parent ast.Node, source []byte, around style) []span {
	var spans []span
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			spans = append(spans, span{textOf(n, source), around})
		case *ast.String:
			spans = append(spans, span{string(n.Value), around})
		case *ast.CodeSpan:
			spans = append(spans, span{"`" + codeOf(n, source) + "`", codeStyle})
		case *ast.Emphasis:
			if n.Level == 1 {
				spans = append(spans, span{"*", around})
				spans = append(spans, inlines(n, source, around)...)
				spans = append(spans, span{"*", around})
			} else {
				spans = append(spans, inlines(n, source, strongStyle)...)
			}
		case *ast.Link:
			label := inlines(n, source, around)
			spans = append(spans, label...)
			if address := string(n.Destination); strings.Contains(address, "://") && address != joined(label) {
				spans = append(spans, span{" <" + address + ">", around})
			}
		case *ast.AutoLink:
			spans = append(spans, span{string(n.URL(source)), around})
		case *ast.RawHTML:
			for _, segment := range n.Segments.Sliced(0, n.Segments.Len()) {
				spans = append(spans, span{string(segment.Value(source)), around})
			}
		default: // an image: what it shows, in words
			spans = append(spans, inlines(n, source, around)...)
		}
	}
	return spans
}

// textOf returns a text as read: escapes and entities replaced, its line break
// behind it.
func textOf(n *ast.Text, source []byte) string {
	value := n.Segment.Value(source)
	if !n.IsRaw() {
		value = util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(value)))
	}
	switch {
	case n.HardLineBreak():
		return string(value) + string(hardBreak)
	case n.SoftLineBreak():
		return string(value) + "\n"
	}
	return string(value)
}

func codeOf(n *ast.CodeSpan, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(source))
		}
	}
	return strings.ReplaceAll(b.String(), "\n", " ")
}

func joined(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.text)
	}
	return b.String()
}
