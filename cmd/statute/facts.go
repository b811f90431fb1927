package main

import (
	"fmt"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// This file says in words what package status says in data.

var classWords = map[status.Class]lang.Text{
	status.Informational: {En: "1xx Informational", ZhTW: "1xx 過渡回應"},
	status.Successful:    {En: "2xx Successful", ZhTW: "2xx 成功"},
	status.Redirection:   {En: "3xx Redirection", ZhTW: "3xx 重新導向"},
	status.ClientError:   {En: "4xx Client Error", ZhTW: "4xx 用戶端錯誤"},
	status.ServerError:   {En: "5xx Server Error", ZhTW: "5xx 伺服器錯誤"},
}

var maturityWords = map[status.Maturity]lang.Text{
	status.Standard:     {En: "standard", ZhTW: "標準"},
	status.Experimental: {En: "experimental", ZhTW: "實驗性"},
	status.Deprecated:   {En: "deprecated", ZhTW: "已棄用"},
	status.Obsoleted:    {En: "obsoleted", ZhTW: "已廢止"},
	status.Unused:       {En: "unused", ZhTW: "保留不用"},
	status.Temporary:    {En: "temporary", ZhTW: "暫時註冊"},
}

var appearsWords = map[status.Appears]lang.Text{
	status.InInterim:     {En: "in an interim response, before the final one", ZhTW: "過渡回應，在最終回應之前"},
	status.InStatusLine:  {En: "as the status of a final response", ZhTW: "最終回應的狀態"},
	status.InMultistatus: {En: "only inside the content of a 207", ZhTW: "只在 207 的內容裡"},
	status.InBoth:        {En: "as the status of a final response, or inside the content of a 207", ZhTW: "最終回應的狀態，或在 207 的內容裡"},
	status.Nowhere:       {En: "nowhere: to be recognised, not to be sent", ZhTW: "無處；只需認得，不該送出"},
}

var contentWords = map[status.Content]lang.Text{
	status.NoContent:   {En: "none; the message ends with its header section", ZhTW: "沒有；訊息到標頭區段就結束"},
	status.ZeroContent: {En: "of zero octets, and framed as such", ZhTW: "長度為零，並照此標示邊界"},
	status.MayContent:  {En: "allowed", ZhTW: "可有可無"},
	status.Expected:    {En: "expected: a representation, or an explanation", ZhTW: "應該有：一份表示，或一段說明"},
}

var storeWords = map[status.Store]lang.Text{
	status.NeverStored: {En: "never; an interim response is not stored", ZhTW: "不儲存；過渡回應不進快取"},
	status.Heuristic:   {En: "allowed even without explicit freshness", ZhTW: "即使沒有明確的有效期也可以"},
	status.Explicit:    {En: "allowed with explicit freshness only", ZhTW: "有明確的有效期才可以"},
	status.Forbidden:   {En: "forbidden", ZhTW: "禁止"},
	status.Updates:     {En: "freshens the stored response that it speaks of", ZhTW: "更新它所指的那份已儲存的回應"},
	status.ByCarrier:   {En: "as the 207 that holds it", ZhTW: "與裝著它的 207 相同"},
}

var repeatWords = map[status.Repeat]lang.Text{
	status.RepeatNo:         {En: "no; nothing says that the same request would fare better", ZhTW: "不要；同樣的請求沒有理由會有更好的結果"},
	status.RepeatChanged:    {En: "after changing it as the answer asks", ZhTW: "照回應的要求修改後再送"},
	status.RepeatLater:      {En: "later, when what the answer names has passed", ZhTW: "等回應所說的時間或步驟過後再送"},
	status.RepeatElsewhere:  {En: "elsewhere: on another connection or at another URI", ZhTW: "換個地方：另一條連線或另一個 URI"},
	status.RepeatIdempotent: {En: "if the method is idempotent", ZhTW: "方法是冪等的才可以"},
	status.RepeatNone:       {En: "the question does not arise", ZhTW: "沒有這個問題"},
}

var levelWords = map[status.Level]lang.Text{
	status.Must:   {En: "must", ZhTW: "必須"},
	status.Should: {En: "should", ZhTW: "應該"},
	status.May:    {En: "may", ZhTW: "可以"},
}

// nameOf returns a code with its name: "404 Not Found", in Chinese with our
// name behind it; for an unregistered code the digits alone.
func nameOf(c status.Code, l lang.Tag) string {
	e, ok := status.Get(c)
	switch {
	case !ok:
		return c.String()
	case l == lang.ZhTW:
		return fmt.Sprintf("%s %s %s", c, e.Name, e.NameZhTW)
	}
	return fmt.Sprintf("%s %s", c, e.Name)
}

// factRows returns what the specifications say of a registered code, as labels
// and texts.
func (env *environment) factRows(m status.Meaning) [][2]string {
	e := m.Entry
	var rows [][2]string
	add := func(label lang.Text, text string) {
		if text != "" {
			rows = append(rows, [2]string{env.in(label), text})
		}
	}
	add(lang.Text{En: "class", ZhTW: "類別"}, env.in(classWords[e.Code.Class()]))
	add(lang.Text{En: "maturity", ZhTW: "成熟度"}, env.in(maturityWords[e.Maturity]))
	add(lang.Text{En: "defined in", ZhTW: "規格"}, strings.Join(e.Specs, env.comma()))
	add(lang.Text{En: "old names", ZhTW: "舊名"}, strings.Join(e.OldNames, env.comma()))
	add(lang.Text{En: "appears", ZhTW: "出現於"}, env.in(appearsWords[e.Appears]))
	add(lang.Text{En: "content", ZhTW: "內容"}, env.in(contentWords[e.Content]))
	add(lang.Text{En: "storing", ZhTW: "快取儲存"}, env.in(storeWords[e.Store]))
	add(lang.Text{En: "repeating", ZhTW: "重送請求"}, env.in(repeatWords[e.Repeat]))
	for i, need := range e.Needs {
		label := lang.Text{En: "fields", ZhTW: "所需欄位"}
		if i > 0 {
			label = lang.Text{}
		}
		add(label, env.needText(need))
	}
	if m.TreatAs != m.Code {
		add(lang.Text{En: "handled as", ZhTW: "視同"}, nameOf(m.TreatAs, env.lang))
	}
	return rows
}

// needText says how strongly a field is asked for, and when.
func (env *environment) needText(n status.Need) string {
	when := lang.Text{En: n.When, ZhTW: n.WhenZhTW}
	level := env.in(levelWords[n.Level])
	if env.in(when) == "" {
		return n.Field + env.colon() + level
	}
	return n.Field + env.colon() + level + env.in(lang.Text{En: "; ", ZhTW: "；"}) + env.in(when)
}

// colon stands before an explanation.
func (env *environment) colon() string { return env.in(lang.Text{En: ": ", ZhTW: "："}) }

// comma stands between the members of a list.
func (env *environment) comma() string { return env.in(lang.Text{En: ", ", ZhTW: "、"}) }
