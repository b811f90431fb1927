package server

import (
	"fmt"
	"slices"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// An answer is one thing that a server may lawfully do, and why.
type answer struct {
	from, to status.Code   // the codes; zero: no answer but an end
	but      []status.Code // none of these among them
	codes    []status.Code
	why      lang.Text
	holds    []check
}

// A check says what the answer lacks; nothing if it is in order.
type check func(*setting, *wire.Exchange) lang.Text

// may is a lawful answer with one of the codes.
func may(en, zhTW string, codes ...status.Code) answer {
	return answer{codes: codes, why: lang.Text{En: en, ZhTW: zhTW}}
}

// any4xx is a refusal of any kind, where the requirement names no code.
func any4xx(en, zhTW string) answer {
	return answer{from: 400, to: 499, why: lang.Text{En: en, ZhTW: zhTW}}
}

// answered is a final answer of any kind.
func answered(en, zhTW string) answer {
	return answer{from: 200, to: 599, why: lang.Text{En: en, ZhTW: zhTW}}
}

// anythingBut is whatever says that the request was read and understood, or
// refused, except some codes: where a requirement forbids an answer and asks for
// none.
func anythingBut(en, zhTW string, codes ...status.Code) answer {
	return answer{from: 200, to: 501, but: append([]status.Code{500}, codes...), why: lang.Text{En: en, ZhTW: zhTW}}
}

// ends is the lawful end of the connection, or of the stream, without an answer.
func ends(en, zhTW string) answer { return answer{why: lang.Text{En: en, ZhTW: zhTW}} }

// and adds what the answer has to show besides.
func (a answer) and(c ...check) answer {
	a.holds = append(slices.Clip(a.holds), c...)
	return a
}

func (a answer) allows(c status.Code) bool {
	return slices.Contains(a.codes, c) || a.from != 0 && a.from <= c && c <= a.to && !slices.Contains(a.but, c)
}

func (a answer) name() string {
	switch {
	case a.from != 0:
		name := fmt.Sprintf("%d-%d", a.from, a.to)
		for _, c := range a.but {
			name += fmt.Sprintf(" ≠%d", c)
		}
		return name
	case len(a.codes) == 0:
		return "–"
	}
	var names []string
	for _, c := range a.codes {
		if c == 0 {
			return "HTTP/0.9"
		}
		names = append(names, fmt.Sprint(c))
	}
	return strings.Join(names, ", ")
}

// ask makes a case of one request and the answers that are lawful for it. Wants
// and Codes come from the answers.
func ask(c exam.Case, q func(*setting) *peer.Request, lawful ...answer) exam.Case {
	c.Wants, c.Codes = wants(lawful), concerned(c.Codes, lawful)
	c.Run = stage(func(s *setting) exam.Verdict {
		// The control, in which nothing is odd.
		if exam.Either(s.Trial, false, true) {
			return s.plain()
		}
		return s.judge(s.ask(q(s)), lawful)
	})
	return c
}

// octets makes a case of octets on an HTTP/1.1 connection.
func octets(c exam.Case, template string, lawful ...answer) exam.Case {
	c.Over = h1
	return ask(c, exactly(template), lawful...)
}

// exactly is a request of octets, after which a look is taken at what follows.
func exactly(template string) func(*setting) *peer.Request {
	method, _, _ := strings.Cut(strings.TrimLeft(template, "\r\n"), " ")
	return func(s *setting) *peer.Request {
		return &peer.Request{Method: method, Octets: s.raw(template), Linger: lookAfter}
	}
}

// against gives a case a closer control than the plain GET: a request that
// differs from the case's in nothing but what it tests, and the answers to it
// without which the case says nothing.
func against(c exam.Case, q func(*setting) *peer.Request, calm ...answer) exam.Case {
	tested := c.Run
	control := stage(func(s *setting) exam.Verdict { return s.judge(s.ask(q(s)), calm) })
	c.Run = func(t *exam.Trial) exam.Verdict { return exam.Either(t, tested, control)(t) }
	return c
}

func wants(lawful []answer) lang.Text {
	var en, zh []string
	for _, a := range lawful {
		en = append(en, a.name()+": "+a.why.En)
		zh = append(zh, a.name()+"："+a.why.ZhTW)
	}
	return lang.Text{En: strings.Join(en, " "), ZhTW: strings.Join(zh, "")}
}

// concerned lists the codes that a case is about: those given, or those that are
// lawful, success aside unless nothing else is.
func concerned(given []status.Code, lawful []answer) []status.Code {
	if given != nil {
		return given
	}
	var codes []status.Code
	for _, a := range lawful {
		for _, c := range a.codes {
			if c != 0 && !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
		if a.from == 400 && !slices.Contains(codes, 400) {
			codes = append(codes, 400)
		}
	}
	return codes
}

// plain is the control: the plain GET of the file.
func (s *setting) plain() exam.Verdict {
	x := s.ask(get(s.subject.File))
	if x.Final != nil && x.Final.Status == 200 {
		return exam.Passed(say("The plain GET was answered with 200.", "單純的 GET 得到 200。"))
	}
	return exam.Failed(say("The plain GET: %s.", "單純的 GET：%s。", did(x)))
}

// succeeds is any success, where the requirement names no code.
var succeeds = answer{from: 200, to: 299, why: lang.Text{En: "It is done.", ZhTW: "已完成。"}}

// judge grades what came by the lawful answers.
func (s *setting) judge(x *wire.Exchange, lawful []answer) exam.Verdict {
	for _, a := range lawful {
		if !s.came(x, a) {
			continue
		}
		for _, holds := range a.holds {
			if lack := holds(s, x); lack != (lang.Text{}) {
				return exam.Failed(lang.Text{En: did(x) + ", and " + lack.En + ".", ZhTW: did(x) + "，而" + lack.ZhTW + "。"})
			}
		}
		seen := lang.Text{En: did(x) + ". " + a.why.En, ZhTW: did(x) + "。" + a.why.ZhTW}
		return exam.Passed(seen)
	}
	return exam.Failed(say("%s.", "%s。", did(x)))
}

// came reports whether the answer is the one that came.
func (s *setting) came(x *wire.Exchange, a answer) bool {
	if x.Final != nil && x.Final.Status != 0 {
		return a.allows(x.Final.Status)
	}
	if x.Final != nil { // no status line: HTTP/0.9 perhaps, which an answer allows as code 0
		return slices.Contains(a.codes, 0)
	}
	return a.from == 0 && len(a.codes) == 0 && x.End != wire.EndSilent
}

// did says what came in a few words that both languages share.
func did(x *wire.Exchange) string {
	switch {
	case x.Final == nil:
		return "– (" + string(x.End) + ")"
	case x.Final.Status == 0:
		return "– (no HTTP)"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", x.Final.Status, x.Final.Reason))
}
