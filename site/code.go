package site

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"

	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

type codePage struct {
	page
	Code    status.Code
	Class   status.Class
	Valid   bool
	Entry   *status.Entry // nil unless registered
	Private []status.Private
	TreatAs status.Code
	Name    string // in the page's language, or the one best known
	Alias   string // in the other language
	Before  status.Code
	After   status.Code

	Summary  template.HTML
	Body     template.HTML
	Sections []section // of Body

	Gates   []wire.Gate // that may decide for the code
	Topics  []topicLink // that concern it
	Scenes  []scene
	Reasons []reason
	Rules   []rule
	OfAll   int
	Posed   string // the command for a posed answer

	Exams []codeExam // those that ask about it

	Browsers *browsers // nil if nothing is known
}

// code answers with the page about a code.
func (s *site) code(w http.ResponseWriter, r *http.Request, code status.Code) *wire.Refusal {
	chosen(w.Header())
	if wantsJSON(r) {
		return codeDocument(w, r, code)
	}
	p, err := codePageOf(s.page(r), code, s.originOf(r))
	if err != nil {
		// A page of ours that cannot be made is a fault of ours.
		panic(fmt.Errorf("make the page about %s: %w", code, err))
	}
	for _, of := range everyExam {
		if asked := of.questions(about(code), s.Exams.Sheets); len(asked) > 0 {
			p.Exams = append(p.Exams, codeExam{of, asked, len(of.sheets(s.Exams.Sheets)) > 0})
		}
	}
	p.Gates = gatesFor(code, s.gates())
	return answerHTML(w, r, p.Lang, "code.html", p)
}

func codePageOf(base page, code status.Code, to origin) (*codePage, error) {
	m := status.Lookup(code)
	p := &codePage{
		page:    base,
		Code:    code,
		Class:   code.Class(),
		Valid:   code.Valid(),
		Entry:   m.Entry,
		Private: m.Private,
		TreatAs: m.TreatAs,
		Reasons: reasonsOf(code),
		Posed:   to.posedLine(code),

		Browsers: browsersOf(code),
	}
	p.Before, p.After = neighbours(code)
	p.nameIt()
	var err error
	if p.Entry != nil {
		if err = p.read(to); err != nil {
			return nil, err
		}
	}
	if p.Topics, err = base.topics(concerning(code)); err != nil {
		return nil, err
	}
	if p.Scenes, err = base.scenes(code, to); err != nil {
		return nil, err
	}
	p.Rules, p.OfAll, err = base.rules(code, to)
	return p, err
}

// nameIt sets the names under which the page speaks of its code.
func (p *codePage) nameIt() {
	switch {
	case p.Entry != nil && p.Lang == "zh-TW":
		p.Name, p.Alias = p.Entry.NameZhTW, p.Entry.Name
	case p.Entry != nil:
		p.Name, p.Alias = p.Entry.Name, p.Entry.NameZhTW
	case len(p.Private) > 0:
		p.Name = p.Private[0].Name
	}
}

// NeverSent reports whether the code is recognised and not to be sent.
func (p *codePage) NeverSent() bool { return p.Entry != nil && p.Entry.Appears == status.Nowhere }

// Sceneless says why the code has no scene, if that is on purpose.
func (p *codePage) Sceneless() string { return p.In(stage.Sceneless[p.Code]) }

// Replayed reports whether a replay of the code can be seen. That of 302 is for
// comparison only.
func (p *codePage) Replayed() bool { return p.Code != 302 && slices.Contains(stage.Replayed(), p.Code) }

// InsideOnly reports whether the code stands only inside a 207.
func (p *codePage) InsideOnly() bool {
	return p.Entry != nil && p.Entry.Appears == status.InMultistatus
}

// read fills in what the manual says.
func (p *codePage) read(to origin) error {
	article, err := manual.Page(p.Code, p.Lang)
	if err != nil {
		return err
	}
	p.Sections = sectionsOf(article.Body)
	if p.Summary, err = prose(article.Summary, to); err != nil {
		return err
	}
	p.Body, err = prose(article.Body, to)
	return err
}

// neighbours returns the registered codes before and after a code, 0 for none.
func neighbours(code status.Code) (before, after status.Code) {
	for _, e := range status.Table {
		if e.Code < code {
			before = e.Code
		}
		if e.Code > code {
			return before, e.Code
		}
	}
	return before, 0
}
