package peer

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/statute-http/statute/wire"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// read takes frames until the connection ends, and ends what is open then.
func (h *h2) read() {
	defer close(h.done)
	var err error
	for err == nil {
		if err = h.nc.SetReadDeadline(time.Now().Add(idle)); err != nil {
			break
		}
		var f http2.Frame
		if f, err = h.in.ReadFrame(); err == nil {
			err = h.frame(f)
		}
		var stream http2.StreamError
		if errors.As(err, &stream) {
			h.breakStream(stream.StreamID, BadFrame)
			err = h.write(func() error { return h.out.WriteRSTStream(stream.StreamID, stream.Code) })
		}
	}
	h.finish(err)
}

// finish ends the open streams after reading has ended with err. A server that
// broke the rules of the connection is told so and left.
func (h *h2) finish(err error) {
	var broken http2.ConnectionError
	fault := errors.As(err, &broken) || errors.Is(err, http2.ErrFrameTooLarge)
	if fault {
		h.c.note(Event{What: "error", Code: uint64(broken), Text: fmt.Sprintf("the server broke HTTP/2: %v: %v", err, h.in.ErrorDetail())})
		if http2.ErrCode(broken) == http2.ErrCodeNo {
			broken = http2.ConnectionError(http2.ErrCodeFrameSize)
		}
		h.write(func() error { return h.out.WriteGoAway(0, http2.ErrCode(broken), nil) })
		h.nc.Close()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	for _, s := range h.open {
		if s.a.over() {
			continue
		}
		if !fault && !errors.Is(err, io.EOF) {
			h.c.note(Event{Exchange: s.number, What: "error", Text: err.Error()})
		}
		if fault {
			s.a.fault(BadFrame)
		}
		s.a.x.End = endOfTCP(err)
		s.a.broken = true
		s.ended.give()
	}
	h.stirLocked()
}

// frame takes one frame. The error that it returns ends the connection.
func (h *h2) frame(f http2.Frame) error {
	switch f := f.(type) {
	case *http2.HeadersFrame:
		return h.headers(f)
	case *http2.DataFrame:
		return h.data(f)
	case *http2.SettingsFrame:
		return h.settings(f)
	case *http2.WindowUpdateFrame:
		return h.windowUpdate(f)
	case *http2.PingFrame:
		// RFC 9113 §6.7: a PING is answered with the same eight octets.
		if f.IsAck() {
			return nil
		}
		return h.write(func() error { return h.out.WritePing(true, f.Data) })
	case *http2.RSTStreamFrame:
		h.reset(f)
	case *http2.GoAwayFrame:
		h.goingAway(f)
	case *http2.PushPromiseFrame:
		// RFC 9113 §6.6: not to be sent to one who has disabled push.
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	return nil // RFC 9113 §5.5: frames of unknown types are ignored
}

// headers reads a whole field section, CONTINUATION frames included; that
// nothing comes between them is the Framer's care.
func (h *h2) headers(f *http2.HeadersFrame) error {
	id, ends, done := f.StreamID, f.StreamEnded(), f.HeadersEnded()
	block := append([]byte(nil), f.HeaderBlockFragment()...)
	for !done {
		next, err := h.in.ReadFrame()
		if err != nil {
			return err
		}
		c, ok := next.(*http2.ContinuationFrame)
		if !ok {
			return http2.ConnectionError(http2.ErrCodeProtocol)
		}
		block = append(block, c.HeaderBlockFragment()...)
		if done = c.HeadersEnded(); len(block) > maxSection {
			return http2.ConnectionError(http2.ErrCodeEnhanceYourCalm)
		}
	}
	lines, err := decodeH2(h.dec, block)
	if err != nil {
		// RFC 9113 §4.3: a connection error, because the state is lost.
		h.mu.Lock()
		if s := h.open[id]; s != nil {
			s.a.fault(BadCompression)
		}
		h.mu.Unlock()
		return http2.ConnectionError(http2.ErrCodeCompression)
	}
	h.with(id, func(s *streamH2) {
		if s.ended.given() {
			s.a.fault(UnexpectedFrame)
			return
		}
		s.a.fields(lines, ends)
		s.settle(ends)
	})
	return nil
}

// decodeH2 decodes a block, with a bound on what a small block can grow to.
func decodeH2(dec *hpack.Decoder, block []byte) (wire.Fields, error) {
	var lines wire.Fields
	size := 0
	dec.SetEmitFunc(func(f hpack.HeaderField) {
		if size += int(f.Size()); size <= maxSection {
			lines = append(lines, wire.Field{Name: f.Name, Value: f.Value})
		}
	})
	if _, err := dec.Write(block); err != nil {
		return nil, err
	}
	if err := dec.Close(); err != nil {
		return nil, err
	}
	if size > maxSection {
		return nil, fmt.Errorf("a field section of %d octets is more than %d", size, maxSection)
	}
	return lines, nil
}

// data takes content and opens the windows again, padding counted
// (RFC 9113 §6.9.1), also for streams that nobody waits for any more.
func (h *h2) data(f *http2.DataFrame) error {
	var stream uint32
	h.with(f.StreamID, func(s *streamH2) {
		if s.ended.given() {
			s.a.after(f.Data())
			s.a.fault(UnexpectedFrame)
			return
		}
		s.a.content(f.Data())
		if f.StreamEnded() {
			s.a.end()
		}
		s.settle(f.StreamEnded())
		if s.seen += f.Length; s.seen >= giveBack && !f.StreamEnded() {
			stream, s.seen = s.seen, 0
		}
	})
	h.seen += f.Length
	if stream == 0 && h.seen < giveBack {
		return nil
	}
	return h.write(func() error {
		if stream > 0 {
			if err := h.out.WriteWindowUpdate(f.StreamID, stream); err != nil {
				return err
			}
		}
		if h.seen < giveBack {
			return nil
		}
		n := h.seen
		h.seen = 0
		return h.out.WriteWindowUpdate(0, n)
	})
}

// with calls f with an open stream, if it is open, and h.mu held.
func (h *h2) with(id uint32, f func(*streamH2)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.open[id]; s != nil {
		f(s)
		s.stir()
	}
}

// settle ends the waiting for a stream that has ended or cannot go on.
func (s *streamH2) settle(ends bool) {
	if ends || s.a.over() {
		s.ended.give()
	}
}

func (h *h2) settings(f *http2.SettingsFrame) error {
	if f.IsAck() {
		return nil
	}
	err := f.ForeachSetting(func(setting http2.Setting) error {
		if err := setting.Valid(); err != nil {
			return err
		}
		switch setting.ID {
		case http2.SettingHeaderTableSize:
			h.wmu.Lock()
			h.enc.SetMaxDynamicTableSizeLimit(setting.Val)
			h.wmu.Unlock()
		case http2.SettingInitialWindowSize:
			// RFC 9113 §6.9.2: the windows of open streams change by the same.
			h.mu.Lock()
			change := int64(setting.Val) - h.initial
			h.initial += change
			for _, s := range h.open {
				s.window += change
			}
			h.stirLocked()
			h.mu.Unlock()
		case http2.SettingMaxFrameSize:
			h.mu.Lock()
			h.maxFrame = int(min(setting.Val, pieceOctets))
			h.mu.Unlock()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return h.write(h.out.WriteSettingsAck)
}

func (h *h2) windowUpdate(f *http2.WindowUpdateFrame) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.StreamID == 0 {
		h.window += int64(f.Increment)
	} else if s := h.open[f.StreamID]; s != nil {
		s.window += int64(f.Increment)
	}
	for _, s := range h.open {
		s.stir()
	}
	h.stirLocked()
	return nil
}

func (h *h2) reset(f *http2.RSTStreamFrame) {
	h.with(f.StreamID, func(s *streamH2) {
		h.c.note(Event{Exchange: s.number, What: "RST_STREAM", Code: uint64(f.ErrCode), Text: f.ErrCode.String()})
		// RFC 9113 §8.1: after a whole answer it asks us to stop sending.
		if !s.a.over() {
			s.a.x.End = wire.EndReset
			// RFC 9113 §8.7: so the server says that it processed nothing.
			if f.ErrCode == http2.ErrCodeRefusedStream {
				s.a.x.End = wire.EndRefused
			}
			s.a.broken = true
		}
		s.a.last = time.Now()
		s.left = true
		s.ended.give()
		h.stirLocked()
	})
}

// goingAway obeys RFC 9113 §6.8: streams above the last one named were not
// processed, and no new ones are opened.
func (h *h2) goingAway(f *http2.GoAwayFrame) {
	text := f.ErrCode.String()
	if debug := f.DebugData(); len(debug) > 0 {
		text += ": " + string(debug[:min(len(debug), 200)])
	}
	h.c.note(Event{What: "GOAWAY", Code: uint64(f.ErrCode), Text: fmt.Sprintf("last stream %d, %s", f.LastStreamID, text)})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.goAway = true
	for id, s := range h.open {
		if id > f.LastStreamID && !s.a.over() {
			s.a.x.End = wire.EndRefused
			s.a.broken = true
			s.ended.give()
		}
	}
}

// breakStream ends a stream on which the server broke the rules.
func (h *h2) breakStream(id uint32, kind wire.FaultKind) {
	h.with(id, func(s *streamH2) {
		s.a.fault(kind)
		if !s.a.over() {
			s.a.cut()
		}
		s.ended.give()
	})
}
