package exam

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/statute-http/statute/status"
)

// A Choice picks cases. A field left empty picks all.
type Choice struct {
	Names  []string // names or patterns with *, ?: "redirect-*"
	Topics []string
	Levels []Level
	Codes  []status.Code
	Slow   bool // those too that wait for a subject's own time limits
}

// Of returns the cases that the choice picks, and the baselines of whatever
// abilities they need. An error names what picks nothing.
func (c Choice) Of(cases []Case) ([]Case, error) {
	var chosen []Case
	needs := map[Capability]bool{}
	for i := range cases {
		k := &cases[i]
		if !k.Baseline() && c.picks(k) {
			chosen = append(chosen, *k)
			for _, need := range k.Needs {
				needs[need] = true
			}
		}
	}
	for _, name := range c.Names {
		if !slices.ContainsFunc(cases, func(k Case) bool { return matches(name, k.Name) }) {
			return nil, fmt.Errorf("no case is called %q; statute exam --list shows all", name)
		}
	}
	for _, topic := range c.Topics {
		if !slices.ContainsFunc(cases, func(k Case) bool { return k.Topic == topic }) {
			return nil, fmt.Errorf("there is no topic %q; there are %s", topic, strings.Join(Topics(cases), ", "))
		}
	}
	var baselines []Case
	for grown := true; grown; {
		grown = false
		for i := range cases {
			k := &cases[i]
			named := slices.ContainsFunc(c.Names, func(n string) bool { return matches(n, k.Name) })
			if !k.Baseline() || !needs[k.Proves] && !named || slices.ContainsFunc(baselines, func(b Case) bool { return b.Name == k.Name }) {
				continue
			}
			baselines = append(baselines, *k)
			for _, need := range k.Needs {
				needs[need] = true
			}
			grown = true
		}
	}
	return append(baselines, chosen...), nil
}

func (c Choice) picks(k *Case) bool {
	named := slices.ContainsFunc(c.Names, func(n string) bool { return n == k.Name })
	return (len(c.Names) == 0 || slices.ContainsFunc(c.Names, func(n string) bool { return matches(n, k.Name) })) &&
		(len(c.Topics) == 0 || slices.Contains(c.Topics, k.Topic)) &&
		(len(c.Levels) == 0 || slices.Contains(c.Levels, k.Level)) &&
		(len(c.Codes) == 0 || slices.ContainsFunc(k.Codes, func(code status.Code) bool { return slices.Contains(c.Codes, code) })) &&
		(c.Slow || named || !k.Slow)
}

func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// Topics returns the topics of the cases, in their order.
func Topics(cases []Case) []string {
	var topics []string
	for i := range cases {
		if !slices.Contains(topics, cases[i].Topic) {
			topics = append(topics, cases[i].Topic)
		}
	}
	return topics
}
