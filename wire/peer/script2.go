package peer

import (
	"bytes"
	"fmt"
	"io"

	"github.com/statute-http/statute/wire"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// A ServerH2 is the server's end of an HTTP/2 connection after the prefaces. A
// script writes frames with the Framer, which writes illegal ones as well, and
// reads requests with the methods here, which see to SETTINGS and PING.
type ServerH2 struct {
	*http2.Framer
	Conn *ServerConn

	dec   *hpack.Decoder
	enc   *hpack.Encoder
	block bytes.Buffer
}

// H2 reads the client's preface and sends ours, with the given settings.
func (c *ServerConn) H2(settings ...http2.Setting) (*ServerH2, error) {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(c.r, preface); err != nil {
		return nil, fmt.Errorf("read the HTTP/2 preface: %w", err)
	}
	if string(preface) != http2.ClientPreface {
		return nil, fmt.Errorf("read the HTTP/2 preface: it is %q", preface)
	}
	h := &ServerH2{Framer: http2.NewFramer(c.Conn, c.r), Conn: c, dec: hpack.NewDecoder(4096, nil)}
	h.dec.SetMaxStringLength(maxSection)
	h.enc = hpack.NewEncoder(&h.block)
	h.AllowIllegalWrites = true
	return h, h.WriteSettings(settings...)
}

// ReadHead reads frames until a request's header section is whole. It reports
// whether the stream ends with it.
func (h *ServerH2) ReadHead() (stream uint32, q *wire.Request, ends bool, err error) {
	for {
		f, err := h.Next()
		if err != nil {
			return 0, nil, false, fmt.Errorf("read a request: %w", err)
		}
		headers, ok := f.(*http2.HeadersFrame)
		if !ok {
			continue
		}
		stream, ends = headers.StreamID, headers.StreamEnded()
		lines, err := h.section(headers)
		if err != nil {
			return 0, nil, false, fmt.Errorf("read a request: %w", err)
		}
		request := RequestOf(wire.Version{Major: 2}, lines)
		if len(request.Faults) > 0 {
			return stream, &request, ends, fmt.Errorf("read a request: %w", &request.Faults[0])
		}
		return stream, &request, ends, nil
	}
}

// ReadRequest reads a request with its content, at most four megabytes.
// Streams other than the request's are passed over.
func (h *ServerH2) ReadRequest() (stream uint32, q *wire.Request, err error) {
	stream, q, ends, err := h.ReadHead()
	if err == nil && !ends {
		err = h.ReadContent(stream, q)
	}
	return stream, q, err
}

// ReadContent reads a stream's content and trailers, opening the windows as they
// are used.
func (h *ServerH2) ReadContent(stream uint32, q *wire.Request) error {
	for !q.Content.Complete {
		f, err := h.Next()
		if err != nil {
			return fmt.Errorf("read a request's content: %w", err)
		}
		if f.Header().StreamID != stream {
			continue
		}
		switch f := f.(type) {
		case *http2.DataFrame:
			q.Content.Length += int64(len(f.Data()))
			q.Content.Data = append(q.Content.Data, f.Data()...)
			q.Content.Complete = f.StreamEnded()
			if len(q.Content.Data) > scriptKeep {
				return fmt.Errorf("read a request's content: it is larger than %d octets", scriptKeep)
			}
			if f.Length > 0 && !f.StreamEnded() {
				if err := h.open(stream, f.Length); err != nil {
					return err
				}
			}
		case *http2.HeadersFrame:
			q.Content.Complete = f.StreamEnded()
			if q.Trailers, err = h.section(f); err != nil {
				return fmt.Errorf("read trailers: %w", err)
			}
		case *http2.RSTStreamFrame:
			return fmt.Errorf("read a request's content: the client reset the stream: %v", f.ErrCode)
		}
	}
	return nil
}

func (h *ServerH2) open(stream, n uint32) error {
	if err := h.WriteWindowUpdate(0, n); err != nil {
		return err
	}
	return h.WriteWindowUpdate(stream, n)
}

// Next reads one frame. SETTINGS and PING are answered before they are returned.
func (h *ServerH2) Next() (http2.Frame, error) {
	f, err := h.ReadFrame()
	if err != nil {
		return nil, err
	}
	switch f := f.(type) {
	case *http2.SettingsFrame:
		if !f.IsAck() {
			return f, h.WriteSettingsAck()
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			return f, h.WritePing(true, f.Data)
		}
	}
	return f, nil
}

// section reads the rest of a field section and decodes it.
func (h *ServerH2) section(f *http2.HeadersFrame) (wire.Fields, error) {
	block := append([]byte(nil), f.HeaderBlockFragment()...)
	for done := f.HeadersEnded(); !done; {
		next, err := h.ReadFrame()
		if err != nil {
			return nil, err
		}
		c, ok := next.(*http2.ContinuationFrame)
		if !ok || len(block) > maxSection {
			return nil, fmt.Errorf("the field section does not go on as it has to: %v", next.Header())
		}
		block = append(block, c.HeaderBlockFragment()...)
		done = c.HeadersEnded()
	}
	return decodeH2(h.dec, block)
}

// WriteFields writes a HEADERS frame with the lines exactly as given.
func (h *ServerH2) WriteFields(stream uint32, ends bool, lines ...wire.Field) error {
	return h.WriteHeaders(http2.HeadersFrameParam{
		StreamID: stream, BlockFragment: h.Encode(lines...), EndStream: ends, EndHeaders: true})
}

// Encode encodes field lines, for scripts that write their own frames. The block
// is valid until the next call.
func (h *ServerH2) Encode(lines ...wire.Field) []byte {
	h.block.Reset()
	for _, f := range lines {
		h.enc.WriteField(hpack.HeaderField{Name: f.Name, Value: f.Value}) // a Buffer takes all
	}
	return h.block.Bytes()
}
