package origin

import (
	"net/http"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A gate is one step of the order with the function that takes it.
type gate struct {
	wire.Gate
	decide func(*decision) (answered bool, err error)
}

// Order is the decision from gate 3 on, as it runs.
var Order = []gate{
	{wire.Gate{Number: 3, Name: lang.Text{En: "house", ZhTW: "整體"},
		Asks:    lang.Text{En: "Is the house open, and is there room for one more request?", ZhTW: "整個服務開著嗎？還有餘力再處理一個請求嗎？"},
		Answers: codes(503)}, (*decision).house},
	{wire.Gate{Number: 7, Name: lang.Text{En: "permission", ZhTW: "許可"},
		Asks:    lang.Text{En: "Is it known who asks, have they asked too often, is it paid for, and do their rights and the law allow this?", ZhTW: "知道是誰在請求嗎？最近是否太頻繁？付款了嗎？權限與法律允許嗎？"},
		Answers: codes(400, 401, 429, 402, 403, 451)}, (*decision).permission},
	{wire.Gate{Number: 8, Name: lang.Text{En: "place", ZhTW: "位置"},
		Asks:    lang.Text{En: "Is the resource here, elsewhere, gone, or nowhere?", ZhTW: "資源在這裡、在別處、已經移除，還是根本不存在？"},
		Answers: codes(301, 302, 307, 308, 410, 404)}, (*decision).place},
	{wire.Gate{Number: 9, Name: lang.Text{En: "method", ZhTW: "方法"},
		Asks:    lang.Text{En: "Does this resource allow the method, and is it of a kind that can do this at all?", ZhTW: "這個資源允許這個方法嗎？以它的種類，做得到這件事嗎？"},
		Answers: codes(405, 418)}, (*decision).method},
	{wire.Gate{Number: 10, Name: lang.Text{En: "announced content", ZhTW: "宣告的內容"},
		Asks:    lang.Text{En: "Do the fields alone speak against the content: its length, size, type, coding, or its being a part?", ZhTW: "光看欄位，內容是否就該拒絕：長度、大小、型別、編碼，或只是一部分？"},
		Answers: codes(411, 413, 415, 400, 502)}, (*decision).announced},
	{wire.Gate{Number: 11, Name: lang.Text{En: "selection", ZhTW: "選擇"},
		Asks:    lang.Text{En: "Which representation does the client want, and is any acceptable?", ZhTW: "用戶端想要哪一種表示？有可接受的嗎？"},
		Answers: codes(406, 300, 506)}, (*decision).selection},
	{wire.Gate{Number: 12, Name: lang.Text{En: "state", ZhTW: "狀態"},
		Asks:    lang.Text{En: "Does the state forbid what is asked before the content is read: a lock, a missing parent, a loop, no room?", ZhTW: "在讀內容之前，目前的狀態是否就不允許：被鎖住、缺少上層、繞成迴圈、沒有空間？"},
		Answers: codes(423, 409, 403, 507, 508)}, (*decision).state},
	{wire.Gate{Number: 13, Name: lang.Text{En: "conditions", ZhTW: "條件"},
		Asks:    lang.Text{En: "Is a condition demanded, and do those of the request hold?", ZhTW: "是否要求附上條件？請求的條件成立嗎？"},
		Answers: codes(428, 412, 304)}, (*decision).conditions},
	{wire.Gate{Number: 14, Name: lang.Text{En: "take content", ZhTW: "接收內容"},
		Asks:    lang.Text{En: "Does the content come, in time, whole, no larger than allowed, and can it be understood and carried out?", ZhTW: "內容是否及時、完整地送到、沒有超過上限，而且能理解、能執行？"},
		Answers: codes(100, 413, 408, 400, 415, 403, 422)}, (*decision).takeContent},
	{wire.Gate{Number: 15, Name: lang.Text{En: "act and answer", ZhTW: "執行並回應"},
		Asks:    lang.Text{En: "What came of it?", ZhTW: "結果如何？"},
		Answers: codes(102, 409, 412, 422, 423, 403, 507, 207, 208, 424, 202, 500, 226, 206, 416, 205, 204, 201, 303, 200)}, (*decision).act},
}

func codes(c ...status.Code) []status.Code { return c }

// Gates returns the order's descriptions.
func Gates() []wire.Gate {
	var gates []wire.Gate
	for _, g := range Order {
		gates = append(gates, g.Gate)
	}
	return gates
}

// A step is one gate that a request has come to.
type step struct {
	gate int
	name string
}

// Methods are those that the order knows how to carry out.
var Methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
	http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace, query, brew,
	propfind, proppatch, mkcol, copying, move, lock, unlock, bind, unbind, rebind,
}

// query is the method of RFC 10008, which net/http has no name for.
const query = "QUERY"
