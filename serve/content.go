package serve

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// blame returns the refusal that an error in reading content asks for, or nil
// if nobody is left to read one.
func (b *requestBody) blame(err error) *wire.Refusal {
	var fault *wire.Fault
	switch {
	case errors.As(err, &fault):
		return fault.Refusal()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return contentTimeout()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return cut("content-cut", lang.Text{
			En:   "The request's content ended before the length that it announced.",
			ZhTW: "請求的內容在達到所宣告的長度之前就結束了。"})
	}
	return nil
}

func contentTimeout() *wire.Refusal {
	r := tooSlow("content-timeout", lang.Text{
		En:   "The request's content stopped coming before it was complete. Send it again, on a new connection.",
		ZhTW: "請求的內容還沒收齊就停了。請換一條新連線重送。"})
	r.Gate = 14
	return r
}

// cut: the client closed its sending side within a message. It may still read
// an answer (RFC 9112 §8).
func cut(reason string, detail lang.Text) *wire.Refusal {
	return &wire.Refusal{
		Status: 400, Gate: 1, Reason: reason, Spec: "RFC 9112 §8", Detail: detail, Close: true,
	}
}

// tooLong refuses content whose announced length is over the limit, so that a
// client that waits for 100 need not send it.
func tooLong(announced, most int64) *wire.Refusal {
	if announced > most {
		return tooLarge(most)
	}
	return nil
}

// tooLarge: RFC 9110 §15.5.14, more content than the server is willing to take.
func tooLarge(most int64) *wire.Refusal {
	return &wire.Refusal{
		Status: 413, Gate: 14, Reason: "content-too-large", Spec: "RFC 9110 §15.5.14", Close: true,
		Detail: lang.Text{
			En:   fmt.Sprintf("The request's content is larger than the %d octets that this server takes.", most),
			ZhTW: fmt.Sprintf("請求的內容超過本伺服器願意接收的 %d 個位元組。", most)},
	}
}
