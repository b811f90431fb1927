package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/wire"
)

// mostTroubles is of how many troubles a report keeps the words.
const mostTroubles = 1000

//go:embed page.html
var pageSource string

// page is parsed once; that it parses is the tests' business.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"printable": wire.Printable, "paragraphs": paragraphs, "count": count, "digits": digits,
}).Parse(pageSource))

// html collects the findings that it shows and writes one page that needs
// nothing else: both languages, light and dark, no script.
type html struct {
	w        io.Writer
	o        Options
	groups   groups
	troubles []Trouble
}

func newHTML(w io.Writer, o Options) *html {
	return &html{w: w, o: o, groups: newGroups(orElse(o.Show, 50))}
}

func (h *html) Finding(f *Finding) error {
	h.groups.add(f)
	return nil
}

func (h *html) Trouble(t *Trouble) error {
	if len(h.troubles) < mostTroubles {
		h.troubles = append(h.troubles, *t)
	}
	return nil
}

func (*html) End(string) error { return nil }

// What the page shows.
type (
	htmlPage struct {
		Chinese  bool // the language that is shown first
		Says     lang.Text
		Counts   []htmlCount
		Rules    []htmlRule
		Troubles []Trouble
		Lacks    []htmlLack
		Made     string
		Version  string
	}
	htmlCount struct {
		Level lint.Level
		N     int
	}
	htmlRule struct {
		*lint.Rule
		N, Rest  int
		Mend     lang.Text
		Who      lang.Text
		Spec     string
		SpecURL  string
		Findings []htmlFinding
	}
	htmlFinding struct {
		*Finding
		Place lang.Text
	}
	htmlLack struct {
		Says  lang.Text
		Rules string
	}
)

func (h *html) Close(t *Tally) error {
	shown := htmlPage{
		Chinese: h.o.Lang == lang.ZhTW, Says: t.Says(), Troubles: h.troubles,
		Made: time.Now().UTC().Format(time.DateTime) + " UTC", Version: h.o.Version,
	}
	for _, l := range lint.Levels {
		shown.Counts = append(shown.Counts, htmlCount{l, t.Of(l)})
	}
	for _, its := range h.groups.sorted() {
		r := htmlRule{
			Rule: its.rule, N: its.n, Rest: its.n - len(its.shown), Mend: mend(its.rule),
			Who: its.rule.Who.Says(), Spec: its.rule.Spec, SpecURL: specURL(its.rule.Spec),
		}
		for _, f := range its.shown {
			r.Findings = append(r.Findings, htmlFinding{f, place(f)})
		}
		shown.Rules = append(shown.Rules, r)
	}
	for _, lack := range t.Lacks() {
		shown.Lacks = append(shown.Lacks, htmlLack{lack.Says(), strings.Join(lack.Rules, " ")})
	}
	var b bytes.Buffer
	if err := page.Execute(&b, shown); err != nil {
		return err
	}
	_, err := h.w.Write(b.Bytes())
	return err
}

// paragraphs returns a rule's page as HTML: its paragraphs, and the code in them.
func paragraphs(markdown string) template.HTML {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(strings.TrimSpace(markdown), "\n\n") {
		b.WriteString("<p>")
		for i, part := range strings.Split(paragraph, "`") {
			if i%2 == 1 {
				b.WriteString("<code>" + template.HTMLEscapeString(part) + "</code>")
			} else {
				b.WriteString(template.HTMLEscapeString(part))
			}
		}
		b.WriteString("</p>")
	}
	return template.HTML(b.String())
}
