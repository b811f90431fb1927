package peer

import (
	"context"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/statute-http/statute/wire"
)

// outletH3 writes a request on a stream of its own.
type outletH3 struct {
	h     *h3
	q     *Request
	u     *upload
	s     *quic.Stream
	lines wire.Fields
}

func (o *outletH3) write(p []byte) error {
	if err := o.s.SetWriteDeadline(time.Now().Add(o.h.c.patience())); err != nil {
		return err
	}
	if o.u.halt.given() {
		return errHalted
	}
	_, err := o.s.Write(p)
	return err
}

func (o *outletH3) head(after int) error {
	block := AppendSectionH3(nil, o.lines)
	frame := AppendFrameH3(nil, FrameHeaders, block)
	if after >= 0 {
		frame = frame[:len(frame)-len(block)+min(after, len(block))]
	}
	return o.write(frame)
}

func (o *outletH3) content(p []byte) error {
	return o.write(AppendFrameH3(nil, FrameData, p))
}

func (o *outletH3) end() error {
	if len(o.q.Trailers) > 0 {
		block := AppendSectionH3(nil, lower(o.q.Trailers))
		if err := o.write(AppendFrameH3(nil, FrameHeaders, block)); err != nil {
			return err
		}
	}
	return o.closeWrite()
}

// closeWrite ends our direction. quic-go says of a stream that the server has
// stopped only that it is cancelled; the stream's context knows why.
func (o *outletH3) closeWrite() error {
	err := o.s.Close()
	if cause := context.Cause(o.s.Context()); err != nil && cause != nil {
		return cause
	}
	return err
}

func (o *outletH3) stop(then Then) error {
	switch then {
	case CloseWrite:
		return o.closeWrite()
	case Reset:
		o.s.CancelWrite(H3RequestCancelled)
	}
	return nil
}
