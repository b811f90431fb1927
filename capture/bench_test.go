//go:build unix

package capture_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	stdgzip "compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"

	"github.com/statute-http/statute/capture"
)

// Each benchmark reads a recording of so many exchanges that was made on the
// spot, and names exchanges a second, exchanges a second of processor time, so
// that a busy machine and several processors make no difference, octets of an
// entry and allocations of an exchange. Beside it stands the bare limit: the same octets decoded by a
// library, tokens and records looked at, and nothing made of them.

const benchmarked = 5000

// A clock counts the time of a benchmark's loop, garbage collection and all.
type clock struct{ used time.Duration }

func start() clock { return clock{processor()} }

// processor is the time that the process has used on all processors.
func processor() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// rate adds exchanges a second and the size of an entry to what b reports.
func (c clock) rate(b *testing.B, exchanges, octets int) {
	used := processor() - c.used
	all := float64(exchanges) * float64(b.N)
	b.ReportMetric(all/b.Elapsed().Seconds(), "exchanges/s")
	b.ReportMetric(all/used.Seconds(), "exchanges/cpu-s")
	b.ReportMetric(float64(octets)/float64(exchanges), "B/entry")
}

// read reads the recording again and again.
func read(b *testing.B, recording []byte, exchanges, inflated int) {
	b.SetBytes(int64(inflated))
	allocs := testing.AllocsPerRun(1, func() { drain(b, recording, exchanges) })
	c := start()
	for b.Loop() {
		drain(b, recording, exchanges)
	}
	c.rate(b, exchanges, inflated)
	b.ReportMetric(allocs/float64(exchanges), "allocs/exchange")
}

func drain(b *testing.B, recording []byte, exchanges int) {
	n := 0
	for _, err := range capture.Read(context.Background(), bytes.NewReader(recording), capture.Options{}) {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	if n != exchanges {
		b.Fatalf("%d exchanges", n)
	}
}

// harEntry is an entry as Chromium's DevTools write one, some 3.5 kB of it.
func harEntry(i int) string {
	var fields strings.Builder
	for _, f := range []string{"accept", "accept-encoding", "accept-language", "cookie", "referer", "sec-fetch-dest", "sec-fetch-mode", "user-agent"} {
		fmt.Fprintf(&fields, `{"name": %q, "value": "some value of the field %s, number %d"}, `, f, f, i)
	}
	var answered strings.Builder
	for _, f := range []string{"content-security-policy", "etag", "last-modified", "server", "vary", "x-content-type-options", "x-request-id"} {
		fmt.Fprintf(&answered, `{"name": %q, "value": "some value of the field %s, number %d"}, `, f, f, i)
	}
	text := strings.Repeat("A line of text with \\\"quotes\\\" and the number.\\n", 18)
	return fmt.Sprintf(`{
  "_initiator": {"type": "script", "stack": {"callFrames": [{"functionName": "f", "url": "https://example.org/app.js", "lineNumber": 12}]}},
  "_priority": "High", "_resourceType": "fetch", "cache": {}, "connection": "443",
  "request": {"method": "GET", "url": "https://example.org/api/items/%d?page=1", "httpVersion": "HTTP/1.1",
    "headers": [%s{"name": "Host", "value": "example.org"}],
    "queryString": [{"name": "page", "value": "1"}], "cookies": [], "headersSize": 700, "bodySize": 0},
  "response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1",
    "headers": [%s{"name": "Content-Type", "value": "text/plain; charset=utf-8"}, {"name": "Date", "value": "Tue, 03 Mar 2026 08:00:00 GMT"}],
    "cookies": [], "content": {"size": 828, "mimeType": "text/plain; charset=utf-8", "text": "%s"},
    "redirectURL": "", "headersSize": 600, "bodySize": 900, "_transferSize": 1500, "_error": null},
  "serverIPAddress": "192.0.2.1", "startedDateTime": "2026-03-03T08:00:00.%03dZ", "time": 12.5,
  "timings": {"blocked": 1, "dns": -1, "connect": -1, "send": 0.2, "wait": 10, "receive": 1.3, "ssl": -1}}`,
		i, fields.String(), answered.String(), text, i%1000)
}

func harOf(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": [], "entries": [`)
	for i := range n {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString(harEntry(i))
	}
	b.WriteString("]}}")
	return b.Bytes()
}

func BenchmarkHAR(b *testing.B) {
	har := harOf(benchmarked)
	b.Run("read", func(b *testing.B) { read(b, har, benchmarked, len(har)) })
	b.Run("limit: jsontext, tokens", func(b *testing.B) {
		b.SetBytes(int64(len(har)))
		c := start()
		for b.Loop() {
			dec := jsontext.NewDecoder(bytes.NewReader(har), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
			for {
				if _, err := dec.ReadToken(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
		c.rate(b, benchmarked, len(har))
	})
	b.Run("limit: jsontext, whole entries", func(b *testing.B) {
		b.SetBytes(int64(len(har)))
		c := start()
		for b.Loop() {
			dec := jsontext.NewDecoder(bytes.NewReader(har), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
			for n := 0; n < benchmarked; {
				if at := dec.StackPointer(); dec.StackDepth() == 3 && at != "/log/creator" && strings.HasPrefix(string(at), "/log/entries") {
					if _, err := dec.ReadValue(); err != nil {
						b.Fatal(err)
					}
					n++
				} else if _, err := dec.ReadToken(); err != nil {
					b.Fatal(err)
				}
			}
		}
		c.rate(b, benchmarked, len(har))
	})
}

// warcOf is a WARC of n exchanges, some 3.5 kB of it each, with and without
// gzip.
func warcOf(n int) (text, zipped []byte) {
	var z *stdgzip.Writer
	var out bytes.Buffer
	add := func(s string) {
		text = append(text, s...)
		if z == nil {
			z, _ = stdgzip.NewWriterLevel(&out, flate.DefaultCompression)
		} else {
			z.Reset(&out)
		}
		io.WriteString(z, s)
		z.Close()
	}
	for i := range n {
		id, target := fmt.Sprint(i), fmt.Sprintf("http://a/%d", i)
		var body strings.Builder
		for j := range 45 {
			fmt.Fprintf(&body, "<p id=%d>A paragraph of %d octets or so: %x.</p>\n", j, i, i*j*7919)
		}
		add(record{"request", "q" + id, target, "", fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/5.0 (compatible; a crawler)\r\nAccept: */*\r\n\r\n", i)}.String())
		add(record{"response", "p" + id, target, concurrentTo("q" + id), fmt.Sprintf("HTTP/1.1 200 OK\r\nDate: Tue, 03 Mar 2026 08:00:00 GMT\r\nServer: a server\r\nContent-Type: text/html; charset=utf-8\r\nETag: \"%x\"\r\nCache-Control: max-age=60\r\nVary: Accept-Encoding\r\nContent-Length: %d\r\n\r\n%s",
			i, body.Len(), body.String())}.String())
	}
	return text, out.Bytes()
}

// walkRecords finds the records of a WARC and does nothing with them.
func walkRecords(b *testing.B, src io.Reader) (records int) {
	r := bufio.NewReaderSize(src, 64<<10)
	for {
		var length int
		for {
			line, err := r.ReadSlice('\n')
			if errors.Is(err, io.EOF) {
				return records
			}
			if err != nil {
				b.Fatal(err)
			}
			if digits, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
				length, err = strconv.Atoi(string(bytes.TrimSpace(digits)))
				if err != nil {
					b.Fatal(err)
				}
			}
			if len(line) == 2 {
				break
			}
		}
		if _, err := r.Discard(length + 4); err != nil {
			b.Fatal(err)
		}
		records++
	}
}

func BenchmarkWARC(b *testing.B) {
	text, zipped := warcOf(benchmarked)
	b.Run("plain", func(b *testing.B) { read(b, text, benchmarked, len(text)) })
	b.Run("gzip", func(b *testing.B) { read(b, zipped, benchmarked, len(text)) })
	b.Run("limit: plain, records", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		c := start()
		for b.Loop() {
			walkRecords(b, bytes.NewReader(text))
		}
		c.rate(b, benchmarked, len(text))
	})
	b.Run("limit: gzip, one processor, records", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		c := start()
		for b.Loop() {
			z, err := gzip.NewReader(bytes.NewReader(zipped))
			if err != nil {
				b.Fatal(err)
			}
			walkRecords(b, z)
		}
		c.rate(b, benchmarked, len(text))
	})
}

func BenchmarkStreams(b *testing.B) {
	var requests, responses bytes.Buffer
	for i := range benchmarked {
		fmt.Fprintf(&requests, "GET /%d HTTP/1.1\r\nHost: a\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\nAccept-Language: en\r\nCookie: %s\r\n\r\n", i, strings.Repeat("c", 300))
		fmt.Fprintf(&responses, "HTTP/1.1 200 OK\r\nDate: Tue, 03 Mar 2026 08:00:00 GMT\r\nContent-Type: text/html; charset=utf-8\r\nETag: \"%x\"\r\nVary: Accept\r\nContent-Length: 2800\r\n\r\n%2800d", i, i)
	}
	b.SetBytes(int64(requests.Len() + responses.Len()))
	c := start()
	for b.Loop() {
		n := 0
		for _, err := range capture.Streams(context.Background(), bytes.NewReader(requests.Bytes()), bytes.NewReader(responses.Bytes()), capture.Options{}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != benchmarked {
			b.Fatal(n)
		}
	}
	c.rate(b, benchmarked, requests.Len()+responses.Len())
}

func BenchmarkJournal(b *testing.B) {
	var journal []byte
	for e, err := range capture.Read(context.Background(), bytes.NewReader(harOf(benchmarked)), capture.Options{}) {
		if err == nil {
			journal, err = capture.Append(journal, e.Exchange)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	read(b, journal, benchmarked, len(journal))
}
