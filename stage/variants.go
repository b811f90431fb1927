package stage

import (
	"fmt"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/wire"
)

const varies = "Negotiate, Accept, Accept-Language"

func negotiate(directive, accept, language string) wire.Fields {
	return wire.Fields{{Name: "Negotiate", Value: directive}, {Name: "Accept", Value: accept}, {Name: "Accept-Language", Value: language}}
}

// variants are scenes of transparent negotiation (RFC 2295, RFC 2296).
var variants = []Scene{
	{
		Code: 300, Name: "list-of-variants",
		Cause: lang.Text{
			En:   "The client wants to choose for itself among the three forms of the menu.",
			ZhTW: "茶單有三種形式，用戶端想要自己選。"},
		Cue: []Step{
			{Method: "GET", Path: "/lab/variants", Fields: negotiate("trans", "text/html", "en"), Status: 300,
				Carries:  wire.Fields{{Name: "TCN", Value: "list"}, {Name: "Vary", Value: varies}, {Name: "Location", Value: ""}},
				Evidence: []Evidence{lists("/lab/menu.zh-TW.html", "/lab/menu.en.html", "/lab/menu.en.json")}},
			{Method: "GET", Path: "/lab/menu.zh-TW.html", Status: 200},
			{Method: "GET", Path: "/lab/menu.en.html", Status: 200},
			{Method: "GET", Path: "/lab/menu.en.json", Status: 200},
		},
		Control: []Step{{Method: "GET", Path: "/lab/variants", Fields: negotiate("1.0", "text/html", "en"), Status: 200,
			Carries:  wire.Fields{{Name: "TCN", Value: "choice"}, {Name: "Content-Location", Value: "/lab/menu.en.html"}, {Name: "Vary", Value: varies}},
			Evidence: []Evidence{has("Alternates")}}},
		Differs: lang.Text{
			En:   "The client lets the server choose, by the algorithm of RFC 2296.",
			ZhTW: "用戶端讓伺服器以 RFC 2296 的演算法代為選擇。"},
		Over: everywhere,
	},
	{
		Code: 300, Name: "not-sure-enough",
		Cause: lang.Text{
			En:   "The server may choose, but the best form rests on a wildcard only: it does not know enough to choose.",
			ZhTW: "伺服器可以代選，但最好的一種只靠萬用字元才符合：它知道的還不夠。"},
		Cue: []Step{{Method: "GET", Path: "/lab/variants", Fields: negotiate("1.0", "application/json;q=0.9, */*", "en"), Status: 300,
			Carries: field("TCN", "list")}},
		Control: []Step{{Method: "GET", Path: "/lab/variants", Fields: negotiate("1.0", "application/json;q=0.9, text/html;q=0.5", "en"), Status: 200,
			Carries: wire.Fields{{Name: "TCN", Value: "choice"}, {Name: "Content-Location", Value: "/lab/menu.en.json"}}}},
		Differs: lang.Text{
			En:   "The client names each type with its weight.",
			ZhTW: "用戶端逐一列出型別與權重。"},
		Over: everywhere,
	},
	{
		Code: 506, Name: "variant-of-variants",
		Cause: lang.Text{
			En:   "The best variant is a resource that is negotiated itself: a mistake in the configuration, and no end of the negotiation.",
			ZhTW: "最合適的變體本身又是要協商的資源：設定有誤，協商沒有終點。"},
		Cue: []Step{
			{Method: "GET", Path: "/lab/misconfigured", Fields: negotiate("1.0", "text/html, application/problem+json, application/json;q=0.5", "en"), Status: 506,
				Evidence: []Evidence{because(11, "variant-negotiates"), names("/lab/variants")}},
			{Method: "GET", Path: "/lab/variants", Fields: negotiate("1.0", "text/html, application/json;q=0.5", "en"), Status: 200,
				Carries: field("TCN", "choice")},
		},
		Control: []Step{{Method: "GET", Path: "/lab/misconfigured", Fields: negotiate("1.0", "text/html;q=0.5, application/json", "en"), Status: 200,
			Carries: wire.Fields{{Name: "TCN", Value: "choice"}, {Name: "Content-Location", Value: "/lab/menu.en.json"}}}},
		Differs: lang.Text{
			En:   "The client prefers the other variant, which is a plain one.",
			ZhTW: "用戶端偏好另一個變體，那只是普通的資源。"},
		Over: everywhere,
	},
}

// lists: Alternates lists each of these, and the content links to it.
func lists(paths ...string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("Alternates lists all %d choices, and the content links to them", len(paths)),
			ZhTW: fmt.Sprintf("Alternates 列出全部 %d 個選項，內容也有通往它們的連結", len(paths))},
		Check: func(x *wire.Exchange) error {
			alternates := x.Answer().Fields.Get("Alternates")
			if n := strings.Count(alternates, `{"`); n != len(paths) {
				return fmt.Errorf("Alternates lists %d variants, want %d: %s", n, len(paths), alternates)
			}
			for _, path := range paths {
				if !strings.Contains(alternates, `{"`+path+`" `) {
					return fmt.Errorf("Alternates does not list %s: %s", path, alternates)
				}
				if !strings.Contains(string(x.Answer().Content.Data), `href="`+path+`"`) {
					return fmt.Errorf("the content has no link to %s", path)
				}
			}
			return nil
		},
	}
}

// variants is the menu negotiated transparently: three of its forms, with how
// good each is as a rendering of it.
func (p *plan) variants(w *origin.World) *origin.Node {
	return transparent(
		origin.Variant{Path: w.Prefix + "/menu.zh-TW.html", Type: "text/html", Language: "zh-TW", Quality: 1},
		origin.Variant{Path: w.Prefix + "/menu.en.html", Type: "text/html", Language: "en", Quality: 0.9},
		origin.Variant{Path: w.Prefix + "/menu.en.json", Type: "application/json", Language: "en", Quality: 0.7},
	)
}

// misconfigured lists, as its HTML, a resource that is negotiated itself.
func (p *plan) misconfigured(w *origin.World) *origin.Node {
	return transparent(
		origin.Variant{Path: w.Prefix + "/variants", Type: "text/html", Language: "en", Quality: 1},
		origin.Variant{Path: w.Prefix + "/menu.en.json", Type: "application/json", Language: "en", Quality: 0.7},
	)
}

func transparent(variants ...origin.Variant) *origin.Node {
	return &origin.Node{Policy: origin.Policy{Allow: readable, Transparent: true}, Variants: variants}
}
