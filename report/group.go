package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/statute-http/statute/lint"
)

// groups holds findings by rule: the first few of each, and how many there are.
type groups struct {
	show   int
	byRule map[string]*group // by name: checkers have rules of their own
}

type group struct {
	rule  *lint.Rule
	shown []*Finding
	n     int
}

func newGroups(show int) groups {
	return groups{show: show, byRule: map[string]*group{}}
}

// add returns how many findings of its rule there are now.
func (g *groups) add(f *Finding) int {
	its := g.byRule[f.Rule.Name]
	if its == nil {
		its = &group{rule: f.Rule}
		g.byRule[f.Rule.Name] = its
	}
	its.n++
	if len(its.shown) < g.show {
		its.shown = append(its.shown, f)
	}
	return its.n
}

// sorted returns the groups, the gravest level first, within one the most
// frequent rule.
func (g *groups) sorted() []*group {
	var all []*group
	for _, its := range g.byRule {
		all = append(all, its)
	}
	slices.SortFunc(all, func(a, b *group) int {
		return cmp.Or(
			cmp.Compare(rank(a.rule.Level), rank(b.rule.Level)),
			-cmp.Compare(a.n, b.n),
			strings.Compare(a.rule.Name, b.rule.Name))
	})
	return all
}

// orElse returns n, or otherwise where n is 0.
func orElse(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}
