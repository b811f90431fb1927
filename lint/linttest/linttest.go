// Package linttest fails a test when the HTTP traffic in it breaks a rule of
// package lint.
//
// [Handler] judges what a handler answers, [Transport] what a client is answered
// and what it makes of that:
//
//	func TestShop(t *testing.T) {
//		server := httptest.NewServer(linttest.Handler(t, shop.Handler()))
//		defer server.Close()
//		client := &http.Client{Transport: linttest.Transport(t, nil)}
//		...
//	}
//
// Nothing is changed on the way, and the exchanges of one Handler or Transport
// are also held against one another. What net/http hides from both is not
// judged: a rule concludes nothing from what it cannot see. Findings of level
// advice do not fail; [FailOn] and [Ignore] choose otherwise.
package linttest

import (
	"strings"
	"sync"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/wire"
)

// TB is what is used of a *testing.T.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Cleanup(func())
}

// An Option chooses what fails.
type Option func(*judge)

// FailOn makes findings of the level and of graver ones fail.
func FailOn(level lint.Level) Option {
	return func(j *judge) { j.level = level }
}

// Ignore leaves rules out.
func Ignore(names ...string) Option {
	return func(j *judge) {
		for _, name := range names {
			if _, ok := lint.Lookup(name); !ok {
				j.t.Errorf("linttest.Ignore: there is no rule %q", name)
			}
			j.ignored[name] = true
		}
	}
}

// A judge judges the exchanges of one test.
type judge struct {
	t       TB
	level   lint.Level
	ignored map[string]bool
	watch   *lint.Watch

	mu   sync.Mutex // guards the rest
	over bool       // the test is, and must not be told any more
	told map[string]bool
	open map[*kept]bool // answers whose content is being read
}

func newJudge(t TB, options []Option) *judge {
	j := &judge{t: t, level: lint.Definition, ignored: map[string]bool{}, told: map[string]bool{}, open: map[*kept]bool{}}
	for _, o := range options {
		o(j)
	}
	var rules []lint.Rule
	for _, r := range lint.All {
		if !j.ignored[r.Name] && j.fails(r.Level) {
			rules = append(rules, r)
		}
	}
	j.watch = lint.New(rules...).Watch(lint.Memory{})
	t.Cleanup(j.end)
	return j
}

func (j *judge) fails(l lint.Level) bool {
	for _, level := range lint.Levels {
		switch level {
		case l:
			return true
		case j.level:
			return false
		}
	}
	return false
}

// mostTold is how many different findings a test is told.
const mostTold = 100

// exchange judges one exchange. What was told once of a resource is not told
// again.
func (j *judge) exchange(x *wire.Exchange) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.over {
		return
	}
	j.t.Helper()
	for _, f := range j.watch.Check(x).Findings {
		path, _, _ := strings.Cut(x.Request.Target, "?")
		what := f.Rule.Name + " " + x.Request.Method + " " + path
		if j.told[what] || len(j.told) == mostTold {
			continue
		}
		j.told[what] = true
		j.t.Errorf("%s %s got %s, which breaks %s (%s, %s): %s: %s\n\tSee: statute explain --rule %s",
			x.Request.Method, x.Request.Target, x.Answer().Status, f.Rule.Name, f.Rule.Level, f.Rule.Spec,
			f.Where, f.Message.En, f.Rule.Name)
	}
}

// end judges the answers whose content was never read to its end.
func (j *judge) end() {
	j.mu.Lock()
	var open []*kept
	for k := range j.open {
		open = append(open, k)
	}
	j.mu.Unlock()
	for _, k := range open {
		k.finish()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.over = true
}

// keptContent is how many octets of each content are looked at.
const keptContent = 1 << 20

// take adds octets to what is known of a content.
func take(c *wire.Content, octets []byte) {
	c.Length += int64(len(octets))
	c.Data = append(c.Data, octets[:min(len(octets), keptContent-len(c.Data))]...)
}
