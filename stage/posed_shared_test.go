package stage

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// Answers share the values of fields that are always the same. Nothing that one
// request asks for may show in another's answer, however many come at once; with
// -race the test also sees a value that something writes to.
func TestPosedAnswersDoNotMeet(t *testing.T) {
	servers := posedServers(t, PosedConfig{})
	handler := NewPosed(PosedConfig{})
	all := func() (answers []http.Header) {
		for code := 100; code <= 999; code++ {
			answers = append(answers, posedAlone(handler, fmt.Sprintf("/status/%d", code)).Header().Clone())
		}
		return answers
	}
	before := all()
	var wg sync.WaitGroup
	for i, own := range posedSharedFields {
		wg.Go(func() {
			for code := 200; code <= 599; code++ {
				value := fmt.Sprintf("own-%d-%d", i, code)
				target := fmt.Sprintf("/status/%d?field=%s:%s&field=%[2]s:%[3]s", code, url.QueryEscape(own), value)
				w := posedAlone(handler, target)
				if w.Code == 400 && w.Header().Get(posedMark) == "" {
					continue // a code for matching requests only
				}
				got := w.Header()[textproto.CanonicalMIMEHeaderKey(own)]
				if len(got) < 1 || got[0] != value && own != "X-Content-Type-Options" {
					t.Errorf("%s: %s: %q", target, own, got)
				}
				posedAlone(handler, fmt.Sprintf("/status/%d", code))
			}
		})
	}
	for _, server := range servers {
		for _, code := range []int{103, 204, 302, 401, 429, 503, 511} {
			wg.Go(func() { posedAskFor(t, server, "GET", fmt.Sprintf("/status/%d", code)) })
		}
	}
	wg.Wait()
	for i, after := range all() {
		if !reflect.DeepEqual(after, before[i]) {
			t.Errorf("%d was answered with %v and is now with %v", 100+i, before[i], after)
		}
	}
}

// posedSharedFields are the fields of posed answers whose values are shared, as
// far as an option may set them.
var posedSharedFields = []string{
	"Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Cache-Control", "Vary",
	"X-Content-Type-Options", "Location", "Retry-After", "Link", "WWW-Authenticate",
}

// A refusal has nothing of the answer that was begun.
func TestPosedRefusalIsAlone(t *testing.T) {
	handler := NewPosed(PosedConfig{})
	w := posedAlone(handler, "/status/206?size=5&field=X-A:b&field=Access-Control-Allow-Origin:x&field=Access-Control-Max-Age:9", "Range", "bytes=5-")
	names := slices.Sorted(maps.Keys(w.Header()))
	want := []string{"Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Cache-Control",
		"Content-Language", "Content-Length", "Content-Type", "Vary"}
	if w.Code != 400 || !slices.Equal(names, want) || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d with %v", w.Code, w.Header())
	}
}

// The commonest request costs nothing but the room for its fields, which the
// server gives.
func TestPosedBareAllocatesNothing(t *testing.T) {
	handler := NewPosed(PosedConfig{})
	r := httptest.NewRequest("GET", "/status/204", nil)
	sink := &posedSink{header: make(http.Header, 8)}
	if n := testing.AllocsPerRun(100, func() {
		clear(sink.header)
		handler.ServeHTTP(sink, r)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func posedAlone(h http.Handler, target string, fields ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	for pair := range slices.Chunk(fields, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
