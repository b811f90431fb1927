package stage

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/wire"
)

var policy = []Scene{
	{
		Code: 451, Name: "reader-in-freedonia",
		Cause: lang.Text{
			En:   "An order of Freedonia forbids this recipe there, and the reader's address is in Freedonia.",
			ZhTW: "自由邦的命令禁止在當地提供這份食譜，而讀者的位址在自由邦。"},
		Cue: []Step{{Method: "GET", Path: "/lab/banned/1", From: "127.0.1.5", Status: 451,
			Evidence: []Evidence{because(7, "legal-demand"), names("F-1"), carries("Link", blockedBy), carries("Cache-Control", "no-store")}}},
		Control: []Step{{Method: "GET", Path: "/lab/banned/1", From: "127.0.2.5", Status: 200,
			Evidence: []Evidence{carries("Cache-Control", "private, no-cache")}}},
		Differs: lang.Text{En: "The reader's address is in the next country.", ZhTW: "讀者的位址在隔壁國。"},
		Over:    everywhere,
	},
	{
		Code: 451, Name: "named-though-missing",
		Cause: lang.Text{
			En:   "The order names a recipe that does not exist: the answer says nothing about that.",
			ZhTW: "命令所指的食譜其實不存在；回應不透露這一點。"},
		Cue: []Step{{Method: "GET", Path: "/lab/banned/2", From: "127.0.1.5", Status: 451,
			Evidence: []Evidence{because(7, "legal-demand"), names("F-2"), carries("Link", blockedBy)}}},
		Control: []Step{{Method: "GET", Path: "/lab/banned/2", From: "127.0.2.5", Status: 404}},
		Differs: lang.Text{En: "The order does not bind where the reader is.", ZhTW: "命令在讀者所在之處沒有效力。"},
		Over:    everywhere,
	},
	{
		Code: 451, Name: "order-in-force",
		Cause: lang.Text{
			En:   "A court forbids this recipe everywhere, and the order is in force.",
			ZhTW: "法院禁止在任何地方提供這份食譜，命令仍然有效。"},
		Cue: []Step{{Method: "GET", Path: "/lab/banned/3", Status: 451,
			Evidence: []Evidence{because(7, "legal-demand"), names("L-3"), carries("Link", blockedBy)}}},
		Control: []Step{{Method: "GET", Path: "/lab/banned/4", Status: 200}},
		Differs: lang.Text{En: "The order against that recipe was lifted.", ZhTW: "對那份食譜的命令已經撤銷。"},
		Over:    everywhere,
	},
}

// A legalOrder is an entry of the register: who demands that what is withheld
// from whom, and on what law. All of it is made up.
type legalOrder struct {
	number  string
	recipe  string
	network netip.Prefix // readers whom it binds; zero: all
	lifted  bool
	demand  lang.Text
}

// The lab's countries are networks of the loopback interface.
var freedonia = netip.MustParsePrefix("127.0.1.0/24")

var register = []legalOrder{
	{number: "F-1", recipe: "1", network: freedonia, demand: lang.Text{
		En:   "The Ministry of Quiet Afternoons of Freedonia demands, under section 3 of its Tea Act, that nobody in Freedonia be given recipes for smoked tea.",
		ZhTW: "自由邦的寧靜午後部依該國《茶葉法》第 3 條，要求不得向境內任何人提供燻茶的食譜。"}},
	{number: "F-2", recipe: "2", network: freedonia, demand: lang.Text{
		En:   "The Ministry of Quiet Afternoons of Freedonia demands, under section 5 of its Tea Act, that nobody in Freedonia be given recipes for whistling kettles.",
		ZhTW: "自由邦的寧靜午後部依該國《茶葉法》第 5 條，要求不得向境內任何人提供鳴笛壺的食譜。"}},
	{number: "L-3", recipe: "3", demand: lang.Text{
		En:   "The Court of Leaves demands, in its judgment of a suit over a secret blend, that nobody anywhere be given the recipe of that blend.",
		ZhTW: "茶葉法院就一件祕方訴訟作出判決，要求不得向任何地方的任何人提供那份祕方。"}},
	{number: "L-4", recipe: "4", lifted: true, demand: lang.Text{
		En:   "The Court of Leaves had demanded that a recipe for iced tea be withheld, and has lifted its order.",
		ZhTW: "茶葉法院曾要求不得提供一份冰茶的食譜，後來撤銷了命令。"}},
}

// blockedBy names who blocks: this server, not who demands it (RFC 7725 §4).
const blockedBy = `</>; rel="blocked-by"`

// outlawed refuses what an order in force withholds from this reader (RFC 7725
// §3). It does not ask whether the resource exists. The reader's place is the
// address that the connection comes from; what fields say of it counts for
// nothing. The answer depends on that place, so that no cache may keep it.
func outlawed(r *http.Request) error {
	_, rel, _ := worldOf(r.URL.Path)
	recipe, ok := strings.CutPrefix(rel, "/banned/")
	if !ok {
		return nil
	}
	reader, err := netip.ParseAddr(addressOf(r))
	if err != nil {
		return fmt.Errorf("find the reader's place: %w", err)
	}
	for _, o := range register {
		if o.recipe != recipe || o.lifted || o.network.IsValid() && !o.network.Contains(reader.Unmap()) {
			continue
		}
		return &wire.Refusal{
			Status: 451, Gate: 7, Reason: "legal-demand", Spec: "RFC 7725 §3",
			Detail: lang.Text{
				En:   "Order " + o.number + " of the lab's register (which is fiction) is in force here. " + o.demand.En,
				ZhTW: "實驗室登記簿（純屬虛構）的命令 " + o.number + " 在此有效。" + o.demand.ZhTW},
			Fields: wire.Fields{{Name: "Link", Value: blockedBy}},
		}
	}
	return nil
}

// banned are recipes, some of which orders name.
func (p *plan) banned(parts []string) *origin.Node {
	recipes := []string{"1", "3", "4"}
	if len(parts) != 2 || !slices.Contains(recipes, parts[1]) {
		return nothing()
	}
	n := p.fixed("text/plain; charset=utf-8", "Take tea number "+parts[1]+", and hot water.\n")
	n.Private = true
	return n
}
