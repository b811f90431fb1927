package main

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// A roff is a manual page while it is written, with the man macros.
type roff struct{ strings.Builder }

// line writes a line of macros.
func (r *roff) line(s string) { r.WriteString(s + "\n") }

func (r *roff) section(name string) { r.line(".SH " + quoted(name)) }

// text writes words, which begin no macro and stand for themselves.
func (r *roff) text(s string) { r.line(guarded(escaped(s))) }

// tagged writes a tag and, indented, a text about it.
func (r *roff) tagged(tag, text string) {
	r.line(".TP")
	r.line(guarded(`\fB` + escaped(tag) + `\fR`))
	r.text(text)
}

func (r *roff) rows(rows [][2]string) {
	for _, row := range rows {
		r.tagged(strings.TrimSpace(row[0]), row[1])
	}
}

func (r *roff) verbatim(s string) {
	r.line(".nf")
	for line := range strings.Lines(strings.TrimRight(s, "\n") + "\n") {
		r.text(strings.TrimRight(line, "\n"))
	}
	r.line(".fi")
}

// markdown writes what help texts are made of: headings, paragraphs, lists,
// code.
func (r *roff) markdown(source string) {
	r.blocks(parseMarkdown([]byte(source)), []byte(source))
}

func (r *roff) blocks(parent ast.Node, source []byte) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			r.line(".SS " + quoted(joined(inlines(n, source, plainStyle))))
		case *ast.List:
			r.list(n, source)
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			r.line(".PP")
			r.verbatim(linesOf(n, source))
		default:
			if n.PreviousSibling() != nil {
				r.line(".PP")
			}
			r.inlines(n, source)
		}
	}
}

func (r *roff) list(list *ast.List, source []byte) {
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		marker := `\(bu`
		if list.IsOrdered() {
			marker = fmt.Sprintf("%d.", number)
			number++
		}
		r.line(".IP " + marker + " 4")
		r.blocks(item, source)
	}
	r.line(".PP")
}

// inlines writes the words of a paragraph, code and strong ones in bold.
func (r *roff) inlines(n ast.Node, source []byte) {
	var b strings.Builder
	for _, s := range inlines(n, source, plainStyle) {
		switch s.style {
		case codeStyle:
			b.WriteString(`\fB` + escaped(strings.Trim(s.text, "`")) + `\fR`)
		case strongStyle:
			b.WriteString(`\fB` + escaped(s.text) + `\fR`)
		default:
			b.WriteString(escaped(s.text))
		}
	}
	r.line(guarded(b.String()))
}

// escaped replaces what roff would read as its own: the backslash, and the
// marks that it would print as typographic ones.
func escaped(s string) string {
	return strings.NewReplacer(
		`\`, `\(rs`, "-", `\-`, "`", "\\(ga", "'", `\(aq`, "^", `\(ha`, "~", `\(ti`, "\n", " ",
	).Replace(s)
}

// guarded keeps a line from being a request for beginning with a dot; the other
// mark that begins one is escaped already.
func guarded(s string) string {
	if strings.HasPrefix(s, ".") {
		return `\&` + s
	}
	return s
}

// quoted returns one argument of a macro.
func quoted(s string) string {
	return `"` + strings.ReplaceAll(escaped(s), `"`, `\(dq`) + `"`
}
