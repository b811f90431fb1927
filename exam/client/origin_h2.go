package client

import (
	"errors"
	"fmt"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
	"golang.org/x/net/http2"
)

// serveH2 answers the requests of one HTTP/2 connection by their scripts, one
// after the other: a case that needs frames of its own takes the connection over
// (Place.Raw), or the stream (Turn.Frames).
func (o *Origin) serveH2(c *peer.ServerConn) {
	conn := 0
	var settings []http2.Setting
	if o.place.Sockets {
		settings = []http2.Setting{{ID: http2.SettingEnableConnectProtocol, Val: 1}}
	}
	h, err := c.H2(settings...)
	if err != nil {
		return
	}
	w := &wayH2{h: h}
	for number := 1; ; number++ {
		stream, q, ends, err := h.ReadHead()
		if q == nil {
			return
		}
		w.stream, w.gone = stream, false
		if err == nil && o.aside(q, w) {
			return
		}
		if conn == 0 {
			conn = o.enter()
		}
		if o.s.full() {
			return
		}
		t := &Turn{Asked: o.asked(conn, number, q, err), s: o.s, way: w}
		if err != nil {
			h.WriteRSTStream(stream, http2.ErrCodeProtocol)
			continue
		}
		if ends {
			t.content = true
			q.Content.Complete = true
		}
		o.s.script(t.Path)(t)
		if !t.content && !w.gone {
			t.Content()
		}
		if t.over && w.closed {
			return
		}
	}
}

// wayH2 is HTTP/2's: one stream at a time.
type wayH2 struct {
	h      *peer.ServerH2
	stream uint32
	gone   bool // the stream was reset
	closed bool
}

const firstWindow = 65535

var errFramed = errors.New("octets as they are cannot be sent over HTTP/2 or HTTP/3")

func (w *wayH2) octets(string) error { return errFramed }

func (w *wayH2) head(code status.Code, fields wire.Fields, end bool) error {
	return w.h.WriteFields(w.stream, end, section(code, fields)...)
}

// section is a header section as HTTP/2 and HTTP/3 write it.
func section(code status.Code, fields wire.Fields) wire.Fields {
	lines := wire.Fields{{Name: ":status", Value: fmt.Sprintf("%03d", int(code))}}
	for _, f := range fields {
		lines = append(lines, wire.Field{Name: lower(f.Name), Value: f.Value})
	}
	return lines
}

func (w *wayH2) data(content string, end bool) error {
	const most = 16 << 10 // the frame size that every client takes (RFC 9113 §4.2)
	// RFC 9113 §6.9.2: what a client takes without more ado.
	if len(content) > firstWindow {
		return fmt.Errorf("%d octets do not fit into the first window", len(content))
	}
	for len(content) > most {
		if err := w.h.WriteData(w.stream, false, []byte(content[:most])); err != nil {
			return err
		}
		content = content[most:]
	}
	return w.h.WriteData(w.stream, end, []byte(content))
}

func (w *wayH2) read(q *wire.Request) error { return w.h.ReadContent(w.stream, q) }

func (w *wayH2) stir(d time.Duration, stop <-chan struct{}) bool { return w.h.Conn.Await(d, stop) }

func (w *wayH2) close() {
	w.closed = true
	w.h.WriteGoAway(w.stream, http2.ErrCodeNo, nil)
	w.h.Conn.CloseWrite()
}

func (w *wayH2) reset() {
	w.gone = true
	w.h.WriteRSTStream(w.stream, http2.ErrCodeInternal)
}

func lower(name string) string {
	b := []byte(name)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
