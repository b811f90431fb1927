package exam

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A Plan says how cases are put to a subject.
type Plan struct {
	Cases    []Case
	Over     []wire.Protocol     // h1 if empty
	Subject  any                 // of the role's type; safe for Parallel trials at once
	Can      map[Capability]bool // what the subject says that it can do; nil: everything has to be tried
	Parallel int                 // trials at a time; 1 if zero
	Repeat   int                 // how often each case is asked; 1 if zero
	Apart    bool                // trials share nothing of the subject, so a control may run beside its case
	Scale    float64             // of all trials' time limits; 1 if zero

	// Each is told of each result as it comes, from one goroutine at a time.
	Each func(Result)
}

// A Result is what became of one case over one protocol.
type Result struct {
	Case *Case
	Over wire.Protocol
	Verdict
	Took       time.Duration
	Transcript []Line
}

// Run puts the cases to the subject: the baselines first, then all others that
// can be asked. Results come back in the order of the cases. It ends early only
// with the context; what was not asked then is void.
func Run(ctx context.Context, p Plan) []Result {
	r := &running{Plan: p, ctx: ctx, proved: map[proof]lang.Text{}}
	if len(r.Over) == 0 {
		r.Over = []wire.Protocol{wire.H1}
	}
	if r.Scale <= 0 {
		r.Scale = 1
	}
	var results []Result
	for i := range p.Cases {
		for _, over := range r.Over {
			if p.Cases[i].Plays(over) {
				results = append(results, Result{Case: &p.Cases[i], Over: over})
			}
		}
	}
	r.phase(results, 1, (*Case).Baseline)
	r.phase(results, max(1, r.Parallel), func(c *Case) bool { return !c.Baseline() && !c.Alone })
	r.phase(results, 1, func(c *Case) bool { return !c.Baseline() && c.Alone })
	return results
}

// A proof is a capability over one protocol.
type proof struct {
	Capability
	over wire.Protocol
}

type running struct {
	Plan
	ctx    context.Context
	places chan struct{}  // of the phase: as many as may be asked at once
	under  sync.WaitGroup // what is asked just now

	mu     sync.Mutex
	proved map[proof]lang.Text // baselines that were tried: why the subject lacks it, or nothing
	told   sync.Mutex
}

// phase asks some of the cases, so many at once: the baselines one after the
// other, since they build on each other, then what can be asked side by side, then
// what cannot.
func (r *running) phase(results []Result, atOnce int, which func(*Case) bool) {
	r.places = make(chan struct{}, atOnce)
	var asked []*Result
	for i := range results {
		if which(results[i].Case) {
			asked = append(asked, &results[i])
		}
	}
	if atOnce > 1 {
		// The longest first, so that nothing is left to wait for alone.
		slices.SortStableFunc(asked, func(a, b *Result) int { return cmp.Compare(b.Case.Limit, a.Case.Limit) })
	}
	for _, result := range asked {
		r.places <- struct{}{}
		r.under.Go(func() {
			defer func() { <-r.places }()
			r.ask(result)
			if r.Each != nil {
				r.told.Lock()
				defer r.told.Unlock()
				r.Each(*result)
			}
		})
	}
	r.under.Wait()
}

// ask comes to the verdict on one case.
func (r *running) ask(result *Result) {
	began := time.Now()
	defer func() { result.Took = time.Since(began) }()
	if why := r.lacks(result); why != (lang.Text{}) {
		result.Verdict = NotAsked(why)
	} else {
		r.repeat(result)
	}
	if c := result.Case; c.Baseline() {
		if result.Outcome != Pass && result.Outcome != NA {
			result.Verdict = NotAsked(result.Detail) // an ability is lacked, not failed
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if result.Outcome == Pass {
			r.proved[proof{c.Proves, result.Over}] = lang.Text{}
		} else {
			r.proved[proof{c.Proves, result.Over}] = lang.Text{
				En:   fmt.Sprintf("The subject does not do the plain thing: %s (%s).", c.Name, result.Detail.En),
				ZhTW: fmt.Sprintf("受測對象連基本的都做不到：%s（%s）。", c.Name, result.Detail.ZhTW)}
		}
	}
}

// lacks says why the case cannot be asked; nothing if it can.
func (r *running) lacks(result *Result) lang.Text {
	needs := result.Case.Needs
	if result.Case.Baseline() {
		needs = append([]Capability{result.Case.Proves}, needs...)
	}
	for _, need := range needs {
		if why := r.without(need, result.Over); why != (lang.Text{}) {
			return why
		}
	}
	return lang.Text{}
}

// without says why the subject lacks a capability; nothing if it does not.
func (r *running) without(c Capability, over wire.Protocol) lang.Text {
	if r.Can != nil && !r.Can[c] {
		return lang.Text{
			En:   fmt.Sprintf("The subject has no means for %q.", c),
			ZhTW: fmt.Sprintf("受測對象沒有提供「%s」的能力。", c)}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.proved[proof{c, over}]
}

// repeat asks as often as the plan says. Answers that differ are flaky.
func (r *running) repeat(result *Result) {
	for n := range max(1, r.Repeat) {
		verdict, lines := r.settle(result)
		if n > 0 && (verdict.Outcome != result.Outcome || verdict.Value != result.Value) {
			first := result.Verdict
			result.Verdict = Verdict{Outcome: Flaky, Detail: lang.Text{
				En:   fmt.Sprintf("Asked again, it did something else: first %s %s (%s), then %s %s (%s)", first.Outcome, first.Value, first.Detail.En, verdict.Outcome, verdict.Value, verdict.Detail.En),
				ZhTW: fmt.Sprintf("再問一次，結果不同：先是 %s %s（%s），後是 %s %s（%s）", first.Outcome, first.Value, first.Detail.ZhTW, verdict.Outcome, verdict.Value, verdict.Detail.ZhTW)}}
			result.Transcript = lines
			return
		}
		result.Verdict, result.Transcript = verdict, lines
	}
}

// settle makes the trial. A fail is asked once more, beside the control: it
// counts if it comes again and the control is in order. The two are held at the
// same time if there is room, since a fail is often a long wait.
func (r *running) settle(result *Result) (Verdict, []Line) {
	verdict, lines, _ := r.try(result, false)
	if verdict.Outcome != Fail || result.Case.Baseline() {
		return verdict, lines
	}
	var again Verdict
	var againLines []Line
	tryAgain := sync.OnceFunc(func() { again, againLines, _ = r.try(result, false) })
	if r.Apart {
		r.beside(tryAgain)
	}
	control, controlLines, controlled := r.try(result, true)
	if controlled && control.Outcome == Fail {
		return NotAsked(lang.Text{
			En:   "The subject fails the control too, in which nothing is odd: " + control.Detail.En,
			ZhTW: "受測對象連毫無異狀的對照組也不通過：" + control.Detail.ZhTW}), controlLines
	}
	tryAgain()
	if again.Outcome != Fail {
		again.Detail = lang.Text{
			En:   fmt.Sprintf("It failed once (%s), then not: %s", verdict.Detail.En, again.Detail.En),
			ZhTW: fmt.Sprintf("一次不通過（%s），一次卻通過：%s", verdict.Detail.ZhTW, again.Detail.ZhTW)}
		again.Outcome = Flaky
	}
	return again, againLines
}

// beside begins something now if the plan has a place free for it.
func (r *running) beside(do func()) {
	select {
	case r.places <- struct{}{}:
		r.under.Go(func() {
			defer func() { <-r.places }()
			do()
		})
	default:
	}
}

// try makes one trial within its time.
func (r *running) try(result *Result, control bool) (verdict Verdict, lines []Line, controlled bool) {
	limit := result.Case.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	ctx, cancel := context.WithTimeout(r.ctx, time.Duration(float64(limit)*r.Scale))
	defer cancel()
	t := &Trial{
		Context: ctx, Case: result.Case, Over: result.Over, Subject: r.Subject,
		Nonce: NewNonce(), Record: NewTranscript(), Control: control,
		controlled: new(atomic.Bool),
		has:        func(c Capability) bool { return r.without(c, result.Over) == (lang.Text{}) },
	}
	defer func() {
		t.Record.close()
		lines, controlled = t.Record.Lines(), t.controlled.Load()
		if fault := recover(); fault != nil {
			verdict = Voided(lang.Text{
				En:   fmt.Sprintf("The case itself broke down: %v\n%s", fault, debug.Stack()),
				ZhTW: fmt.Sprintf("題目本身出錯：%v\n%s", fault, debug.Stack())})
		}
	}()
	if r.ctx.Err() != nil {
		return Voided(lang.Text{En: "The exam was ended before this was asked.", ZhTW: "考試在問到這一題之前就結束了。"}), nil, false
	}
	return result.Case.Run(t), nil, false
}
