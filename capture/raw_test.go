package capture_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/wire"
)

// streams reads both directions of a connection and tells what came in a line
// each: method, target, statuses, content of the answer, what follows, end.
func streams(requests, responses string) (told []string) {
	for e, err := range capture.Streams(context.Background(), strings.NewReader(requests), strings.NewReader(responses), capture.Options{}) {
		if err != nil {
			told = append(told, err.Error())
			continue
		}
		told = append(told, tell(e))
	}
	return told
}

func tell(e *capture.Entry) string {
	x := e.Exchange
	s := fmt.Sprintf("%s %s %v", x.Request.Method, x.Request.Target, x.Statuses())
	if x.Final != nil {
		s += fmt.Sprintf(" %q", x.Final.Content.Data)
		for _, f := range x.Final.Faults {
			s += fmt.Sprintf(" %s at %d", f.Kind, f.Offset)
		}
	}
	if len(x.After) > 0 {
		s += fmt.Sprintf(" after %q", x.After)
	}
	if x.Shows(wire.ShowsEnd) {
		s += " " + string(x.End)
	}
	return s
}

func lines(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func TestStreams(t *testing.T) {
	get := func(target string) string { return "GET " + target + " HTTP/1.1\nHost: a\n\n" }
	ok := "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"
	for _, test := range []struct {
		name, requests, responses string
		want                      []string
	}{
		{"pipelined", get("/1") + get("/2"), ok + ok, []string{`GET /1 [200] "ok" kept`, `GET /2 [200] "ok"`}},
		{"interim", get("/1") + get("/2"), "HTTP/1.1 103 Early Hints\nLink: </a>\n\nHTTP/1.1 102 Processing\n\n" + ok + ok,
			[]string{`GET /1 [103 102 200] "ok" kept`, `GET /2 [200] "ok"`}},
		{"HEAD", "HEAD / HTTP/1.1\nHost: a\n\n" + get("/2"), "HTTP/1.1 200 OK\nContent-Length: 2\n\n" + ok,
			[]string{`HEAD / [200] "" kept`, `GET /2 [200] "ok"`}},
		{"content after 204", get("/1") + get("/2"), "HTTP/1.1 204 No Content\n\nsurprise" + ok,
			[]string{`GET /1 [204] "" after "surprise" kept`, `GET /2 [200] "ok"`}},
		{"content after the last 304", get("/1"), "HTTP/1.1 304 Not Modified\n\nsurprise",
			[]string{`GET /1 [304] "" after "surprise"`}},
		{"CONNECT", "CONNECT a:1 HTTP/1.1\nHost: a:1\n\n\x16\x03", "HTTP/1.1 200 OK\n\n\x16\x03HTTP/1.1 200 OK",
			[]string{`CONNECT a:1 [200] "" tunnel`}},
		{"101", get("/ws") + "frames", "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\nframes", []string{`GET /ws [101] "" tunnel`}},
		{"close-delimited", get("/1") + get("/2"), "HTTP/1.0 200 OK\n\nuntil the end", []string{`GET /1 [200] "until the end" closed`, `GET /2 []`}},
		{"chunked", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n" + get("/2"),
			"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nok\n0\nT: 1\n\n" + ok,
			[]string{`POST / [200] "ok" kept`, `GET /2 [200] "ok"`}},
		{"cut in the content", get("/1"), "HTTP/1.1 200 OK\nContent-Length: 9\n\nok", []string{`GET /1 [200] "ok" cut`}},
		{"cut in the head", get("/1") + get("/2"), ok + "HTTP/1.1 200 OK\nConte", []string{`GET /1 [200] "ok" kept`, `GET /2 [] cut`,
			"raw, entry 2, octet 62: the head of a response cannot be read: unexpected EOF"}},
		{"cut in the request", get("/1") + "GET /2 HT", ok, []string{`GET /1 [200] "ok"`,
			"raw, entry 2, octet 37: the head of a request cannot be read: unexpected EOF"}},
		{"bad chunk", get("/1") + get("/2"), "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\n" + ok, []string{`GET /1 [200] "" bad-chunk at 0`,
			"raw, entry 1, octet 51: the chunks of an answer are malformed, so that nobody can say where the next one begins"}},
		{"no answer", get("/1") + get("/2"), ok, []string{`GET /1 [200] "ok"`, `GET /2 []`}},
		{"no HTTP", get("/1"), "SSH-2.0-x\n", []string{
			"raw, entry 1, octet 0: no status line stands where the first answer should begin", `GET /1 []`}},
		{"nothing", "", "", nil},
	} {
		got := streams(lines(test.requests), lines(test.responses))
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) {
			t.Errorf("%s:\n got %q\nwant %q", test.name, got, test.want)
		}
	}
}

// The place of an exchange is that of its answer.
func TestStreamsOffsets(t *testing.T) {
	var at []int64
	ok := lines("HTTP/1.1 103 Early Hints\n\nHTTP/1.1 204 No Content\n\n")
	for e, err := range capture.Streams(context.Background(), strings.NewReader(lines(strings.Repeat("GET / HTTP/1.1\nHost: a\n\n", 3))),
		strings.NewReader(ok+"more"+ok), capture.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, e.Offset)
	}
	n := int64(len(ok))
	if want := []int64{0, n + 4, 2*n + 4}; !slices.Equal(at, want) {
		t.Errorf("%v, want %v", at, want)
	}
}

// A transcript that was written or saved with an editor is read, and its line
// ends prove nothing.
func TestTranscript(t *testing.T) {
	text := "GET /1 HTTP/1.1\nHost: a\n\nHTTP/1.1 404 Not Found\nContent-Length: 3\n\nno\n\nGET /2 HTTP/1.1\nHost: a\n\nHTTP/1.1 204 No Content\n\n"
	entries, errs := all(t, text, capture.Options{})
	if len(entries) != 2 || errs != nil {
		t.Fatalf("%d, %v", len(entries), errs)
	}
	if got := tell(entries[0]) + tell(entries[1]); got != `GET /1 [404] "no\n" keptGET /2 [204] ""` {
		t.Error(got)
	}
	if x := entries[0].Exchange; x.Shows(wire.ShowsOctets) || len(x.Final.Faults) > 0 {
		t.Errorf("%+v", x.Final)
	}
	entries, errs = all(t, lines(text), capture.Options{})
	if len(entries) != 2 || errs != nil || !entries[0].Exchange.Shows(wire.ShowsOctets) {
		t.Fatalf("%d, %v", len(entries), errs)
	}
}

func FuzzStreams(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("HTTP/1.1 103 x\r\n\r\nyHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/"))
	f.Add([]byte("CONNECT a:1 HTTP/1.1\r\n\r\nHEAD / HTTP/1.1\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\n\r\nxHTTP/1.1 200"))
	f.Fuzz(func(t *testing.T, requests, responses []byte) {
		streams(string(requests), string(responses))
		transcript(t, string(requests)+string(responses))
	})
}

// transcript reads what is no format, or any, to its end.
func transcript(t *testing.T, s string) {
	for _, format := range []capture.Format{"", capture.Raw, capture.Curl} {
		last := 0
		entries, _ := all(t, s, capture.Options{Format: format})
		for _, e := range entries {
			if e.Number <= last || e.Offset < 0 || e.Offset > int64(len(s)) {
				t.Fatalf("%s: %q: entry %d at %d after %d", format, s, e.Number, e.Offset, last)
			}
			last = e.Number
		}
	}
}
