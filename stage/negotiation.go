package stage

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

var jsonType = wire.Fields{{Name: "Content-Type", Value: "application/json"}}

var negotiation = []Scene{
	{
		Code: 406, Name: "nothing-acceptable",
		Cause: lang.Text{
			En:   "The client accepts images only; the menu is to be had as HTML and JSON, and this resource sends no default.",
			ZhTW: "用戶端只接受圖片；茶單只有 HTML 與 JSON，而這個資源不送預設值。"},
		Cue: []Step{{Method: "GET", Path: "/lab/strict-menu", Fields: field("Accept", "image/png"), Status: 406,
			Evidence: []Evidence{because(11, "nothing-acceptable"), names("/lab/menu.en.json"), has("Link")}}},
		Control: []Step{{Method: "GET", Path: "/lab/strict-menu", Fields: wire.Fields{
			{Name: "Accept", Value: "image/png, */*;q=0.1"}, {Name: "Accept-Language", Value: "en"}}, Status: 200,
			Evidence: []Evidence{carries("Content-Location", "/lab/menu.en.html"), has("Vary")}}},
		Differs: lang.Text{En: "Anything else is acceptable too, if need be.", ZhTW: "必要時，其他型別也可以接受。"},
		Over:    everywhere,
	},
	{
		Code: 406, Name: "strict-and-lenient",
		Cause: lang.Text{
			En:   "The same request to the strict resource.",
			ZhTW: "同一個請求，送往嚴格的資源。"},
		Cue: []Step{{Method: "GET", Path: "/lab/strict-menu", Fields: field("Accept", "image/png"), Status: 406}},
		Control: []Step{{Method: "GET", Path: "/lab/menu", Fields: field("Accept", "image/png"), Status: 200,
			Evidence: []Evidence{has("Content-Location")}}},
		Differs: lang.Text{En: "It goes to the lenient one, which sends a default (RFC 9110 §12.4.1).", ZhTW: "送往寬容的資源，它會送出預設值（RFC 9110 §12.4.1）。"},
		Over:    everywhere,
	},
	{
		Code: 415, Name: "orders-are-json",
		Cause: lang.Text{
			En:   "Orders are taken as JSON, and this one is plain text.",
			ZhTW: "訂單只收 JSON，而這一份是純文字。"},
		Cue: []Step{{Method: "POST", Path: "/lab/orders/", Fields: field("Content-Type", "text/plain"), Content: "oolong, please", Status: 415,
			Evidence: []Evidence{because(10, "media-type"), carries("Accept", "application/json"), carries("Accept-Encoding", "")}}},
		Control: []Step{{Method: "POST", Path: "/lab/orders/", Fields: jsonType, Content: order, Status: 201}},
		Differs: lang.Text{En: "It is JSON.", ZhTW: "是 JSON。"},
		Over:    everywhere,
	},
	{
		Code: 415, Name: "unknown-content-coding",
		Cause: lang.Text{
			En:   "The content is in a coding that the depot does not take.",
			ZhTW: "內容使用了寄物處不接受的編碼。"},
		Cue: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Content-Encoding", "br"), Content: "not really", Status: 415,
			Evidence: []Evidence{because(10, "content-coding"), carries("Accept-Encoding", "identity")}}},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "not really", Status: 201}},
		Differs: lang.Text{En: "It is in no coding.", ZhTW: "沒有編碼。"},
		Over:    everywhere,
	},
	{
		Code: 415, Name: "unknown-patch",
		Cause: lang.Text{
			En:   "The document can be patched, but not in that language.",
			ZhTW: "文件可以修補，但不是用這種格式。"},
		Cue: []Step{
			{Method: "POST", Path: "/lab/orders/", Fields: jsonType, Content: order, Status: 201},
			{Method: "PATCH", Path: "{location}", Fields: field("Content-Type", "text/x-diff"), Content: "- oolong\n+ pouchong\n", Status: 415,
				Evidence: []Evidence{carries("Accept-Patch", "application/merge-patch+json, application/json-patch+json")}},
		},
		Control: []Step{{Method: "PATCH", Path: "{location}", Fields: field("Content-Type", "application/merge-patch+json"),
			Content: `{"tea":"pouchong"}`, Status: 204}},
		Differs: lang.Text{En: "The patch is a JSON merge patch.", ZhTW: "修補是 JSON merge patch。"},
		Over:    everywhere,
	},
}

const order = `{"tea":"oolong","litres":1}`
