package lint

import (
	"fmt"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A Report takes down what a rule finds in one exchange.
type Report struct {
	rule     *Rule
	earlier  *Past
	unjudged bool
	result   Result

	multistatus *multistatus // the content of the 207 at hand, once a rule has asked for it
}

// judge runs one rule; h is nil where none over several exchanges is asked.
func (r *Report) judge(rule *Rule, h *History, x *wire.Exchange) {
	if x.Described == nil && rule.In == Descriptions || x.Described != nil && rule.In == Recordings {
		return
	}
	if !x.Shows(rule.Needs) {
		r.result.Unjudged++
		r.result.Missing |= rule.Needs &^ x.Seen
		return
	}
	r.rule, r.earlier, r.unjudged = rule, nil, false
	found := len(r.result.Findings)
	if rule.Follow != nil {
		rule.Follow(h, x, r)
	} else {
		rule.Check(x, r)
	}
	r.earlier = nil
	if r.unjudged && len(r.result.Findings) == found {
		r.result.Unjudged++
		return
	}
	r.result.Judged++
}

// Against names the earlier exchange that the finding to be reported is held
// against; its message then ends with it.
func (r *Report) Against(p *Past) *Report {
	r.earlier = p
	return r
}

// Final reports a mistake in the final answer. The text's verbs are those of
// package fmt, and args fill them in both languages.
func (r *Report) Final(field string, says lang.Text, args ...any) {
	r.add(Where{Part: InFinal, Field: field}, says, args)
}

// Answer reports a mistake in answer i of x, counted over the interim answers
// and the final one.
func (r *Report) Answer(x *wire.Exchange, i int, field string, says lang.Text, args ...any) {
	if i < len(x.Interim) {
		r.add(Where{Part: InInterim, Interim: i, Field: field}, says, args)
		return
	}
	r.add(Where{Part: InFinal, Field: field}, says, args)
}

// Request reports a mistake in the request.
func (r *Report) Request(field string, says lang.Text, args ...any) {
	r.add(Where{Part: InRequest, Field: field}, says, args)
}

// needs says that the rule cannot be judged any further without the evidence,
// and whether it is there.
func (r *Report) needs(x *wire.Exchange, need wire.Evidence) bool {
	if x.Shows(need) {
		return true
	}
	r.unjudged = true
	r.result.Missing |= need &^ x.Seen
	return false
}

// Unjudged says that the recording hides what the rule would have to know.
func (r *Report) Unjudged() { r.unjudged = true }

func (r *Report) add(where Where, says lang.Text, args []any) {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = shorten(s)
		}
	}
	if len(args) > 0 {
		says = lang.Text{En: fmt.Sprintf(says.En, args...), ZhTW: fmt.Sprintf(says.ZhTW, args...)}
	}
	f := Finding{Rule: r.rule, Where: where, Message: says}
	if p := r.earlier; p != nil {
		f.Earlier = p.Number
		f.Message.En += fmt.Sprintf(" (Before: %s %s, %d.)", p.Request.Method, shorten(p.Request.Target), int(p.Answer().Status))
		f.Message.ZhTW += fmt.Sprintf("（先前：%s %s，%d。）", p.Request.Method, shorten(p.Request.Target), int(p.Answer().Status))
	}
	r.result.Findings = append(r.result.Findings, f)
}

// shorten keeps a value from a stranger's message to a readable length.
func shorten(s string) string {
	const limit = 120
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

// String returns the place in a few words: "final answer, field Allow".
func (w Where) String() string { return w.In(lang.En) }

// In returns the place in a few words of the given language.
func (w Where) In(l lang.Tag) string {
	var place lang.Text
	switch w.Part {
	case InRequest:
		place = lang.Text{En: "request", ZhTW: "請求"}
	case InInterim:
		n := w.Interim + 1
		place = lang.Text{En: fmt.Sprintf("interim answer %d", n), ZhTW: fmt.Sprintf("第 %d 個過渡回應", n)}
	default:
		place = lang.Text{En: "final answer", ZhTW: "最終回應"}
	}
	if w.Field != "" {
		place.En += ", field " + w.Field
		place.ZhTW += "，欄位 " + w.Field
	}
	return place.In(l)
}
