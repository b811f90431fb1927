package stage

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Gates are the steps of the order of decision that the lab's resources take.
var Gates = []wire.Gate{
	{
		Number: 8, Name: lang.Text{En: "place", ZhTW: "位置"},
		Asks:    lang.Text{En: "Is there anything at this URI?", ZhTW: "這個 URI 上有東西嗎？"},
		Answers: codes(404),
	},
	{
		Number: 9, Name: lang.Text{En: "method", ZhTW: "方法"},
		Asks:    lang.Text{En: "Does this resource allow the method?", ZhTW: "這個資源允許這個方法嗎？"},
		Answers: codes(405),
	},
	{
		Number: 10, Name: lang.Text{En: "announced content", ZhTW: "宣告的內容"},
		Asks: lang.Text{
			En:   "Do the fields alone speak against the content: its length, its size, its being a part?",
			ZhTW: "光看欄位，內容是否就該拒絕：沒有長度、太大、或只是一部分？"},
		Answers: codes(411, 413, 400),
	},
	{
		Number: 13, Name: lang.Text{En: "conditions", ZhTW: "條件"},
		Asks:    lang.Text{En: "Do the conditions of the request hold?", ZhTW: "請求的條件成立嗎？"},
		Answers: codes(412, 304),
	},
	{
		Number: 14, Name: lang.Text{En: "take content", ZhTW: "接收內容"},
		Asks: lang.Text{
			En:   "Does the content come, in time, whole, and no larger than allowed?",
			ZhTW: "內容是否及時、完整地送到，而且沒有超過上限？"},
		Answers: codes(100, 413, 408, 400),
	},
	{
		Number: 15, Name: lang.Text{En: "act and answer", ZhTW: "執行並回應"},
		Asks:    lang.Text{En: "What came of it?", ZhTW: "結果如何？"},
		Answers: codes(103, 500, 206, 416, 204, 201, 200),
	},
}
