package road_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// cacheBefore is a private cache before one server.
func cacheBefore(t *testing.T, address *atomic.Value) string {
	c := &road.Cache{Hop: &road.Hop{Name: "test-cache", Patience: patience}}
	return front(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := road.Onward{Address: address.Load().(string), Authority: "origin.test", Target: r.URL.RequestURI()}
		if err := c.Pass(w, r, to); err != nil {
			err.(*wire.Refusal).Answer(w, r, lang.En)
		}
	}))
}

// A turn is one request to a cache.
type turn struct {
	method, fields string // "Name: value" lines
	want           status.Code
	says           string // in Cache-Status
	content        string
	down           bool // the origin cannot be reached
}

func TestCache(t *testing.T) {
	past := time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)
	for _, test := range []struct {
		name  string
		says  string // fields of the origin's 200, whose content counts how often it was asked
		turns []turn
	}{
		{"fresh", "Cache-Control: max-age=60", []turn{
			{want: 200, says: "fwd=miss;fwd-status=200;stored", content: "1"},
			{want: 200, says: "hit", content: "1"},
			{method: "HEAD", want: 200, says: "hit"},
			{fields: "Cache-Control: no-cache", want: 200, says: "fwd=request;fwd-status=200;stored", content: "2"},
			{fields: "Cache-Control: max-age=0", want: 200, says: "fwd=request", content: "3"},
			{fields: "Cache-Control: max-age=100", want: 200, says: "hit", content: "3"},
			{fields: "Cache-Control: min-fresh=100", want: 200, says: "fwd=request", content: "4"},
			{fields: "Pragma: no-cache", want: 200, says: "fwd=request", content: "5"},
		}},
		{"no-store of the origin", "Cache-Control: no-store, max-age=60", []turn{
			{want: 200, says: "fwd=miss;fwd-status=200", content: "1"}, {want: 200, says: "fwd=miss", content: "2"}}},
		{"no-store of the client", "Cache-Control: max-age=60", []turn{
			{fields: "Cache-Control: no-store", want: 200, content: "1"}, {want: 200, says: "fwd=miss", content: "2"}}},
		{"only-if-cached", "Cache-Control: max-age=60", []turn{
			{fields: "Cache-Control: only-if-cached", want: 504},
			{want: 200, content: "1"},
			{fields: "Cache-Control: only-if-cached", want: 200, says: "hit", content: "1"}}},
		{"a validator, always asked", "Cache-Control: no-cache\r\nETag: \"a\"", []turn{
			{want: 200, content: "1"},
			{want: 200, says: "fwd=stale;fwd-status=304", content: "1"},
			{fields: "If-None-Match: \"a\"", want: 304, says: "fwd-status=304"},
			{fields: "If-None-Match: W/\"a\", \"b\"", want: 304},
			{fields: "If-None-Match: \"b\"", want: 200, content: "1"}}},
		{"the client's own condition, nothing stored", "ETag: \"a\"", []turn{
			{fields: "If-None-Match: \"a\"", want: 304, says: "fwd=miss;fwd-status=304"}}},
		{"by date", "Cache-Control: max-age=60\r\nLast-Modified: " + past, []turn{
			{want: 200, content: "1"},
			{fields: "If-Modified-Since: " + past, want: 304, says: "hit"},
			{fields: "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT", want: 200, says: "hit", content: "1"}}},
		{"a tenth of its age", "Last-Modified: " + past, []turn{{want: 200, content: "1"}, {want: 200, says: "hit", content: "1"}}},
		{"in the past", "Expires: 0", []turn{{want: 200, content: "1"}, {want: 200, says: "fwd=stale", content: "2"}}},
		{"old already", "Cache-Control: max-age=60\r\nAge: 100", []turn{{want: 200, content: "1"}, {want: 200, says: "fwd=stale", content: "2"},
			{fields: "Cache-Control: max-stale", want: 200, says: "hit", content: "2"},
			{fields: "Cache-Control: max-stale=10", want: 200, says: "fwd=stale", content: "3"}}},
		{"stale, and the origin is gone", "Cache-Control: max-age=0", []turn{{want: 200, content: "1"}, {want: 200, says: "detail=disconnected", content: "1", down: true}}},
		{"P62 stale, gone, and it must be asked", "Cache-Control: max-age=0, must-revalidate", []turn{{want: 200, content: "1"}, {want: 504, down: true}}},
		{"Vary", "Cache-Control: max-age=60\r\nVary: Accept", []turn{
			{fields: "Accept: a", want: 200, content: "1"}, {fields: "Accept: a", want: 200, says: "hit", content: "1"},
			{fields: "Accept: b", want: 200, says: "fwd=miss", content: "2"}}},
		{"Vary: *", "Cache-Control: max-age=60\r\nVary: *", []turn{{want: 200, content: "1"}, {want: 200, says: "fwd=miss", content: "2"}}},
		{"each user's own", "Cache-Control: max-age=60", []turn{
			{fields: "Authorization: Basic YTph", want: 200, content: "1"}, {fields: "Authorization: Basic YTph", want: 200, says: "hit", content: "1"},
			{fields: "Authorization: Basic Yjpi", want: 200, says: "fwd=miss", content: "2"}, {want: 200, says: "fwd=miss", content: "3"}}},
		{"written through", "Cache-Control: max-age=60", []turn{
			{want: 200, content: "1"}, {method: "POST", want: 200, says: "fwd=method", content: "2"}, {want: 200, says: "fwd=miss", content: "3"}}},
		{"P65 a part is fetched", "Cache-Control: max-age=60", []turn{{want: 200, content: "1"}, {fields: "Range: bytes=0-0", want: 200, says: "fwd=bypass", content: "2"}}},
		{"not a number", "Cache-Control: max-age=soon", []turn{{want: 200, content: "1"}, {want: 200, says: "fwd=stale", content: "2"}}},
		{"a very great number", "Cache-Control: max-age=99999999999999999999", []turn{{want: 200, content: "1"}, {want: 200, says: "hit", content: "1"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			b := script(t, func(c *peer.ServerConn, q *wire.Request) {
				head := "Date: " + time.Now().UTC().Format(http.TimeFormat) + "\r\n" + test.says + "\r\n"
				tag := wire.Fields{}
				if _, after, ok := strings.Cut(test.says, "ETag: "); ok {
					tag = append(tag, wire.Field{Value: after})
				}
				if len(tag) > 0 && q.Fields.Get("If-None-Match") == tag[0].Value {
					c.Send("HTTP/1.1 304 Not Modified\r\n" + head + "\r\n")
					return
				}
				content := fmt.Sprint(asked.Add(1))
				if q.Method == "HEAD" {
					content = ""
				}
				c.Send(fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: 1\r\n\r\n%s", head, content))
			})
			var address atomic.Value
			address.Store(b.Addr())
			at := cacheBefore(t, &address)
			for i, turn := range test.turns {
				if turn.down {
					b.Close()
				}
				q := &peer.Request{Method: turn.method}
				for line := range strings.Lines(turn.fields) {
					name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
					q.Fields = append(q.Fields, wire.Field{Name: name, Value: value})
				}
				x := do(t, wire.H1, at, q)
				if x.Final == nil || x.Final.Status != turn.want {
					t.Fatalf("turn %d: got %v, want %d", i+1, x.Statuses(), turn.want)
				}
				f := x.Final.Fields
				if got := string(x.Final.Content.Data); turn.want == 200 && got != turn.content {
					t.Errorf("turn %d: the content is %q, want %q", i+1, got, turn.content)
				}
				if !strings.Contains(f.Get("Cache-Status"), turn.says) {
					t.Errorf("turn %d: Cache-Status is %q, want %q in it", i+1, f.Get("Cache-Status"), turn.says)
				}
				if hit := strings.Contains(f.Get("Cache-Status"), ";hit"); hit && !f.Has("Age") {
					t.Errorf("turn %d: a hit without Age", i+1)
				}
			}
		})
	}
}
