package main

import "sort"

// A numbering knows which entry of an input was the nth that a Watch was given:
// what is no HTTP has a number in the input and is not judged. It holds one step
// for each such gap, and the last ones where there are very many.
type numbering struct {
	n     int
	steps []numberStep
}

// From the nth exchange on, its entry has the number n + ahead.
type numberStep struct{ n, ahead int }

const mostSteps = 1 << 16

// take says that the next exchange is the entry with the number.
func (m *numbering) take(entry int) {
	m.n++
	if last := len(m.steps) - 1; last >= 0 && m.steps[last].ahead == entry-m.n {
		return
	}
	if len(m.steps) == mostSteps {
		m.steps = m.steps[:copy(m.steps, m.steps[mostSteps/2:])]
	}
	m.steps = append(m.steps, numberStep{m.n, entry - m.n})
}

// of returns the number of the nth exchange's entry; 0 for none, or for one that
// is not remembered.
func (m *numbering) of(n int) int {
	i := sort.Search(len(m.steps), func(i int) bool { return m.steps[i].n > n })
	if n == 0 || i == 0 {
		return 0
	}
	return n + m.steps[i-1].ahead
}
