package origin

import (
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A Pot is what a resource has that brews: BREW, or POST, acts on it (RFC 2324
// §2.1.1).
type Pot struct {
	Teapot    bool     // and so never brews coffee
	Additions []string // what it can add, as Accept-Additions names them
}

// brew is the method of RFC 2324 §2.1.1, which net/http has no name for.
const brew = "BREW"

// coffee are the media types of coffee: RFC 2324 speaks of the one in §4 and of
// the other in §2.1.1.
var coffee = []string{"message/coffeepot", "application/coffee-pot-command"}

// brews reports whether the request tells a pot to brew. A coffee pot takes POST
// like BREW (RFC 2324 §2.1.1).
func (d *decision) brews() bool {
	return d.node.Pot != nil && (d.r.Method == brew || d.r.Method == http.MethodPost)
}

// teapot: RFC 2324 §2.3.2, a teapot that is to brew coffee says what it is. RFC
// 7168 §2.3.3 keeps the code for what is so for good: it comes before all that
// could be mended in the request.
func (d *decision) teapot() error {
	if !d.brews() || !d.node.Pot.Teapot {
		return nil
	}
	mediaType, _, err := mime.ParseMediaType(d.r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(coffee, mediaType) {
		return nil
	}
	return &wire.Refusal{
		Status: 418, Gate: 9, Reason: "teapot", Spec: "RFC 2324 §2.3.2",
		Detail: lang.Text{
			En:   "This pot is a teapot, for good: short, stout, and unable to brew coffee. Ask it for tea, with Content-Type: message/teapot.",
			ZhTW: "這是一把茶壺，永遠都是：又矮又胖，煮不出咖啡。請用 Content-Type: message/teapot 向它要茶。"},
	}
}

// additions: RFC 2324 §2.3.1, a pot that can add nothing of what
// Accept-Additions lists may answer 406, and lists what it can add.
func (d *decision) additions() error {
	wanted, there := d.r.Header["Accept-Additions"], d.node.Pot.Additions
	if wanted == nil {
		return nil
	}
	for _, value := range wanted {
		for member := range wire.Members(value) {
			name, params, _ := strings.Cut(member, ";")
			name = strings.TrimSpace(name)
			has := name == "*" || slices.ContainsFunc(there, func(a string) bool { return strings.EqualFold(a, name) })
			if has && wire.Qvalue(params) > 0 {
				return nil
			}
		}
	}
	list, listZhTW := strings.Join(there, ", "), strings.Join(there, "、")
	if len(there) == 0 {
		list, listZhTW = "nothing", "什麼都不能加"
	}
	return &wire.Refusal{
		Status: 406, Gate: 11, Reason: "no-such-addition", Spec: "RFC 2324 §2.3.1",
		Detail: lang.Text{
			En:   "The pot has none of the additions that Accept-Additions lists. It can add: " + list + ".",
			ZhTW: "Accept-Additions 所列的添加物，這把壺一樣也沒有。能加的有：" + listZhTW + "。"},
		Fields: wire.Fields{{Name: "Vary", Value: "Accept-Additions"}},
	}
}
