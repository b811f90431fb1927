package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/wire"
)

// BenchmarkLint runs the whole verb over generated recordings: reading, judging
// by every rule, reporting as JSON Lines. One entry in fifty breaks a rule. It
// reports exchanges a second and the size of an entry. GOMAXPROCS=1 and 2 in the
// environment show how it scales (-cpu does not reach a sub-benchmark's first
// run, which b.Loop makes its only one): one input is read by one goroutine and
// judged by another, BenchmarkLint/several reads four inputs at a time.
func BenchmarkLint(b *testing.B) {
	const entries = 4000
	for _, format := range []string{"har", "warc", "warc.gz", "raw", "journal"} {
		octets := recording(b, format, entries)
		b.Run(format, func(b *testing.B) { benchmarkLint(b, entries, octets) })
		b.Run(format+"/several", func(b *testing.B) { benchmarkLint(b, entries, octets, octets, octets, octets) })
	}
}

func benchmarkLint(b *testing.B, entries int, inputs ...[]byte) {
	dir := b.TempDir()
	args := []string{"lint", "--format", "json", "--fail-on", "never"}
	total := 0
	for i, octets := range inputs {
		file := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(file, octets, 0o600); err != nil {
			b.Fatal(err)
		}
		args = append(args, file)
		total += len(octets)
	}
	b.SetBytes(int64(total))
	b.ReportAllocs()
	for b.Loop() {
		var errs strings.Builder
		if exit := run(b.Context(), args, strings.NewReader(""), io.Discard, &errs, func(string) string { return "" }); exit != exitFine {
			b.Fatalf("exit code %d: %s", exit, &errs)
		}
		if !strings.Contains(strings.ReplaceAll(errs.String(), ",", ""), fmt.Sprint(entries*len(inputs))) {
			b.Fatalf("not all were judged: %s", &errs)
		}
	}
	exchanges := float64(entries * len(inputs))
	b.ReportMetric(exchanges*float64(b.N)/b.Elapsed().Seconds(), "exchanges/s")
	b.ReportMetric(float64(total)/exchanges, "B/exchange")
}

// recording makes a recording of so many exchanges of some 3.5 kB each.
func recording(b *testing.B, format string, entries int) []byte {
	var out, warc bytes.Buffer
	page := strings.Repeat("<p>The tea is <em>ready</em> when the water has boiled for a while.</p>\n", 28)
	record := func(kind, target, media string, octets []byte) []byte {
		warc.Reset()
		fmt.Fprintf(&warc, "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%08x-0000-4000-8000-000000000000>\r\nWARC-Date: 2026-03-03T08:00:00Z\r\nWARC-Target-URI: %s\r\nContent-Type: application/http;msgtype=%s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n",
			kind, out.Len(), target, media, len(octets), octets)
		return bytes.Clone(warc.Bytes())
	}
	if format == "har" {
		out.WriteString(`{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":[`)
	}
	for i := range entries {
		target := fmt.Sprintf("https://example.org/pages/%d?session=%d", i%500, i)
		request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: example.org\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: zh-TW,zh;q=0.8,en-US;q=0.5,en;q=0.3\r\nAccept-Encoding: identity\r\nReferer: https://example.org/\r\n\r\n", target[len("https://example.org"):])
		status, fields := "200 OK", ""
		if i%50 == 0 {
			status = "401 Unauthorized"
		} else {
			fields = fmt.Sprintf("ETag: \"page-%d\"\r\nLast-Modified: Mon, 02 Mar 2026 08:00:00 GMT\r\nCache-Control: max-age=60\r\n", i%500)
		}
		answer := fmt.Sprintf("HTTP/1.1 %s\r\nDate: Tue, 03 Mar 2026 08:00:00 GMT\r\nServer: bench/1.0\r\n%sContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\nVary: Accept-Encoding\r\nStrict-Transport-Security: max-age=31536000\r\n\r\n%s", status, fields, len(page), page)
		switch format {
		case "raw":
			out.WriteString(request + answer)
		case "warc", "warc.gz":
			for _, r := range [][]byte{record("request", target, "request", []byte(request)), record("response", target, "response", []byte(answer))} {
				if format == "warc" {
					out.Write(r)
					continue
				}
				z := gzip.NewWriter(&out)
				z.Write(r)
				z.Close()
			}
		default:
			x, err := wire.Parse([]byte(request), []byte(answer))
			if err != nil {
				b.Fatal(err)
			}
			x.Request.Scheme = "https"
			if format == "journal" {
				line, err := capture.Append(nil, x)
				if err != nil {
					b.Fatal(err)
				}
				out.Write(line)
				continue
			}
			if i > 0 {
				out.WriteByte(',')
			}
			out.Write(harOf(b, x, target))
		}
	}
	if format == "har" {
		out.WriteString(`]}}`)
	}
	return out.Bytes()
}

// harOf writes an exchange as browsers do.
func harOf(b *testing.B, x *wire.Exchange, target string) []byte {
	type pair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	pairs := func(fields wire.Fields) []pair {
		all := []pair{}
		for _, f := range fields {
			all = append(all, pair{f.Name, f.Value})
		}
		return all
	}
	p := x.Final
	octets, err := json.Marshal(map[string]any{
		"startedDateTime": "2026-03-03T08:00:00.000Z", "time": 5, "cache": map[string]any{},
		"timings": map[string]any{"blocked": 0.5, "dns": -1, "connect": -1, "send": 1, "wait": 3, "receive": 1},
		"request": map[string]any{
			"method": x.Request.Method, "url": target, "httpVersion": "HTTP/1.1", "headers": pairs(x.Request.Fields),
			"cookies": []any{}, "queryString": []any{}, "headersSize": len(x.Request.Octets), "bodySize": 0,
		},
		"response": map[string]any{
			"status": p.Status, "statusText": p.Reason, "httpVersion": "HTTP/1.1", "headers": pairs(p.Fields), "cookies": []any{},
			"content":     map[string]any{"size": p.Content.Length, "mimeType": "text/html; charset=utf-8", "text": string(p.Content.Data)},
			"redirectURL": "", "headersSize": len(p.Octets), "bodySize": p.Content.Length,
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	return octets
}
