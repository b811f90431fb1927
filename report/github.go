package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/wire"
)

// gitHub writes the workflow commands that GitHub Actions shows as annotations.
// It shows few of them in a step, so few are written of each rule, and one that
// counts the rest.
type gitHub struct {
	w      *bufio.Writer
	o      Options
	groups groups
}

func newGitHub(w io.Writer, o Options) *gitHub {
	return &gitHub{w: bufio.NewWriter(w), o: o, groups: newGroups(orElse(o.Show, 5))}
}

func (g *gitHub) Finding(f *Finding) error {
	if g.groups.add(f) > g.groups.show {
		return nil
	}
	says := fmt.Sprintf("%s\n%s (%s)", wire.Printable(f.Message.In(g.o.Lang)), where(f, g.o.Lang), f.Rule.Spec)
	for _, line := range f.Lines {
		says += "\n" + wire.Printable(line)
	}
	return g.annotate(annotation(f.Rule.Level), f.Place, f.Rule.Name, says)
}

func (g *gitHub) Trouble(t *Trouble) error {
	return g.annotate("error", Place{Input: t.Input}, "statute lint", wire.Printable(t.Says.In(g.o.Lang)))
}

func (g *gitHub) annotate(kind string, at Place, title, says string) error {
	line := ""
	if at.Line > 0 {
		line = fmt.Sprintf(",line=%d", at.Line)
	}
	_, err := fmt.Fprintf(g.w, "::%s file=%s%s,title=%s::%s\n", kind,
		property.Replace(wire.Printable(at.Input)), line, property.Replace(title), command.Replace(says))
	return err
}

func (*gitHub) End(string) error { return nil }

func (g *gitHub) Close(t *Tally) error {
	for _, its := range g.groups.sorted() {
		if rest := its.n - len(its.shown); rest > 0 {
			says := moreFindings(rest).In(g.o.Lang)
			fmt.Fprintf(g.w, "::notice title=%s::%s\n", property.Replace(its.rule.Name), command.Replace(says))
		}
	}
	return g.w.Flush()
}

// annotation returns the command for a level.
func annotation(l lint.Level) string {
	switch l {
	case lint.Must:
		return "error"
	case lint.Advice:
		return "notice"
	}
	return "warning"
}

// where says where a finding is, within its input: "entry 12, GET
// http://a/, final answer, field Allow".
func where(f *Finding, l lang.Tag) string {
	says := fmt.Sprintf(entryWord.In(l), f.Place.Entry)
	comma := lang.Text{En: ", ", ZhTW: "，"}.In(l)
	if f.Method != "" {
		says += comma + wire.Printable(f.Method+" "+f.URL)
	}
	return says + comma + wire.Printable(f.Where.In(l)) + against(f, l)
}

// against says which earlier entry the finding's is held against, if one is.
func against(f *Finding, l lang.Tag) string {
	if f.Earlier == 0 {
		return ""
	}
	return fmt.Sprintf(lang.Text{En: ", held against entry %d", ZhTW: "，對照第 %d 筆"}.In(l), f.Earlier)
}

var entryWord = lang.Text{En: "entry %d", ZhTW: "第 %d 筆"}

func moreFindings(n int) lang.Text {
	return lang.Text{
		En:   fmt.Sprintf("and %s more of this rule", count(n)),
		ZhTW: fmt.Sprintf("這條規則另有 %s 處", count(n)),
	}
}
