package manual

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseExamples(t *testing.T) {
	for _, test := range []struct {
		name  string
		block string
		send  []Part
		want  []Message
	}{
		{
			"head only",
			"GET / HTTP/1.1\nHost: a\n\nHTTP/1.1 200 OK\nAllow: GET, HEAD",
			[]Part{{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", End}},
			[]Message{{"HTTP/1.1 200 OK", []string{"Allow: GET, HEAD"}}},
		},
		{
			"another protocol from there on",
			"GET / HTTP/1.1\nUpgrade: x\n\nHTTP/1.1 101 Switching Protocols\nUpgrade: x",
			[]Part{{"GET / HTTP/1.1\r\nUpgrade: x\r\n\r\n", End}},
			[]Message{{"HTTP/1.1 101 Switching Protocols", []string{"Upgrade: x"}}},
		},
		{
			"content by length, an empty line within",
			"PUT / HTTP/1.1\ncontent-length: 6\n\na\n\nb\n\n\nHTTP/1.1 204 No Content\n\n",
			[]Part{{"PUT / HTTP/1.1\r\ncontent-length: 6\r\n\r\na\r\n\r\nb", End}},
			[]Message{{"HTTP/1.1 204 No Content", nil}},
		},
		{
			"content in chunks",
			"PUT / HTTP/1.1\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\nHTTP/1.1 411 Length Required",
			[]Part{{"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", End}},
			[]Message{{"HTTP/1.1 411 Length Required", nil}},
		},
		{
			"chunks cut short",
			"PUT / HTTP/1.1\nTransfer-Encoding: chunked\n\n5\nhello\n...\n\nHTTP/1.1 408 Request Timeout",
			[]Part{{"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Stall}},
			[]Message{{"HTTP/1.1 408 Request Timeout", nil}},
		},
		{
			"head cut short",
			"GET / HTTP/1.1\nHost: a\n...\n\nHTTP/1.1 408 Request Timeout",
			[]Part{{"GET / HTTP/1.1\r\nHost: a\r\n", Stall}},
			[]Message{{"HTTP/1.1 408 Request Timeout", nil}},
		},
		{
			"content cut short",
			"PUT / HTTP/1.1\nContent-Length: 10\n\nhalf\n...\nHTTP/1.1 408 Request Timeout",
			[]Part{{"PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf", Stall}},
			[]Message{{"HTTP/1.1 408 Request Timeout", nil}},
		},
		{
			"content that never comes",
			"PUT / HTTP/1.1\nContent-Length: 10\n\n...\nHTTP/1.1 413 Content Too Large",
			[]Part{{"PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\n", Stall}},
			[]Message{{"HTTP/1.1 413 Content Too Large", nil}},
		},
		{
			"content after 100",
			"PUT / HTTP/1.1\nExpect: 100-continue\nContent-Length: 2\n\n... 100\nhi\n\nHTTP/1.1 100 Continue\n\nHTTP/1.1 201 Created\nA: b",
			[]Part{{"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", After100}, {"hi", End}},
			[]Message{{"HTTP/1.1 100 Continue", nil}, {"HTTP/1.1 201 Created", []string{"A: b"}}},
		},
		{
			"half of the content after 100",
			"PUT / HTTP/1.1\nContent-Length: 9\n\n... 100\nhi\n...\nHTTP/1.1 100 Continue\nHTTP/1.1 408 Request Timeout",
			[]Part{{"PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\n", After100}, {"hi", Stall}},
			[]Message{{"HTTP/1.1 100 Continue", nil}, {"HTTP/1.1 408 Request Timeout", nil}},
		},
		{
			"one request after the other",
			"POST /a HTTP/1.1\nContent-Length: 2\n\nhi\n\nHTTP/1.1 201 Created\nLocation: /a/{made}\n\nGET /a/{made} HTTP/1.1\n\nHTTP/1.1 410 Gone\n",
			[]Part{
				{"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi", AfterAnswer},
				{"GET /a/{made} HTTP/1.1\r\n\r\n", End},
			},
			[]Message{{"HTTP/1.1 201 Created", []string{"Location: /a/{made}"}}, {"HTTP/1.1 410 Gone", nil}},
		},
		{
			"a request line within the content",
			"PUT / HTTP/1.1\nContent-Length: 14\n\nGET / HTTP/1.1\n\nHTTP/1.1 204 No Content",
			[]Part{{"PUT / HTTP/1.1\r\nContent-Length: 14\r\n\r\nGET / HTTP/1.1", End}},
			[]Message{{"HTTP/1.1 204 No Content", nil}},
		},
		{
			"a length that is counted later",
			"PUT / HTTP/1.1\nContent-Length: {length}\n\n{nonce}\nHTTP/1.1 204 No Content",
			[]Part{{"PUT / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{nonce}", End}},
			[]Message{{"HTTP/1.1 204 No Content", nil}},
		},
		{
			"repetitions count",
			"PUT /{repeat:ab:3} HTTP/1.1\nContent-Length: 5\n\n{repeat:x:2}-{repeat:x:2}\nHTTP/1.1 201 Created",
			[]Part{{"PUT /ababab HTTP/1.1\r\nContent-Length: 5\r\n\r\nxx-xx", End}},
			[]Message{{"HTTP/1.1 201 Created", nil}},
		},
		{
			"a length that is no number is shown as it is",
			"PUT / HTTP/1.1\nContent-Length: +3\n\nabc\nHTTP/1.1 400 Bad Request",
			[]Part{{"PUT / HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc", End}},
			[]Message{{"HTTP/1.1 400 Bad Request", nil}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := "text\n```sh\nHTTP/\n```\n" + opening + "\n" + test.block + "\n```\nmore\n"
			got, err := parseExamples(200, page)
			if err != nil {
				t.Fatal(err)
			}
			want := []Example{{200, "", test.send, test.want}}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestParseExamplesErrors(t *testing.T) {
	const answer = "\nHTTP/1.1 200 OK"
	for _, test := range []struct{ block, want string }{
		{"GET / HTTP/1.1\n", "4: end the example with the answer"},
		{"\nGET / HTTP/1.1\n" + answer, "2: begin the example with a request line"},
		{"HTTP/1.1 200 OK", "2: begin the example with a request line"},
		{"GET / HTTP/1.1\nHost: a" + answer, "4: end the fields with an empty line"},
		{"GET / HTTP/1.1\n...\nx" + answer, "4: nothing is sent after ..."},
		{"PUT / HTTP/1.1\n\nabc" + answer, "4: announce the content"},
		{"PUT / HTTP/1.1\nContent-Length: 4\n\nabc" + answer, "5: Content-Length says 4, the content has 3"},
		{"PUT / HTTP/1.1\nContent-Length: 4\n" + answer, "5: Content-Length says 4, the content has 0"},
		{"PUT / HTTP/1.1\nContent-Length: 4\n\na\n...\nb" + answer, "6: \"...\" stands here in the middle"},
		{"PUT / HTTP/1.1\nContent-Length: 7\n\n{nonce}" + answer, "5: {nonce} has no fixed length"},
		{"PUT / HTTP/1.1\nContent-Length: 6\n\n{made}" + answer, "5: {made} has no fixed length"},
		{"PUT / HTTP/1.1\nContent-Length: {length}\n\n... 100\na\nHTTP/1.1 100 Continue" + answer, "5: write the length itself"},
		{"GET / HTTP/1.1\n...\n\nHTTP/1.1 408 Request Timeout\n\nGET / HTTP/1.1\n" + answer, "7: nothing follows a request that is cut"},
		{"GET / HTTP/1.1\n\nHTTP/1.1 101 Switching Protocols\n\nGET / HTTP/1.1\n" + answer, "6: nothing follows a 101"},
		{"GET / HTTP/1.1\n" + answer + "\n\nGET /{made} HTTP/1.1\n" + answer, "6: this request uses {made}"},
		{"GET / HTTP/1.1\n" + answer + "\n\nGET / HTTP/1.1\n", "8: end the example with the answer"},
		{"PUT / HTTP/1.1\nContent-Length: 0\n\n... 100" + answer, "5: ... 100 stands before the content"},
		{"PUT / HTTP/1.1\nContent-Length: 1\n\n... 100\na" + answer, "7: the content waits for 100"},
		{"GET /{repeat:x:1048577} HTTP/1.1\n" + answer, "2: {repeat:x:1048577} is more than"},
		{"GET /{repeat:x} HTTP/1.1\n" + answer, "2: write the repetition as"},
		{"GET / HTTP/1.1\n\nHTTP/2 200", "4: write the status line as"},
		{"GET / HTTP/1.1\n\nHTTP/1.1 200 OK\nhello", "5: an answer shows status lines and fields"},
		{"GET / HTTP/1.1\n\nHTTP/1.1 200 OK\nHTTP/1.1 200 OK", "5: one request has one final answer"},
		{"GET / HTTP/1.1\n\nHTTP/1.1 101 Switching Protocols\nHTTP/1.1 200 OK", "5: one request has one final answer"},
		{"GET / HTTP/1.1\n\nHTTP/1.1 103 Early Hints", "5: a final answer has to follow"},
	} {
		_, err := parseExamples(200, opening+"\n"+test.block+"\n```\n")
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q\ngot  %v\nwant %s...", test.block, err, test.want)
		}
	}
	if _, err := parseExamples(200, "a\n```sh\nb"); err == nil || !strings.HasPrefix(err.Error(), "2: close") {
		t.Errorf("an open block: %v", err)
	}
}

func TestParsePage(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "1: begin the page with a title"},
		{"## 404\n\nx\n\n## y\n", "1: begin the page with a title"},
		{"# 404\nx\n\ny\n\n## z\n", "1: put an empty line after the title"},
		{"# 404", "1: put an empty line after the title"},
		{"# 404\n\n## y\n\nz\n", "3: put a summary"},
		{"# 404\n\nx", "3: put a summary"},
		{"# 404\n\nx\n\ny\n\n## z\n", "5: follow the one paragraph"},
		{"# 404\n\nx\n\n## y\n" + opening + "\nGET / HTTP/1.1\n```\n", "8: end the example"},
	} {
		if _, err := parse(404, test.text); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q\ngot  %v\nwant %s...", test.text, err, test.want)
		}
	}
}

func TestFill(t *testing.T) {
	const block = "PUT /a/{nonce} HTTP/1.1\nContent-Length: 0\n\nHTTP/1.1 201 Created\nLocation: /a/{nonce}"
	examples, err := parseExamples(201, opening+"\n"+block+"\n```")
	if err != nil {
		t.Fatal(err)
	}
	got := examples[0].Fill("n1")
	want := Example{201, "",
		[]Part{{"PUT /a/n1 HTTP/1.1\r\nContent-Length: 0\r\n\r\n", End}},
		[]Message{{"HTTP/1.1 201 Created", []string{"Location: /a/n1"}}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if !strings.Contains(examples[0].Send[0].Octets, nonceMark) {
		t.Error("Fill changed the example that it was called on")
	}
}

func TestFillCounts(t *testing.T) {
	const block = "PUT /a/{nonce} HTTP/1.1\nContent-Length: {length}\n\nabout {nonce}\n\nHTTP/1.1 201 Created"
	examples, err := parseExamples(201, opening+"\n"+block+"\n```")
	if err != nil {
		t.Fatal(err)
	}
	got := examples[0].Fill("n1").Send[0].Octets
	if want := "PUT /a/n1 HTTP/1.1\r\nContent-Length: 8\r\n\r\nabout n1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A length that depends on a name of the server's is counted when that is known.
func TestLearnCounts(t *testing.T) {
	e := Example{201, "", []Part{{"POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n/w/{made}/{nonce}", End}}, nil}
	got := e.Fill("n1").Learn("k3").Send[0].Octets
	if want := "POST / HTTP/1.1\r\nContent-Length: 8\r\n\r\n/w/k3/n1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMade(t *testing.T) {
	for _, test := range []struct {
		line, value, name string
		ok                bool
	}{
		{"Location: /w/{made}/", "/w/k3/", "k3", true},
		{"Location: {made}", "/w/k3/", "/w/k3/", true},
		{"Location: /w/{made}/", "/w//", "", false},
		{"Location: /w/{made}/", "/w/", "", false},
		{"Location: /w/{made}/", "/v/k3/", "k3", false},
		{"Location: /w/k3/", "/w/k3/", "", false},
	} {
		name, ok := Made(test.line, test.value)
		if ok != test.ok || ok && name != test.name {
			t.Errorf("Made(%q, %q) = %q, %v; want %q, %v", test.line, test.value, name, ok, test.name, test.ok)
		}
	}
	e := Example{201, "", []Part{{"GET /w/{made}/ HTTP/1.1\r\n\r\n", End}}, []Message{{"HTTP/1.1 200 OK", []string{"Location: /w/{made}/"}}}}
	want := Example{201, "", []Part{{"GET /w/k3/ HTTP/1.1\r\n\r\n", End}}, []Message{{"HTTP/1.1 200 OK", []string{"Location: /w/k3/"}}}}
	if got := e.Learn("k3"); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Whatever a block says, what the parser accepts can be played: there is a part
// to send, only the last part ends the example, each request has exactly one
// final answer, and the last message is one.
func FuzzParseExamples(f *testing.F) {
	for _, c := range Codes() {
		text, err := files.ReadFile("codes/" + c.String() + ".en.md")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(opening + "\nA\n\nHTTP/1.1 200 OK\nA: {made}\nGET /{made} HTTP/1.1\nContent-Length: {length}\n\n{nonce}\nHTTP/1.1 200 OK\n```")
	f.Add(opening + "\nA\nTransfer-Encoding: chunked\n\n... 100\n0\n\nHTTP/1.1 100 C\nHTTP/1.1 599 x\nA: b\n```")
	f.Fuzz(func(t *testing.T, text string) {
		examples, err := parseExamples(200, text)
		if err != nil {
			return
		}
		for _, e := range examples {
			requests, finals := 1, 0
			for i, p := range e.Send {
				if p.Then == AfterAnswer {
					requests++
				}
				if p.Octets == "" || (p.Then == After100 || p.Then == AfterAnswer) != (i < len(e.Send)-1) {
					t.Errorf("part %d of %d: %q", i+1, len(e.Send), p)
				}
			}
			for i, m := range e.Want {
				if m.last() {
					finals++
				}
				if !m.Code().Valid() || !m.last() && i == len(e.Want)-1 {
					t.Errorf("message %d of %d: %q", i+1, len(e.Want), m)
				}
			}
			if len(e.Send) == 0 || requests != finals {
				t.Errorf("nothing to play: %q", e)
			}
		}
	})
}
