package lint

import (
	"iter"
	"slices"
	"sync"

	"github.com/statute-http/statute/wire"
)

// A Checker judges exchanges by a fixed set of rules. It may be used by several
// goroutines at once.
type Checker struct {
	alone     index // rules that look at one exchange
	following index // rules that hold one exchange against those before it
}

// An index holds rules by the answers that they look at.
type index struct {
	general []*Rule      // look at every exchange
	byCode  [600][]*Rule // look at answers with this code
}

// New returns a Checker with the given rules.
func New(rules ...Rule) *Checker {
	c := new(Checker)
	for i := range rules {
		rule := &rules[i]
		if rule.Follow != nil {
			c.following.add(rule)
		} else {
			c.alone.add(rule)
		}
	}
	return c
}

func (n *index) add(rule *Rule) {
	if rule.Codes == nil {
		n.general = append(n.general, rule)
	}
	for _, code := range rule.Codes {
		n.byCode[code] = append(n.byCode[code], rule)
	}
}

// every is the Checker of all rules, made when it is first asked for.
var every = sync.OnceValue(func() *Checker { return New(All...) })

// Check judges one exchange by the given rules, by all of them if none is
// given; rules over several exchanges need a [Watch]. For many exchanges and a
// choice of rules, [New] is faster.
func Check(x *wire.Exchange, rules ...Rule) Result {
	if len(rules) == 0 {
		return every().Check(x)
	}
	return New(rules...).Check(x)
}

// reports holds reports between two exchanges; what was found is not kept.
var reports = sync.Pool{New: func() any { return new(Report) }}

// Check judges one exchange by itself.
func (c *Checker) Check(x *wire.Exchange) Result {
	r := reports.Get().(*Report)
	defer reports.Put(r)
	c.alone.judge(r, nil, x)
	result := r.result
	*r = Report{}
	return result
}

// judge runs the rules that apply to the exchange, each once.
func (n *index) judge(r *Report, h *History, x *wire.Exchange) {
	for _, rule := range n.general {
		r.judge(rule, h, x)
	}
	for i := range answers(x) {
		for _, rule := range n.of(x, i) {
			if !applied(rule, x, i) {
				r.judge(rule, h, x)
			}
		}
	}
}

// Unjudged yields the rules of one exchange that applied and could not be judged, each with the evidence that it lacked; none where a field that it
// asks for is hidden or redacted.
func (c *Checker) Unjudged(x *wire.Exchange) iter.Seq2[*Rule, wire.Evidence] {
	return func(yield func(*Rule, wire.Evidence) bool) {
		try := func(rule *Rule) bool {
			var r Report
			r.judge(rule, nil, x)
			return r.result.Unjudged == 0 || yield(rule, r.result.Missing)
		}
		for _, rule := range c.alone.general {
			if !try(rule) {
				return
			}
		}
		for i := range answers(x) {
			for _, rule := range c.alone.of(x, i) {
				if !applied(rule, x, i) && !try(rule) {
					return
				}
			}
		}
	}
}

// answers returns how many answers an exchange has, interim ones first.
func answers(x *wire.Exchange) int {
	if x.Final == nil {
		return len(x.Interim)
	}
	return len(x.Interim) + 1
}

// answer returns answer i: an interim one, or the final one.
func answer(x *wire.Exchange, i int) *wire.Response {
	if i < len(x.Interim) {
		return &x.Interim[i]
	}
	return x.Final
}

// of returns the rules for the code of answer i: none for a code that stands
// where its class cannot, so that a rule finds its answer where it looks. A 101
// is interim by its class and the last answer of its exchange in HTTP.
func (n *index) of(x *wire.Exchange, i int) []*Rule {
	code := answer(x, i).Status
	if !code.Valid() || code.Interim() != (i < len(x.Interim)) && code != 101 {
		return nil
	}
	return n.byCode[code]
}

// applied reports whether an answer before answer i has led to the rule already.
func applied(rule *Rule, x *wire.Exchange, i int) bool {
	for j := range i {
		if slices.Contains(rule.Codes, answer(x, j).Status) {
			return true
		}
	}
	return false
}
