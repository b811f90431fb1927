package relay

import (
	"bytes"
	"io"
	"testing"

	"github.com/statute-http/statute/wire"
)

// What cannot be read ends the recording, not the connection.
func TestTape2GivesUp(t *testing.T) {
	for name, octets := range map[string][]byte{
		"no HPACK":          append([]byte(preface), 0, 0, 1, typeHeaders, flagEndHeaders, 0, 0, 0, 1, 0xff),
		"huge frame":        append([]byte(preface), 0xff, 0xff, 0xff, typeHeaders, 0, 0, 0, 0, 1),
		"wrong padding":     append([]byte(preface), 0, 0, 1, typeData, flagPadded, 0, 0, 0, 1, 9),
		"lone continuation": append([]byte(preface), 0, 0, 0, typeContinuation, 0, 0, 0, 0, 1),
	} {
		tape := newTape2(&Relay{}, wire.Conn{}, "http")
		for len(octets) > 0 {
			n := min(5, len(octets))
			tape.fromClient(octets[:n])
			octets = octets[n:]
		}
		if !tape.off {
			t.Errorf("%s: goes on", name)
		}
	}
}

func FuzzTape1(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), 3)
	f.Add([]byte("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"), []byte("HTTP/1.1 100 \r\n\r\nHTTP/1.1 204 \r\n\r\nx"), 1)
	f.Add([]byte("CONNECT a:1 HTTP/1.1\r\n\r\n"), []byte("SSH-2.0"), 100)
	f.Fuzz(func(t *testing.T, asks, answers []byte, step int) {
		tape := newTape1(&Relay{Record: func(*wire.Exchange) {}}, wire.Conn{}, "http")
		feed(tape, asks, answers, step)
	})
}

func FuzzTape2(f *testing.F) {
	f.Add([]byte(preface+"\x00\x00\x03\x01\x05\x00\x00\x00\x01\x82\x84\x86"), []byte("\x00\x00\x01\x01\x05\x00\x00\x00\x01\x88"), 4)
	f.Add([]byte(preface), []byte("\x00\x00\x00\x04\x00\x00\x00\x00\x00"), 30)
	f.Fuzz(func(t *testing.T, asks, answers []byte, step int) {
		tape := newTape2(&Relay{Record: func(*wire.Exchange) {}}, wire.Conn{}, "http")
		feed(tape, asks, answers, step)
	})
}

// feed gives a tape both directions in turns.
func feed(tape tape, asks, answers []byte, step int) {
	step = max(1, step)
	for len(asks)+len(answers) > 0 {
		n := min(step, len(asks))
		tape.fromClient(bytes.Clone(asks[:n]))
		asks = asks[n:]
		n = min(step, len(answers))
		tape.fromServer(bytes.Clone(answers[:n]))
		answers = answers[n:]
	}
	tape.clientEnded()
	tape.serverEnded(io.EOF)
	tape.over()
}
