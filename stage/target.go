package stage

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

var target = []Scene{
	{
		Code: 404, Name: "never-stored",
		Cause: lang.Text{
			En:   "Nothing was ever stored under that name.",
			ZhTW: "這個名稱底下從來沒有存過東西。"},
		Cue: []Step{{Method: "GET", Path: "/lab/depot/{nonce}", Status: 404,
			Evidence: []Evidence{because(8, "no-such-resource")}}},
		Control: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 200, Evidence: []Evidence{content("tea")}},
		},
		Differs: lang.Text{
			En:   "The name was stored before it is asked for.",
			ZhTW: "詢問之前先以這個名稱存入內容。"},
		Over: everywhere,
	},
	{
		Code: 405, Name: "delete-a-fixed-page",
		Cause: lang.Text{
			En:   "The lab implements DELETE, but this page cannot be deleted.",
			ZhTW: "實驗室實作了 DELETE，但這一頁不能刪除。"},
		Cue: []Step{{Method: "DELETE", Path: "/lab/page", Status: 405,
			Evidence: []Evidence{because(9, "method-not-allowed"), carries("Allow", "GET, HEAD, OPTIONS")}}},
		Control: []Step{{Method: "GET", Path: "/lab/page", Status: 200}},
		Differs: lang.Text{
			En:   "The method is one of those in Allow.",
			ZhTW: "方法換成 Allow 列出的其中一個。"},
		Over: everywhere,
	},
	{
		Code: 409, Name: "no-such-collection",
		Cause: lang.Text{
			En:   "The document would belong to a collection that does not exist, and PUT makes none.",
			ZhTW: "文件要放進的集合不存在，而 PUT 不會建立集合。"},
		Cue: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}/cup", Content: "tea", Status: 409,
			Evidence: []Evidence{because(12, "parent-missing"), names("/lab/depot/")}}},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201}},
		Differs: lang.Text{En: "The collection exists.", ZhTW: "集合存在。"},
		Over:    everywhere,
	},
	{
		Code: 409, Name: "collection-in-nothing",
		Cause: lang.Text{
			En:   "A collection is to be made in one that does not exist, and none is made on the way.",
			ZhTW: "要在不存在的集合裡建立集合，而途中的集合不會自動建立。"},
		Cue: []Step{{Method: "MKCOL", Path: "/lab/depot/{nonce}/cups/", Status: 409,
			Evidence: []Evidence{because(12, "parent-missing"), names("/lab/depot/")}}},
		Control: []Step{
			{Method: "MKCOL", Path: "/lab/depot/{nonce}/", Status: 201},
			{Method: "MKCOL", Path: "/lab/depot/{nonce}/cups/", Status: 201},
		},
		Differs: lang.Text{En: "The outer collection is made first.", ZhTW: "先建立外層的集合。"},
		Over:    everywhere,
	},
	{
		Code: 409, Name: "patch-of-another-state",
		Cause: lang.Text{
			En:   "The patch tests for a tea that the order does not name.",
			ZhTW: "修補所測試的茶名，與訂單上的不同。"},
		Cue: []Step{
			{Method: "POST", Path: "/lab/orders/", Fields: jsonType, Content: order, Status: 201},
			{Method: "PATCH", Path: "{location}", Fields: field("Content-Type", "application/json-patch+json"),
				Content: `[{"op":"test","path":"/tea","value":"pouchong"},{"op":"replace","path":"/litres","value":2}]`,
				Status:  409, Evidence: []Evidence{because(15, "patch-conflict")}},
		},
		Control: []Step{
			{Method: "PATCH", Path: "{location}", Fields: field("Content-Type", "application/json-patch+json"),
				Content: `[{"op":"test","path":"/tea","value":"oolong"},{"op":"replace","path":"/litres","value":2}]`, Status: 204},
			{Method: "GET", Path: "{location}", Status: 200, Evidence: []Evidence{content(`{"tea":"oolong","litres":2}`)}},
		},
		Differs: lang.Text{En: "It tests for the tea that is there.", ZhTW: "測試的是實際的茶名。"},
		Over:    everywhere,
	},
	{
		Code: 410, Name: "promotion-over",
		Cause: lang.Text{
			En:   "The promotion was removed, and a tombstone was left so that people know.",
			ZhTW: "促銷已經撤下，並留下墓碑讓人知道。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/promotions/{nonce}", Content: "half price", Status: 201},
			{Method: "DELETE", Path: "/lab/promotions/{nonce}", Status: 204},
			{Method: "GET", Path: "/lab/promotions/{nonce}", Status: 410, Evidence: []Evidence{because(8, "removed")}},
		},
		Control: []Step{
			{Method: "GET", Path: "/lab/promotions/{nonce}-never", Status: 404},
			{Method: "PUT", Path: "/lab/promotions/{nonce}", Content: "half price again", Status: 201},
			{Method: "GET", Path: "/lab/promotions/{nonce}", Status: 200},
		},
		Differs: lang.Text{En: "One that never was, and the same one put up again.", ZhTW: "一個從未有過的；以及同一個重新推出。"},
		Over:    everywhere,
	},
	{
		Code: 421, Name: "coffee-at-the-tea-house",
		Cause: lang.Text{
			En:   "The connection was secured for tea.test alone, and a request for coffee.test comes over it.",
			ZhTW: "連線只為 tea.test 建立安全保護，上面卻來了要找 coffee.test 的請求。"},
		Cue: []Step{
			{Method: "GET", Path: "/lab/page", ServerName: "tea.test", Host: "tea.test", Status: 200},
			{Method: "GET", Path: "/lab/page", ServerName: "tea.test", Host: "coffee.test", Again: true, Status: 421,
				Evidence: []Evidence{because(4, "connection-for-another-name"), names("coffee.test")}},
		},
		Control: []Step{{Method: "GET", Path: "/lab/page", ServerName: "coffee.test", Host: "coffee.test", Status: 200}},
		Differs: lang.Text{
			En:   "The connection is a new one, secured for coffee.test.",
			ZhTW: "另開一條為 coffee.test 建立的安全連線。"},
		Over: everywhere,
	},
	{
		Code: 421, Name: "secret-on-a-postcard",
		Cause: lang.Text{
			En:   "The target is an https URI, and the connection was not secured for its name.",
			ZhTW: "目標是 https 的 URI，而這條連線並未為那個名稱建立安全保護。"},
		Cue: []Step{{Octets: "GET https://coffee.test/lab/page HTTP/1.1\r\nHost: coffee.test\r\n\r\n", Status: 421,
			Evidence: []Evidence{problem(4)}}},
		Control: []Step{{Octets: "GET http://coffee.test/lab/page HTTP/1.1\r\nHost: coffee.test\r\n\r\n", Status: 200}},
		Differs: lang.Text{En: "The target is an http URI.", ZhTW: "目標是 http 的 URI。"},
		Over:    over(wire.H1),
		Only: lang.Text{
			En:   "HTTP/2 names the scheme in :scheme, which our library keeps to itself, and HTTP/3 is never in the clear (RFC 9114 §3.2). See the scene coffee-at-the-tea-house.",
			ZhTW: "HTTP/2 的 scheme 寫在 :scheme，而我們用的函式庫不會交出來；HTTP/3 沒有明文連線（RFC 9114 §3.2）。請看 coffee-at-the-tea-house 場景。"},
	},
	{
		Code: 501, Name: "unknown-method",
		Cause: lang.Text{
			En:   "No resource of this server implements the method FROTH.",
			ZhTW: "本伺服器沒有任何資源實作 FROTH 這個方法。"},
		Cue: []Step{{Method: "FROTH", Path: "/lab/page", Status: 501,
			Evidence: []Evidence{because(5, "method-unknown")}}},
		Control: []Step{{Method: "GET", Path: "/lab/page", Status: 200}},
		Differs: lang.Text{
			En:   "The method is one that the server knows.",
			ZhTW: "方法換成伺服器認得的。"},
		Over: everywhere,
	},
	{
		Code: 501, Name: "unknown-transfer-coding",
		Cause: lang.Text{
			En:   "The content is in a transfer coding that this server does not implement.",
			ZhTW: "內容使用了本伺服器沒有實作的傳輸編碼。"},
		Cue: []Step{{
			Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\ntea\r\n0\r\n\r\n",
			Status: 501, Evidence: []Evidence{because(1, "unknown-transfer-coding"), closes}}},
		Control: []Step{{
			Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntea\r\n0\r\n\r\n",
			Status: 201}},
		Differs: lang.Text{
			En:   "The coding is chunked alone.",
			ZhTW: "傳輸編碼只有 chunked。"},
		Over: over(wire.H1),
		Only: lang.Text{
			En:   "Transfer codings exist in HTTP/1.1 alone (RFC 9113 §8.2.2, RFC 9114 §4.1).",
			ZhTW: "只有 HTTP/1.1 有傳輸編碼（RFC 9113 §8.2.2、RFC 9114 §4.1）。"},
	},
}

// notFound: RFC 9110 §15.5.5, no current representation.
func notFound() *wire.Refusal {
	return &wire.Refusal{
		Status: 404, Gate: 8, Reason: "no-such-resource", Spec: "RFC 9110 §15.5.5",
		Detail: lang.Text{
			En:   "There is nothing at this URI now. It may come to be, or may have been.",
			ZhTW: "這個 URI 目前沒有任何東西；以後可能會有，也可能曾經有過。"},
	}
}

// notAllowed: RFC 9110 §15.5.6, with the methods that are allowed in Allow.
func notAllowed(allow []string) *wire.Refusal {
	methods := strings.Join(allow, ", ")
	return &wire.Refusal{
		Status: 405, Gate: 9, Reason: "method-not-allowed", Spec: "RFC 9110 §15.5.6",
		Detail: lang.Text{
			En:   "The server implements this method, but this resource does not allow it. It allows " + methods + ".",
			ZhTW: "伺服器實作了這個方法，但這個資源不允許使用。允許的有：" + methods + "。"},
		Fields: field("Allow", methods),
	}
}
