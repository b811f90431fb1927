package site

import (
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// A page goes out in gzip to who wants it, as a representation of its own.
func TestCoding(t *testing.T) {
	for _, target := range []string{"/", "/404", "/codes.json", "/static/style.css"} {
		plain, coded := get(t, target, "Accept-Encoding", "identity"), get(t, target, "Accept-Encoding", "gzip, deflate, br")
		for _, h := range []map[string][]string{plain.Header, coded.Header} {
			if vary := strings.Join(h["Vary"], ", "); !strings.Contains(vary, "Accept-Encoding") {
				t.Errorf("%s: Vary is %q", target, vary)
			}
		}
		if got := coded.Header.Get("Content-Encoding"); got != "gzip" || plain.Header.Get("Content-Encoding") != "" {
			t.Fatalf("%s: Content-Encoding is %q", target, got)
		}
		octets := contentOf(t, coded)
		z, err := gzip.NewReader(strings.NewReader(octets))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := io.ReadAll(z)
		if want := contentOf(t, plain); err != nil || string(whole) != want {
			t.Errorf("%s: %d octets are within, want %d: %v", target, len(whole), len(want), err)
		}
		if len(octets)*2 > len(whole) {
			t.Errorf("%s: %d octets became %d", target, len(whole), len(octets))
		}
		tag := coded.Header.Get("ETag")
		if tag == plain.Header.Get("ETag") {
			t.Errorf("%s: both codings have the entity tag %s", target, tag)
		}
		if again := get(t, target, "Accept-Encoding", "gzip", "If-None-Match", tag); again.StatusCode != 304 || again.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: If-None-Match gets %d with %v", target, again.StatusCode, again.Header)
		}
		if other := get(t, target, "If-None-Match", tag); other.StatusCode != 200 {
			t.Errorf("%s: the entity tag of another coding gets %d", target, other.StatusCode)
		}
		head := ask(t, "HEAD", target, "", "Accept-Encoding", "gzip")
		if head.Header.Get("Content-Length") != strconv.Itoa(len(octets)) {
			t.Errorf("HEAD %s: Content-Length is %q, GET sent %d octets", target, head.Header.Get("Content-Length"), len(octets))
		}
	}
	if mark := get(t, "/static/icon.svg", "Accept-Encoding", "gzip"); mark.Header.Get("Content-Encoding") != "" {
		t.Error("a file that fits into a packet is coded")
	}
}
