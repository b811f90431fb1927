package wire

import (
	"fmt"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// A FaultKind names one way in which a message breaks the grammar, the framing
// or a limit. Names never change.
type FaultKind string

// Faults of requests and responses, in the order in which a reader meets them.
const (
	BadMethod        FaultKind = "bad-method"
	MethodTooLong    FaultKind = "method-too-long"
	BadTarget        FaultKind = "bad-target"
	TargetTooLong    FaultKind = "target-too-long"
	BadRequestLine   FaultKind = "bad-request-line"
	BadVersion       FaultKind = "bad-version"
	OtherVersion     FaultKind = "version-not-supported"
	BadStatusLine    FaultKind = "bad-status-line"
	BadStatusCode    FaultKind = "bad-status-code"
	NoReasonSpace    FaultKind = "no-space-after-status"
	BadReason        FaultKind = "bad-reason"
	BareLF           FaultKind = "bare-lf"
	BareCR           FaultKind = "bare-cr"
	LeadingSpace     FaultKind = "space-before-first-field"
	ObsFold          FaultKind = "obs-fold"
	NoColon          FaultKind = "no-colon"
	SpaceBeforeColon FaultKind = "space-before-colon"
	BadFieldName     FaultKind = "bad-field-name"
	BadFieldValue    FaultKind = "bad-field-value"
	FieldTooLarge    FaultKind = "field-too-large"
	TooManyFields    FaultKind = "too-many-fields"
	HeadTooLarge     FaultKind = "head-too-large"
	NoHost           FaultKind = "no-host"
	TwoHosts         FaultKind = "two-hosts"
	BadHost          FaultKind = "bad-host"
	BadLength        FaultKind = "bad-content-length"
	LengthsDiffer    FaultKind = "content-lengths-differ"
	LengthAndCoding  FaultKind = "length-and-transfer-coding"
	UnknownCoding    FaultKind = "unknown-transfer-coding"
	ChunkedNotLast   FaultKind = "chunked-not-last"
	CodingInHTTP10   FaultKind = "transfer-coding-in-http10"
	BadChunk         FaultKind = "bad-chunk"
	BadTrailer       FaultKind = "bad-trailer"
)

// A FaultEntry says what a fault means and which answer it asks for.
type FaultEntry struct {
	Kind   FaultKind
	Status status.Code // how a server refuses a request that has it
	Spec   string
	Says   lang.Text
}

// FaultTable lists every kind of fault that the HTTP/1.1 reader can find.
var FaultTable = []FaultEntry{
	{BadMethod, 400, "RFC 9112 §3", lang.Text{
		En:   "The request line does not begin with a method: a method is a token, followed by one space.",
		ZhTW: "請求列開頭不是方法：方法是一個 token，後面接一個空格。"}},
	{MethodTooLong, 501, "RFC 9112 §3", lang.Text{
		En:   "The method is longer than any method that this server implements.",
		ZhTW: "這個方法比本伺服器實作的任何方法都長。"}},
	{BadTarget, 400, "RFC 9112 §3.2", lang.Text{
		En:   "The request target is none of the four forms, or holds an octet that a URI cannot hold: encode it with %.",
		ZhTW: "請求目標不屬於四種形式之一，或含有 URI 不允許的位元組；請用 % 編碼。"}},
	{TargetTooLong, 414, "RFC 9112 §3", lang.Text{
		En:   "The request target is longer than this server reads. Shorten it, or send the data as content.",
		ZhTW: "請求目標超過本伺服器願意讀取的長度。請縮短，或改用內容傳送資料。"}},
	{BadRequestLine, 400, "RFC 9112 §3", lang.Text{
		En:   "The request line is not a method, a target and a version, each separated by one space.",
		ZhTW: "請求列不是「方法、目標、版本」並以單一空格分隔。"}},
	{BadVersion, 400, "RFC 9112 §2.3", lang.Text{
		En:   "The version is not written as HTTP/ with one digit, a dot and one digit; letter case counts.",
		ZhTW: "版本的寫法不是 HTTP/ 加一位數字、一個點、一位數字；大小寫有別。"}},
	{OtherVersion, 505, "RFC 9110 §15.6.6", lang.Text{
		En:   "This server does not speak that major version in this syntax. It speaks HTTP/1.0 and HTTP/1.1 here, HTTP/2 after its own preface or ALPN, and HTTP/3 over QUIC.",
		ZhTW: "本伺服器不以這種語法說這個主版本。這裡支援 HTTP/1.0 與 HTTP/1.1；HTTP/2 須經前言或 ALPN，HTTP/3 則走 QUIC。"}},
	{BadStatusLine, 502, "RFC 9112 §4", lang.Text{
		En:   "The status line is not a version, a space and a three-digit code.",
		ZhTW: "狀態列不是「版本、空格、三位數狀態碼」。"}},
	{BadStatusCode, 502, "RFC 9112 §4", lang.Text{
		En:   "The status code is not exactly three digits.",
		ZhTW: "狀態碼不是剛好三位數字。"}},
	{NoReasonSpace, 502, "RFC 9112 §4", lang.Text{
		En:   "The status line lacks the space that follows the code even where no reason phrase does.",
		ZhTW: "狀態列少了狀態碼後面的空格；即使沒有原因短語，空格仍不可少。"}},
	{BadReason, 502, "RFC 9112 §4", lang.Text{
		En:   "The reason phrase holds a control character.",
		ZhTW: "原因短語含有控制字元。"}},
	{BareLF, 400, "RFC 9112 §2.2", lang.Text{
		En:   "A line ends with LF alone. This server asks for CR LF, because tolerance here is what request smuggling lives on.",
		ZhTW: "有一行只以 LF 結尾。本伺服器要求 CR LF，因為請求走私正是靠這種寬容。"}},
	{BareCR, 400, "RFC 9112 §2.2", lang.Text{
		En:   "A CR stands without the LF that has to follow it.",
		ZhTW: "CR 後面沒有接 LF。"}},
	{LeadingSpace, 400, "RFC 9112 §2.2", lang.Text{
		En:   "White space stands between the start line and the first field.",
		ZhTW: "起始列與第一個欄位之間有空白。"}},
	{ObsFold, 400, "RFC 9112 §5.2", lang.Text{
		En:   "A field value goes on in a second line. Write the field on one line.",
		ZhTW: "欄位值折到了第二行。請把欄位寫在同一行。"}},
	{NoColon, 400, "RFC 9112 §5", lang.Text{
		En:   "A field line has no colon.",
		ZhTW: "有一行欄位沒有冒號。"}},
	{SpaceBeforeColon, 400, "RFC 9112 §5.1", lang.Text{
		En:   "White space stands between a field name and its colon.",
		ZhTW: "欄位名稱與冒號之間有空白。"}},
	{BadFieldName, 400, "RFC 9110 §5.1", lang.Text{
		En:   "A field name is empty or holds an octet that a token cannot hold.",
		ZhTW: "欄位名稱是空的，或含有 token 不允許的位元組。"}},
	{BadFieldValue, 400, "RFC 9110 §5.5", lang.Text{
		En:   "A field value holds a control character.",
		ZhTW: "欄位值含有控制字元。"}},
	{FieldTooLarge, 431, "RFC 6585 §5", lang.Text{
		En:   "One field is larger than this server accepts.",
		ZhTW: "有一個欄位超過本伺服器接受的大小。"}},
	{TooManyFields, 431, "RFC 6585 §5", lang.Text{
		En:   "The request has more fields than this server accepts.",
		ZhTW: "請求的欄位數量超過本伺服器接受的上限。"}},
	{HeadTooLarge, 431, "RFC 6585 §5", lang.Text{
		En:   "The fields together are larger than this server accepts.",
		ZhTW: "所有欄位合計超過本伺服器接受的大小。"}},
	{NoHost, 400, "RFC 9112 §3.2", lang.Text{
		En:   "An HTTP/1.1 request needs a Host field; this one has none.",
		ZhTW: "HTTP/1.1 請求必須有 Host 欄位，這個請求沒有。"}},
	{TwoHosts, 400, "RFC 9112 §3.2", lang.Text{
		En:   "The request has more than one Host field.",
		ZhTW: "請求有一個以上的 Host 欄位。"}},
	{BadHost, 400, "RFC 9112 §3.2", lang.Text{
		En:   "The Host field is no host name with an optional port.",
		ZhTW: "Host 欄位不是主機名稱加上可省略的連接埠。"}},
	{BadLength, 400, "RFC 9112 §6.3", lang.Text{
		En:   "Content-Length is no decimal number that this server can hold.",
		ZhTW: "Content-Length 不是本伺服器能處理的十進位數字。"}},
	{LengthsDiffer, 400, "RFC 9112 §6.3", lang.Text{
		En:   "The message has several Content-Length values and they differ.",
		ZhTW: "訊息有多個 Content-Length，而且數值不同。"}},
	{LengthAndCoding, 400, "RFC 9112 §6.3", lang.Text{
		En:   "The message has both Transfer-Encoding and Content-Length, so that two readers may disagree where it ends.",
		ZhTW: "訊息同時有 Transfer-Encoding 與 Content-Length，不同的讀者可能對訊息在哪裡結束有不同看法。"}},
	{UnknownCoding, 501, "RFC 9112 §6.1", lang.Text{
		En:   "The message is in a transfer coding that this server does not implement; it implements chunked alone.",
		ZhTW: "訊息使用了本伺服器沒有實作的傳輸編碼；這裡只實作 chunked。"}},
	{ChunkedNotLast, 400, "RFC 9112 §6.3", lang.Text{
		En:   "Transfer-Encoding does not end with one chunked, so the length of the message cannot be known.",
		ZhTW: "Transfer-Encoding 最後不是唯一的 chunked，因此無法得知訊息長度。"}},
	{CodingInHTTP10, 400, "RFC 9112 §6.1", lang.Text{
		En:   "An HTTP/1.0 message has Transfer-Encoding, which that version does not know: its framing cannot be trusted.",
		ZhTW: "HTTP/1.0 訊息帶有該版本不認得的 Transfer-Encoding，訊息邊界不可信。"}},
	{BadChunk, 400, "RFC 9112 §7.1", lang.Text{
		En:   "The chunked content is malformed: a chunk is its size in hexadecimal, CR LF, so many octets, CR LF.",
		ZhTW: "chunked 內容格式錯誤：每個區塊是十六進位大小、CR LF、對應數量的位元組、CR LF。"}},
	{BadTrailer, 400, "RFC 9112 §7.1.2", lang.Text{
		En:   "The trailer section is malformed or too large.",
		ZhTW: "尾段欄位格式錯誤或過大。"}},
}

// Entry returns what the table says of the kind.
func (k FaultKind) Entry() FaultEntry {
	for _, e := range FaultTable {
		if e.Kind == k {
			return e
		}
	}
	return FaultEntry{Kind: k, Status: 400}
}

// A Fault is one fault found in a message. A strict reader returns it as its
// error; a tolerant reader keeps it in the message and reads on.
type Fault struct {
	Kind   FaultKind
	Offset int64  // of the offending octet, from the message's first
	Field  string // name of the field concerned, if one is
}

// Error says what is wrong and where.
func (f *Fault) Error() string {
	at := fmt.Sprintf("octet %d", f.Offset)
	if f.Field != "" {
		at += ", field " + f.Field
	}
	says := f.Kind.Entry().Says.En
	if says == "" {
		says = string(f.Kind)
	}
	return fmt.Sprintf("%s (%s)", says, at)
}

// Refusal returns the answer that the fault asks of a server.
func (f *Fault) Refusal() *Refusal {
	e := f.Kind.Entry()
	r := &Refusal{
		Status: e.Status,
		Gate:   1,
		Reason: string(f.Kind),
		Spec:   e.Spec,
		Detail: e.Says,
		Close:  true,
	}
	if f.Kind == BadChunk || f.Kind == BadTrailer {
		r.Gate = 14 // found while the content is taken
	}
	// RFC 6585 §5: where one field is at fault, the answer should name it.
	if f.Field != "" {
		r.Detail.En += fmt.Sprintf(" Field: %s (octet %d of the message).", f.Field, f.Offset)
		r.Detail.ZhTW += fmt.Sprintf("欄位：%s（訊息的第 %d 個位元組）。", f.Field, f.Offset)
	} else {
		r.Detail.En += fmt.Sprintf(" (Octet %d of the message.)", f.Offset)
		r.Detail.ZhTW += fmt.Sprintf("（訊息的第 %d 個位元組。）", f.Offset)
	}
	return r
}
