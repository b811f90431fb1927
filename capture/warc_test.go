package capture_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/wire"
)

// A record of a WARC, as the tests write it.
type record struct {
	kind, id, uri string
	more          string // further lines of its head
	block         string
}

func (r record) String() string {
	content := "application/http;msgtype=" + r.kind
	if r.kind == "revisit" {
		content = "application/http;msgtype=response"
	}
	return fmt.Sprintf("WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%s>\r\nWARC-Target-URI: %s\r\nWARC-Date: 2026-03-04T05:06:07Z\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n",
		r.kind, r.id, r.uri, r.more, content, len(r.block), r.block)
}

const uri = "http://a/1"

func concurrentTo(id string) string { return "WARC-Concurrent-To: <urn:uuid:" + id + ">\r\n" }

var (
	getBlock  = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
	headBlock = "HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\n"
	okBlock   = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	info      = record{"warcinfo", "i", "", "", "software: test\r\n"}
)

func TestWARC(t *testing.T) {
	for _, test := range []struct {
		name    string
		records []record
		want    []string
	}{
		{"answer first, as Heritrix writes it", []record{info, {"response", "p", uri, "", okBlock}, {"request", "q", uri, concurrentTo("p"), getBlock}},
			[]string{`GET /1 [200] "ok"`}},
		{"request first, as wget writes it", []record{{"request", "q", uri, "", getBlock}, {"response", "p", uri, concurrentTo("q"), okBlock}},
			[]string{`GET /1 [200] "ok"`}},
		{"neither names the other", []record{{"request", "q", uri, "", getBlock}, {"response", "p", uri, "", okBlock}},
			[]string{`GET /1 [200] "ok"`}},
		{"interleaved", []record{{"request", "q1", uri, "", getBlock}, {"request", "q2", uri, "", headBlock},
			{"response", "p2", uri, concurrentTo("q2"), okBlock}, {"response", "p1", uri, concurrentTo("q1"), okBlock}},
			[]string{`HEAD /1 [200] "" after "ok"`, `GET /1 [200] "ok"`}},
		{"alone", []record{{"request", "q", uri, "", getBlock}, {"response", "p", "http://a/2", "", okBlock}},
			[]string{`GET /1 []`, ` /2 [200] "ok"`}},
		{"other kinds", []record{{"metadata", "m", uri, "", "x"}, {"resource", "r", "dns:a", "", "x"}, {"response", "d", "dns:a", "", "x"}}, nil},
		{"interim", []record{{"response", "p", uri, "", "HTTP/1.1 100 Continue\r\n\r\n" + okBlock}}, []string{` /1 [100 200] "ok"`}},
		{"octets after a 204", []record{{"response", "p", uri, "", "HTTP/1.1 204 No Content\r\n\r\nok"}}, []string{` /1 [204] "" after "ok"`}},
		{"no HTTP", []record{{"response", "p", uri, "", "SSH-2.0\r\n"}, {"response", "p", uri, "", okBlock}}, []string{
			"warc, entry 1, octet 193: the record holds no HTTP message that can be read: The status line is not a version, a space and a three-digit code. (octet 0)",
			` /1 [200] "ok"`}},
	} {
		var warc strings.Builder
		for _, r := range test.records {
			warc.WriteString(r.String())
		}
		entries, errs := all(t, warc.String(), capture.Options{})
		var got []string
		for _, err := range errs {
			got = append(got, err.Error())
		}
		for _, e := range entries {
			got = append(got, tell(e))
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) {
			t.Errorf("%s:\n got %q\nwant %q", test.name, got, test.want)
		}
	}
}

// What a recorder changed or left out proves nothing.
func TestWARCEvidence(t *testing.T) {
	content := wire.ShowsContent
	for _, test := range []struct {
		name  string
		r     record
		shows wire.Evidence
		not   wire.Evidence
		hides string
	}{
		{"whole", record{"response", "p", uri, "", okBlock}, content | wire.ShowsFraming | wire.ShowsAfter, wire.ShowsRequest | wire.ShowsEnd | wire.ShowsVersion, ""},
		{"cut by the recorder", record{"response", "p", uri, "WARC-Truncated: length\r\n", okBlock}, wire.ShowsResponse, content | wire.ShowsFraming | wire.ShowsAfter, ""},
		{"revisit", record{"revisit", "p", uri, "", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"}, wire.ShowsResponse | wire.ShowsFraming, content | wire.ShowsAfter, ""},
		{"shorter than announced", record{"response", "p", uri, "", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"}, wire.ShowsFraming, content, ""},
		{"chunks taken apart", record{"response", "p", uri, "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<html>"}, wire.ShowsResponse, content | wire.ShowsFraming, "Transfer-Encoding"},
		{"decoded", record{"response", "p", uri, "", "HTTP/1.1 200 OK\r\nX-Crawler-Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"}, content, wire.ShowsFraming | wire.ShowsOctets, "Content-Encoding"},
		{"HTTP/2", record{"response", "p", uri, "WARC-Protocol: h2\r\n", okBlock}, content, wire.ShowsOctets | wire.ShowsReason | wire.ShowsConnection, ""},
	} {
		entries, errs := all(t, test.r.String(), capture.Options{})
		if len(entries) != 1 || errs != nil {
			t.Errorf("%s: %d, %v", test.name, len(entries), errs)
			continue
		}
		x := entries[0].Exchange
		if !x.Shows(test.shows) || x.Seen&test.not != 0 || test.hides != "" && x.Final.Has(test.hides) == wire.Absent {
			t.Errorf("%s: shows%s; hides %v", test.name, shown(x), x.Final.Hidden)
		}
	}
}

// Content that a server sent after an interim answer, where none may be, does
// not hide the final one.
func TestWARCInterimWithContent(t *testing.T) {
	block := "HTTP/1.1 103 Early Hints\r\nContent-Length: 4\r\n\r\nhint" + okBlock
	in := record{"request", "q", uri, "", getBlock}.String() + record{"response", "p", uri, concurrentTo("q"), block}.String()
	for e, err := range capture.Read(t.Context(), strings.NewReader(in), capture.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		x := e.Exchange
		if len(x.Interim) != 1 || string(x.Interim[0].Content.Data) != "hint" || x.Answer().Status != 200 {
			t.Errorf("got %v, content %q after the first", x.Statuses(), x.Interim[0].Content.Data)
		}
	}
}

// manyRecords is a WARC of so many exchanges, each record compressed by itself.
func manyRecords(n int, compress func([]byte) []byte) []byte {
	var warc []byte
	for i := range n {
		id, target := fmt.Sprint(i), fmt.Sprintf("http://a/%d", i)
		body := strings.Repeat(fmt.Sprintf("%d some content ", i*i), 50)
		warc = append(warc, compress([]byte(record{"request", "q" + id, target, "", fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: a\r\n\r\n", i)}.String()))...)
		warc = append(warc, compress([]byte(record{"response", "p" + id, target, concurrentTo("q" + id),
			fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)}.String()))...)
	}
	return warc
}

// zipper is used again: a new one costs more than most records.
var zipper = gzip.NewWriter(nil)

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	zipper.Reset(&out)
	zipper.Write(b)
	zipper.Close()
	return out.Bytes()
}

func plain(b []byte) []byte { return b }

// However it is compressed, the same comes out, in the same order.
func TestWARCCompressed(t *testing.T) {
	const n = 600
	text := manyRecords(n, plain)
	dictionary := []byte(strings.Repeat("WARC/1.1\r\nWARC-Type: response\r\n some content ", 20))
	frames, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	withDict, err := zstd.NewWriter(nil, zstd.WithEncoderDictRaw(0, dictionary))
	if err != nil {
		t.Fatal(err)
	}
	frame := func(z *zstd.Encoder) func([]byte) []byte {
		return func(b []byte) []byte { return z.EncodeAll(b, nil) }
	}
	skippable := func(content []byte) []byte {
		b := binary.LittleEndian.AppendUint32([]byte("\x5d\x2a\x4d\x18"), uint32(len(content)))
		return append(b, content...)
	}
	// A comment that looks like the beginning of a member, in stored blocks.
	trap := gzipped([]byte(record{"metadata", "t", uri, "", strings.Repeat("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 200)}.String()))
	for name, warc := range map[string][]byte{
		"plain":                   text,
		"a member a record":       manyRecords(n, gzipped),
		"one member":              gzipped(text),
		"members and stored text": append(append(trap, stored(manyRecords(300, plain))...), manyRecords(n, gzipped)...),
		"zstd":                    manyRecords(n, frame(frames)),
		"zstd, one frame":         frames.EncodeAll(text, nil),
		"zstd with a dictionary":  append(skippable(dictionary), manyRecords(n, frame(withDict))...),
		"zstd, dictionary zstd":   append(skippable(frames.EncodeAll(dictionary, nil)), manyRecords(n, frame(withDict))...),
	} {
		entries, errs := all(t, string(warc), capture.Options{})
		want := n
		if name == "members and stored text" {
			want += 300
		}
		if len(entries) != want || errs != nil {
			t.Errorf("%s: %d entries, %v", name, len(entries), errs)
			continue
		}
		for i, e := range entries[len(entries)-n:] {
			x := e.Exchange
			if x.Request.Target != fmt.Sprintf("/%d", i) || !strings.HasPrefix(string(x.Final.Content.Data), fmt.Sprintf("%d some", i*i)) || !x.Final.Content.Whole() {
				t.Errorf("%s: entry %d is %s", name, i, tell(e))
				break
			}
		}
	}
}

// stored is a gzip member without compression, so that what it holds stands in
// it as it is.
func stored(b []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.NoCompression)
	z.Write(bytes.Repeat([]byte("\r\n"), 3))
	z.Write(b)
	z.Write([]byte(record{"metadata", "t", uri, "", strings.Repeat("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 20000)}.String()))
	z.Close()
	return out.Bytes()
}

// What is cut or broken is said with its place, and what stood before it, or
// behind it where that can be found, is read.
func TestWARCBroken(t *testing.T) {
	zipped := manyRecords(20, gzipped)
	two := record{"request", "q", uri, "", getBlock}.String() + record{"response", "p", uri, concurrentTo("q"), okBlock}.String()
	flipped := bytes.Clone(zipped)
	flipped[len(flipped)/2] ^= 0x55
	for _, test := range []struct {
		name    string
		warc    string
		entries int
		says    string
	}{
		{"cut in a block", two[:len(two)-8], 1, "warc, entry 2, octet 488: the WARC ends here in the middle of a record"},
		{"cut in a head", two + "WARC/1.1\r\nWARC-Ty", 1, "warc, entry 3, octet 513: the WARC ends here in the middle of a record"},
		{"rubbish between", two + "rubbish\r\n" + two, 2, `warc, entry 3, octet 496: no record begins here: the line is "rubbish"`},
		{"no length", two + "WARC/1.1\r\nWARC-Type: x\r\n\r\n" + two, 2, "warc, entry 3, octet 496: the record has no Content-Length that can be read"},
		{"long line", two + "WARC/1.1\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n" + two, 2, "a line in the head of a record is longer than is taken"},
		{"cut member", string(zipped[:len(zipped)-20]), 20, "the gzip member that begins here is broken or cut (octet "},
		{"broken member", string(flipped), 10, "the gzip member that begins here is broken or cut (octet "},
		{"no gzip", "\x1f\x8b", 0, "the gzip member that begins here is broken or cut (octet 0 of the compressed file)"},
	} {
		entries, errs := all(t, test.warc, capture.Options{})
		if len(entries) != test.entries || len(errs) != 1 || !strings.Contains(errs[0].Error(), test.says) {
			t.Errorf("%s: %d entries, %v\nwant %d, %s", test.name, len(entries), errs, test.entries, test.says)
		}
	}
}

// A few hundred kilobytes that inflate to gigabytes are refused after a part of
// it, which was read and thrown away.
func TestBombs(t *testing.T) {
	const begin = `{"log":{"entries":[`
	megabyte := bytes.Repeat([]byte(" "), 1<<20)
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	frame := func(b []byte) []byte { return z.EncodeAll(b, nil) }
	for name, compress := range map[string]func([]byte) []byte{"gzip": gzipped, "zstd": frame} {
		bomb := string(compress([]byte(begin))) + strings.Repeat(string(compress(megabyte)), 1000)
		_, errs := all(t, bomb, capture.Options{})
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), "it inflates to more than 500 times its size, which is refused") {
			t.Errorf("%s: %v", name, errs)
		}
	}
}

func FuzzWARC(f *testing.F) {
	f.Add([]byte(record{"request", "q", uri, "", getBlock}.String() + record{"response", "p", uri, concurrentTo("q"), okBlock}.String()))
	f.Add(manyRecords(2, gzipped))
	f.Add([]byte("WARC/1.0\r\nContent-Length: 99999999999\r\n\r\n"))
	f.Fuzz(func(t *testing.T, octets []byte) {
		entries, _ := all(t, string(octets), capture.Options{Format: capture.WARC})
		for _, e := range entries {
			if e.Offset < 0 || e.Exchange.Seen&(wire.ShowsRequest|wire.ShowsResponse) == 0 {
				t.Fatalf("%q: %+v", octets, e)
			}
		}
	})
}

// A record of an interim answer alone is an exchange without a final answer.
func TestWARCInterimAlone(t *testing.T) {
	record := func(kind, octets string) string {
		return fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: http://a/\r\nWARC-Record-ID: <urn:uuid:%[1]s>\r\nWARC-Date: 2026-03-03T08:00:00Z\r\n"+
			"Content-Type: application/http;msgtype=%[1]s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, len(octets), octets)
	}
	for _, method := range []string{"GET", "HEAD"} {
		entries, errs := all(t, record("request", method+" / HTTP/1.1\r\nHost: a\r\n\r\n")+record("response", "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"), capture.Options{})
		if len(entries) != 1 || len(errs) > 0 || len(entries[0].Exchange.Interim) != 1 || entries[0].Exchange.Final != nil {
			t.Errorf("%s: %d entries, %v", method, len(entries), errs)
		}
	}
}
