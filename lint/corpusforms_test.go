package lint_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/wire"
)

// forms are ways to write a seed down, each with how many of its faults are to be
// found at least: a recording that does not show a fault finds nothing in it.
var forms = []struct {
	name  string
	write func(lint.Example, []*wire.Exchange) []byte
	least int
}{
	{"WARC", writeWARC, 487},
	{"HAR of mitmproxy", func(_ lint.Example, all []*wire.Exchange) []byte {
		return writeHAR("mitmproxy har_dump", "HTTP/1.1", all)
	}, 425},
	{"HAR of Chromium", func(_ lint.Example, all []*wire.Exchange) []byte { return writeHAR("WebInspector", "h2", all) }, 297},
	{"curl -i", writeCurl, 160},
	{"OpenAPI", writeOpenAPI, 50},
}

// What is recorded of a repaired twin gives no finding above advice in any form,
// and the faults are found as far as the form shows them.
func TestCorpusRecorded(t *testing.T) {
	seeds, senders := readSeeds(t, "corpus/?xx.txt"), readSenders(t)
	checker := lint.New(lint.All...)
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			found := 0
			for _, s := range seeds {
				for _, keep := range []string{"-", "+"} {
					e, err := writer{senders, keep}.example(s)
					if err != nil {
						t.Fatal(err)
					}
					all := exchanges(t, s, senders, keep)
					recorded := form.write(e, all)
					if recorded == nil {
						continue
					}
					var read []*wire.Exchange
					for entry, err := range capture.Read(context.Background(), bytes.NewReader(recorded), capture.Options{}) {
						if err != nil {
							if keep == "+" {
								t.Errorf("%s: %v", s.name, err)
							}
							continue
						}
						read = append(read, entry.Exchange)
					}
					graves := grave(judge(checker, read))
					switch {
					case keep == "+" && len(graves) > 0:
						t.Errorf("%s: in the repaired twin: %s", s.name, list(graves))
					case keep == "-" && len(graves) > 0:
						found++
					}
				}
			}
			t.Logf("%d of %d faults are found in %s", found, len(seeds), form.name)
			if found < form.least {
				t.Errorf("%d of %d faults are found, %d were", found, len(seeds), form.least)
			}
		})
	}
}

func writeWARC(last lint.Example, all []*wire.Exchange) []byte {
	var b bytes.Buffer
	b.WriteString("WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:0>\r\nWARC-Date: 2026-03-03T08:00:00Z\r\nContent-Type: application/warc-fields\r\nContent-Length: 16\r\n\r\nsoftware: test\r\n\r\n\r\n")
	record := func(kind string, i int, octets []byte) {
		fmt.Fprintf(&b, "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2026-03-03T08:00:00Z\r\nWARC-Record-ID: <urn:uuid:%s-%d>\r\n", kind, uri(all[i], "http"), kind, i)
		if kind == "response" {
			fmt.Fprintf(&b, "WARC-Concurrent-To: <urn:uuid:request-%d>\r\n", i)
		}
		fmt.Fprintf(&b, "Content-Type: application/http;msgtype=%s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, len(octets), octets)
	}
	for i, e := range append(slices.Clone(last.Earlier), last) {
		if x := all[i]; x.Conn.Protocol != wire.H1 || x.Conn.EarlyData || x.Request.Method == "CONNECT" {
			return nil // nothing of that is in a WARC
		}
		record("request", i, e.Request)
		record("response", i, e.Responses)
	}
	return b.Bytes()
}

// uri returns the target URI.
func uri(x *wire.Exchange, scheme string) string {
	if strings.Contains(x.Request.Target, "://") {
		return x.Request.Target
	}
	authority := x.Request.Fields.Get("Host")
	return scheme + "://" + authority + x.Request.Target
}

// writeCurl writes what curl -i prints.
func writeCurl(e lint.Example, all []*wire.Exchange) []byte {
	if last := all[len(all)-1]; len(all) > 1 || last.Conn.Protocol != wire.H1 || last.Request.Method != "GET" || last.Conn.EarlyData {
		return nil
	}
	return e.Responses
}

type pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// writeHAR writes what a program notes down; over h2 without the fields that
// HTTP/2 has not.
func writeHAR(creator, version string, all []*wire.Exchange) []byte {
	fields := func(m *wire.Message) []pair {
		pairs := []pair{}
		for _, f := range m.Fields {
			switch strings.ToLower(f.Name) {
			case "host", "connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection", "te":
				if version == "h2" {
					continue
				}
			}
			if version == "h2" {
				f.Name = strings.ToLower(f.Name)
			}
			pairs = append(pairs, pair{f.Name, f.Value})
		}
		return pairs
	}
	var entries []any
	for i, x := range all {
		if _, err := url.Parse(uri(x, "https")); x.Final == nil || x.Final.Status == 101 || x.Conn.EarlyData || err != nil ||
			x.Conn.Protocol != wire.H1 && version != "h2" || x.Request.Method == "CONNECT" || x.Request.Version.Minor == 0 {
			return nil
		}
		if version == "h2" && (strings.Contains(x.Request.Target, "://") || x.Final.Status == 426 || x.Final.Status == 511) {
			return nil // Chromium notes nowhere that it used a proxy; the others do not come over HTTP/2
		}
		scheme, started := "http", x.Started
		if version == "h2" {
			scheme = "https"
		}
		if started.IsZero() {
			started = time.Date(2026, 3, 3, 8, 0, i, 0, time.UTC)
		}
		request := map[string]any{"method": x.Request.Method, "url": uri(x, scheme), "httpVersion": version, "headers": fields(&x.Request.Message),
			"queryString": []any{}, "cookies": []any{}, "headersSize": -1, "bodySize": len(x.Request.Content.Data)}
		if len(x.Request.Content.Data) > 0 {
			request["postData"] = map[string]any{"mimeType": x.Request.Fields.Get("Content-Type"), "text": string(x.Request.Content.Data)}
		}
		reason := x.Final.Reason
		if version == "h2" {
			reason = ""
		}
		entries = append(entries, map[string]any{
			"startedDateTime": started.Format(time.RFC3339Nano), "time": 12.5, "request": request,
			"response": map[string]any{"status": int(x.Final.Status), "statusText": reason, "httpVersion": version, "headers": fields(&x.Final.Message),
				"cookies": []any{}, "content": map[string]any{"size": len(x.Final.Content.Data), "mimeType": x.Final.Fields.Get("Content-Type"), "text": string(x.Final.Content.Data)},
				"redirectURL": x.Final.Fields.Get("Location"), "headersSize": -1, "bodySize": len(x.Final.Content.Data)},
			"cache": map[string]any{}, "timings": map[string]any{"send": 0, "wait": 12, "receive": 0.5}})
	}
	data, err := json.Marshal(map[string]any{"log": map[string]any{"version": "1.2",
		"creator": map[string]any{"name": creator, "version": "537.36"}, "entries": entries}})
	if err != nil {
		panic(err) // nothing in it cannot be written
	}
	return data
}

// writeOpenAPI writes a description that promises the answer.
func writeOpenAPI(_ lint.Example, all []*wire.Exchange) []byte {
	x := all[len(all)-1]
	method := strings.ToLower(x.Request.Method)
	if !slices.Contains([]string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}, method) || x.Final == nil || !x.Final.Status.Valid() {
		return nil
	}
	headers := map[string]any{}
	for _, f := range x.Final.Fields {
		if f.Name != "" && !strings.EqualFold(f.Name, "Content-Type") {
			headers[f.Name] = map[string]any{"schema": map[string]any{"type": "string"}}
		}
	}
	response := map[string]any{"description": "an answer", "headers": headers}
	if media := x.Final.Fields.Get("Content-Type"); media != "" && x.Final.Content.Length > 0 {
		response["content"] = map[string]any{media: map[string]any{}}
	}
	operation := map[string]any{"responses": map[string]any{fmt.Sprint(int(x.Final.Status)): response}}
	if x.Request.Content.Length > 0 {
		operation["requestBody"] = map[string]any{"content": map[string]any{"application/json": map[string]any{}}}
	}
	data, err := json.Marshal(map[string]any{"openapi": "3.1.0", "info": map[string]any{"title": "t", "version": "1"},
		"paths": map[string]any{"/x": map[string]any{method: operation}}})
	if err != nil {
		panic(err)
	}
	return data
}
