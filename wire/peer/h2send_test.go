package peer

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/wire"
	"golang.org/x/net/http2"
)

func TestWhatIsSentH2(t *testing.T) {
	for _, test := range []struct {
		name string
		q    Request
		want string // frames; the last of them ends the request or is the last that comes
	}{
		{"plain", Request{Authority: "a", Fields: wire.Fields{field("Accept", "*/*")}},
			"HEADERS :method=GET :scheme=http :authority=a :path=/ accept=*/* END"},
		{"CONNECT", Request{Method: "CONNECT", Authority: "a:1"}, "HEADERS :method=CONNECT :authority=a:1 END"},
		{"content", Request{Method: "PUT", Authority: "a", Content: []byte("hi")},
			"HEADERS :method=PUT :scheme=http :authority=a :path=/ content-length=2 / DATA hi / DATA  END"},
		{"no length", Request{Method: "PUT", Authority: "a", Content: []byte("hi"), NoLength: true, Trailers: wire.Fields{field("T", "1")}},
			"HEADERS :method=PUT :scheme=http :authority=a :path=/ / DATA hi / HEADERS t=1 END"},
		{"section", Request{Section: wire.Fields{field("A", "b"), field(":path", "x"), field("a", "\n")}}, "HEADERS A=b :path=x a=\n END"},
		{"stopped content", Request{Authority: "a", Content: []byte("abcd"), NoLength: true, Stop: Stop{In: InContent, After: 2, Then: CloseWrite}},
			"HEADERS :method=GET :scheme=http :authority=a :path=/ / DATA ab / DATA  END"},
		{"reset", Request{Authority: "a", Content: []byte("abcd"), NoLength: true, Stop: Stop{In: InContent, After: 2, Then: Reset}},
			"HEADERS :method=GET :scheme=http :authority=a :path=/ / DATA ab / RST_STREAM CANCEL"},
		{"drip", Request{Authority: "a", Content: []byte("abc"), NoLength: true, Drip: Drip{Octets: 2, Every: time.Millisecond}},
			"HEADERS :method=GET :scheme=http :authority=a :path=/ / DATA ab / DATA c / DATA  END"},
		{"long fields", Request{Authority: "a", Fields: wire.Fields{field("big", strings.Repeat("\x7f", 10_000))}},
			"HEADERS :method=GET :scheme=http :authority=a :path=/ big=" + strings.Repeat("\x7f", 10_000) + " END"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := make(chan string, 1)
			c := scripted(t, wire.H2, func(c *ServerConn) {
				h, err := c.H2()
				if err != nil {
					return
				}
				var frames []string
				var id uint32
				for ended := false; !ended; {
					f, err := h.Next()
					if err != nil {
						break
					}
					switch f := f.(type) {
					case *http2.HeadersFrame:
						id, ended = f.StreamID, f.StreamEnded()
						lines, _ := h.section(f)
						s := "HEADERS"
						for _, l := range lines {
							s += " " + l.Name + "=" + l.Value
						}
						frames = append(frames, s)
					case *http2.DataFrame:
						frames = append(frames, "DATA "+string(f.Data()))
						ended = f.StreamEnded()
					case *http2.RSTStreamFrame:
						got <- strings.Join(append(frames, "RST_STREAM "+f.ErrCode.String()), " / ")
						return
					}
				}
				got <- strings.Join(frames, " / ") + " END"
				h.WriteFields(id, true, field(":status", "200"))
				h.Conn.Wait(scriptTime)
			})
			x := do(t, c, &test.q)
			if sent := <-got; sent != test.want {
				t.Errorf("sent %.300q, want %.300q", sent, test.want)
			}
			if test.q.Stop.Then != Reset && (x.Final == nil || x.Final.Status != 200) {
				t.Errorf("final %+v, end %s", x.Final, x.End)
			}
			if test.q.Section != nil && len(x.Request.Faults) == 0 {
				t.Error("no fault recorded of a request that has many")
			}
		})
	}
}

func TestStoppedHeadH2(t *testing.T) {
	c := scripted(t, wire.H2, func(c *ServerConn) {
		h, err := c.H2()
		if err != nil {
			return
		}
		for {
			f, err := h.Next()
			if err != nil {
				return
			}
			if f, ok := f.(*http2.HeadersFrame); ok {
				if f.HeadersEnded() || len(f.HeaderBlockFragment()) != 3 {
					t.Errorf("HEADERS: %v, %d octets", f, len(f.HeaderBlockFragment()))
				}
				h.WriteFields(f.StreamID, true, field(":status", "408"))
				h.Conn.Wait(scriptTime)
			}
		}
	})
	if x := do(t, c, &Request{Stop: Stop{In: InHead, After: 3}}); x.Final == nil || x.Final.Status != 408 {
		t.Errorf("final %+v, end %s", x.Final, x.End)
	}
}

// The preface and the client's SETTINGS come as RFC 9113 §3.4 has it.
func TestPrefaceH2(t *testing.T) {
	got := make(chan []byte, 1)
	c := scripted(t, wire.H2, func(c *ServerConn) {
		b := make([]byte, len(http2.ClientPreface)+9)
		io.ReadFull(c.Conn, b)
		got <- b
		c.Wait(scriptTime)
	})
	defer c.Close()
	b := <-got
	if string(b[:24]) != http2.ClientPreface || http2.FrameType(b[24+3]) != http2.FrameSettings {
		t.Errorf("the connection begins with %q", b)
	}
}
