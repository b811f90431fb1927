package client

import (
	"crypto/tls"
	"net"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

func (o *Origin) listenH3() error {
	a, err := authority()
	if err != nil {
		return err
	}
	var settings []peer.SettingH3
	if o.place.Sockets {
		settings = []peer.SettingH3{{ID: peer.SettingEnableConnectH3, Value: 1}}
	}
	o.server, err = peer.ServeH3(net.JoinHostPort(o.place.IP, "0"), &tls.Config{GetCertificate: a.GetCertificate}, o.serveH3, settings...)
	return err
}

// serveH3 answers the requests of one HTTP/3 connection by their scripts, one
// after the other.
func (o *Origin) serveH3(h *peer.ServerH3) {
	conn := 0
	for number := 1; ; number++ {
		stream, err := h.Accept()
		if err != nil {
			return
		}
		q, err := stream.ReadHead()
		if q == nil {
			continue
		}
		w := &wayH3{h: h, stream: stream}
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
			stream.Reset(peer.H3MessageError)
			continue
		}
		o.s.script(t.Path)(t)
		if !t.content && !t.over {
			t.Content()
		}
		if !w.gone {
			stream.Close()
		}
		if w.closed {
			return
		}
	}
}

// wayH3 is HTTP/3's.
type wayH3 struct {
	h      *peer.ServerH3
	stream *peer.StreamH3
	gone   bool // the stream was reset
	closed bool
}

func (w *wayH3) octets(string) error { return errFramed }

func (w *wayH3) head(code status.Code, fields wire.Fields, end bool) error {
	err := w.stream.WriteFields(section(code, fields)...)
	if err == nil && end {
		err = w.stream.Close()
	}
	return err
}

func (w *wayH3) data(content string, end bool) error {
	err := w.stream.WriteFrame(peer.FrameData, []byte(content))
	if err == nil && end {
		err = w.stream.Close()
	}
	return err
}

func (w *wayH3) read(q *wire.Request) error { return w.stream.ReadContent(q) }

// stir sees another request, or the end of the connection; a client that has
// left the stream alone shows neither.
func (w *wayH3) stir(d time.Duration, stop <-chan struct{}) bool {
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-stop:
	case <-w.h.Conn.Context().Done():
	case <-w.stream.Context().Done():
	case <-over.C:
		return false
	}
	return true
}

func (w *wayH3) close() {
	w.closed = true
	w.stream.Close()
	w.h.Wait(time.Second)
}

func (w *wayH3) reset() {
	w.gone = true
	w.stream.Reset(peer.H3InternalError)
}
