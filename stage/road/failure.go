package road

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/dunglas/httpsfv"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A failureType is what went wrong on the way to the server ahead, or with its
// answer, by its name in RFC 9209 §2.3.
type failureType string

const (
	loopDetected   failureType = "proxy_loop_detected"
	nameUnknown    failureType = "dns_error"
	nameTimeout    failureType = "dns_timeout"
	prohibited     failureType = "destination_ip_prohibited"
	unroutable     failureType = "destination_ip_unroutable"
	refused        failureType = "connection_refused"
	connectTimeout failureType = "connection_timeout"
	writeTimeout   failureType = "connection_write_timeout"
	terminated     failureType = "connection_terminated"
	incomplete     failureType = "http_response_incomplete"
	answerTimeout  failureType = "http_response_timeout"
	headTooLarge   failureType = "http_response_header_section_size"
	lineTooLarge   failureType = "http_response_header_size"
	badCoding      failureType = "http_response_transfer_coding"
	notHTTP        failureType = "http_protocol_error"
	badUpgrade     failureType = "http_upgrade_failed"
)

// A Failure is what an error type of Proxy-Status means here.
type Failure struct {
	Type   failureType
	Status status.Code // as RFC 9209 recommends it
	Reason string      // in our problem details
	Spec   string
	Says   lang.Text
}

// Failures lists them all.
var Failures = []Failure{
	{loopDetected, 502, "loop", "RFC 9209 §2.3.32", lang.Text{
		En:   "This request was here before: it goes round in a circle, and would for ever.",
		ZhTW: "這個請求已經來過這裡：它在繞圈子，再轉送下去永遠不會停。"}},
	{nameUnknown, 502, "name-unknown", "RFC 9209 §2.3.2", lang.Text{
		En:   "The name of the server ahead has no address.",
		ZhTW: "上游伺服器的名稱查不到位址。"}},
	{nameTimeout, 504, "name-timeout", "RFC 9209 §2.3.1", lang.Text{
		En:   "Nobody said in time what address the server ahead has.",
		ZhTW: "查詢上游伺服器的位址逾時。"}},
	{prohibited, 502, "address-prohibited", "RFC 9209 §2.3.5", lang.Text{
		En:   "The name leads to an address of a private network, and only its pattern was allowed. Allow that host by its name or address.",
		ZhTW: "這個名稱指向私有網路的位址，而允許它的只是樣式。請改以主機的名稱或位址明確允許。"}},
	{unroutable, 502, "unroutable", "RFC 9209 §2.3.6", lang.Text{
		En:   "There is no way to the address of the server ahead.",
		ZhTW: "沒有路可以到上游伺服器的位址。"}},
	{refused, 502, "connection-refused", "RFC 9209 §2.3.7", lang.Text{
		En:   "The server ahead refused the connection: nothing listens there.",
		ZhTW: "上游伺服器拒絕連線：那裡沒有程式在監聽。"}},
	{connectTimeout, 504, "connection-timeout", "RFC 9209 §2.3.9", lang.Text{
		En:   "The server ahead took no connection in time.",
		ZhTW: "上游伺服器沒有及時接受連線。"}},
	{writeTimeout, 504, "write-timeout", "RFC 9209 §2.3.11", lang.Text{
		En:   "The server ahead did not take the request in time.",
		ZhTW: "上游伺服器沒有及時收下請求。"}},
	{terminated, 502, "connection-terminated", "RFC 9209 §2.3.8", lang.Text{
		En:   "The server ahead closed the connection before one octet of an answer. Whether it has carried the request out is not known.",
		ZhTW: "上游伺服器一個位元組都沒回就關閉連線。請求是否已經執行，無從得知。"}},
	{incomplete, 502, "answer-cut", "RFC 9209 §2.3.18", lang.Text{
		En:   "The server ahead closed the connection in the middle of its answer's head.",
		ZhTW: "上游伺服器的回應標頭還沒送完，連線就關閉了。"}},
	{answerTimeout, 504, "answer-timeout", "RFC 9209 §2.3.26", lang.Text{
		En:   "The server ahead took the request and said nothing in the time allowed. Whether it has carried it out is not known.",
		ZhTW: "上游伺服器收下請求，卻在時限內毫無回應。請求是否已經執行，無從得知。"}},
	{headTooLarge, 502, "answer-head-too-large", "RFC 9209 §2.3.19", lang.Text{
		En:   "The head of the answer from the server ahead is larger than is read here.",
		ZhTW: "上游伺服器的回應標頭超過這裡願意讀取的大小。"}},
	{lineTooLarge, 502, "answer-field-too-large", "RFC 9209 §2.3.20", lang.Text{
		En:   "A field in the answer from the server ahead is larger than is read here.",
		ZhTW: "上游伺服器的回應有一個欄位超過這裡願意讀取的大小。"}},
	{badCoding, 502, "answer-coding", "RFC 9209 §2.3.24", lang.Text{
		En:   "The answer from the server ahead is in a transfer coding that cannot be read here.",
		ZhTW: "上游伺服器的回應使用了這裡無法解讀的傳輸編碼。"}},
	{notHTTP, 502, "answer-garbled", "RFC 9209 §2.3.28", lang.Text{
		En:   "What the server ahead sent is no valid answer.",
		ZhTW: "上游伺服器送來的不是有效的回應。"}},
	{badUpgrade, 502, "answer-upgrade", "RFC 9209 §2.3.27", lang.Text{
		En:   "The server ahead switched to another protocol, and nobody had offered one.",
		ZhTW: "沒有人提議切換協定，上游伺服器卻切換了。"}},
}

func (t failureType) entry() Failure {
	for _, f := range Failures {
		if f.Type == t {
			return f
		}
	}
	panic("no entry for the failure " + string(t))
}

// failed returns the refusal for a failure. The detail is for Proxy-Status and
// says no more than what the client may know.
func (h *Hop) failed(t failureType, detail string) *wire.Refusal {
	f := t.entry()
	return &wire.Refusal{
		Status: f.Status, Gate: Gate, Reason: f.Reason, Spec: f.Spec, Detail: f.Says,
		Fields: wire.Fields{{Name: "Proxy-Status", Value: h.status("error", httpsfv.Token(t), detail)}},
	}
}

// status returns this hop's member of Proxy-Status (RFC 9209 §2): its name with
// one parameter and, if there are any, details.
func (h *Hop) status(name string, value httpsfv.Token, detail string) string {
	item := httpsfv.NewItem(httpsfv.Token(h.Name))
	item.Params.Add(name, value)
	if detail != "" {
		item.Params.Add("details", printable(detail))
	}
	text, err := httpsfv.Marshal(httpsfv.List{item})
	if err != nil {
		panic(fmt.Sprintf("Proxy-Status of hop %q: %v", h.Name, err)) // a Name that is no token
	}
	return text
}

// printable returns what a structured string can hold (RFC 8941 §3.3.3).
func printable(s string) string {
	out := []byte(s)
	for i, c := range out {
		if c < 0x20 || c > 0x7e {
			out[i] = '?'
		}
	}
	return string(out)
}

// notConnected finds the failure that an error in connecting is.
func (h *Hop) notConnected(err error) *wire.Refusal {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsTimeout:
		return h.failed(nameTimeout, "")
	case errors.As(err, &dns):
		return h.failed(nameUnknown, "")
	case errors.Is(err, errProhibited):
		return h.failed(prohibited, "")
	case errors.Is(err, syscall.ECONNREFUSED):
		return h.failed(refused, "")
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return h.failed(connectTimeout, "")
	}
	return h.failed(unroutable, "")
}

// noAnswer finds the failure that an error in reading an answer's head is.
// begun says whether an octet of it was there.
func (h *Hop) noAnswer(err error, begun bool) *wire.Refusal {
	var fault *wire.Fault
	switch {
	case errors.As(err, &fault):
		return h.garbled(fault)
	case isTimeout(err):
		return h.failed(answerTimeout, "")
	case begun, errors.Is(err, io.ErrUnexpectedEOF):
		return h.failed(incomplete, "")
	}
	return h.failed(terminated, "")
}

// garbled finds the failure that a fault of an answer is.
func (h *Hop) garbled(fault *wire.Fault) *wire.Refusal {
	switch fault.Kind {
	case wire.HeadTooLarge, wire.TooManyFields:
		return h.failed(headTooLarge, string(fault.Kind))
	case wire.FieldTooLarge:
		return h.failed(lineTooLarge, string(fault.Kind))
	case wire.UnknownCoding, wire.ChunkedNotLast:
		return h.failed(badCoding, string(fault.Kind))
	}
	return h.failed(notHTTP, string(fault.Kind))
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
