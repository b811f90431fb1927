package origin

import (
	"bytes"
	"fmt"
)

// mostCells bounds the table in which the longest common subsequence is looked
// for: two octets a cell. Beyond it, all between the first difference and the
// last is replaced as one.
const mostCells = 1 << 18

// edScript returns the commands that make ed(1) turn one text into the other, as
// `diff -e` writes them: the last change first, so that the numbers of lines
// before it stay true. Both texts hold whole lines; see editable.
func edScript(from, to []byte) []byte {
	a, b := bytes.SplitAfter(from, []byte("\n")), bytes.SplitAfter(to, []byte("\n"))
	a, b = a[:len(a)-1], b[:len(b)-1] // what follows the last line's end is no line
	var script bytes.Buffer
	changes := compareLines(a, b)
	for i := len(changes) - 1; i >= 0; i-- {
		changes[i].write(&script, b)
	}
	return script.Bytes()
}

// editable reports whether an ed script can make the text: it is whole lines,
// without octets that are no text.
func editable(text []byte) bool {
	return (len(text) == 0 || text[len(text)-1] == '\n') && bytes.IndexByte(text, 0) < 0
}

// A lineChange puts lines from b1 up to b2 of the new text in the place of lines
// from a1 up to a2 of the old; counted from 0, the last excluded.
type lineChange struct{ a1, a2, b1, b2 int }

func (c lineChange) write(script *bytes.Buffer, b [][]byte) {
	lines := fmt.Sprint(c.a1 + 1)
	if c.a2-c.a1 > 1 {
		lines += fmt.Sprintf(",%d", c.a2)
	}
	switch {
	case c.b1 == c.b2:
		script.WriteString(lines + "d\n")
		return
	case c.a1 == c.a2:
		fmt.Fprintf(script, "%da\n", c.a1)
	default:
		script.WriteString(lines + "c\n")
	}
	entering := true
	for _, line := range b[c.b1:c.b2] {
		if !entering {
			script.WriteString("a\n")
			entering = true
		}
		// A line that is a dot alone would end the entering: two dots are entered,
		// and one of them is taken away.
		if string(line) == ".\n" {
			script.WriteString("..\n.\ns/.//\n")
			entering = false
			continue
		}
		script.Write(line)
	}
	if entering {
		script.WriteString(".\n")
	}
}

// compareLines finds the changes, first to last, by a longest common
// subsequence of what is left between the common beginning and end.
func compareLines(a, b [][]byte) []lineChange {
	start := 0
	for start < len(a) && start < len(b) && bytes.Equal(a[start], b[start]) {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && bytes.Equal(a[endA-1], b[endB-1]) {
		endA, endB = endA-1, endB-1
	}
	n, m := endA-start, endB-start
	if n == 0 && m == 0 {
		return nil
	}
	if n == 0 || m == 0 || (n+1)*(m+1) > mostCells {
		return []lineChange{{start, endA, start, endB}}
	}
	// common[i*(m+1)+j] is how many lines a[start+i:] and b[start+j:] share in order.
	common := make([]uint16, (n+1)*(m+1))
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if bytes.Equal(a[start+i], b[start+j]) {
				common[i*(m+1)+j] = common[(i+1)*(m+1)+j+1] + 1
			} else {
				common[i*(m+1)+j] = max(common[(i+1)*(m+1)+j], common[i*(m+1)+j+1])
			}
		}
	}
	var changes []lineChange
	for i, j := 0, 0; i < n || j < m; {
		if i < n && j < m && bytes.Equal(a[start+i], b[start+j]) {
			i, j = i+1, j+1
			continue
		}
		c := lineChange{a1: start + i, b1: start + j}
		for (i < n || j < m) && !(i < n && j < m && bytes.Equal(a[start+i], b[start+j])) {
			if j == m || i < n && common[(i+1)*(m+1)+j] >= common[i*(m+1)+j+1] {
				i++
			} else {
				j++
			}
		}
		c.a2, c.b2 = start+i, start+j
		changes = append(changes, c)
	}
	return changes
}
