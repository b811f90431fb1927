package road

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Gates are the steps of gate 2, in their order: first the network, then the
// proxy that the client has chosen, then what lies behind.
var Gates = []wire.Gate{
	{
		Number: Gate,
		Name:   lang.Text{En: "road: captivity", ZhTW: "途中：攔截"},
		Asks: lang.Text{
			En:   "Does the network on the way let this client pass?",
			ZhTW: "途中的網路放這個用戶端通行嗎？"},
		Answers: []status.Code{511},
	},
	{
		Number: Gate,
		Name:   lang.Text{En: "road: proxy", ZhTW: "途中：代理"},
		Asks: lang.Text{
			En:   "Does the proxy know who asks, was the request here before, and may it go where it wants to?",
			ZhTW: "代理伺服器知道是誰嗎？請求是不是繞了一圈又回來？它要去的地方可以去嗎？"},
		Answers: []status.Code{400, 407, 501, 403, 502},
	},
	{
		Number: Gate,
		Name:   lang.Text{En: "road: cache", ZhTW: "途中：快取"},
		Asks: lang.Text{
			En:   "Is an answer stored that may be used without asking?",
			ZhTW: "有沒有儲存的回應，可以不必詢問就使用？"},
		Answers: []status.Code{304, 504},
	},
	{
		Number: Gate,
		Name:   lang.Text{En: "road: the server ahead", ZhTW: "途中：上游伺服器"},
		Asks: lang.Text{
			En:   "Is there room to pass it on, is the server ahead reached, and does it give a valid answer in time? Was that changed on the way?",
			ZhTW: "有餘力轉送嗎？連得上上游伺服器嗎？它是否及時給出有效的回應？回應在途中改過嗎？"},
		Answers: []status.Code{503, 502, 504, 203},
	},
}
