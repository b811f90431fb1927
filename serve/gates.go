package serve

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Gates are the steps of the order of decision that this package takes.
var Gates = []wire.Gate{
	{
		Number: 0,
		Name:   lang.Text{En: "connection", ZhTW: "連線"},
		Asks: lang.Text{
			En:   "What does the connection speak, and is there room for it? Nothing is answered here; facts are noted.",
			ZhTW: "這條連線說的是什麼協定、還有沒有位置？這裡不作回應，只記下事實。"},
	},
	{
		Number: 1,
		Name:   lang.Text{En: "message", ZhTW: "訊息"},
		Asks: lang.Text{
			En:   "Did a whole message come in time, well formed, safely framed and within the limits?",
			ZhTW: "訊息是否及時收齊、格式正確、邊界明確，而且沒有超過限制？"},
		Answers: []status.Code{408, 505, 400, 501, 414, 431},
	},
	{
		Number: 4,
		Name:   lang.Text{En: "address", ZhTW: "位址"},
		Asks: lang.Text{
			En:   "Is this authority served here, on this connection?",
			ZhTW: "這個主機名稱歸這裡、歸這條連線管嗎？"},
		Answers: []status.Code{421},
	},
	{
		Number: 5,
		Name:   lang.Text{En: "language", ZhTW: "語言"},
		Asks: lang.Text{
			En:   "Is every extension that the request demands supported, is the method implemented by anything here, and can the expectation be met?",
			ZhTW: "請求要求的擴充都支援嗎？這裡有任何東西實作了這個方法嗎？請求的期望做得到嗎？"},
		Answers: []status.Code{510, 501, 417},
	},
	{
		Number: 6,
		Name:   lang.Text{En: "replay", ZhTW: "重放"},
		Asks: lang.Text{
			En:   "Might this be a replay of early data, and would a replay do harm?",
			ZhTW: "會不會是重放的早期資料？重放會造成影響嗎？"},
		Answers: []status.Code{425},
	},
}
