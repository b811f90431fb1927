package site

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// An Order is the document at /order for those who prefer JSON: the gates of
// the order of decision, first to last.
type Order struct {
	Gates []OrderGate `json:"gates"`
}

// An OrderGate is one step of the order: a question asked of every request.
type OrderGate struct {
	Number  int           `json:"number"` // as in the gate member of our problem details
	Name    lang.Text     `json:"name"`
	Asks    lang.Text     `json:"asks"`
	Answers []status.Code `json:"answers"` // codes that it may decide for
}

// An orderPage draws the order; with Way, how far one request came in it; with
// Code, where that code can be decided.
type orderPage struct {
	page
	Gates []orderedGate
	Code  status.Code // 0: none
	Last  *wire.Gate  // the gate that decided; nil: no way is asked for
	Can   []wire.Gate // the gates that may decide for Code
}

// An orderedGate is a gate as the page draws it.
type orderedGate struct {
	wire.Gate
	ID    string // for links; empty on a second gate with the same number
	State string // of a way: "passed", "decided" or "unasked"
	Can   bool   // may decide for the code of the page
}

// gates returns the order in its order; none where the site was given none.
func (s *site) gates() []wire.Gate {
	if s.Gates == nil {
		return nil
	}
	gates := slices.Clone(s.Gates())
	slices.SortStableFunc(gates, func(a, b wire.Gate) int { return a.Number - b.Number })
	return gates
}

// gatesFor returns the gates that may decide for a code.
func gatesFor(code status.Code, gates []wire.Gate) []wire.Gate {
	var can []wire.Gate
	for _, g := range gates {
		if slices.Contains(g.Answers, code) {
			can = append(can, g)
		}
	}
	return can
}

// order draws the order of decision. ?way=13 lights the way of a request that
// was decided at gate 13, ?code=412 the gates that can decide for 412.
func (s *site) order(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	chosen(w.Header())
	gates := s.gates()
	if wantsJSON(r) {
		return answerJSON(w, r, orderOf(gates))
	}
	p := orderPage{page: s.page(r)}
	query := r.URL.Query()
	if asked := query.Get("code"); asked != "" {
		code, ok := codeOf("/" + asked)
		if !ok {
			return wayUnknown()
		}
		p.Code, p.Can = code, gatesFor(code, gates)
	}
	if asked := query.Get("way"); asked != "" {
		n, err := strconv.ParseUint(asked, 10, 8)
		at := slices.IndexFunc(gates, func(g wire.Gate) bool { return g.Number == int(n) })
		if err != nil || at < 0 {
			return wayUnknown()
		}
		p.Last = &gates[at]
	}
	for i, g := range gates {
		drawn := orderedGate{Gate: g, State: stateOn(g, p.Last)}
		if i == 0 || gates[i-1].Number != g.Number {
			drawn.ID = "gate-" + strconv.Itoa(g.Number)
		}
		drawn.Can = p.Code != 0 && slices.Contains(g.Answers, p.Code)
		p.Gates = append(p.Gates, drawn)
	}
	return answerHTML(w, r, p.Lang, "order.html", p)
}

// stateOn says what a gate was on the way of a request that was decided at last.
func stateOn(g wire.Gate, last *wire.Gate) string {
	switch {
	case last == nil:
		return ""
	case g.Number < last.Number:
		return "passed"
	case g.Number == last.Number:
		return "decided"
	}
	return "unasked"
}

func orderOf(gates []wire.Gate) Order {
	order := Order{Gates: []OrderGate{}}
	for _, g := range gates {
		order.Gates = append(order.Gates, OrderGate{
			g.Number, g.Name, g.Asks, append([]status.Code{}, g.Answers...),
		})
	}
	return order
}

func wayUnknown() *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusBadRequest, Gate: 14, Reason: "way-unknown", Spec: "RFC 9110 §15.5.1",
		Detail: lang.Text{
			En:   "way is the number of a gate in the order, and code a status code, as in /order?way=13&code=412.",
			ZhTW: "way 是次序中某道關卡的號碼，code 是狀態碼，例如 /order?way=13&code=412。"},
	}
}
