package main

import (
	"strings"

	extended "github.com/yuin/goldmark/extension/ast"
)

// table sets a table: in columns where all of it fits side by side, else row by
// row, each cell behind the head of its column.
func (m *markdownSetter) table(table *extended.Table, rest string) {
	const gap = 2
	var rows [][]string
	for row := table.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, strings.TrimSpace(joined(inlines(cell, m.source, plainStyle))))
		}
		rows = append(rows, cells)
	}
	head := rows[0]
	widths, total := make([]int, len(head)), len(rest)
	for i := range head {
		for _, row := range rows {
			widths[i] = max(widths[i], columns(row[i]))
		}
		total += widths[i] + gap
	}
	if total-gap > m.width {
		m.records(head, rows[1:], rest)
		return
	}
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			if j < len(row)-1 {
				cell = pad(cell, widths[j]+gap)
			}
			line.WriteString(cell)
		}
		text := strings.TrimRight(line.String(), " ")
		if i == 0 {
			text = m.paint(strongStyle, text)
		}
		m.b.WriteString(rest + text + "\n")
	}
}

// records sets rows one below the other.
func (m *markdownSetter) records(head []string, rows [][]string, rest string) {
	for i, row := range rows {
		if i > 0 {
			m.b.WriteByte('\n')
		}
		m.wrap(&m.b, rest, rest, span{row[0], strongStyle})
		for j := 1; j < len(row); j++ {
			if row[j] != "" {
				m.wrap(&m.b, rest+bodyIndent, rest+bodyIndent+bodyIndent, span{head[j] + ": " + row[j], plainStyle})
			}
		}
	}
}
