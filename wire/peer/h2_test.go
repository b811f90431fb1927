package peer

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/wire"
	"golang.org/x/net/http2"
)

func field(name, value string) wire.Field { return wire.Field{Name: name, Value: value} }

// faultsOf lists the kinds of an exchange's faults, those of the interim answers
// first.
func faultsOf(x *wire.Exchange) string {
	var kinds []string
	for i := range x.Interim {
		for _, f := range x.Interim[i].Faults {
			kinds = append(kinds, string(f.Kind))
		}
	}
	if x.Final != nil {
		for _, f := range x.Final.Faults {
			kinds = append(kinds, string(f.Kind))
		}
	}
	return strings.Join(kinds, " ")
}

// An oddAnswer is what a scripted h2 or h3 server answers, and what is to be
// recorded of it.
type oddAnswer struct {
	name   string
	method string
	quick  bool // little patience, because silence is expected

	interim  int
	status   int // 0: no final answer
	content  string
	complete bool
	after    string
	trailers int
	faults   string
	end      wire.End
	event    string // what the first event is, empty: none
}

func (want oddAnswer) check(t *testing.T, c *Conn, x *wire.Exchange) {
	t.Helper()
	final := x.Final
	if final == nil {
		final = &wire.Response{}
		if want.status != 0 {
			t.Error("no final answer")
		}
	}
	if len(x.Interim) != want.interim || x.End != want.end || string(x.After) != want.after || faultsOf(x) != want.faults {
		t.Errorf("%d interim, end %q, after %q, faults %q; want %d, %q, %q, %q", len(x.Interim), x.End, x.After, faultsOf(x), want.interim, want.end, want.after, want.faults)
	}
	if int(final.Status) != want.status || string(final.Content.Data) != want.content || final.Content.Complete != want.complete || len(final.Trailers) != want.trailers {
		t.Errorf("final: %d %q complete %v, trailers %v", final.Status, final.Content.Data, final.Content.Complete, final.Trailers)
	}
	event := ""
	if events := c.Events(); len(events) > 0 {
		event = events[0].What + " " + events[0].Text
	}
	if !strings.HasPrefix(event, want.event) || (event == "") != (want.event == "") {
		t.Errorf("event %q, want %q", event, want.event)
	}
}

func TestOddAnswersH2(t *testing.T) {
	ok := field(":status", "200")
	for _, test := range []struct {
		oddAnswer
		script func(h *ServerH2, id uint32)
	}{
		{oddAnswer{name: "kept", status: 200, content: "hi", complete: true, end: wire.EndKept}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, false, ok)
			h.WriteData(id, true, []byte("hi"))
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "several interim and trailers", interim: 2, status: 200, content: "hi", complete: true, trailers: 1, end: wire.EndKept}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, false, field(":status", "100"))
			h.WriteFields(id, false, field(":status", "103"), field("link", "</a>"))
			h.WriteFields(id, false, ok)
			h.WriteData(id, false, []byte("hi"))
			h.WriteFields(id, true, field("sum", "2"))
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "padding and CONTINUATION", status: 200, content: "hi", complete: true, end: wire.EndKept}, func(h *ServerH2, id uint32) {
			block := bytes.Clone(h.Encode(ok, field("server", "script")))
			h.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block[:1], PadLength: 5})
			h.WriteContinuation(id, false, block[1:2])
			h.WriteContinuation(id, true, block[2:])
			h.WriteDataPadded(id, true, []byte("hi"), make([]byte, 9))
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "unknown frames, PING, SETTINGS", status: 200, complete: true, end: wire.EndKept}, func(h *ServerH2, id uint32) {
			h.WriteRawFrame(0xbb, 0, id, []byte("?"))
			h.WritePing(false, [8]byte{1})
			h.WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: 0})
			for acks := 0; acks < 2; { // both have to come back
				f, err := h.Next()
				if err != nil {
					return
				}
				switch f := f.(type) {
				case *http2.PingFrame:
					if f.IsAck() && f.Data == [8]byte{1} {
						acks++
					}
				case *http2.SettingsFrame:
					if f.IsAck() {
						acks++
					}
				}
			}
			h.WriteFields(id, true, ok)
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "interim ends the stream", interim: 1, faults: "interim-ends-stream", end: wire.EndCut}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, true, field(":status", "100"))
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "101", interim: 1, status: 200, complete: true, faults: "connection-field status-101", end: wire.EndKept}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, false, field(":status", "101"), field("upgrade", "x"))
			h.WriteFields(id, true, ok)
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "no status", complete: true, faults: "missing-pseudo-field", end: wire.EndKept}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, true, field("server", "script"))
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "bad status", complete: true, faults: "bad-status-code", end: wire.EndKept}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, true, field(":status", "2OO"))
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "all kinds of bad fields", status: 200, complete: true, end: wire.EndKept,
			faults: "repeated-pseudo-field unknown-pseudo-field uppercase-field-name bad-field-name bad-field-value bad-field-value connection-field connection-field pseudo-field-after-fields"}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, true, ok, field(":status", "404"), field(":path", "/"), field("Server", "x"), field("a b", ""), field("a", "x\ny"),
				field("b", " x"), field("connection", "close"), field("te", "gzip"), field(":late", ""))
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "content-length differs", status: 200, content: "hi", complete: true, faults: "content-length-mismatch", end: wire.EndKept}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, false, ok, field("content-length", "3"))
			h.WriteData(id, true, []byte("hi"))
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "HEAD with a length", method: "HEAD", status: 200, complete: true, end: wire.EndKept}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, true, ok, field("content-length", "3"))
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "204 with content", status: 204, content: "oops", complete: true, end: wire.EndKept}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, false, field(":status", "204"))
			h.WriteData(id, true, []byte("oops"))
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "content first", status: 200, complete: true, after: "early", end: wire.EndKept}, func(h *ServerH2, id uint32) {
			h.WriteData(id, false, []byte("early"))
			h.WriteFields(id, true, ok)
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "trailers do not end it", status: 200, complete: true, trailers: 2, faults: "pseudo-field-in-trailers trailers-not-last", end: wire.EndKept}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, false, ok)
			h.WriteFields(id, false, field("a", "b"), field(":status", "200"))
			h.WriteData(id, true, nil)
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "reset in the content", status: 200, content: "half", end: wire.EndReset, event: "RST_STREAM INTERNAL_ERROR"}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, false, ok)
			h.WriteData(id, false, []byte("half"))
			h.WriteRSTStream(id, http2.ErrCodeInternal)
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "refused stream", end: wire.EndRefused, event: "RST_STREAM REFUSED_STREAM"}, func(h *ServerH2, id uint32) {
			h.WriteRSTStream(id, http2.ErrCodeRefusedStream)
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "GOAWAY below the stream", end: wire.EndRefused, event: "GOAWAY last stream 0, NO_ERROR"}, func(h *ServerH2, id uint32) {
			h.WriteGoAway(0, http2.ErrCodeNo, nil)
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "GOAWAY, then the answer", status: 200, complete: true, end: wire.EndClosed, event: "GOAWAY last stream 1, ENHANCE_YOUR_CALM: calm"}, func(h *ServerH2, id uint32) {
			h.WriteGoAway(id, http2.ErrCodeEnhanceYourCalm, []byte("calm"))
			h.WriteFields(id, true, ok)
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "cut", status: 200, content: "half", end: wire.EndCut}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, false, ok)
			h.WriteData(id, false, []byte("half"))
			h.Conn.CloseWrite() // a close with octets unread would be a reset
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "cut before anything", end: wire.EndCut}, func(h *ServerH2, id uint32) {
			h.Conn.CloseWrite()
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "TCP reset", end: wire.EndReset, event: "error"}, func(h *ServerH2, id uint32) { h.Conn.Reset() }},
		{oddAnswer{name: "silent", quick: true, end: wire.EndSilent}, func(h *ServerH2, id uint32) { h.Conn.Wait(scriptTime) }},
		{oddAnswer{name: "silent in the content", quick: true, status: 200, content: "half", end: wire.EndSilent}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, false, ok)
			h.WriteData(id, false, []byte("half"))
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "bad compression", interim: 1, faults: "bad-field-compression bad-frame", end: wire.EndCut, event: "error the server broke HTTP/2"}, func(h *ServerH2, id uint32) {
			h.WriteFields(id, false, field(":status", "103"))
			h.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: []byte{0xff, 0xff, 0xff}, EndHeaders: true})
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "push", end: wire.EndCut, event: "error the server broke HTTP/2"}, func(h *ServerH2, id uint32) {
			h.WritePushPromise(http2.PushPromiseParam{StreamID: id, PromiseID: 2, BlockFragment: h.Encode(field(":method", "GET")), EndHeaders: true})
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "an interrupted field section", end: wire.EndCut, event: "error the server broke HTTP/2"}, func(h *ServerH2, id uint32) {
			h.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: h.Encode(ok)})
			h.WriteData(id, true, nil)
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "a huge field section", end: wire.EndCut, event: "error the server broke HTTP/2"}, func(h *ServerH2, id uint32) {
			h.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: h.Encode(ok)})
			for range maxSection/16384 + 1 {
				h.WriteContinuation(id, false, make([]byte, 16384))
			}
			h.Conn.Wait(scriptTime)
		}},
		{oddAnswer{name: "HTTP/1.1", end: wire.EndCut, event: "error the server broke HTTP/2"}, func(h *ServerH2, id uint32) {
			h.Conn.Send("HTTP/1.1 400 Bad Request\r\n\r\n")
			h.Conn.Wait(scriptTime)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := scripted(t, wire.H2, func(c *ServerConn) {
				h, err := c.H2()
				if err != nil {
					return
				}
				if id, _, err := h.ReadRequest(); err == nil {
					test.script(h, id)
				}
			})
			if test.quick {
				c.Patience = 50 * time.Millisecond
			}
			test.check(t, c, do(t, c, &Request{Method: test.method}))
		})
	}
}

func TestContentAfterTheEndH2(t *testing.T) {
	c := scripted(t, wire.H2, func(c *ServerConn) {
		h, err := c.H2()
		if err != nil {
			return
		}
		id, _, err := h.ReadRequest()
		if err != nil {
			return
		}
		h.WriteFields(id, true, field(":status", "204"))
		h.WriteData(id, true, []byte("late"))
	})
	x := do(t, c, &Request{Linger: time.Second})
	if string(x.After) != "late" || faultsOf(x) != "unexpected-frame" || x.End != wire.EndClosed || !x.Final.Content.Complete {
		t.Errorf("after %q, faults %s, end %s", x.After, faultsOf(x), x.End)
	}
	if _, err := c.Do(t.Context(), &Request{}); err == nil {
		t.Error("a closed connection took another request")
	}
}

// The content goes out as the windows allow: the connection's, the stream's, and
// what SETTINGS makes of it, also when it is negative for a time.
func TestFlowControlH2(t *testing.T) {
	const size = 100_000
	got := make(chan string, 1)
	c := scripted(t, wire.H2, func(c *ServerConn) {
		h, err := c.H2(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 10})
		if err != nil {
			return
		}
		id, q, _, err := h.ReadHead()
		if err != nil {
			return
		}
		h.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 5})
		h.WriteWindowUpdate(id, 20)
		h.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1000})
		h.WriteWindowUpdate(id, size)
		h.WriteWindowUpdate(0, size)
		if err := h.ReadContent(id, q); err != nil {
			return
		}
		got <- string(q.Content.Data)
		h.WriteFields(id, true, field(":status", "200"))
		h.Conn.Wait(scriptTime)
	})
	content := strings.Repeat("x", size)
	x := do(t, c, &Request{Content: []byte(content)})
	if x.Final == nil || <-got != content || !x.Request.Content.Complete {
		t.Errorf("final %+v, %d octets sent, end %s", x.Final, x.Request.Content.Length, x.End)
	}
}

func TestClosedWindowH2(t *testing.T) {
	c := scripted(t, wire.H2, func(c *ServerConn) {
		h, err := c.H2(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
		if err != nil {
			return
		}
		if id, _, _, err := h.ReadHead(); err == nil {
			h.WriteFields(id, true, field(":status", "413"))
			h.WriteRSTStream(id, http2.ErrCodeNo)
		}
		h.Conn.Wait(scriptTime)
	})
	x := do(t, c, &Request{Content: make([]byte, 1<<20)})
	// What the client sends before it has seen SETTINGS is bound by the default.
	if x.Final == nil || x.Final.Status != 413 || x.End != wire.EndKept || x.Request.Content.Complete || x.Request.Content.Length > 65535 {
		t.Errorf("final %+v, %d octets sent, end %s", x.Final, x.Request.Content.Length, x.End)
	}
}
