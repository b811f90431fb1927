package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/wire"
)

// text is the report for people: the rules that are broken, the gravest first,
// each with what it asks, how to mend it and where it was broken; then what was
// judged, and what could not be.
type text struct {
	w      *bufio.Writer
	o      Options
	groups groups
}

func newText(w io.Writer, o Options) *text {
	if o.Paint == nil {
		o.Paint = func(_ Style, s string) string { return s }
	}
	if o.Set == nil {
		o.Set = func(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") + "\n" }
	}
	if o.Wrap == nil {
		o.Wrap = unwrapped
	}
	return &text{w: bufio.NewWriter(w), o: o, groups: newGroups(orElse(o.Show, 3))}
}

func (t *text) in(s lang.Text) string { return s.In(t.o.Lang) }

func (t *text) Finding(f *Finding) error {
	t.groups.add(f)
	if !t.o.Live {
		return nil
	}
	fmt.Fprintf(t.w, "%s  %s  %s%s%s\n", t.o.Paint(styles[f.Rule.Level], string(f.Rule.Level)), f.Rule.Name, where(f, t.o.Lang),
		lang.Text{En: ": ", ZhTW: "："}.In(t.o.Lang), wire.Printable(t.in(f.Message)))
	return t.w.Flush()
}

func (*text) Trouble(*Trouble) error { return nil } // told on stderr; the summary counts

var styles = map[lint.Level]Style{lint.Must: Grave, lint.Should: Wrong, lint.Definition: Wrong, lint.Advice: Mild}

func (*text) End(string) error { return nil }

func (t *text) Close(tally *Tally) error {
	if t.o.Live && len(t.groups.byRule) > 0 {
		t.w.WriteByte('\n')
	}
	for _, its := range t.groups.sorted() {
		t.group(its)
	}
	t.w.WriteString(Summary(tally, t.o))
	return t.w.Flush()
}

// group writes one rule with the findings of it that are shown.
func (t *text) group(its *group) {
	r := its.rule
	fmt.Fprintf(t.w, "%s  %s  %s\n", t.o.Paint(styles[r.Level], string(r.Level)), t.o.Paint(Strong, r.Name), t.in(times(its.n)))
	fmt.Fprintf(t.w, "  %s%s%s\n\n", r.Spec, t.in(lang.Text{En: "; to mend by ", ZhTW: "；由誰修正："}), t.in(r.Who.Says()))
	t.w.WriteString(t.o.Set(t.in(mend(r))))
	for _, f := range its.shown {
		fmt.Fprintf(t.w, "\n  %s\n", t.in(place(f)))
		t.w.WriteString(t.o.Wrap("    ", wire.Printable(t.in(f.Message))))
		for _, line := range f.Lines {
			fmt.Fprintf(t.w, "      %s\n", t.o.Paint(Code, wire.Printable(line)))
		}
	}
	if rest := its.n - len(its.shown); rest > 0 {
		fmt.Fprintf(t.w, "\n  %s\n", t.in(moreFindings(rest)))
	}
	t.w.WriteByte('\n')
}

func place(f *Finding) lang.Text {
	says := func(l lang.Tag) string {
		at := wire.Printable(f.Place.Input) + lang.Text{En: ", ", ZhTW: "，"}.In(l) + fmt.Sprintf(entryWord.In(l), f.Place.Entry)
		if f.Place.Name != "" {
			at += " (" + wire.Printable(f.Place.Name) + ")"
		}
		switch {
		case f.Place.Line > 0:
			at += fmt.Sprintf(lang.Text{En: ", line %d", ZhTW: "，第 %d 行"}.In(l), f.Place.Line)
		case f.Place.Offset >= 0:
			at += fmt.Sprintf(lang.Text{En: ", octet %d", ZhTW: "，位元組 %d"}.In(l), f.Place.Offset)
		}
		return at + lang.Text{En: ": ", ZhTW: "："}.In(l) + wire.Printable(f.Where.In(l)) + against(f, l)
	}
	return lang.Text{En: says(lang.En), ZhTW: says(lang.ZhTW)}
}

// Summary returns what was judged and found, and what could not be judged, in
// lines for people.
func Summary(t *Tally, o Options) string {
	if o.Wrap == nil {
		o.Wrap = unwrapped
	}
	says := o.Wrap("", t.Says().In(o.Lang))
	lacks := t.Lacks()
	if len(lacks) == 0 {
		return says
	}
	says += o.Wrap("", lang.Text{
		En:   "Some rules could not be judged everywhere, and said nothing there. These would tell:",
		ZhTW: "有些規則並非處處都能判斷，判斷不了的地方就不作聲。以下材料可供判斷："}.In(o.Lang))
	for _, lack := range lacks {
		says += o.Wrap("  ", lack.Says().In(o.Lang))
	}
	return says
}

func unwrapped(indent, s string) string { return indent + s + "\n" }
