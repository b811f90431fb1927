package peer

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Faults that only h2 and h3 messages can have, besides those of package wire
// that hold for them too: bad-field-name, bad-field-value, bad-status-code,
// bad-content-length, field-too-large. Names never change.
const (
	UppercaseName   wire.FaultKind = "uppercase-field-name"
	ConnectionField wire.FaultKind = "connection-field"
	MissingPseudo   wire.FaultKind = "missing-pseudo-field"
	UnknownPseudo   wire.FaultKind = "unknown-pseudo-field"
	RepeatedPseudo  wire.FaultKind = "repeated-pseudo-field"
	LatePseudo      wire.FaultKind = "pseudo-field-after-fields"
	TrailerPseudo   wire.FaultKind = "pseudo-field-in-trailers"
	Switching       wire.FaultKind = "status-101"
	LengthMismatch  wire.FaultKind = "content-length-mismatch"
	EndingInterim   wire.FaultKind = "interim-ends-stream"
	EarlyContent    wire.FaultKind = "content-before-final"
	OpenTrailers    wire.FaultKind = "trailers-not-last"
	BadCompression  wire.FaultKind = "bad-field-compression"
	UnexpectedFrame wire.FaultKind = "unexpected-frame"
	BadFrame        wire.FaultKind = "bad-frame"
	ManyInterim     wire.FaultKind = "too-many-interim"
)

// FaultTable says of each of these kinds what it means. Where h2 and h3 have
// the same rule, the section is that of h2; RFC 9114 §4.1 to §4.3 and §7.1 have
// the others. The status is what a server answers if it answers at all: both
// protocols let it reset the stream instead.
var FaultTable = []wire.FaultEntry{
	{Kind: UppercaseName, Status: 400, Spec: "RFC 9113 §8.2.1", Says: lang.Text{
		En:   "A field name has capital letters; in HTTP/2 and HTTP/3 names are in lower case.",
		ZhTW: "欄位名稱含有大寫字母；HTTP/2 與 HTTP/3 的欄位名稱一律小寫。"}},
	{Kind: ConnectionField, Status: 400, Spec: "RFC 9113 §8.2.2", Says: lang.Text{
		En:   "A field speaks of an HTTP/1.1 connection; HTTP/2 and HTTP/3 have other means for that.",
		ZhTW: "這個欄位描述的是 HTTP/1.1 連線；HTTP/2 與 HTTP/3 另有做法。"}},
	{Kind: MissingPseudo, Status: 400, Spec: "RFC 9113 §8.3", Says: lang.Text{
		En:   "A pseudo-header field is missing that every such message has.",
		ZhTW: "缺少這種訊息必備的虛擬標頭欄位。"}},
	{Kind: UnknownPseudo, Status: 400, Spec: "RFC 9113 §8.3", Says: lang.Text{
		En:   "A field name begins with a colon, but it is none of the pseudo-header fields of such a message.",
		ZhTW: "欄位名稱以冒號開頭，卻不是這種訊息的虛擬標頭欄位。"}},
	{Kind: RepeatedPseudo, Status: 400, Spec: "RFC 9113 §8.3", Says: lang.Text{
		En:   "A pseudo-header field stands there more than once.",
		ZhTW: "虛擬標頭欄位重複出現。"}},
	{Kind: LatePseudo, Status: 400, Spec: "RFC 9113 §8.3", Says: lang.Text{
		En:   "A pseudo-header field follows an ordinary one; they all come first.",
		ZhTW: "虛擬標頭欄位出現在一般欄位之後；它們必須全部排在最前面。"}},
	{Kind: TrailerPseudo, Status: 400, Spec: "RFC 9113 §8.1", Says: lang.Text{
		En:   "The trailers have a pseudo-header field.",
		ZhTW: "尾段欄位中出現虛擬標頭欄位。"}},
	{Kind: Switching, Status: 502, Spec: "RFC 9113 §8.6", Says: lang.Text{
		En:   "The answer is a 101; HTTP/2 and HTTP/3 have no Upgrade and no such code.",
		ZhTW: "回應是 101；HTTP/2 與 HTTP/3 沒有 Upgrade，也沒有這個狀態碼。"}},
	{Kind: LengthMismatch, Status: 400, Spec: "RFC 9113 §8.1.1", Says: lang.Text{
		En:   "Content-Length is not the number of octets that came as content.",
		ZhTW: "Content-Length 與實際收到的內容位元組數不符。"}},
	{Kind: EndingInterim, Status: 502, Spec: "RFC 9113 §8.1", Says: lang.Text{
		En:   "The stream ends with an interim answer; a final one has to follow.",
		ZhTW: "串流在過渡回應之後就結束；後面必須還有最終回應。"}},
	{Kind: EarlyContent, Status: 502, Spec: "RFC 9113 §8.1", Says: lang.Text{
		En:   "Content came before the final answer's fields.",
		ZhTW: "內容出現在最終回應的欄位之前。"}},
	{Kind: OpenTrailers, Status: 400, Spec: "RFC 9113 §8.1", Says: lang.Text{
		En:   "Something of the message follows its trailers, or they do not end the stream.",
		ZhTW: "尾段欄位之後還有訊息的其他部分，或尾段欄位沒有結束串流。"}},
	{Kind: BadCompression, Status: 502, Spec: "RFC 9113 §4.3", Says: lang.Text{
		En:   "A field section cannot be decoded.",
		ZhTW: "欄位區段無法解碼。"}},
	{Kind: UnexpectedFrame, Status: 502, Spec: "RFC 9113 §5.1", Says: lang.Text{
		En:   "A frame came on a stream where it has no place.",
		ZhTW: "串流上出現了不該在那裡的訊框。"}},
	{Kind: BadFrame, Status: 502, Spec: "RFC 9113 §4.2", Says: lang.Text{
		En:   "A frame is malformed, cut off or too large.",
		ZhTW: "訊框格式錯誤、被截斷或過大。"}},
	{Kind: ManyInterim, Status: 502, Spec: "RFC 9110 §15.2", Says: lang.Text{
		En:   "More interim answers came than we read.",
		ZhTW: "過渡回應的數量超過我們願意讀取的上限。"}},
}

// sayFault returns what is to be said of a kind of fault, ours or package
// wire's; its name if there is nothing.
func sayFault(kind wire.FaultKind, l lang.Tag) string {
	for _, e := range FaultTable {
		if e.Kind == kind {
			return e.Says.In(l)
		}
	}
	if says := kind.Entry().Says.In(l); says != "" {
		return says
	}
	return string(kind)
}
