package peer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/quicvarint"
	"github.com/statute-http/statute/wire"
)

// ServeH3 listens on a UDP address and runs do on each HTTP/3 connection. When
// do returns, the connection is closed with H3_NO_ERROR, and what was not yet
// delivered is lost: a script that has answered calls [ServerH3.Wait]. Sessions
// can be resumed and early data is accepted. The settings are those that are
// told to clients.
func ServeH3(addr string, config *tls.Config, do func(*ServerH3), settings ...SettingH3) (*Server, error) {
	var told []byte
	for _, one := range settings {
		told = quicvarint.Append(quicvarint.Append(told, one.ID), one.Value)
	}
	config = config.Clone()
	if len(config.NextProtos) == 0 {
		config.NextProtos = []string{"h3"}
	}
	ln, err := quic.ListenAddrEarly(addr, config, &quic.Config{
		HandshakeIdleTimeout: dialTime / 2,
		MaxIdleTimeout:       scriptTime,
		Allow0RTT:            true,
	})
	if err != nil {
		return nil, fmt.Errorf("listen for HTTP/3 on %s: %w", addr, err)
	}
	s := newServer(ln.Addr(), ln.Close)
	s.wg.Go(func() {
		for {
			select {
			case s.slots <- struct{}{}:
			case <-s.ctx.Done():
				return
			}
			qc, err := ln.Accept(s.ctx)
			if err != nil {
				return
			}
			s.wg.Go(func() {
				defer func() { <-s.slots }()
				s.runH3(qc, told, do)
			})
		}
	})
	return s, nil
}

// A SettingH3 is one parameter of SETTINGS (RFC 9114 §7.2.4).
type SettingH3 struct{ ID, Value uint64 }

func (s *Server) runH3(qc *quic.Conn, settings []byte, do func(*ServerH3)) {
	ctx, cancel := context.WithTimeout(s.ctx, scriptTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { qc.CloseWithError(H3NoError, "") })()
	defer qc.CloseWithError(H3NoError, "")
	// The handshake ends by itself, or the connection does.
	h := &ServerH3{Conn: qc, ctx: ctx}
	control, err := qc.OpenUniStream()
	if err != nil {
		return
	}
	h.Control = control
	if _, err := control.Write(AppendFrameH3([]byte{streamControl}, FrameSettings, settings)); err != nil {
		return
	}
	do(h)
}

// A ServerH3 is the server's end of an HTTP/3 connection. Control is our control
// stream, SETTINGS already sent; the client's unidirectional streams are left to
// the script, which rarely needs them.
type ServerH3 struct {
	Conn    *quic.Conn
	Control *quic.SendStream

	ctx context.Context
}

// Accept waits for the client's next request stream.
func (h *ServerH3) Accept() (*StreamH3, error) {
	s, err := h.Conn.AcceptStream(h.ctx)
	if err != nil {
		return nil, fmt.Errorf("wait for a request: %w", err)
	}
	s.SetDeadline(time.Now().Add(scriptTime))
	return &StreamH3{s}, nil
}

// Wait waits until the connection is closed, or the time is over.
func (h *ServerH3) Wait(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-h.Conn.Context().Done():
	case <-h.ctx.Done():
	case <-timer.C:
	}
}

// A StreamH3 is the server's end of a request stream.
type StreamH3 struct{ *quic.Stream }

// ReadHead reads a request's header section.
func (s *StreamH3) ReadHead() (*wire.Request, error) {
	for {
		f, err := readFrame3(s)
		if err != nil {
			return nil, fmt.Errorf("read a request: %w", err)
		}
		if f.kind != FrameHeaders {
			if f.kind == FrameData || misplaced(f.kind) {
				return nil, fmt.Errorf("read a request: a frame of type %#x comes before HEADERS", f.kind)
			}
			if err := skip(s, f); err != nil {
				return nil, fmt.Errorf("read a request: %w", err)
			}
			continue
		}
		lines, err := s.section(f)
		if err != nil {
			return nil, fmt.Errorf("read a request: %w", err)
		}
		q := RequestOf(wire.Version{Major: 3}, lines)
		if len(q.Faults) > 0 {
			return &q, fmt.Errorf("read a request: %w", &q.Faults[0])
		}
		return &q, nil
	}
}

func (s *StreamH3) section(f frame3) (wire.Fields, error) {
	block, err := payload(s, f, maxSection)
	if err != nil {
		return nil, err
	}
	return decodeH3(block)
}

// ReadContent reads what follows the header section, to the stream's end, at
// most four megabytes of content.
func (s *StreamH3) ReadContent(q *wire.Request) error {
	for {
		f, err := readFrame3(s)
		switch {
		case err == io.EOF:
			q.Content.Complete = true
			return nil
		case err != nil:
		case f.kind == FrameData:
			var data []byte
			data, err = payload(s, f, uint64(scriptKeep-len(q.Content.Data)))
			q.Content.Data = append(q.Content.Data, data...)
			q.Content.Length += int64(len(data))
		case f.kind == FrameHeaders:
			q.Trailers, err = s.section(f)
		case misplaced(f.kind):
			err = errors.New("a frame that has no place there")
		default:
			err = skip(s, f)
		}
		if err != nil {
			return fmt.Errorf("read a request's content: %w", err)
		}
	}
}

// ReadRequest reads a request to the end of its stream.
func (s *StreamH3) ReadRequest() (*wire.Request, error) {
	q, err := s.ReadHead()
	if err != nil {
		return q, err
	}
	return q, s.ReadContent(q)
}

// WriteFields writes a HEADERS frame with the lines exactly as given.
func (s *StreamH3) WriteFields(lines ...wire.Field) error {
	return s.WriteFrame(FrameHeaders, AppendSectionH3(nil, lines))
}

// WriteFrame writes any frame.
func (s *StreamH3) WriteFrame(frame uint64, payload []byte) error {
	_, err := s.Write(AppendFrameH3(nil, frame, payload))
	return err
}

// Reset ends both directions of the stream with an error code.
func (s *StreamH3) Reset(code quic.StreamErrorCode) {
	s.CancelRead(code)
	s.CancelWrite(code)
}
