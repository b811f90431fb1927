package stage

import (
	"context"
	"net/http"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/wire"
)

var (
	coffeepot = field("Content-Type", "message/coffeepot")
	teapot    = field("Content-Type", "message/teapot")
)

var retired = []Scene{
	{
		Code: 418, Name: "coffee-from-a-teapot",
		Cause: lang.Text{
			En:   "A pot that is a teapot, and will stay one, is told to brew coffee.",
			ZhTW: "一把永遠都是茶壺的壺，被要求煮咖啡。"},
		Cue: append(ownWorld,
			Step{Method: "BREW", Path: "{location}pots/tea", Fields: coffeepot, Content: "start", Status: 418,
				Evidence: []Evidence{because(9, "teapot"), names("message/teapot")}},
			Step{Method: "GET", Path: "{location}pots/tea", Status: 200, Evidence: []Evidence{content("teapot: idle\n")}}),
		Control: []Step{
			{Method: "BREW", Path: "{location}pots/coffee", Fields: coffeepot, Content: "start", Status: 200, Evidence: []Evidence{content("coffeepot: brewing\n")}},
			{Method: "GET", Path: "{location}pots/coffee", Status: 200, Evidence: []Evidence{content("coffeepot: brewing\n")}},
			{Method: "BREW", Path: "{location}page", Fields: coffeepot, Content: "start", Status: 405, Evidence: []Evidence{has("Allow")}},
		},
		Differs: lang.Text{En: "The pot is a coffee pot; and a page is no pot at all.", ZhTW: "那是一把咖啡壺；再對一個根本不是壺的網頁送一次。"},
		Over:    everywhere,
	},
	{
		Code: 418, Name: "tea-instead",
		Cause: lang.Text{
			En:   "The same by POST, with an addition that the teapot does not have either: being a teapot comes first.",
			ZhTW: "改用 POST 要求，還要了茶壺沒有的添加物：首先，它是茶壺。"},
		Cue: append(ownWorld,
			Step{Method: "POST", Path: "{location}pots/tea", Fields: wire.Fields{coffeepot[0], {Name: "Accept-Additions", Value: "Whisky"}},
				Content: "start", Status: 418, Evidence: []Evidence{because(9, "teapot")}}),
		Control: []Step{{Method: "POST", Path: "{location}pots/tea", Fields: wire.Fields{teapot[0], {Name: "Accept-Additions", Value: "Sugar"}},
			Content: "start", Status: 200, Evidence: []Evidence{content("teapot: brewing\n")}}},
		Differs: lang.Text{En: "It is asked for tea, and for sugar, which it has.", ZhTW: "向它要的是茶，還有它有的糖。"},
		Over:    everywhere,
	},
	{
		Code: 406, Name: "coffee-with-whisky",
		Cause: lang.Text{
			En:   "The coffee is to come with whisky, and this pot can add milk and cream only.",
			ZhTW: "咖啡要加威士忌，而這把壺只能加牛奶與鮮奶油。"},
		Cue: append(ownWorld,
			Step{Method: "BREW", Path: "{location}pots/coffee", Fields: wire.Fields{coffeepot[0], {Name: "Accept-Additions", Value: "Whisky"}},
				Content: "start", Status: 406, Evidence: []Evidence{because(11, "no-such-addition"), names("Cream")}},
			Step{Method: "GET", Path: "{location}pots/coffee", Status: 200, Evidence: []Evidence{content("coffeepot: idle\n")}}),
		Control: []Step{{Method: "BREW", Path: "{location}pots/coffee", Fields: wire.Fields{coffeepot[0], {Name: "Accept-Additions", Value: "Whisky, Cream;q=0.5"}},
			Content: "start", Status: 200}},
		Differs: lang.Text{En: "Cream will do as well.", ZhTW: "鮮奶油也行。"},
		Over:    everywhere,
	},
}

// pots are two pots on a shelf: one for tea, one for coffee.
func (p *plan) pots(w *origin.World, rel string) *origin.Node {
	name, pot, takes := "", &origin.Pot{}, []string(nil)
	switch rel {
	case "/pots/tea":
		name, pot = "teapot", &origin.Pot{Teapot: true, Additions: []string{"Sugar", "Whole-milk"}}
		takes = []string{"message/teapot"} // RFC 7168 §3
	case "/pots/coffee":
		name, pot = "coffeepot", &origin.Pot{Additions: []string{"Cream", "Whole-milk"}}
		takes = []string{"message/coffeepot", "application/coffee-pot-command"}
	default:
		return nothing()
	}
	note := "pot " + rel
	return &origin.Node{
		Policy: origin.Policy{
			Allow: []string{http.MethodGet, http.MethodHead, "BREW", http.MethodPost, http.MethodOptions},
			Takes: takes, Most: 1 << 10, Valid: validBrew,
		},
		Pot: pot,
		Look: func(ctx context.Context) (*origin.Look, error) {
			state, err := w.Noted(ctx, note)
			if state == "" {
				state = "idle"
			}
			return &origin.Look{Type: "text/plain; charset=utf-8", Content: []byte(name + ": " + state + "\n")}, err
		},
		Act: func(ctx context.Context, _ *http.Request, content []byte) (*origin.Outcome, error) {
			state := "brewing"
			if command(content) == "stop" {
				state = "idle"
			}
			if err := w.Note(ctx, note, state, func(string, string) bool { return false }); err != nil {
				return nil, room(err)
			}
			return origin.Done("text/plain; charset=utf-8", []byte(name+": "+state+"\n")), nil
		},
	}
}

// validBrew: RFC 2324 §4, the content is one of two words.
func validBrew(_ string, content []byte) *origin.Invalid {
	if c := command(content); c != "start" && c != "stop" {
		return &origin.Invalid{Member: "content", Why: `say "start" or "stop"`, WhyZhTW: "請寫 start 或 stop"}
	}
	return nil
}

func command(content []byte) string { return strings.TrimSpace(string(content)) }
