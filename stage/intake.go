package stage

import (
	"errors"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// onlyMessage is why a fault of HTTP/1.1's message syntax has no scene elsewhere.
var onlyMessage = lang.Text{
	En:   "The fault is one of HTTP/1.1's message syntax. In HTTP/2 and HTTP/3 a malformed message is a stream error (RFC 9113 §8.1.1, RFC 9114 §4.1.2).",
	ZhTW: "這是 HTTP/1.1 訊息語法的錯誤。在 HTTP/2 與 HTTP/3，格式錯誤的訊息是串流錯誤（RFC 9113 §8.1.1、RFC 9114 §4.1.2）。"}

// onlyVersion is why 505 has no scene over HTTP/2 and HTTP/3.
var onlyVersion = lang.Text{
	En:   "Only an HTTP/1 request line states a version (RFC 9112 §2.3); HTTP/2 and HTTP/3 settle it for the whole connection.",
	ZhTW: "只有 HTTP/1 的請求列會寫出版本（RFC 9112 §2.3）；HTTP/2 與 HTTP/3 由整條連線決定版本。"}

// onlyHead is why a head cannot stall over HTTP/2 and HTTP/3 in this lab.
var onlyHead = lang.Text{
	En:   "HTTP/2 and HTTP/3 carry a head in frames that their libraries collect and time for themselves; a late one ends the connection, not with an answer. See the scene half-a-content.",
	ZhTW: "HTTP/2 與 HTTP/3 的標頭區段由訊框承載，由函式庫自行收集並計時；遲到時會結束連線，而不是回應。請看 half-a-content 場景。"}

var intake = []Scene{
	{
		Code: 400, Name: "range-of-a-whole",
		Cause: lang.Text{
			En:   "The PUT says that its content is a part, and this server stores wholes only.",
			ZhTW: "這個 PUT 聲明內容只是一部分，而本伺服器只存完整的內容。"},
		Cue: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Content-Range", "bytes 0-2/9"), Content: "tea",
			Status: 400, Evidence: []Evidence{because(10, "content-range-on-put"), names("Content-Range")}}},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201}},
		Differs: lang.Text{En: "There is no Content-Range.", ZhTW: "沒有 Content-Range。"},
		Over:    everywhere,
	},
	{
		Code: 400, Name: "no-host",
		Cause: lang.Text{
			En:   "An HTTP/1.1 request without Host does not say for whom it is.",
			ZhTW: "沒有 Host 的 HTTP/1.1 請求沒說自己要找誰。"},
		Cue: []Step{{Octets: "GET /lab/page HTTP/1.1\r\n\r\n", Status: 400,
			Evidence: []Evidence{because(1, "no-host"), closes}}},
		Control: []Step{{Octets: "GET /lab/page HTTP/1.1\r\nHost: {host}\r\n\r\n", Status: 200}},
		Differs: lang.Text{En: "Host is there.", ZhTW: "有 Host。"},
		Over:    over(wire.H1), Only: onlyMessage,
	},
	{
		Code: 400, Name: "two-hosts",
		Cause: lang.Text{
			En:   "One Host names this server and another one somebody else: whoever reads the first sends the request elsewhere than whoever reads the last.",
			ZhTW: "一個 Host 寫這台伺服器，另一個寫別人：看第一個與看最後一個的，會把請求送到不同的地方。"},
		Cue: []Step{{Octets: "GET /lab/page HTTP/1.1\r\nHost: {host}\r\nHost: elsewhere.test\r\n\r\n", Status: 400,
			Evidence: []Evidence{because(1, "two-hosts"), closes}}},
		Control: []Step{{Octets: "GET /lab/page HTTP/1.1\r\nHost: {host}\r\n\r\n", Status: 200}},
		Differs: lang.Text{En: "There is one Host.", ZhTW: "只有一個 Host。"},
		Over:    over(wire.H1), Only: onlyMessage,
	},
	{
		Code: 400, Name: "two-lengths",
		Cause: lang.Text{
			En:   "Two Content-Length values differ, so nobody can tell where the message ends.",
			ZhTW: "兩個 Content-Length 數值不同，沒有人知道訊息到哪裡結束。"},
		Cue: []Step{{Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\ntea",
			Status: 400, Evidence: []Evidence{because(1, "content-lengths-differ"), closes}}},
		Control: []Step{{Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\ntea", Status: 201}},
		Differs: lang.Text{En: "The two values are the same.", ZhTW: "兩個數值相同。"},
		Over:    over(wire.H1), Only: onlyMessage,
	},
	{
		Code: 400, Name: "length-and-coding",
		Cause: lang.Text{
			En:   "Content-Length and Transfer-Encoding together give the message two ends.",
			ZhTW: "Content-Length 與 Transfer-Encoding 並存，讓訊息有了兩個結尾。"},
		Cue: []Step{{Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntea\r\n0\r\n\r\n",
			Status: 400, Evidence: []Evidence{because(1, "length-and-transfer-coding"), closes}}},
		Control: []Step{{Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntea\r\n0\r\n\r\n", Status: 201}},
		Differs: lang.Text{En: "Transfer-Encoding stands alone.", ZhTW: "只有 Transfer-Encoding。"},
		Over:    over(wire.H1), Only: onlyMessage,
	},
	{
		Code: 400, Name: "space-before-colon",
		Cause: lang.Text{
			En:   "White space before a colon is read as part of the name by some and dropped by others.",
			ZhTW: "冒號前的空白，有人當成名稱的一部分，有人直接丟掉。"},
		Cue: []Step{{Octets: "GET /lab/page HTTP/1.1\r\nHost: {host}\r\nX-Tea : oolong\r\n\r\n",
			Status: 400, Evidence: []Evidence{because(1, "space-before-colon"), names("X-Tea"), closes}}},
		Control: []Step{{Octets: "GET /lab/page HTTP/1.1\r\nHost: {host}\r\nX-Tea: oolong\r\n\r\n", Status: 200}},
		Differs: lang.Text{En: "The colon follows the name directly.", ZhTW: "冒號緊接在名稱後面。"},
		Over:    over(wire.H1), Only: onlyMessage,
	},
	{
		Code: 400, Name: "bad-chunk",
		Cause: lang.Text{
			En:   "A chunk is longer than the size before it.",
			ZhTW: "區塊比它前面寫的大小還長。"},
		Cue: []Step{{Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ntea\r\n0\r\n\r\n",
			Status: 400, Evidence: []Evidence{because(14, "bad-chunk"), closes}}},
		Control: []Step{{Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntea\r\n0\r\n\r\n", Status: 201}},
		Differs: lang.Text{En: "The size is right.", ZhTW: "大小寫對了。"},
		Over:    over(wire.H1), Only: onlyMessage,
	},
	{
		Code: 408, Name: "half-a-content",
		Cause: lang.Text{
			En:   "The client announced ten octets, sent three, and went silent.",
			ZhTW: "用戶端宣告十個位元組，只送了三個就沒有下文。"},
		Cue: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Content-Length", "10"), Content: "tea", Manner: Stall,
			Status: 408, Evidence: []Evidence{because(14, "content-timeout"), closes}}},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Content-Length", "10"), Content: "ten octets", Status: 201}},
		Differs: lang.Text{En: "All ten octets come.", ZhTW: "十個位元組都送到。"},
		Over:    everywhere,
	},
	{
		Code: 408, Name: "silent-after-100",
		Cause: lang.Text{
			En:   "The client announced ten octets and waited for leave to send them. It got leave, sent three, and went silent.",
			ZhTW: "用戶端宣告十個位元組，等到伺服器同意才送；同意之後只送了三個就沒有下文。"},
		Cue: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: wire.Fields{{Name: "Expect", Value: "100-continue"}, {Name: "Content-Length", Value: "10"}},
			Content: "tea", Manner: Balk, Interim: codes(100), Status: 408, Evidence: []Evidence{because(14, "content-timeout"), closes}}},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: wire.Fields{{Name: "Expect", Value: "100-continue"}, {Name: "Content-Length", Value: "10"}},
			Content: "ten octets", Manner: Hold, Interim: codes(100), Status: 201}},
		Differs: lang.Text{En: "All ten octets come.", ZhTW: "十個位元組都送到。"},
		Over:    everywhere,
	},
	{
		Code: 408, Name: "half-a-head",
		Cause: lang.Text{
			En:   "The client began a head and never ended it.",
			ZhTW: "用戶端開始送標頭區段，卻一直沒有送完。"},
		Cue: []Step{{Octets: "GET /lab/page HTTP/1.1\r\nHost: {host}\r\n", Manner: Stall,
			Status: 408, Evidence: []Evidence{because(1, "head-timeout"), closes}}},
		Control: []Step{{Octets: "GET /lab/page HTTP/1.1\r\nHost: {host}\r\n\r\n", Status: 200}},
		Differs: lang.Text{En: "The empty line that ends the head comes.", ZhTW: "結束標頭區段的空行送到了。"},
		Over:    over(wire.H1), Only: onlyHead,
	},
	{
		Code: 408, Name: "not-a-word",
		Cause: lang.Text{
			En:   "The client opened a connection and said nothing at all.",
			ZhTW: "用戶端開了連線，卻什麼也沒說。"},
		Cue: []Step{{Octets: "", Manner: Stall, Status: 408,
			Evidence: []Evidence{because(1, "silent-connection"), closes}}},
		Control: []Step{{Octets: "GET /lab/page HTTP/1.1\r\nHost: {host}\r\n\r\n", Status: 200}},
		Differs: lang.Text{En: "It says something.", ZhTW: "它開口了。"},
		Over:    over(wire.H1), Only: onlyHead,
	},
	{
		Code: 411, Name: "unweighed",
		Cause: lang.Text{
			En:   "The till has to know how much comes before it opens, and the request does not say.",
			ZhTW: "收銀檯打開之前必須知道有多少東西要進來，而請求沒有說。"},
		Cue: []Step{{Method: "PUT", Path: "/lab/till", Content: "coins", Manner: Unlength,
			Status: 411, Evidence: []Evidence{because(10, "length-required")}}},
		Control: []Step{{Method: "PUT", Path: "/lab/till", Content: "coins", Status: 204}},
		Differs: lang.Text{En: "Content-Length is there.", ZhTW: "有 Content-Length。"},
		Over:    everywhere,
	},
	{
		Code: 413, Name: "announced-too-large",
		Cause: lang.Text{
			En:   "The announced content is one octet larger than the depot takes, so it is refused before it comes.",
			ZhTW: "宣告的內容比寄物處願意收的多一個位元組，所以還沒送來就被拒絕。"},
		Cue: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Expect", "100-continue"),
			Content: strings.Repeat("x", depotContent+1), Manner: Hold,
			Status: 413, Evidence: []Evidence{because(10, "content-too-large"), names("1048576")}}},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Expect", "100-continue"),
			Content: strings.Repeat("x", depotContent), Manner: Hold, Interim: codes(100), Status: 201}},
		Differs: lang.Text{En: "It is one octet smaller: as much as the depot takes.", ZhTW: "少一個位元組：剛好是寄物處的上限。"},
		Over:    everywhere,
	},
	{
		Code: 413, Name: "too-large-at-once",
		Cause: lang.Text{
			En:   "The same announcement, from a client that does not ask first and sends its content at once.",
			ZhTW: "同樣的宣告，但用戶端沒有先問，內容直接送了過來。"},
		Cue: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: strings.Repeat("x", depotContent+1),
			Status: 413, Evidence: []Evidence{because(10, "content-too-large"), names("1048576")}}},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: strings.Repeat("x", depotContent), Status: 201}},
		Differs: lang.Text{En: "It is one octet smaller.", ZhTW: "少一個位元組。"},
		Over:    everywhere,
	},
	{
		Code: 413, Name: "overrun-after-100",
		Cause: lang.Text{
			En:   "The client asked first but announced no length, so it got leave; then the content turned out larger than the depot takes.",
			ZhTW: "用戶端先問過，但沒有宣告長度，所以得到同意；結果內容超過寄物處的上限。"},
		Cue: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Expect", "100-continue"), Content: strings.Repeat("x", depotContent+1), Manner: Pour,
			Interim: codes(100), Status: 413, Evidence: []Evidence{because(14, "content-too-large")}}},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Expect", "100-continue"), Content: strings.Repeat("x", depotContent), Manner: Pour,
			Interim: codes(100), Status: 201}},
		Differs: lang.Text{En: "It is one octet smaller.", ZhTW: "少一個位元組。"},
		Over:    everywhere,
	},
	{
		Code: 413, Name: "overrun",
		Cause: lang.Text{
			En:   "The content came without a length and turned out larger than the depot takes.",
			ZhTW: "內容沒有宣告長度，收到一半才發現超過寄物處的上限。"},
		Cue: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: strings.Repeat("x", depotContent+1), Manner: Unlength,
			Status: 413, Evidence: []Evidence{because(14, "content-too-large")}}},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: strings.Repeat("x", depotContent), Manner: Unlength, Status: 201}},
		Differs: lang.Text{En: "It is one octet smaller.", ZhTW: "少一個位元組。"},
		Over:    everywhere,
	},
	{
		Code: 413, Name: "rest-not-waited-for",
		Cause: lang.Text{
			En:   "A terabyte is announced and begun, and the server neither takes it nor waits for the rest of it.",
			ZhTW: "用戶端宣告要送一兆位元組，也開始送了；伺服器不收，也不等剩下的。"},
		Cue: []Step{{Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000000000000\r\n\r\ntea", Manner: Stall,
			Status: 413, Evidence: []Evidence{because(10, "content-too-large"), closes}}},
		Control: []Step{{Octets: "PUT /lab/depot/{nonce} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\ntea", Status: 201}},
		Differs: lang.Text{En: "Three octets are announced, and come.", ZhTW: "宣告三個位元組，也都送到了。"},
		Over:    over(wire.H1),
		Only: lang.Text{
			En:   "Over HTTP/2 and HTTP/3 the server stops reading this stream, and the connection goes on (RFC 9113 §8.1, RFC 9114 §4.1).",
			ZhTW: "在 HTTP/2 與 HTTP/3，伺服器只停止讀取這個串流，連線照常使用（RFC 9113 §8.1、RFC 9114 §4.1）。"},
	},
	{
		Code: 414, Name: "one-octet-too-long",
		Cause: lang.Text{
			En:   "The target has 8001 octets; this server reads 8000.",
			ZhTW: "目標有 8001 個位元組，而本伺服器只讀 8000 個。"},
		Cue: []Step{{Method: "GET", Path: "/lab/" + strings.Repeat("x", 8001-len("/lab/")), Status: 414,
			Evidence: []Evidence{because(1, "target-too-long")}}},
		Control: []Step{{Method: "GET", Path: "/lab/" + strings.Repeat("x", 8000-len("/lab/")), Status: 404}},
		Differs: lang.Text{En: "The target has 8000 octets, and leads nowhere.", ZhTW: "目標是 8000 個位元組，只是沒有對應的資源。"},
		Over:    everywhere,
	},
	{
		Code: 417, Name: "tea-ready",
		Cause: lang.Text{
			En:   "The client expects something that this server has never heard of.",
			ZhTW: "用戶端期望的事，本伺服器聽都沒聽過。"},
		Cue: []Step{{Method: "GET", Path: "/lab/page", Fields: field("Expect", "tea-ready"), Status: 417,
			Evidence: []Evidence{because(5, "expectation-unknown")}}},
		Control: []Step{{Method: "GET", Path: "/lab/page", Status: 200}},
		Differs: lang.Text{En: "Nothing is expected.", ZhTW: "沒有任何期望。"},
		Over:    everywhere,
	},
	{
		Code: 422, Name: "less-than-nothing",
		Cause: lang.Text{
			En:   "The order is good JSON, but nobody can deliver minus three litres.",
			ZhTW: "訂單是正確的 JSON，但沒有人送得出負三公升。"},
		Cue: []Step{{Method: "POST", Path: "/lab/orders/", Fields: jsonType, Content: `{"tea":"oolong","litres":-3}`, Status: 422,
			Evidence: []Evidence{because(14, "cannot-be-carried-out"), names("litres")}}},
		Control: []Step{
			{Method: "POST", Path: "/lab/orders/", Fields: jsonType, Content: `{"tea":"oolong","litres":3}`, Status: 201},
			{Method: "POST", Path: "/lab/orders/", Fields: jsonType, Content: `{"tea":`, Status: 400, Evidence: []Evidence{because(14, "malformed")}},
		},
		Differs: lang.Text{En: "Three litres; then something that is not JSON at all.", ZhTW: "三公升；接著是根本不是 JSON 的東西。"},
		Over:    everywhere,
	},
	{
		Code: 422, Name: "lock-of-no-kind",
		Cause: lang.Text{
			En:   "The XML is good and asks for a lock against reading, a kind that does not exist.",
			ZhTW: "XML 正確，要的卻是防止讀取的鎖，而沒有這一種。"},
		Cue: []Step{{Method: "LOCK", Path: "/lab/depot/{nonce}", Fields: xmlFields, Content: lockInfo("exclusive", "read"), Status: 422,
			Evidence: []Evidence{because(14, "cannot-be-carried-out"), names("locktype")}}},
		Control: []Step{
			{Method: "LOCK", Path: "/lab/depot/{nonce}", Fields: xmlFields, Content: "<D:lockinfo", Status: 400, Evidence: []Evidence{because(14, "malformed")}},
			{Method: "LOCK", Path: "/lab/depot/{nonce}", Fields: xmlFields, Content: lockInfo("exclusive", "write"), Status: 201},
		},
		Differs: lang.Text{En: "Something that is not XML; then a lock against writing.", ZhTW: "先是根本不是 XML 的東西；接著是防止寫入的鎖。"},
		Over:    everywhere,
	},
	{
		Code: 425, Name: "forwarded-early",
		Cause: lang.Text{
			En:   "A gateway forwarded the PUT before its client's handshake was over, so the PUT may be a replay.",
			ZhTW: "閘道在用戶端交握完成之前就轉送這個 PUT，所以它可能是重放的。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Early-Data", "1"), Content: "tea", Status: 425,
				Evidence: []Evidence{marked, names("Early-Data")}},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 404},
		},
		Control: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201},
			{Method: "GET", Path: "/lab/depot/{nonce}", Fields: field("Early-Data", "1"), Status: 200, Evidence: []Evidence{content("tea")}},
		},
		Differs: lang.Text{
			En:   "The PUT comes after the handshake, without the mark; and a marked GET, which may be repeated.",
			ZhTW: "PUT 在交握之後送來，沒有標記；以及一個帶標記、但重複也無妨的 GET。"},
		Over: everywhere,
	},
	{
		Code: 425, Name: "before-the-handshake",
		Cause: lang.Text{
			En:   "The PUT comes in the early data of a resumed connection, whose handshake is not over: anybody could have recorded it and sent it again.",
			ZhTW: "這個 PUT 隨著恢復連線的早期資料送來，交握還沒完成：任何人都可能錄下它再送一次。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Early: true, Status: 425,
				Evidence: []Evidence{because(6, "early-data"), early}},
			{Method: "GET", Path: "/lab/depot/{nonce}", Early: true, Status: 404, Evidence: []Evidence{early}},
		},
		Control: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Again: true, Status: 201},
			{Method: "GET", Path: "/lab/depot/{nonce}", Early: true, Status: 200, Evidence: []Evidence{early, content("tea")}},
		},
		Differs: lang.Text{
			En:   "The same connection, after the handshake; and a GET in early data, which may be repeated.",
			ZhTW: "同一條連線，但在交握完成之後；以及隨早期資料送來、重複也無妨的 GET。"},
		Over: over(wire.H3),
		Only: onlyEarlyH3,
	},
	{
		Code: 425, Name: "one-more-early-cup",
		Cause: lang.Text{
			En:   "GET is a safe method, but here every request is counted, so a replay would use up somebody's cups.",
			ZhTW: "GET 是安全的方法，但這裡每個請求都要計數，重放會把別人的額度用掉。"},
		Cue: []Step{{Method: "GET", Path: "/lab/limited?user={nonce}", Fields: field("Early-Data", "1"), Status: 425,
			Evidence: []Evidence{marked}}},
		Control: []Step{{Method: "GET", Path: "/lab/limited?user={nonce}", Status: 200}},
		Differs: lang.Text{En: "It did not come early.", ZhTW: "它不是提早送來的。"},
		Over:    everywhere,
	},
	{
		Code: 431, Name: "cookie-jar",
		Cause: lang.Text{
			En:   "The Cookie field alone is larger than this server accepts for one field.",
			ZhTW: "光是 Cookie 欄位就超過本伺服器對單一欄位的上限。"},
		Cue: []Step{{Method: "GET", Path: "/lab/page", Fields: field("Cookie", "crumbs="+strings.Repeat("x", 20_000)), Status: 431,
			Evidence: []Evidence{because(1, "field-too-large"), names("Cookie")}}},
		Control: []Step{{Method: "GET", Path: "/lab/page", Fields: field("Cookie", "crumbs=x"), Status: 200}},
		Differs: lang.Text{En: "The cookie is small.", ZhTW: "Cookie 很小。"},
		Over:    everywhere,
	},
	{
		Code: 505, Name: "three-as-text",
		Cause: lang.Text{
			En:   "The request line claims HTTP/3.0, which is not spoken in this syntax.",
			ZhTW: "請求列自稱 HTTP/3.0，但那個版本不是用這種語法說的。"},
		Cue: []Step{{Octets: "GET /lab/page HTTP/3.0\r\nHost: {host}\r\n\r\n", Status: 505,
			Evidence: []Evidence{because(1, "version-not-supported"), closes}}},
		Control: []Step{{Octets: "GET /lab/page HTTP/1.2\r\nHost: {host}\r\n\r\n", Status: 200}},
		Differs: lang.Text{
			En:   "Only the minor version is unknown: it is answered as the highest known one.",
			ZhTW: "只有次版本未知：以已知的最高次版本處理。"},
		Over: over(wire.H1), Only: onlyVersion,
	},
}

// early: the request was in early data, and the server took it.
var early = Evidence{
	Says: lang.Text{
		En:   "the request was in early data, and was answered before the handshake was complete",
		ZhTW: "請求在早期資料裡，而且交握完成之前就得到回應"},
	Check: func(x *wire.Exchange) error {
		if !x.Conn.EarlyData {
			return errors.New("the request was not in early data")
		}
		return nil
	},
}

// onlyEarlyH3 is why early data is met over HTTP/3 alone.
var onlyEarlyH3 = lang.Text{
	En:   "Early data belongs to TLS 1.3 (RFC 8446 §2.3) and QUIC. Over TCP the TLS library that this server is built with takes none, so that HTTP/1.1 and HTTP/2 meet it behind gateways only: see the scene forwarded-early.",
	ZhTW: "早期資料屬於 TLS 1.3（RFC 8446 §2.3）與 QUIC。本伺服器所用的 TLS 函式庫在 TCP 上不接受早期資料，所以 HTTP/1.1 與 HTTP/2 只會在閘道後面遇到：請看 forwarded-early 場景。"}
