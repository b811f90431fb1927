package relay

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/statute-http/statute/wire"
)

// Interim answers without number are no final one, whatever becomes of the rest.
func TestManyInterimAnswers(t *testing.T) {
	for name, tape := range map[string]func(*Relay){
		"h1": func(r *Relay) {
			tape := newTape1(r, wire.Conn{}, "http")
			tape.fromClient([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
			tape.fromServer([]byte(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 300) + "HTTP/1.1 204 No Content\r\n\r\n"))
			tape.over()
		},
		"h2": func(r *Relay) {
			tape := newTape2(r, wire.Conn{}, "http")
			tape.fromClient(section(t, true, ":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/"))
			for range 300 {
				tape.fromServer(section(t, false, ":status", "103"))
			}
			tape.fromServer(section(t, true, ":status", "204"))
		},
	} {
		recorded := newRecorder()
		tape(&Relay{Record: recorded.record})
		x := recorded.wait(t, 1)[0]
		if x.Final == nil || x.Final.Status != 204 || len(x.Interim) != mostInterim {
			t.Errorf("%s: %d interim answers and %d", name, len(x.Interim), x.Answer().Status)
		}
	}
}

// section is a HEADERS frame with a field section that uses no table.
func section(t *testing.T, end bool, fields ...string) []byte {
	t.Helper()
	var block, octets bytes.Buffer
	enc := hpack.NewEncoder(&block)
	enc.SetMaxDynamicTableSize(0)
	for i := 0; i < len(fields); i += 2 {
		enc.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	err := http2.NewFramer(&octets, nil).WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndStream: end, EndHeaders: true})
	if err != nil {
		t.Fatal(err)
	}
	return octets.Bytes()
}

// One octet of a field block may stand for a long line of the table. A section
// of many such is not put together.
func TestTape2SectionBound(t *testing.T) {
	var block bytes.Buffer
	enc := hpack.NewEncoder(&block)
	for range 400 {
		enc.WriteField(hpack.HeaderField{Name: "x", Value: strings.Repeat("v", 3500)})
	}
	var octets bytes.Buffer
	framer := http2.NewFramer(&octets, nil)
	framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndStream: true, EndHeaders: true})
	tape := newTape2(&Relay{}, wire.Conn{}, "http")
	tape.fromClient(octets.Bytes())
	if !tape.off {
		t.Errorf("%d octets of a block were taken for a section of 1.4 MB", block.Len())
	}
}
