package peer

import (
	"bufio"
	"errors"
	"io"

	"github.com/quic-go/quic-go"

	"github.com/statute-http/statute/wire"
)

// receive reads the frames of a request stream until it ends, and sets x.End
// where it ends badly.
func (h *h3) receive(in *patient, a *answering, x *wire.Exchange) error {
	r := bufio.NewReader(in)
	for !a.over() {
		if err := h.frame(r, a, x); err != nil {
			h.ended(err, a, x)
			return err
		}
	}
	return nil
}

var errEnded = errors.New("the stream has ended")

// frame takes one frame, or the stream's end.
func (h *h3) frame(r *bufio.Reader, a *answering, x *wire.Exchange) error {
	f, err := readFrame3(r)
	if err == io.EOF {
		return errEnded
	}
	if err != nil {
		return err
	}
	switch {
	case f.kind == FrameHeaders:
		block, err := payload(r, f, maxSection)
		if err != nil {
			if f.length > maxSection {
				a.fault(wire.FieldTooLarge)
				a.cut()
				return nil
			}
			return err
		}
		lines, err := decodeH3(block)
		if err != nil {
			h.c.note(Event{Exchange: x.Conn.Number, What: "error", Text: "decode a field section: " + err.Error()})
			a.fault(BadCompression)
			a.cut()
			return nil
		}
		a.fields(lines, false)
		return nil
	case f.kind == FrameData:
		return h.data(r, f, a)
	case misplaced(f.kind):
		a.fault(UnexpectedFrame)
	}
	return skip(r, f)
}

func skip(r io.Reader, f frame3) error {
	n, err := io.CopyN(io.Discard, r, int64(f.length))
	if errors.Is(err, io.EOF) && uint64(n) < f.length {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (h *h3) data(r *bufio.Reader, f frame3, a *answering) error {
	buf := make([]byte, min(f.length, 32<<10))
	for left := f.length; left > 0; {
		n, err := r.Read(buf[:min(left, uint64(len(buf)))])
		left -= uint64(n)
		a.content(buf[:n])
		if errors.Is(err, io.EOF) && left > 0 {
			return io.ErrUnexpectedEOF
		}
		if err != nil && left > 0 {
			return err
		}
	}
	return nil
}

// ended records how a stream ended.
func (h *h3) ended(err error, a *answering, x *wire.Exchange) {
	number := x.Conn.Number
	var stream *quic.StreamError
	var app *quic.ApplicationError
	switch {
	case err == errEnded:
		a.end()
	case errors.Is(err, quic.Err0RTTRejected): // do says so
	case errors.As(err, &stream) && stream.Remote:
		code := uint64(stream.ErrorCode)
		h.c.note(Event{Exchange: number, What: "RESET_STREAM", Code: code, Text: nameH3(code)})
		x.End = wire.EndReset
		// RFC 9114 §4.1.1: so the server says that it processed nothing.
		if code == H3RequestRejected {
			x.End = wire.EndRefused
		}
	case errors.As(err, &app):
		code := uint64(app.ErrorCode)
		h.c.note(Event{Exchange: number, What: "CONNECTION_CLOSE", Code: code, Text: nameH3(code) + " " + app.ErrorMessage})
		x.End = wire.EndReset
		if code == H3NoError {
			x.End = wire.EndCut
		}
	case timedOut(err):
		x.End = wire.EndSilent
	case errors.Is(err, io.ErrUnexpectedEOF):
		// RFC 9114 §7.1: a stream that ends inside a frame.
		a.fault(BadFrame)
		x.End = wire.EndCut
	default:
		h.c.note(Event{Exchange: number, What: "error", Text: err.Error()})
		x.End = wire.EndCut
	}
}

// writeError notes why sending stopped, if the server is the reason.
func (h *h3) writeError(err error, number int) {
	var stream *quic.StreamError
	switch {
	case err == nil || errors.Is(err, quic.Err0RTTRejected):
	case errors.As(err, &stream) && stream.Remote:
		code := uint64(stream.ErrorCode)
		h.c.note(Event{Exchange: number, What: "STOP_SENDING", Code: code, Text: nameH3(code)})
	default:
		h.c.note(Event{Exchange: number, What: "error", Text: err.Error()})
	}
}
