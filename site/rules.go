package site

import (
	"html/template"
	"strings"

	"github.com/statute-http/statute/catalogue"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/status"
)

// A rule is a lint.Rule as a page shows it.
type rule struct {
	lint.Rule
	Specs   []string
	Summary template.HTML // the first paragraph of its page; empty while that is not written
}

// rules returns the rules that look at a code, the gravest first, and the number
// of those that look at every code.
func (p page) rules(code status.Code, to origin) (its []rule, ofAll int, err error) {
	rules, ofAll := catalogue.RulesOf(code)
	for _, r := range rules {
		shown := rule{Rule: r, Specs: strings.Split(r.Spec, "; ")}
		if text, pageErr := lint.PageOf(r.Name); pageErr == nil {
			first, _, _ := strings.Cut(strings.TrimSpace(text.Text.In(p.Lang)), "\n\n")
			if shown.Summary, err = prose(first, to); err != nil {
				return nil, 0, err
			}
		}
		its = append(its, shown)
	}
	return its, ofAll, nil
}
