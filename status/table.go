package status

// Table lists the codes of the IANA registry (RFC 9110 §16.2.1), in order.
// It is for reading; nothing may change it.
//
// What stands in every row and is not repeated in it: a 1xx, a 204 and a 304
// end with their header section (RFC 9110 §6.4.1); a 4xx and a 5xx explain
// themselves in their content, except to HEAD (RFC 9110 §15.5, §15.6); any 3xx
// may ask for a pause with Retry-After (RFC 9110 §10.2.3).
var Table = []Entry{
	{
		Code: 100, Name: "Continue", NameZhTW: "繼續",
		Specs: []string{"RFC 9110 §15.2.1", "RFC 9110 §10.1.1"},
		Topic: Interim, Maturity: Standard, Appears: InInterim,
		Content: NoContent, Store: NeverStored, Repeat: RepeatNone,
	},
	{
		Code: 101, Name: "Switching Protocols", NameZhTW: "切換協定",
		Specs: []string{"RFC 9110 §15.2.2", "RFC 9110 §7.8"},
		Topic: Upgrade, Maturity: Standard, Appears: InInterim,
		Content: NoContent, Store: NeverStored, Repeat: RepeatNone,
		Needs: []Need{
			{Field: "Upgrade", Level: Must},
			{"Connection", Must, "HTTP/1.1", "HTTP/1.1"},
		},
	},
	{
		// RFC 4918, which replaced RFC 2518, left this code out but not its
		// registration.
		Code: 102, Name: "Processing", NameZhTW: "處理中",
		Specs: []string{"RFC 2518 §10.1"},
		Topic: Interim, Maturity: Obsoleted, Appears: InInterim,
		Content: NoContent, Store: NeverStored, Repeat: RepeatNone,
	},
	{
		Code: 103, Name: "Early Hints", NameZhTW: "先行提示",
		Specs: []string{"RFC 8297 §2"},
		Topic: Interim, Maturity: Experimental, Appears: InInterim,
		Content: NoContent, Store: NeverStored, Repeat: RepeatNone,
	},
	{
		// The need is from the draft's text of July 2026 (unverified).
		Code: 104, Name: "Upload Resumption Supported", NameZhTW: "支援續傳",
		Specs: []string{"draft-ietf-httpbis-resumable-upload"},
		Topic: Interim, Maturity: Temporary, Appears: InInterim,
		Content: NoContent, Store: NeverStored, Repeat: RepeatNone,
		Needs: []Need{
			{"Upload-Draft-Interop-Version", Must, "while the specification is a draft", "規格仍是草案時"},
		},
	},

	{
		Code: 200, Name: "OK", NameZhTW: "成功",
		Specs: []string{"RFC 9110 §15.3.1"},
		Topic: Success, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Heuristic, Repeat: RepeatNone,
		Needs: []Need{
			{"ETag", Should, "an answer to GET or HEAD, if the server has one", "回應 GET 或 HEAD，而伺服器有這個值"},
			{"Last-Modified", Should, "an answer to GET or HEAD, if the server has one", "回應 GET 或 HEAD，而伺服器有這個值"},
		},
	},
	{
		Code: 201, Name: "Created", NameZhTW: "已建立",
		Specs: []string{"RFC 9110 §15.3.2", "RFC 9110 §9.3.3", "RFC 9110 §9.3.4"},
		Topic: Success, Maturity: Standard, Appears: InStatusLine,
		Content: MayContent, Store: Explicit, Repeat: RepeatNone,
		Needs: []Need{
			{"Location", Should, "an answer to POST", "回應 POST"},
		},
	},
	{
		Code: 202, Name: "Accepted", NameZhTW: "已受理",
		Specs: []string{"RFC 9110 §15.3.3", "RFC 7240 §4.1"},
		Topic: Success, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatNone,
	},
	{
		Code: 203, Name: "Non-Authoritative Information", NameZhTW: "非權威資訊",
		Specs: []string{"RFC 9110 §15.3.4", "RFC 9110 §7.7"},
		Topic: Success, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Heuristic, Repeat: RepeatNone,
	},
	{
		Code: 204, Name: "No Content", NameZhTW: "無內容",
		Specs: []string{"RFC 9110 §15.3.5"},
		Topic: Success, Maturity: Standard, Appears: InStatusLine,
		Content: NoContent, Store: Heuristic, Repeat: RepeatNone,
	},
	{
		Code: 205, Name: "Reset Content", NameZhTW: "重設內容",
		Specs: []string{"RFC 9110 §15.3.6"},
		Topic: Success, Maturity: Standard, Appears: InStatusLine,
		Content: ZeroContent, Store: Explicit, Repeat: RepeatNone,
	},
	{
		Code: 206, Name: "Partial Content", NameZhTW: "部分內容",
		Specs: []string{"RFC 9110 §15.3.7", "RFC 9110 §14"},
		Topic: Ranges, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Heuristic, Repeat: RepeatNone,
		Needs: []Need{
			{"Content-Range", Must, "a single part", "只有一個部分"},
			{"Content-Type", Must, "several parts", "有多個部分"},
			{"Date", Must, "the 200 would carry it", "若 200 也會帶"},
			{"Cache-Control", Must, "the 200 would carry it", "若 200 也會帶"},
			{"ETag", Must, "the 200 would carry it", "若 200 也會帶"},
			{"Expires", Must, "the 200 would carry it", "若 200 也會帶"},
			{"Content-Location", Must, "the 200 would carry it", "若 200 也會帶"},
			{"Vary", Must, "the 200 would carry it", "若 200 也會帶"},
		},
	},
	{
		Code: 207, Name: "Multi-Status", NameZhTW: "多重狀態",
		Specs: []string{"RFC 4918 §11.1", "RFC 4918 §13"},
		Topic: DAV, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatNone,
	},
	{
		Code: 208, Name: "Already Reported", NameZhTW: "已列過",
		Specs: []string{"RFC 5842 §7.1"},
		Topic: DAV, Maturity: Experimental, Appears: InMultistatus,
		Content: Expected, Store: ByCarrier, Repeat: RepeatNone,
	},
	{
		// The fields: RFC 3229 §10.3, §10.4.1, §10.5.1.
		Code: 226, Name: "IM Used", NameZhTW: "已套用實例操作",
		Specs: []string{"RFC 3229 §10.4.1"},
		Topic: Conditional, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatNone,
		Needs: []Need{
			{Field: "IM", Level: Must},
			{Field: "ETag", Level: Must},
			{"Delta-Base", Must, "a delta, and the request named several entity tags", "差異內容，而請求列了多個實體標籤"},
		},
	},

	{
		Code: 300, Name: "Multiple Choices", NameZhTW: "多種選擇",
		Specs: []string{"RFC 9110 §15.4.1", "RFC 2295 §10.1"},
		Topic: Redirect, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Heuristic, Repeat: RepeatElsewhere,
		Needs: []Need{
			{"Location", Should, "the server prefers one choice", "伺服器有偏好的選項"},
			{"TCN", Must, "a list of transparent negotiation", "透明協商的清單"},
			{"Alternates", Must, "a list of transparent negotiation", "透明協商的清單"},
			{"Vary", Must, "a list of transparent negotiation", "透明協商的清單"},
		},
	},
	{
		Code: 301, Name: "Moved Permanently", NameZhTW: "已永久移動",
		Specs: []string{"RFC 9110 §15.4.2"},
		Topic: Redirect, Maturity: Standard, Appears: InStatusLine,
		Content: MayContent, Store: Heuristic, Repeat: RepeatElsewhere,
		Needs: []Need{
			{Field: "Location", Level: Should},
		},
	},
	{
		Code: 302, Name: "Found", NameZhTW: "暫時在他處",
		OldNames: []string{"Moved Temporarily"},
		Specs:    []string{"RFC 9110 §15.4.3"},
		Topic:    Redirect, Maturity: Standard, Appears: InStatusLine,
		Content: MayContent, Store: Explicit, Repeat: RepeatElsewhere,
		Needs: []Need{
			{Field: "Location", Level: Should},
		},
	},
	{
		// Its definition presumes Location without a requirement word; what it
		// redirects to is named there and nowhere else.
		Code: 303, Name: "See Other", NameZhTW: "參見他處",
		Specs: []string{"RFC 9110 §15.4.4"},
		Topic: Redirect, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatElsewhere,
		Needs: []Need{
			{Field: "Location", Level: Should},
		},
	},
	{
		Code: 304, Name: "Not Modified", NameZhTW: "未修改",
		Specs: []string{"RFC 9110 §15.4.5", "RFC 9110 §13", "RFC 9111 §4.3"},
		Topic: Conditional, Maturity: Standard, Appears: InStatusLine,
		Content: NoContent, Store: Updates, Repeat: RepeatNone,
		Needs: []Need{
			{"Content-Location", Must, "the 200 would carry it", "若 200 也會帶"},
			{"Date", Must, "the 200 would carry it", "若 200 也會帶"},
			{"ETag", Must, "the 200 would carry it", "若 200 也會帶"},
			{"Vary", Must, "the 200 would carry it", "若 200 也會帶"},
			{"Cache-Control", Must, "the 200 would carry it", "若 200 也會帶"},
			{"Expires", Must, "the 200 would carry it", "若 200 也會帶"},
		},
	},
	{
		Code: 305, Name: "Use Proxy", NameZhTW: "使用代理伺服器",
		Specs: []string{"RFC 9110 §15.4.6", "RFC 7231 Appendix B", "RFC 2616 §10.3.6"},
		Topic: Retired, Maturity: Deprecated, Appears: Nowhere,
		Content: MayContent, Store: Explicit, Repeat: RepeatNone,
	},
	{
		Code: 306, Name: "(Unused)", NameZhTW: "（未使用）",
		OldNames: []string{"Switch Proxy"},
		Specs:    []string{"RFC 9110 §15.4.7"},
		Topic:    Retired, Maturity: Unused, Appears: Nowhere,
		Content: MayContent, Store: Explicit, Repeat: RepeatNone,
	},
	{
		Code: 307, Name: "Temporary Redirect", NameZhTW: "暫時重新導向",
		Specs: []string{"RFC 9110 §15.4.8"},
		Topic: Redirect, Maturity: Standard, Appears: InStatusLine,
		Content: MayContent, Store: Explicit, Repeat: RepeatElsewhere,
		Needs: []Need{
			{Field: "Location", Level: Should},
		},
	},
	{
		Code: 308, Name: "Permanent Redirect", NameZhTW: "永久重新導向",
		Specs: []string{"RFC 9110 §15.4.9", "RFC 7538 §3"},
		Topic: Redirect, Maturity: Standard, Appears: InStatusLine,
		Content: MayContent, Store: Heuristic, Repeat: RepeatElsewhere,
		Needs: []Need{
			{Field: "Location", Level: Should},
		},
	},

	{
		Code: 400, Name: "Bad Request", NameZhTW: "請求有誤",
		Specs: []string{"RFC 9110 §15.5.1", "RFC 9112 §2.2", "RFC 9112 §3", "RFC 9112 §3.2", "RFC 9112 §5.1", "RFC 9112 §5.2", "RFC 9112 §6.3"},
		Topic: Intake, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatNo,
	},
	{
		Code: 401, Name: "Unauthorized", NameZhTW: "未通過身分驗證",
		Specs: []string{"RFC 9110 §15.5.2", "RFC 9110 §11.6", "RFC 4918 §9.1.2"},
		Topic: Auth, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
		Needs: []Need{
			{Field: "WWW-Authenticate", Level: Must},
		},
	},
	{
		Code: 402, Name: "Payment Required", NameZhTW: "需要付款",
		Specs: []string{"RFC 9110 §15.5.3"},
		Topic: Policy, Maturity: Experimental, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
	},
	{
		Code: 403, Name: "Forbidden", NameZhTW: "禁止存取",
		Specs: []string{"RFC 9110 §15.5.4"},
		Topic: Auth, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Explicit, Repeat: RepeatNo,
	},
	{
		Code: 404, Name: "Not Found", NameZhTW: "找不到資源",
		Specs: []string{"RFC 9110 §15.5.5"},
		Topic: Target, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Heuristic, Repeat: RepeatNo,
	},
	{
		Code: 405, Name: "Method Not Allowed", NameZhTW: "不允許此方法",
		Specs: []string{"RFC 9110 §15.5.6", "RFC 9110 §9.1", "RFC 9110 §10.2.1"},
		Topic: Target, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Heuristic, Repeat: RepeatChanged,
		Needs: []Need{
			{Field: "Allow", Level: Must},
		},
	},
	{
		Code: 406, Name: "Not Acceptable", NameZhTW: "沒有可接受的表示形式",
		Specs: []string{"RFC 9110 §15.5.7", "RFC 9110 §12"},
		Topic: Negotiation, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
	},
	{
		Code: 407, Name: "Proxy Authentication Required", NameZhTW: "需要通過代理伺服器驗證",
		Specs: []string{"RFC 9110 §15.5.8", "RFC 9110 §11.7"},
		Topic: Auth, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
		Needs: []Need{
			{Field: "Proxy-Authenticate", Level: Must},
		},
	},
	{
		Code: 408, Name: "Request Timeout", NameZhTW: "請求逾時",
		OldNames: []string{"Request Time-out"},
		Specs:    []string{"RFC 9110 §15.5.9"},
		Topic:    Intake, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatElsewhere,
	},
	{
		Code: 409, Name: "Conflict", NameZhTW: "與目前狀態衝突",
		Specs: []string{"RFC 9110 §15.5.10", "RFC 4918 §9.7.1", "RFC 5789 §2.2"},
		Topic: Target, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
	},
	{
		Code: 410, Name: "Gone", NameZhTW: "資源已永久移除",
		Specs: []string{"RFC 9110 §15.5.11"},
		Topic: Target, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Heuristic, Repeat: RepeatNo,
	},
	{
		Code: 411, Name: "Length Required", NameZhTW: "需要內容長度",
		Specs: []string{"RFC 9110 §15.5.12", "RFC 9112 §6.3"},
		Topic: Intake, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
	},
	{
		Code: 412, Name: "Precondition Failed", NameZhTW: "先決條件不成立",
		Specs: []string{"RFC 9110 §15.5.13", "RFC 9110 §13", "RFC 4918 §12.1"},
		Topic: Conditional, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
	},
	{
		Code: 413, Name: "Content Too Large", NameZhTW: "內容過大",
		OldNames: []string{"Payload Too Large", "Request Entity Too Large"},
		Specs:    []string{"RFC 9110 §15.5.14"},
		Topic:    Intake, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatLater,
		Needs: []Need{
			{"Retry-After", Should, "the condition is temporary", "情況是暫時的"},
		},
	},
	{
		Code: 414, Name: "URI Too Long", NameZhTW: "URI 過長",
		OldNames: []string{"Request-URI Too Long", "Request-URI Too Large"},
		Specs:    []string{"RFC 9110 §15.5.15", "RFC 9112 §3"},
		Topic:    Intake, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Heuristic, Repeat: RepeatNo,
	},
	{
		// Accept-Encoding and Accept without a requirement word in RFC 9110
		// §15.5.16 (ought to; can); Accept-Patch from RFC 5789 §2.2.
		Code: 415, Name: "Unsupported Media Type", NameZhTW: "不支援的媒體類型",
		Specs: []string{"RFC 9110 §15.5.16", "RFC 9110 §12.5.3", "RFC 5789 §2.2"},
		Topic: Negotiation, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
		Needs: []Need{
			{"Accept-Encoding", Should, "the content coding is unsupported", "不支援的是內容編碼"},
			{"Accept", May, "the media type is unsupported", "不支援的是媒體類型"},
			{"Accept-Patch", Should, "an answer to PATCH, the patch format is unsupported", "回應 PATCH，而不支援的是修補格式"},
		},
	},
	{
		Code: 416, Name: "Range Not Satisfiable", NameZhTW: "範圍無法滿足",
		OldNames: []string{"Requested Range Not Satisfiable"},
		Specs:    []string{"RFC 9110 §15.5.17", "RFC 9110 §14.2", "RFC 9110 §14.4"},
		Topic:    Ranges, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
		Needs: []Need{
			{"Content-Range", Should, "a byte range was asked for", "請求的是位元組範圍"},
		},
	},
	{
		Code: 417, Name: "Expectation Failed", NameZhTW: "無法達成期望",
		Specs: []string{"RFC 9110 §15.5.18", "RFC 9110 §10.1.1"},
		Topic: Intake, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
	},
	{
		Code: 418, Name: "(Unused)", NameZhTW: "（未使用）",
		OldNames: []string{"I'm a teapot"},
		Specs:    []string{"RFC 9110 §15.5.19", "RFC 2324 §2.3.2", "RFC 7168 §2.3.3"},
		Topic:    Retired, Maturity: Unused, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatNo,
	},
	{
		Code: 421, Name: "Misdirected Request", NameZhTW: "請求送錯伺服器",
		Specs: []string{"RFC 9110 §15.5.20", "RFC 9110 §7.4", "RFC 7838 §6", "RFC 8336 §2.3"},
		Topic: Target, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatElsewhere,
	},
	{
		Code: 422, Name: "Unprocessable Content", NameZhTW: "無法處理的內容",
		OldNames: []string{"Unprocessable Entity"},
		Specs:    []string{"RFC 9110 §15.5.21"},
		Topic:    Intake, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Explicit, Repeat: RepeatNo,
	},
	{
		Code: 423, Name: "Locked", NameZhTW: "已鎖定",
		Specs: []string{"RFC 4918 §11.3"},
		Topic: DAV, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
	},
	{
		Code: 424, Name: "Failed Dependency", NameZhTW: "相依的操作失敗",
		Specs: []string{"RFC 4918 §11.4", "RFC 4918 §9.2.1", "RFC 4918 §9.10.3", "RFC 5689 §3"},
		Topic: DAV, Maturity: Standard, Appears: InMultistatus,
		Content: Expected, Store: ByCarrier, Repeat: RepeatChanged,
	},
	{
		Code: 425, Name: "Too Early", NameZhTW: "為時過早",
		OldNames: []string{"Unordered Collection"},
		Specs:    []string{"RFC 8470 §5.2"},
		Topic:    Intake, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatLater,
	},
	{
		Code: 426, Name: "Upgrade Required", NameZhTW: "需要升級協定",
		Specs: []string{"RFC 9110 §15.5.22", "RFC 9110 §7.8"},
		Topic: Upgrade, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
		Needs: []Need{
			{Field: "Upgrade", Level: Must},
			{"Connection", Must, "HTTP/1.1", "HTTP/1.1"},
		},
	},
	{
		Code: 428, Name: "Precondition Required", NameZhTW: "需要先決條件",
		Specs: []string{"RFC 6585 §3"},
		Topic: Conditional, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Forbidden, Repeat: RepeatChanged,
	},
	{
		Code: 429, Name: "Too Many Requests", NameZhTW: "請求過多",
		Specs: []string{"RFC 6585 §4", "draft-ietf-httpapi-ratelimit-headers-11"},
		Topic: Limits, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Forbidden, Repeat: RepeatLater,
		Needs: []Need{
			{Field: "Retry-After", Level: May},
		},
	},
	{
		Code: 431, Name: "Request Header Fields Too Large", NameZhTW: "請求標頭欄位過大",
		Specs: []string{"RFC 6585 §5", "RFC 9113 §10.5.1", "RFC 9114 §4.2.2"},
		Topic: Intake, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Forbidden, Repeat: RepeatChanged,
	},
	{
		Code: 451, Name: "Unavailable For Legal Reasons", NameZhTW: "因法律因素無法提供",
		Specs: []string{"RFC 7725 §3", "RFC 7725 §4"},
		Topic: Policy, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Heuristic, Repeat: RepeatNo,
		Needs: []Need{
			{"Link", Should, "the sender is the one that blocks", "送出回應的正是執行封鎖者"},
		},
	},

	{
		Code: 500, Name: "Internal Server Error", NameZhTW: "伺服器內部錯誤",
		Specs: []string{"RFC 9110 §15.6.1"},
		Topic: Fault, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Explicit, Repeat: RepeatIdempotent,
	},
	{
		Code: 501, Name: "Not Implemented", NameZhTW: "未實作",
		Specs: []string{"RFC 9110 §15.6.2", "RFC 9110 §9.1", "RFC 9112 §3", "RFC 9112 §6.1"},
		Topic: Target, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Heuristic, Repeat: RepeatNo,
	},
	{
		Code: 502, Name: "Bad Gateway", NameZhTW: "閘道收到無效回應",
		Specs: []string{"RFC 9110 §15.6.3", "RFC 9112 §5.2", "RFC 9112 §6.3", "RFC 9209 §2.3"},
		Topic: Gateway, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Explicit, Repeat: RepeatIdempotent,
	},
	{
		Code: 503, Name: "Service Unavailable", NameZhTW: "服務暫時無法使用",
		Specs: []string{"RFC 9110 §15.6.4"},
		Topic: Limits, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatLater,
		Needs: []Need{
			{Field: "Retry-After", Level: May},
		},
	},
	{
		Code: 504, Name: "Gateway Timeout", NameZhTW: "閘道逾時",
		OldNames: []string{"Gateway Time-out"},
		Specs:    []string{"RFC 9110 §15.6.5", "RFC 9111 §5.2.1.7", "RFC 9111 §5.2.2.2"},
		Topic:    Gateway, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Explicit, Repeat: RepeatIdempotent,
	},
	{
		Code: 505, Name: "HTTP Version Not Supported", NameZhTW: "不支援的 HTTP 版本",
		Specs: []string{"RFC 9110 §15.6.6", "RFC 9110 §2.5"},
		Topic: Intake, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
	},
	{
		Code: 506, Name: "Variant Also Negotiates", NameZhTW: "變體本身也要協商",
		Specs: []string{"RFC 2295 §8.1", "RFC 2295 §10.2"},
		Topic: Negotiation, Maturity: Experimental, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatNo,
	},
	{
		Code: 507, Name: "Insufficient Storage", NameZhTW: "儲存空間不足",
		Specs: []string{"RFC 4918 §11.5", "RFC 4331 §6"},
		Topic: Limits, Maturity: Standard, Appears: InBoth,
		Content: Expected, Store: Explicit, Repeat: RepeatNo,
	},
	{
		Code: 508, Name: "Loop Detected", NameZhTW: "偵測到迴圈",
		Specs: []string{"RFC 5842 §7.2"},
		Topic: DAV, Maturity: Experimental, Appears: InBoth,
		Content: Expected, Store: Explicit, Repeat: RepeatNo,
	},
	{
		Code: 510, Name: "Not Extended", NameZhTW: "缺少必要的擴充",
		Specs: []string{"RFC 2774 §7", "RFC 2774 §5"},
		Topic: Retired, Maturity: Obsoleted, Appears: InStatusLine,
		Content: Expected, Store: Explicit, Repeat: RepeatChanged,
	},
	{
		Code: 511, Name: "Network Authentication Required", NameZhTW: "需要通過網路驗證",
		Specs: []string{"RFC 6585 §6", "RFC 8908", "RFC 8910"},
		Topic: Auth, Maturity: Standard, Appears: InStatusLine,
		Content: Expected, Store: Forbidden, Repeat: RepeatLater,
	},
}
