package site

import (
	"slices"

	"github.com/statute-http/statute/compat"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// browsers are the facts about a code as its page shows them: a row a browser, a
// column a use of the code. Remarks stand once, below the table.
type browsers struct {
	Uses    []string // "rel=preload"; empty: the code as such
	Rows    []browserRow
	Remarks []remark
	Source  string
}

type browserRow struct {
	Browser string
	Cells   []browserCell
}

type browserCell struct {
	Since string // empty: not supported
	Mark  int    // number of the remark, 0 for none
}

// A remark is a preference that has to be set, or a note.
type remark struct {
	Flag string
	Note lang.Text
}

// browsersOf returns what is known of a code, nil if nothing is.
func browsersOf(code status.Code) *browsers {
	features := compat.Of(code)
	if features == nil {
		return nil
	}
	b := &browsers{Source: compat.Source()}
	for column, f := range features {
		b.Uses = append(b.Uses, f.Name)
		for row, s := range f.Support { // the same browsers in each feature, in one order
			if column == 0 {
				b.Rows = append(b.Rows, browserRow{Browser: s.Browser})
			}
			b.Rows[row].Cells = append(b.Rows[row].Cells, browserCell{s.Since, b.mark(remark{s.Flag, s.Note})})
		}
	}
	return b
}

// mark returns the number of a remark, which it adds if it is new.
func (b *browsers) mark(r remark) int {
	if r == (remark{}) {
		return 0
	}
	i := slices.Index(b.Remarks, r)
	if i < 0 {
		i, b.Remarks = len(b.Remarks), append(b.Remarks, r)
	}
	return i + 1
}
