package stage

import (
	"fmt"
	"net/http"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Extensions are those that a request can demand of the lab, in the manner of
// RFC 2774. There is one: to be shown the way through the gates, in Statute-Way.
func (l *Lab) Extensions() []wire.Extension {
	return []wire.Extension{{
		ID: wayExtension,
		Supports: func(r *http.Request) bool {
			_, rel, ok := worldOf(r.URL.Path)
			return ok && l.mechanisms[rel] == nil // they are not decided by the order
		},
		Apply:  func(h http.Header) { h.Add("Prefer", "trace") },
		Obeyed: func(h http.Header) bool { return h.Get("Statute-Way") != "" },
	}}
}

const wayExtension = "tag:statute.example,2026:way"

const (
	demandWay   = `"` + wayExtension + `"; ns=16`
	demandSugar = `"tag:statute.example,2026:sugar"; ns=16`
)

// extension are scenes of the HTTP extension framework (RFC 2774), which is
// history; it is here since its code is registered.
var extension = []Scene{
	{
		Code: 510, Name: "sugar-or-nothing",
		Cause: lang.Text{
			En:   "The client demands that its request be carried out with sugar, and this server does not know how.",
			ZhTW: "用戶端要求請求必須加糖執行，而本伺服器不懂這個。"},
		Cue: []Step{{Method: "M-GET", Path: "/lab/book", Fields: wire.Fields{{Name: "Man", Value: demandSugar}, {Name: "16-Spoons", Value: "2"}}, Status: 510,
			Evidence: []Evidence{because(5, "extension-unknown"), names(wayExtension), lacks("Ext")}}},
		Control: []Step{
			{Method: "M-GET", Path: "/lab/book", Fields: field("Man", demandWay), Status: 200,
				Evidence: []Evidence{content(bookText), has("Ext"), has("Statute-Way")}},
			{Method: "GET", Path: "/lab/book", Fields: field("Opt", demandSugar), Status: 200,
				Evidence: []Evidence{content(bookText), lacks("Ext")}},
		},
		Differs: lang.Text{
			En:   "The extension is one that the server has; then sugar is only wished for, with Opt.",
			ZhTW: "要求的是伺服器有的擴充；再來糖只是希望（Opt），不強求。"},
		Over: everywhere,
	},
	{
		Code: 510, Name: "mandatory-in-name-only",
		Cause: lang.Text{
			En:   "The method says that there are mandatory extensions, and the request names none.",
			ZhTW: "方法說有強制擴充，請求卻一個也沒列出。"},
		Cue:     []Step{{Method: "M-GET", Path: "/lab/book", Status: 510, Evidence: []Evidence{because(5, "extension-missing")}}},
		Control: []Step{{Method: "GET", Path: "/lab/book", Status: 200}},
		Differs: lang.Text{En: "The method is GET.", ZhTW: "方法是 GET。"},
		Over:    everywhere,
	},
	{
		Code: 510, Name: "from-hop-to-hop",
		Cause: lang.Text{
			En:   "The extension is demanded for one hop, and nothing says that this hop was meant.",
			ZhTW: "擴充只要求用在某一段連線，而沒有任何跡象顯示指的是這一段。"},
		Cue: []Step{{Octets: "M-GET /lab/book HTTP/1.1\r\nHost: {host}\r\nC-Man: " + demandWay + "\r\n\r\n", Status: 510,
			Evidence: []Evidence{because(5, "extension-of-another-hop")}}},
		Control: []Step{{Octets: "M-GET /lab/book HTTP/1.1\r\nHost: {host}\r\nC-Man: " + demandWay + "\r\nConnection: C-Man\r\n\r\n", Status: 200,
			Evidence: []Evidence{has("C-Ext"), carries("Connection", "C-Ext"), lacks("Ext"), has("Statute-Way")}}},
		Differs: lang.Text{En: "Connection names the demand.", ZhTW: "Connection 列出了這項要求。"},
		Over:    over(wire.H1),
		Only: lang.Text{
			En:   "C-Man has to be named in Connection (RFC 2774 §4.2), and HTTP/2 and HTTP/3 have no such field (RFC 9113 §8.2.2, RFC 9114 §4.2).",
			ZhTW: "C-Man 必須列在 Connection（RFC 2774 §4.2），而 HTTP/2 與 HTTP/3 沒有這個欄位（RFC 9113 §8.2.2、RFC 9114 §4.2）。"},
	},
}

// lacks: the answer does not have the field.
func lacks(name string) Evidence {
	return Evidence{
		Says: lang.Text{En: "there is no " + name, ZhTW: "沒有 " + name},
		Check: func(x *wire.Exchange) error {
			if x.Answer().Fields.Has(name) {
				return fmt.Errorf("there is %s: %q", name, x.Answer().Fields.Get(name))
			}
			return nil
		},
	}
}
