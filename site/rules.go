package site

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

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
	for _, r := range lint.All {
		switch {
		case r.Codes == nil:
			ofAll++
		case slices.Contains(r.Codes, code):
			shown := rule{Rule: r, Specs: strings.Split(r.Spec, "; ")}
			if text, pageErr := lint.PageOf(r.Name); pageErr == nil {
				first, _, _ := strings.Cut(strings.TrimSpace(text.Text.In(p.Lang)), "\n\n")
				if shown.Summary, err = prose(first, to); err != nil {
					return nil, 0, err
				}
			}
			its = append(its, shown)
		}
	}
	slices.SortStableFunc(its, func(a, b rule) int {
		return cmp.Compare(slices.Index(lint.Levels, a.Level), slices.Index(lint.Levels, b.Level))
	})
	return its, ofAll, nil
}
