package peer

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/quic-go/quic-go/quicvarint"
	"github.com/statute-http/statute/wire"
)

// scriptedH3 runs a script on every connection and connects to it.
func scriptedH3(t *testing.T, do func(*ServerH3)) *Conn {
	t.Helper()
	settles(t)
	a := authority(t)
	s, err := ServeH3("127.0.0.1:0", &tls.Config{GetCertificate: a.GetCertificate}, do)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c := dial(t, Target{Protocol: wire.H3, Address: s.Addr(), TLS: &tls.Config{RootCAs: a.Pool()}})
	c.Patience = time.Second
	return c
}

func TestOddAnswersH3(t *testing.T) {
	ok := field(":status", "200")
	for _, test := range []struct {
		oddAnswer
		script func(h *ServerH3, s *StreamH3)
	}{
		{oddAnswer{name: "kept", status: 200, content: "hi", complete: true, end: wire.EndKept}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(ok)
			s.WriteFrame(FrameData, []byte("h"))
			s.WriteFrame(FrameData, []byte("i"))
			s.Close()
		}},
		{oddAnswer{name: "several interim and trailers", interim: 2, status: 200, content: "hi", complete: true, trailers: 1, end: wire.EndKept}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(field(":status", "100"))
			s.WriteFields(field(":status", "103"), field("link", "</a>"))
			s.WriteFields(ok)
			s.WriteFrame(FrameData, []byte("hi"))
			s.WriteFields(field("sum", "2"))
			s.Close()
		}},
		{oddAnswer{name: "unknown frames and streams", status: 200, complete: true, end: wire.EndKept}, func(h *ServerH3, s *StreamH3) {
			for range 40 { // more than may be open at a time: they have to be let go
				u, err := h.Conn.OpenUniStreamSync(h.ctx)
				if err != nil {
					return
				}
				u.Write(append(quicvarint.Append(nil, 0x21), "grease"...))
				u.Close()
			}
			s.WriteFrame(0x21, []byte("grease"))
			s.WriteFields(ok)
			s.WriteFrame(0x1f*7+0x21, nil)
			s.Close()
		}},
		{oddAnswer{name: "interim ends the stream", interim: 1, faults: "interim-ends-stream", end: wire.EndCut}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(field(":status", "100"))
			s.Close()
		}},
		{oddAnswer{name: "101", interim: 1, status: 200, complete: true, faults: "status-101", end: wire.EndKept}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(field(":status", "101"))
			s.WriteFields(ok)
			s.Close()
		}},
		{oddAnswer{name: "no status", complete: true, faults: "missing-pseudo-field", end: wire.EndKept}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields()
			s.Close()
		}},
		{oddAnswer{name: "bad fields", status: 200, complete: true, faults: "repeated-pseudo-field uppercase-field-name connection-field", end: wire.EndKept}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(ok, ok, field("Server", "x"), field("keep-alive", "5"))
			s.Close()
		}},
		{oddAnswer{name: "content-length differs", status: 200, content: "hi", complete: true, faults: "content-length-mismatch", end: wire.EndKept}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(ok, field("content-length", "3"))
			s.WriteFrame(FrameData, []byte("hi"))
			s.Close()
		}},
		{oddAnswer{name: "content first", status: 200, complete: true, after: "early", end: wire.EndKept}, func(h *ServerH3, s *StreamH3) {
			s.WriteFrame(FrameData, []byte("early"))
			s.WriteFields(ok)
			s.Close()
		}},
		{oddAnswer{name: "content after trailers", status: 200, content: "late", complete: true, trailers: 1, faults: "trailers-not-last", end: wire.EndKept}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(ok)
			s.WriteFields(field("a", "b"))
			s.WriteFrame(FrameData, []byte("late"))
			s.Close()
		}},
		{oddAnswer{name: "frames of other places", status: 200, complete: true, faults: "unexpected-frame", end: wire.EndKept}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(ok)
			s.WriteFrame(FrameSettings, nil)
			s.WriteFrame(0x08, []byte{0, 0, 0, 1})
			s.Close()
		}},
		{oddAnswer{name: "a cut frame", status: 200, content: "half", faults: "bad-frame", end: wire.EndCut}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(ok)
			s.Write(AppendFrameH3(nil, FrameData, []byte("half.."))[:6])
			s.Close()
		}},
		{oddAnswer{name: "a cut frame head", status: 200, faults: "bad-frame", end: wire.EndCut}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(ok)
			s.Write([]byte{FrameData})
			s.Close()
		}},
		{oddAnswer{name: "nothing", end: wire.EndCut}, func(h *ServerH3, s *StreamH3) { s.Close() }},
		{oddAnswer{name: "bad compression", interim: 1, faults: "bad-field-compression", end: wire.EndCut, event: "error decode a field section"}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(field(":status", "103"))
			s.WriteFrame(FrameHeaders, []byte{0, 0, 0x80}) // from a dynamic table that is not there
			s.Close()
		}},
		{oddAnswer{name: "a huge field section", interim: 1, faults: "field-too-large", end: wire.EndCut}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(field(":status", "103"))
			s.Write(quicvarint.Append([]byte{FrameHeaders}, maxSection+1))
		}},
		{oddAnswer{name: "reset", interim: 1, end: wire.EndReset, event: "RESET_STREAM H3_INTERNAL_ERROR"}, func(h *ServerH3, s *StreamH3) {
			s.WriteFields(field(":status", "103"))
			h.Wait(100 * time.Millisecond) // a reset may overtake what was sent before it
			s.Reset(H3InternalError)
		}},
		{oddAnswer{name: "rejected", end: wire.EndRefused, event: "RESET_STREAM H3_REQUEST_REJECTED"}, func(h *ServerH3, s *StreamH3) {
			s.Reset(H3RequestRejected)
		}},
		{oddAnswer{name: "the connection closes", end: wire.EndCut, event: "CONNECTION_CLOSE H3_NO_ERROR bye"}, func(h *ServerH3, s *StreamH3) {
			h.Conn.CloseWithError(H3NoError, "bye")
		}},
		{oddAnswer{name: "the connection fails", end: wire.EndReset, event: "CONNECTION_CLOSE H3_EXCESSIVE_LOAD"}, func(h *ServerH3, s *StreamH3) {
			h.Conn.CloseWithError(H3ExcessiveLoad, "")
		}},
		{oddAnswer{name: "GOAWAY, then the answer", status: 200, complete: true, end: wire.EndClosed, event: "GOAWAY no stream from 4 on"}, func(h *ServerH3, s *StreamH3) {
			h.Control.Write(AppendFrameH3(nil, FrameGoAway, quicvarint.Append(nil, 4)))
			h.Wait(100 * time.Millisecond) // it comes on a stream of its own
			s.WriteFields(ok)
			s.Close()
		}},
		{oddAnswer{name: "GOAWAY below the stream", quick: true, end: wire.EndRefused, event: "GOAWAY no stream from 0 on"}, func(h *ServerH3, s *StreamH3) {
			h.Control.Write(AppendFrameH3(nil, FrameGoAway, quicvarint.Append(nil, 0)))
		}},
		{oddAnswer{name: "silent", quick: true, end: wire.EndSilent}, func(h *ServerH3, s *StreamH3) {}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := scriptedH3(t, func(h *ServerH3) {
				s, err := h.Accept()
				if err != nil {
					return
				}
				if _, err := s.ReadRequest(); err != nil {
					return
				}
				test.script(h, s)
				h.Wait(scriptTime)
			})
			if test.quick {
				c.Patience = 300 * time.Millisecond
			}
			test.check(t, c, do(t, c, &Request{}))
		})
	}
}

func TestWhatIsSentH3(t *testing.T) {
	for _, test := range []struct {
		name    string
		q       Request
		want    wire.Request // the fields that are compared: method, target, authority, scheme, fields, content, trailers
		says    string       // the error of the server's reading
		partial bool         // the request does not end well
	}{
		{name: "plain", q: Request{Authority: "a", Path: "/x", Fields: wire.Fields{field("Accept", "*/*")}},
			want: wire.Request{Method: "GET", Target: "/x", Authority: "a", Scheme: "https", Message: wire.Message{Fields: wire.Fields{field("accept", "*/*")}}}},
		{name: "content", q: Request{Method: "PUT", Authority: "a", Content: []byte("hi"), Trailers: wire.Fields{field("T", "1")}},
			want: wire.Request{Method: "PUT", Target: "/", Authority: "a", Scheme: "https", Message: wire.Message{Fields: wire.Fields{field("content-length", "2")},
				Content: wire.Content{Length: 2, Data: []byte("hi"), Complete: true}, Trailers: wire.Fields{field("t", "1")}}}},
		{name: "no method", q: Request{Section: wire.Fields{field(":path", "/"), field(":scheme", "https")}}, says: "missing-pseudo-field", partial: true},
		{name: "stopped content", q: Request{Content: []byte("hi"), Stop: Stop{In: InContent, After: 1, Then: Reset}}, says: "canceled", partial: true},
		{name: "stopped head", q: Request{Stop: Stop{In: InHead, After: 1, Then: CloseWrite}}, says: "unexpected EOF", partial: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			type result struct {
				q   *wire.Request
				err error
			}
			got := make(chan result, 1)
			c := scriptedH3(t, func(h *ServerH3) {
				s, err := h.Accept()
				if err != nil {
					return
				}
				q, err := s.ReadRequest()
				got <- result{q, err}
				s.WriteFields(field(":status", "200"))
				s.Close()
				h.Wait(scriptTime)
			})
			x := do(t, c, &test.q)
			r := <-got
			if test.says != "" {
				if r.err == nil || !strings.Contains(r.err.Error(), test.says) {
					t.Errorf("the server read %v, want %q", r.err, test.says)
				}
				return
			}
			if r.err != nil {
				t.Fatal(r.err)
			}
			r.q.Version, r.q.Framing = wire.Version{}, ""
			test.want.Content.Complete = true
			if diff := cmp.Diff(test.want, *r.q); diff != "" {
				t.Error(diff)
			}
			if x.Final == nil || x.Final.Status != 200 || !x.Request.Content.Complete {
				t.Errorf("final %+v, end %s", x.Final, x.End)
			}
		})
	}
}

// A server that has read enough may ask us to stop sending and still answer
// (RFC 9114 §4.1).
func TestStopSendingH3(t *testing.T) {
	c := scriptedH3(t, func(h *ServerH3) {
		s, err := h.Accept()
		if err != nil {
			return
		}
		if _, err := s.ReadHead(); err != nil {
			return
		}
		s.CancelRead(H3NoError)
		s.WriteFields(field(":status", "413"))
		s.Close()
		h.Wait(scriptTime)
	})
	x := do(t, c, &Request{Method: "PUT", Content: make([]byte, 16<<20)})
	if x.Final == nil || x.Final.Status != 413 || !x.Final.Content.Complete || x.Request.Content.Complete || x.End != wire.EndKept {
		t.Errorf("final %+v, end %s", x.Final, x.End)
	}
	if events := c.Events(); len(events) != 1 || events[0].What != "STOP_SENDING" || events[0].Code != H3NoError {
		t.Errorf("events %+v", events)
	}
}

func TestEarlyData(t *testing.T) {
	settles(t)
	target := serveHTTP(t, wire.H3, true, http.HandlerFunc(handler))
	target.TLS.ClientSessionCache = tls.NewLRUClientSessionCache(4)
	target.EarlyData = true
	first := do(t, dial(t, target), &Request{Path: "/length", Linger: 100 * time.Millisecond})
	if first.Conn.EarlyData || first.Final == nil {
		t.Errorf("without a session: %+v, %+v", first.Conn, first.Final)
	}
	c := dial(t, target)
	second := do(t, c, &Request{Path: "/length"})
	if !second.Conn.EarlyData || !second.Conn.TLS.Resumed || second.Final == nil || second.Final.Status != 200 {
		t.Errorf("with a session: %+v, TLS %+v, %+v", second.Conn, second.Conn.TLS, second.Final)
	}
	if third := do(t, c, &Request{Path: "/length"}); third.Conn.EarlyData || third.Final == nil {
		t.Errorf("the next request: %+v", third.Conn)
	}
}

// Early data that the server does not accept was not processed, and the
// connection goes on without it.
func TestRejectedEarlyData(t *testing.T) {
	settles(t)
	target := serveHTTP(t, wire.H3, true, http.HandlerFunc(handler))
	cache := tls.NewLRUClientSessionCache(4)
	target.TLS.ClientSessionCache = cache
	target.ServerName = "statute.test"
	target.EarlyData = true
	do(t, dial(t, target), &Request{Path: "/length", Linger: 100 * time.Millisecond})

	other := serveHTTP(t, wire.H3, true, http.HandlerFunc(handler)) // knows nothing of the ticket
	other.TLS.ClientSessionCache, other.ServerName, other.EarlyData = cache, target.ServerName, true
	c := dial(t, other)
	x := do(t, c, &Request{Path: "/length"})
	if x.End != wire.EndRefused || x.Final != nil || x.Conn.EarlyData {
		t.Fatalf("end %s, %+v, final %+v, events %+v", x.End, x.Conn, x.Final, c.Events())
	}
	if x := do(t, c, &Request{Path: "/length"}); x.Final == nil || x.Final.Status != 200 {
		t.Errorf("the next request: end %s, events %+v", x.End, c.Events())
	}
}

func FuzzFrameH3(f *testing.F) {
	f.Add(AppendFrameH3(nil, FrameData, []byte("x")))
	f.Add([]byte{0xc0})
	f.Fuzz(func(t *testing.T, octets []byte) {
		r := bytes.NewReader(octets)
		frame, err := readFrame3(r)
		if err == nil {
			var data []byte
			if data, err = payload(r, frame, 1<<10); err == nil {
				again := AppendFrameH3(nil, frame.kind, data)
				second, err := readFrame3(bytes.NewReader(again))
				if err != nil || second != frame {
					t.Errorf("%+v was written as %x and read as %+v, %v", frame, again, second, err)
				}
			}
		}
		if err == io.EOF && len(octets) > 0 {
			t.Errorf("%x: io.EOF within a frame", octets)
		}
	})
}

func FuzzSectionH3(f *testing.F) {
	f.Add(AppendSectionH3(nil, wire.Fields{field(":status", "200"), field("a", "b")}))
	f.Fuzz(func(t *testing.T, block []byte) {
		lines, err := decodeH3(block)
		if err != nil {
			return
		}
		again, err := decodeH3(AppendSectionH3(nil, lines))
		if err != nil || !cmp.Equal(lines, again) {
			t.Errorf("%v came back as %v, %v", lines, again, err)
		}
		p := ResponseOf(wire.Version{Major: 3}, lines)
		if p.Status == 0 && len(p.Faults) == 0 {
			t.Errorf("%v has no status and no fault", lines)
		}
	})
}

// Packets that complete the handshake are told from those that do not, in
// datagrams with several.
func TestSplitDatagram(t *testing.T) {
	long := func(kind byte, token bool, payload int) []byte {
		p := []byte{0xc0 | kind<<4, 0, 0, 0, 1, 4, 'd', 'c', 'i', 'd', 2, 's', 'c'}
		if token {
			p = append(p, 3, 't', 'o', 'k')
		}
		p = quicvarint.Append(p, uint64(payload))
		return append(p, bytes.Repeat([]byte{kind}, payload)...)
	}
	initial, zero, handshake, short := long(0, true, 100), long(1, false, 70), long(2, false, 1000), []byte("@ short header")
	join := func(packets ...[]byte) []byte { return slices.Concat(packets...) }
	for _, test := range []struct {
		name           string
		datagram       []byte
		passes, isKept []byte
	}{
		{"an Initial", initial, initial, nil},
		{"0-RTT", zero, zero, nil},
		{"a Handshake", handshake, nil, handshake},
		{"1-RTT", short, nil, short},
		{"three and what is kept", join(initial, handshake, zero, short), join(initial, zero), join(handshake, short)},
		{"an Initial that is cut", initial[:50], initial[:50], nil},
		{"one octet", []byte{0xc0}, []byte{0xc0}, nil},
		{"another version", []byte{0xc0, 1, 2, 3, 4, 5, 6, 7}, []byte{0xc0, 1, 2, 3, 4, 5, 6, 7}, nil},
		{"nothing", nil, nil, nil},
	} {
		if pass, keep := splitDatagram(test.datagram); !bytes.Equal(pass, test.passes) || !bytes.Equal(keep, test.isKept) {
			t.Errorf("%s: %d octets pass, %d are kept; want %d and %d", test.name, len(pass), len(keep), len(test.passes), len(test.isKept))
		}
	}
}

func FuzzSplitDatagram(f *testing.F) {
	f.Add([]byte{0xe0, 0, 0, 0, 1, 0, 0, 1, 2, 0x40})
	f.Fuzz(func(t *testing.T, datagram []byte) {
		if pass, keep := splitDatagram(datagram); len(pass)+len(keep) != len(datagram) {
			t.Errorf("%x: %x passes, %x is kept", datagram, pass, keep)
		}
	})
}
