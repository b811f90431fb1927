package main

import (
	"regexp"
	"strings"
	"unicode"
)

// A span is text in one style. A line feed in it is a place where the source
// breaks the line, which means nothing; a vertical tab breaks the line here too.
type span struct {
	text  string
	style style
}

const hardBreak = '\v'

// unbroken is a space that no line is broken at.
const unbroken = "\u00a0"

var reference = regexp.MustCompile(`RFC [0-9]+( §[0-9.]+)?`)

// keepReferences makes each "RFC 9110 §15.5" stay in one line.
func keepReferences(s string) string {
	return reference.ReplaceAllStringFunc(s, func(r string) string { return strings.ReplaceAll(r, " ", unbroken) })
}

// A piece is what must not be broken: a word, or an ideograph with the
// punctuation that belongs to it.
type piece struct {
	spans []span
	width int
	space bool // a space stands before it, unless it begins a line
	hard  bool // it begins a line
}

// Where Chinese lines do not begin and do not end (the usual rules of
// typesetting): no closing mark first, no opening mark last.
const (
	neverFirst = "，。、；：！？）」』》〉】〕｝—…·～％,.;:!?)]}%"
	neverLast  = "（「『《〈【〔｛([{"
)

// wrap sets spans into lines of the terminal's width. The first line begins
// with first, the others with rest. A piece wider than a line stays whole, so
// that an address can be copied.
func (t terminal) wrap(b *strings.Builder, first, rest string, spans ...span) {
	var line []span
	used := columns(first)
	b.WriteString(first)
	flush := func() {
		for _, s := range line {
			b.WriteString(t.paint(s.style, strings.ReplaceAll(s.text, unbroken, " ")))
		}
		b.WriteByte('\n')
		line = line[:0]
	}
	for _, p := range pieces(spans) {
		gap := 0
		if p.space {
			gap = 1
		}
		if len(line) > 0 && (p.hard || used+gap+p.width > t.width) {
			flush()
			b.WriteString(rest)
			used = columns(rest)
		}
		if len(line) > 0 && p.space {
			line = join(line, span{" ", between(line[len(line)-1], p.spans[0])})
			used++
		}
		for _, s := range p.spans {
			line = join(line, s)
		}
		used += p.width
	}
	flush()
}

// wrapped returns a sentence in lines, each after the indent.
func (t terminal) wrapped(indent, text string) string {
	var b strings.Builder
	t.wrap(&b, indent, indent, span{text, plainStyle})
	return b.String()
}

// join appends a span, as a part of the last one where the styles are the same.
func join(line []span, s span) []span {
	if n := len(line); n > 0 && line[n-1].style == s.style {
		line[n-1].text += s.text
		return line
	}
	return append(line, s)
}

// between returns the style of a space between two spans.
func between(a, b span) style {
	if a.style == b.style {
		return a.style
	}
	return plainStyle
}

// pieces cuts spans where a line may be broken.
func pieces(spans []span) []piece {
	var (
		all               []piece
		last              rune // 0 at the beginning
		space, soft, hard bool // what stands between last and the next
	)
	for _, s := range spans {
		begins := true
		for _, r := range keepReferences(s.text) {
			switch {
			case r == hardBreak:
				hard = true
				continue
			case r == '\n':
				soft = true
				continue
			case unicode.IsSpace(r) && string(r) != unbroken:
				space = true
				continue
			}
			// A line break in the source is a space, but none between ideographs.
			space = space || soft && !(wide(last) && wide(r))
			if len(all) == 0 || space || soft || hard || breakable(last, r) && (begins || s.style != codeStyle) {
				all = append(all, piece{space: space, hard: hard})
			}
			p := &all[len(all)-1]
			p.spans = join(p.spans, span{string(r), s.style})
			p.width += runeColumns(r)
			last, begins, space, soft, hard = r, false, false, false, false
		}
	}
	return all
}

// breakable reports whether a line may end between two characters that no
// space parts.
func breakable(a, b rune) bool {
	return (wide(a) || wide(b)) && !strings.ContainsRune(neverFirst, b) && !strings.ContainsRune(neverLast, a)
}
