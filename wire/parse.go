package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/statute-http/statute/status"
)

// Parse reads an exchange from the octets of one HTTP/1.1 request and of all
// that answered it: interim answers, the final one, and what may follow it. It
// is tolerant: what is wrong is kept in the messages' Faults. The error says
// which message could not be read at all, and where.
func Parse(request, responses []byte) (*Exchange, error) {
	x := &Exchange{Conn: Conn{Protocol: H1}, Seen: ShowsAll &^ (ShowsTimes | ShowsEnd)}
	q := NewTolerantReader(bytes.NewReader(request), Recorded)
	var h Head
	if err := q.ReadRequest(&h); err != nil {
		return nil, fmt.Errorf("read the request's head: %w", whole(err))
	}
	x.Request = h.Request("")
	body := q.Body(h.Framing())
	x.Request.Content, x.Request.Trailers = take(body, &x.Request.Message)
	p := NewTolerantReader(bytes.NewReader(responses), Recorded)
	for {
		err := p.ReadResponse(&h)
		if errors.Is(err, io.EOF) {
			return x, nil
		}
		if err != nil && len(x.Interim) > 0 && p.Buffered() > 0 {
			// What follows an interim answer is no other answer: content, where
			// none may be.
			x.After = bytes.Clone(p.Peek()[:min(p.Buffered(), 4<<10)])
			return x, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the head of response %d: %w", len(x.Interim)+1, whole(err))
		}
		answer := h.Response(x.Request.Method)
		if answer.Status.Interim() && answer.Status != 101 {
			x.Interim = append(x.Interim, answer)
			continue
		}
		body := p.Body(h.ResponseFraming(x.Request.Method))
		answer.Content, answer.Trailers = take(body, &answer.Message)
		x.Final = &answer
		x.After, _ = io.ReadAll(io.LimitReader(p, 4<<10))
		return x, nil
	}
}

func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// take reads content that is in memory already.
func take(b *Body, m *Message) (Content, Fields) {
	data, err := io.ReadAll(b)
	var fault *Fault
	if errors.As(err, &fault) {
		m.Faults = append(m.Faults, *fault)
	}
	if len(data) == 0 {
		data = nil
	}
	return Content{Length: int64(len(data)), Data: data, Complete: err == nil}, b.Trailers
}

// Answer returns the final answer, or a response without status if there is
// none, so that a judge need not ask twice.
func (x *Exchange) Answer() *Response {
	if x.Final != nil {
		return x.Final
	}
	return &Response{}
}

// Statuses returns the codes of all answers, in order.
func (x *Exchange) Statuses() []status.Code {
	var codes []status.Code
	for i := range x.Interim {
		codes = append(codes, x.Interim[i].Status)
	}
	if x.Final != nil {
		codes = append(codes, x.Final.Status)
	}
	return codes
}
