package lint

import "github.com/statute-http/statute/lang"

// What a rule's level, subject and culprit are called where people read of them.

// Says returns what a level means.
func (l Level) Says() lang.Text { return levelWords[l] }

// Says returns what is looked at.
func (a About) Says() lang.Text { return aboutWords[a] }

// Says returns who it is.
func (w Who) Says() lang.Text { return whoWords[w] }

var levelWords = map[Level]lang.Text{
	Must:       {En: "breaks a MUST, a MUST NOT or the grammar", ZhTW: "違反「必須」、「不得」或語法"},
	Should:     {En: "breaks a SHOULD or a SHOULD NOT", ZhTW: "違反「應該」或「不應」"},
	Definition: {En: "contradicts what the code or the field means", ZhTW: "與狀態碼或欄位的意思矛盾"},
	Advice:     {En: "breaks no sentence, and still serves nobody well", ZhTW: "沒有違反哪一句，但對誰都沒有好處"},
}

var aboutWords = map[About]lang.Text{
	OfMessage:  {En: "one answer alone", ZhTW: "單獨一則回應"},
	OfExchange: {En: "a request and its answer", ZhTW: "請求和它的回應"},
	OfSequence: {En: "several exchanges", ZhTW: "多次往來"},
	OfCause:    {En: "a code that has no cause that the recording shows", ZhTW: "紀錄裡看不出成因的狀態碼"},
}

var whoWords = map[Who]lang.Text{
	Server:       {En: "the server", ZhTW: "伺服器"},
	Client:       {En: "the client", ZhTW: "用戶端"},
	Intermediary: {En: "the intermediary", ZhTW: "中介者"},
}
