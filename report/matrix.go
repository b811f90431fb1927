package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

//go:embed matrix.html
var matrixSource string

var matrixPage = template.Must(template.New("matrix").Funcs(template.FuncMap{
	"printable": wire.Printable, "mark": func(o exam.Outcome) string { return marks[o] }, "seconds": func(l exam.Line) string { return fmt.Sprintf("%.3f", l.At.Seconds()) },
	"digits": digits,
}).Parse(matrixSource))

// What the page of a matrix shows.
type (
	matrix struct {
		Chinese  bool
		Role     exam.Role
		Subjects []matrixSubject
		Topics   []matrixTopic
		Legend   []matrixLegend
		Old      bool // there are findings of desynchronisation
	}
	matrixSubject struct {
		exam.About
		Made  string
		Fails map[exam.Level]int
	}
	matrixTopic struct {
		Name string
		Rows []matrixRow
	}
	matrixRow struct {
		exam.Entry
		Case  *exam.Case
		Name  string
		Cells []matrixCell
	}
	matrixCell struct {
		*exam.Entry
		Command string // repeats it
	}
	matrixLegend struct {
		Mark  string
		Class exam.Outcome
		Says  lang.Text
	}
)

// Matrix writes sheets of one role as one page that needs nothing else: a row a
// case, a column a subject, and behind each cell what was seen, the transcript,
// and a command that asks again.
func Matrix(w io.Writer, sheets []*exam.Sheet, cases []exam.Case, l lang.Tag) error {
	if len(sheets) == 0 {
		return fmt.Errorf("there are no sheets to lay side by side")
	}
	m := matrix{Chinese: l == lang.ZhTW, Role: sheets[0].Role}
	for _, outcome := range exam.Outcomes {
		m.Legend = append(m.Legend, matrixLegend{marks[outcome], outcome, outcomeWords[outcome]})
	}
	for _, s := range sheets {
		if s.Role != m.Role {
			return fmt.Errorf("the sheets are of different roles: %s and %s", m.Role, s.Role)
		}
		fails := map[exam.Level]int{}
		for _, level := range exam.Levels {
			fails[level] = s.Count(level)[exam.Fail]
		}
		m.Subjects = append(m.Subjects, matrixSubject{s.Subject, s.Made.Format("2006-01-02"), fails})
	}
	type key struct {
		name string
		over wire.Protocol
	}
	seen := map[key]bool{}
	for _, s := range sheets {
		for _, e := range s.Results {
			k := key{e.Case, e.Over}
			if seen[k] {
				continue
			}
			seen[k] = true
			row := matrixRow{Entry: e, Case: caseNamed(cases, e.Case), Name: e.Case}
			for _, other := range sheets {
				cell := matrixCell{}
				for i := range other.Results {
					if r := &other.Results[i]; r.Case == e.Case && r.Over == e.Over {
						cell.Entry = r
						cell.Command = fmt.Sprintf("statute exam %s %s --case %s --over %s --show", other.Role, shellWord(other.Subject.Name), e.Case, e.Over)
						m.Old = m.Old || r.Verdict == exam.Fail && r.Level == exam.Must && strings.Contains(e.Case, "poison")
					}
				}
				row.Cells = append(row.Cells, cell)
			}
			at := slices.IndexFunc(m.Topics, func(t matrixTopic) bool { return t.Name == e.Topic })
			if at < 0 {
				at = len(m.Topics)
				m.Topics = append(m.Topics, matrixTopic{Name: e.Topic})
			}
			m.Topics[at].Rows = append(m.Topics[at].Rows, row)
		}
	}
	return matrixPage.Execute(w, m)
}
