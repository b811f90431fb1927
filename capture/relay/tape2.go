package relay

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http2/hpack"

	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// tape2 records HTTP/2 (RFC 9113). It reads the frames of both directions as
// they pass and puts the streams together. HPACK's tables depend on every field
// block, so that a frame that cannot be read ends the recording.
type tape2 struct {
	relay  *Relay
	conn   wire.Conn
	scheme string

	mu             sync.Mutex
	client, server frames
	streams        map[uint32]*stream2
	number         int
	off, left      bool
}

const (
	preface    = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" // RFC 9113 §3.4
	maxFrame   = 1 << 20
	maxBlock   = 256 << 10
	maxSection = 1 << 20 // of fields: an octet of a block may stand for any line of the table
	maxStreams = 1000
)

// frames is one direction: octets that are no whole frame yet, and the field
// block that is being collected.
type frames struct {
	octets []byte
	fields *hpack.Decoder
	block  []byte
	open   *frame2 // whose block goes on in CONTINUATION
}

type frame2 struct {
	kind, flags byte
	stream      uint32
	payload     []byte
}

// A stream2 is an exchange under way.
type stream2 struct {
	*wire.Exchange
	asked bool // the request ended
}

func newTape2(r *Relay, conn wire.Conn, scheme string) *tape2 {
	conn.Protocol = wire.H2
	t := &tape2{relay: r, conn: conn, scheme: scheme, streams: map[uint32]*stream2{}}
	for _, f := range []*frames{&t.client, &t.server} {
		f.fields = hpack.NewDecoder(4096, nil)
		f.fields.SetAllowedMaxDynamicTableSize(1 << 20)
		f.fields.SetMaxStringLength(maxBlock)
	}
	return t
}

func (t *tape2) fromClient(octets []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.take(&t.client, octets, true)
}

func (t *tape2) fromServer(octets []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.take(&t.server, octets, false)
}

// take reads the frames that are whole.
func (t *tape2) take(f *frames, octets []byte, asking bool) {
	if t.off {
		return
	}
	f.octets = append(f.octets, octets...)
	if asking && t.number == 0 && len(t.streams) == 0 {
		f.octets = bytes.TrimPrefix(f.octets, []byte(preface))
	}
	const head = 9 // RFC 9113 §4.1
	for len(f.octets) >= head && !t.off {
		if asking && strings.HasPrefix(preface, string(f.octets[:head])) {
			return // the preface has not come whole
		}
		size := int(f.octets[0])<<16 | int(f.octets[1])<<8 | int(f.octets[2])
		if size > maxFrame {
			t.lose()
			return
		}
		if len(f.octets) < head+size {
			return
		}
		t.frame(f, &frame2{
			kind: f.octets[3], flags: f.octets[4],
			stream:  binary.BigEndian.Uint32(f.octets[5:]) &^ (1 << 31),
			payload: f.octets[head : head+size],
		}, asking)
		if t.off {
			return
		}
		f.octets = f.octets[head+size:]
	}
	if len(f.octets) == 0 {
		f.octets = nil
	} else {
		f.octets = bytes.Clone(f.octets)
	}
}

// Frame types and flags (RFC 9113 §6).
const (
	typeData         = 0
	typeHeaders      = 1
	typeReset        = 3
	typePush         = 5
	typeContinuation = 9

	flagEndStream  = 0x1
	flagEndHeaders = 0x4
	flagPadded     = 0x8
	flagPriority   = 0x20
)

func (t *tape2) frame(f *frames, m *frame2, asking bool) {
	switch m.kind {
	case typeHeaders, typePush, typeData:
		payload, ok := m.content()
		if !ok {
			t.lose()
			return
		}
		if m.kind == typeData {
			t.data(m, payload, asking)
			return
		}
		f.open, f.block = &frame2{kind: m.kind, flags: m.flags, stream: m.stream}, bytes.Clone(payload)
	case typeContinuation:
		if f.open == nil || f.open.stream != m.stream || len(f.block)+len(m.payload) > maxBlock {
			t.lose()
			return
		}
		f.block = append(f.block, m.payload...)
	case typeReset:
		if s := t.streams[m.stream]; s != nil {
			if asking {
				t.forget(m.stream)
			} else {
				t.end(m.stream, wire.EndReset)
			}
		}
		return
	default:
		return
	}
	if m.flags&flagEndHeaders == 0 {
		return
	}
	lines, err := f.fields.DecodeFull(f.block)
	open := f.open
	f.open, f.block = nil, nil
	switch {
	case err != nil, sizeOf(lines) > maxSection:
		t.lose()
	case open.kind == typePush:
		// What is pushed has no request of the client's: it is not recorded.
	default:
		t.section(open, fieldsOf(lines), asking)
	}
}

// content returns the payload without padding and priority; false if it is not
// as long as it says.
func (m *frame2) content() ([]byte, bool) {
	p, padding := m.payload, 0
	if m.flags&flagPadded != 0 {
		if len(p) == 0 {
			return nil, false
		}
		padding, p = int(p[0]), p[1:]
	}
	skip := 0
	switch {
	case m.kind == typeHeaders && m.flags&flagPriority != 0:
		skip = 5
	case m.kind == typePush:
		skip = 4
	}
	if len(p) < skip+padding {
		return nil, false
	}
	return p[skip : len(p)-padding], true
}

func sizeOf(lines []hpack.HeaderField) (octets int) {
	for _, l := range lines {
		octets += len(l.Name) + len(l.Value)
	}
	return octets
}

func fieldsOf(lines []hpack.HeaderField) wire.Fields {
	fields := make(wire.Fields, len(lines))
	for i, l := range lines {
		fields[i] = wire.Field{Name: l.Name, Value: l.Value}
	}
	return fields
}

// section takes a header or trailer section.
func (t *tape2) section(m *frame2, lines wire.Fields, asking bool) {
	version := wire.Version{Major: 2}
	s := t.streams[m.stream]
	ends := m.flags&flagEndStream != 0
	switch {
	case asking && s == nil:
		if len(t.streams) == maxStreams {
			t.lose()
			return
		}
		t.number++
		s = &stream2{Exchange: &wire.Exchange{Conn: t.conn, Started: time.Now(), Seen: wire.ShowsAll &^ (wire.ShowsReason | wire.ShowsOctets | wire.ShowsAfter)}}
		s.Conn.Number = t.number
		s.Request = peer.RequestOf(version, lines)
		if s.Request.Scheme == "" {
			s.Request.Scheme = t.scheme
		}
		t.streams[m.stream] = s
	case s == nil:
		return // over already, or pushed
	case asking:
		s.Request.Trailers = append(s.Request.Trailers, lines...)
	case s.Final != nil:
		s.Final.Trailers = append(s.Final.Trailers, lines...)
	default:
		p := peer.ResponseOf(version, lines)
		if p.Status.Interim() {
			if p.Framing = wire.FramedNone; len(s.Interim) < mostInterim {
				s.Interim = append(s.Interim, p)
			}
			return
		}
		s.Final = &p
		if s.Request.Method == "CONNECT" && p.Status.Class() == 2 {
			p.Framing = wire.FramedTunnel
			t.end(m.stream, wire.EndTunnel)
			return
		}
	}
	if ends {
		t.ends(m.stream, s, asking)
	}
}

// data takes content.
func (t *tape2) data(m *frame2, data []byte, asking bool) {
	s := t.streams[m.stream]
	if s == nil {
		return
	}
	c := &s.Request.Content
	if !asking {
		if s.Final == nil {
			return
		}
		c = &s.Final.Content
	}
	c.Length += int64(len(data))
	c.Data = append(c.Data, data[:min(len(data), keptContent-len(c.Data))]...)
	if m.flags&flagEndStream != 0 {
		t.ends(m.stream, s, asking)
	}
}

// ends takes the end of one direction of a stream.
func (t *tape2) ends(id uint32, s *stream2, asking bool) {
	if asking {
		s.asked = true
		s.Request.Content.Complete = true
		return
	}
	if s.Final == nil {
		t.end(id, wire.EndCut)
		return
	}
	s.Final.Content.Complete = true
	t.end(id, wire.EndKept)
}

// end records a stream.
func (t *tape2) end(id uint32, how wire.End) {
	s := t.streams[id]
	delete(t.streams, id)
	s.End, s.Took = how, time.Since(s.Started)
	t.relay.record(s.Exchange)
}

// forget records a stream that the client gave up: how it would have ended is
// not known.
func (t *tape2) forget(id uint32) {
	s := t.streams[id]
	delete(t.streams, id)
	s.Seen &^= wire.ShowsEnd | wire.ShowsContent | wire.ShowsFraming | wire.ShowsTrailers | wire.ShowsInterim
	if s.Final == nil {
		s.Seen &^= wire.ShowsResponse
	}
	s.Took = time.Since(s.Started)
	t.relay.record(s.Exchange)
}

// lose gives up.
func (t *tape2) lose() {
	for id := range t.streams {
		t.forget(id)
	}
	t.off, t.client.octets, t.server.octets = true, nil, nil
}

func (t *tape2) clientEnded() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left = true
}

func (t *tape2) serverEnded(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range t.streams {
		switch end := endOf(err); {
		case t.left || end == wire.EndUnknown:
			t.forget(id)
		case err == io.EOF:
			t.end(id, wire.EndCut)
		default:
			t.end(id, end)
		}
	}
	t.off = true
}

func (t *tape2) over() {}
