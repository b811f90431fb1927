package capture_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/wire"
)

// all reads a recording to its end and returns what it held and what was wrong.
func all(t testing.TB, recording string, o capture.Options) (entries []*capture.Entry, errs []error) {
	t.Helper()
	for e, err := range capture.Read(context.Background(), strings.NewReader(recording), o) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		entries = append(entries, e)
	}
	return entries, errs
}

var full = &wire.Exchange{
	Conn: wire.Conn{Protocol: wire.H1, TLS: &wire.TLS{Version: 0x304, ServerName: "a", ALPN: "h2", Resumed: true},
		EarlyData: true, Peer: "192.0.2.1:5", Number: 3},
	Request: wire.Request{
		Method: "PUT", Target: "/\xff", Scheme: "https", Authority: "a",
		Message: wire.Message{
			Version:  wire.Version{Major: 1, Minor: 1},
			Fields:   wire.Fields{{Name: "Host", Value: "a"}, {Name: "Cookie", Redacted: true}, {Name: "", Value: "no \xe4 colon"}},
			Framing:  wire.FramedChunked,
			Content:  wire.Content{Length: 7, Data: []byte("\x00\xff"), Complete: true, Decoded: true},
			Trailers: wire.Fields{{Name: "T", Value: "<&>"}},
			Faults:   []wire.Fault{{Kind: wire.BareLF, Offset: 9, Field: "T\xff"}},
			Hidden:   []string{"Date"},
			Octets:   []byte("PUT /\xff HTTP/1.1\n\n"),
		},
	},
	Interim:  []wire.Response{{Status: 103, Reason: "Early Hints", Message: wire.Message{Version: wire.Version{Major: 1}}}},
	Final:    &wire.Response{Status: 204, Message: wire.Message{Content: wire.Content{Complete: true}}},
	After:    []byte("more"),
	End:      wire.EndCut,
	Seen:     wire.ShowsAll &^ wire.ShowsTimes,
	Started:  time.Date(2026, 3, 4, 5, 6, 7, 89, time.UTC),
	Took:     time.Millisecond,
	Decision: wire.Decision{Gate: 3, Reason: "x"},

	Described: &wire.Description{Responses: []string{"200", "4XX"}, Secured: true},
}

func TestJournalKeepsEverything(t *testing.T) {
	var journal []byte
	exchanges := []*wire.Exchange{full, {}, {Seen: wire.ShowsAll, Final: &wire.Response{}}}
	for _, x := range exchanges {
		var err error
		if journal, err = capture.Append(journal, x); err != nil {
			t.Fatal(err)
		}
	}
	entries, errs := all(t, string(journal), capture.Options{})
	if len(entries) != len(exchanges) || errs != nil {
		t.Fatalf("%d entries, %v, of\n%s", len(entries), errs, journal)
	}
	for i, e := range entries {
		if d := cmp.Diff(exchanges[i], e.Exchange, cmpopts.EquateEmpty()); d != "" || e.Number != i+1 || e.Line != i+1 {
			t.Errorf("entry %d, line %d: written, then read:\n%s", e.Number, e.Line, d)
		}
	}
}

// What is redacted is not written, even if the exchange still holds it.
func TestJournalWithholds(t *testing.T) {
	x := &wire.Exchange{Request: wire.Request{Message: wire.Message{
		Fields: wire.Fields{{Name: "Authorization", Value: "secret", Redacted: true}}}}}
	line, err := capture.Append(nil, x)
	if err != nil || strings.Contains(string(line), "secret") {
		t.Errorf("%s, %v", line, err)
	}
}

// A broken line has its place, and costs no other.
func TestJournalBrokenLines(t *testing.T) {
	good := `{"statute":1,"seen":[]}` + "\n"
	long := `{"statute":1,"end":"` + strings.Repeat("x", 17<<20) + "\"}\n"
	for _, test := range []struct{ name, line, says string }{
		{"cut", `{"statute":1,"request":{"meth`, "journal, entry 2, line 2, octet 53: the JSON text is cut: it ends here in the middle of a value: unexpected EOF"},
		{"other kind", `{"statute":1,"request":7}`, "journal, entry 2, line 2, octet 47: the value here has to be an object"},
		{"newer", `{"statute":2}`, "journal, entry 2, line 2, octet 24: the line is of version 2; this program reads version 1"},
		{"long", long, "journal, entry 2, line 2, octet 24: the line is longer than 16777216 octets"},
		{"field", `{"statute":1,"final":{"status":200,"fields":[["a"]]}}`, "journal, entry 2, line 2, octet 69: a field is an array of a name and a value"},
	} {
		entries, errs := all(t, good+test.line+"\n"+"\n"+good, capture.Options{})
		if len(entries) != 2 || len(errs) != 1 || entries[1].Number != 3 {
			t.Errorf("%s: %d entries, errors %v", test.name, len(entries), errs)
			continue
		}
		if got := errs[0].Error(); got != test.says {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.says)
		}
	}
}

// Whatever can be read can be written, and is the same when it is read again.
func FuzzJournal(f *testing.F) {
	line, err := capture.Append(nil, full)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(line))
	f.Add(`{"statute":1,"final":{"status":200,"fields":[["A",{"base64":"/w=="}],["B",null]],"version":[1,1]}}` + "\n{}\n\n{")
	f.Fuzz(func(t *testing.T, journal string) {
		entries, _ := all(t, journal, capture.Options{Format: capture.Journal})
		var again []byte
		for _, e := range entries {
			var err error
			if again, err = capture.Append(again, e.Exchange); err != nil {
				t.Fatalf("%q: %v", journal, err)
			}
		}
		rewritten, errs := all(t, string(again), capture.Options{Format: capture.Journal})
		if errs != nil || len(rewritten) != len(entries) {
			t.Fatalf("%q: %v", again, errs)
		}
		for i := range entries {
			if d := cmp.Diff(entries[i].Exchange, rewritten[i].Exchange, cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("%q: %s", again, d)
			}
		}
	})
}
