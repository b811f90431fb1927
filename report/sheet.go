package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// The reports of exams: what one subject did ([SheetText], [SheetJUnit]), and
// what several did side by side ([Matrix]).

// marks are how an outcome is written where there is room for one letter.
var marks = map[exam.Outcome]string{
	exam.Pass: ".", exam.Refused: "r", exam.Fail: "F", exam.Value: "i", exam.NA: "-", exam.Void: "V", exam.Flaky: "~",
}

// outcomeWords say what an outcome means.
var outcomeWords = map[exam.Outcome]lang.Text{
	exam.Pass:    {En: "passed", ZhTW: "通過"},
	exam.Refused: {En: "refused with an error, as it may", ZhTW: "以錯誤拒絕，合法"},
	exam.Fail:    {En: "failed", ZhTW: "未通過"},
	exam.Value:   {En: "recorded: the specifications leave it open", ZhTW: "記錄：規格未限定"},
	exam.NA:      {En: "not asked", ZhTW: "未問"},
	exam.Void:    {En: "could not be staged", ZhTW: "無法布置"},
	exam.Flaky:   {En: "not the same when asked again", ZhTW: "重問結果不同"},
}

// SheetText writes a sheet for people: the outcome of each case, topic by topic,
// then what went wrong, the gravest first, with the sentence that was broken.
func SheetText(w io.Writer, s *exam.Sheet, cases []exam.Case, unexpected []exam.Entry, o Options) error {
	b := &strings.Builder{}
	paint := func(st Style, text string) string {
		if o.Paint == nil {
			return text
		}
		return o.Paint(st, text)
	}
	wrap := func(indent, text string) string {
		if o.Wrap == nil {
			return indent + text + "\n"
		}
		return o.Wrap(indent, text)
	}
	b.WriteString(paint(Strong, wire.Printable(strings.TrimSpace(s.Subject.Name+" "+s.Subject.Brief()))) + "\n\n")
	for _, topic := range topicsOf(s) {
		fmt.Fprintf(b, "  %-12s ", topic)
		for _, e := range s.Results {
			if e.Topic == topic {
				st := Code
				if e.Verdict == exam.Fail {
					st = Grave
				}
				b.WriteString(paint(st, marks[e.Verdict]))
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	counts := s.Count("")
	for _, outcome := range exam.Outcomes {
		if n := counts[outcome]; n > 0 {
			fmt.Fprintf(b, "  %s %4d  %s", marks[outcome], n, outcomeWords[outcome].In(o.Lang))
			if outcome == exam.NA {
				b.WriteString(lang.Text{En: "; --show says why", ZhTW: "；原因見 --show"}.In(o.Lang))
			}
			if outcome == exam.Fail {
				for _, level := range exam.Levels {
					if at := s.Count(level)[outcome]; at > 0 {
						fmt.Fprintf(b, "  %s %d", level, at)
					}
				}
			}
			b.WriteString("\n")
		}
	}
	for _, e := range worst(s) {
		fmt.Fprintf(b, "\n%s %s (%s)\n", paint(Grave, string(e.Verdict)), paint(Strong, e.Case), e.Over)
		fmt.Fprintf(b, "  %s, %s\n", e.Level, e.Spec)
		if c := caseNamed(cases, e.Case); c != nil {
			b.WriteString(wrap("  ", lang.Text{En: "Met: ", ZhTW: "情境："}.In(o.Lang)+c.Stages.In(o.Lang)))
			b.WriteString(wrap("  ", lang.Text{En: "Lawful: ", ZhTW: "合法的做法："}.In(o.Lang)+c.Wants.In(o.Lang)))
		}
		b.WriteString(wrap("  ", lang.Text{En: "Seen: ", ZhTW: "看到："}.In(o.Lang)+wire.Printable(e.Detail)))
	}
	if len(unexpected) > 0 {
		b.WriteString("\n" + paint(Strong, lang.Text{En: "Not as expected", ZhTW: "與預期不符"}.In(o.Lang)) + "\n")
		for _, e := range unexpected {
			fmt.Fprintf(b, "  %-34s %-3s %s %s\n", e.Case, e.Over, e.Verdict, wire.Printable(e.Value))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// worst returns what went wrong, the gravest first.
func worst(s *exam.Sheet) []exam.Entry {
	var all []exam.Entry
	for _, e := range s.Results {
		if e.Verdict == exam.Fail || e.Verdict == exam.Flaky || e.Verdict == exam.Void {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b exam.Entry) int {
		return cmp.Or(slices.Index(exam.Outcomes, a.Verdict)-slices.Index(exam.Outcomes, b.Verdict),
			slices.Index(exam.Levels, a.Level)-slices.Index(exam.Levels, b.Level))
	})
	return all
}

func topicsOf(s *exam.Sheet) []string {
	var topics []string
	for i := range s.Results {
		if t := s.Results[i].Topic; !slices.Contains(topics, t) {
			topics = append(topics, t)
		}
	}
	return topics
}

func caseNamed(cases []exam.Case, name string) *exam.Case {
	for i := range cases {
		if cases[i].Name == name {
			return &cases[i]
		}
	}
	return nil
}
