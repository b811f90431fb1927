package peer

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestPrint(t *testing.T) {
	h1 := &wire.Exchange{
		Conn: wire.Conn{Protocol: wire.H1}, Seen: wire.ShowsAll, End: wire.EndClosed,
		Request: wire.Request{Message: wire.Message{
			Octets:  []byte("POST /a HTTP/1.1\r\nHost: a.test\r\nBad\x1b[31m: x\n\r\n"),
			Content: wire.Content{Length: 5, Data: []byte("hello"), Complete: true}}},
		Interim: []wire.Response{{Message: wire.Message{Octets: []byte("HTTP/1.1 100 Continue\r\n\r\n")}, Status: 100}},
		Final: &wire.Response{Status: 200, Message: wire.Message{
			Octets:   []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
			Content:  wire.Content{Length: 5000, Data: []byte("狀態碼 \u202egnihtyna\n" + strings.Repeat(strings.Repeat("x", 63)+"\n", 50)), Complete: false},
			Trailers: wire.Fields{{Name: "Sum", Value: "1"}},
			Faults:   []wire.Fault{{Kind: wire.BareLF, Offset: 3}, {Kind: "of-tomorrow", Field: "x"}}}},
		After: []byte("rest\r\n"),
	}
	h2 := &wire.Exchange{
		Conn: wire.Conn{Protocol: wire.H2}, Seen: wire.ShowsAll, End: wire.EndReset,
		Request: RequestOf(wire.Version{Major: 2}, wire.Fields{field(":method", "GET"), field(":scheme", "https"), field(":authority", "a.test"), field(":path", "/"),
			{Name: "cookie", Redacted: true}, field("a", "x\r\ny"), field(":late", "1")}),
		Interim: []wire.Response{ResponseOf(wire.Version{Major: 2}, wire.Fields{field(":status", "103"), field("link", "</a>")})},
	}
	connect := &wire.Exchange{
		Conn: wire.Conn{Protocol: wire.H3}, Seen: wire.ShowsAll, End: wire.EndTunnel,
		Request: RequestOf(wire.Version{Major: 3}, wire.Fields{field(":method", "CONNECT"), field(":authority", "a.test:443")}),
		Final:   &wire.Response{Status: 200},
	}
	recorded := &wire.Exchange{
		Conn: wire.Conn{Protocol: wire.H1}, Seen: wire.ShowsAll &^ wire.ShowsOctets,
		Request: wire.Request{Method: "GET", Target: "/", Message: wire.Message{Version: wire.Version{Major: 1, Minor: 1}, Fields: wire.Fields{{Value: "no colon"}, field("Host", "a")}}},
		Final:   &wire.Response{Status: 404, Reason: "Not Found", Message: wire.Message{Version: wire.Version{Major: 1, Minor: 1}, Fields: wire.Fields{field("Server", "x")}}},
	}
	for name, x := range map[string]*wire.Exchange{"h1": h1, "h2": h2, "connect": connect, "recorded": recorded} {
		for _, l := range lang.All {
			var b strings.Builder
			if err := Print(&b, x, l); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", "print-"+name+"."+string(l)+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("%s differs (run with -update to accept):\n%s", path, b.String())
			}
		}
	}
}

func TestEveryEndHasWords(t *testing.T) {
	for _, end := range []wire.End{wire.EndKept, wire.EndClosed, wire.EndCut, wire.EndReset, wire.EndSilent, wire.EndTunnel, wire.EndRefused} {
		for _, l := range lang.All {
			if ends[end].In(l) == "" {
				t.Errorf("end %s has no words in %s", end, l)
			}
		}
	}
}

func TestFaultTable(t *testing.T) {
	seen := make(map[wire.FaultKind]bool)
	for _, e := range wire.FaultTable {
		seen[e.Kind] = true
	}
	for _, e := range FaultTable {
		if seen[e.Kind] {
			t.Errorf("%s stands in a table twice", e.Kind)
		}
		seen[e.Kind] = true
		for _, l := range lang.All {
			if e.Says.In(l) == "" {
				t.Errorf("%s says nothing in %s", e.Kind, l)
			}
		}
		if !strings.HasPrefix(e.Spec, "RFC ") || !e.Status.Valid() {
			t.Errorf("%s: %+v", e.Kind, e)
		}
	}
}
