package stage

import (
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
)

// pantryContent is how many octets a delivery to the pantry may have while the
// kitchen is closed and nobody can carry more.
const pantryContent = 100

// delivered is a scene of a limit that is a temporary one.
var delivered = []Scene{{
	Code: 413, Name: "too-large-for-now",
	Cause: lang.Text{
		En:   "While the kitchen is closed nobody can carry more than a hundred octets into the pantry, and the delivery has one more.",
		ZhTW: "廚房關閉時，沒有人能把超過一百個位元組的東西搬進食品儲藏室，而這批貨多了一個位元組。"},
	Cue: append(ownWorld,
		Step{Method: "POST", Path: "{location}kitchen/closed", Fields: jsonType, Content: `{"seconds":4}`, Status: 204},
		Step{Method: "PUT", Again: true, Path: "{location}pantry/tea", Content: strings.Repeat("x", pantryContent+1), Status: 413,
			Evidence: []Evidence{because(10, "content-too-large-now"), waits(4), names("100")}}),
	Control: []Step{{Method: "PUT", Path: "{location}pantry/tea", Content: strings.Repeat("x", pantryContent+1), Retry: true, Status: 201}},
	Differs: lang.Text{En: "The time in Retry-After has passed: the limit is lifted.", ZhTW: "Retry-After 所說的時間已過，限制解除。"},
	Over:    everywhere,
}}

// pantry keeps deliveries: small ones always, large ones while the kitchen of
// the world is open.
func (p *plan) pantry(w *origin.World, parts []string) *origin.Node {
	n := p.document(parts, origin.Policy{})
	if until := p.kitchens.closedUntil(w.Prefix); time.Now().Before(until) {
		n.Most, n.MostUntil = pantryContent, until
	}
	return n
}
