package origin

import (
	"encoding/xml"
	"strings"
	"testing"
)

const feedHead = `<?xml version="1.0"?>` + "\n" + `<feed xmlns="http://www.w3.org/2005/Atom"><title>Teas &amp; pots</title>`

func TestFeedDelta(t *testing.T) {
	for _, test := range []struct{ name, from, to, want string }{
		{"one is new", "<entry>a</entry>", "<entry>b</entry>\n<entry>a</entry>", "<entry>b</entry>"},
		{"one was changed", "<entry>a</entry><entry>b</entry>", "<entry>a</entry><entry>b2</entry>", "<entry>b2</entry>"},
		{"none is new", "<entry>a</entry>", "<entry>a</entry>", ""},
		{"one was removed", "<entry>a</entry><entry>b</entry>", "<entry>b</entry>", ""},
		{"an entry within an entry", "<entry>a</entry>", "<entry><entry>a</entry></entry>", "<entry><entry>a</entry></entry>"},
		{"an entry that is empty", "", "<entry/>", "<entry/>"},
		{"an entry of another vocabulary", "", `<entry xmlns="x">a</entry>`, `<entry xmlns="x">a</entry>`},
	} {
		got, ok := feedDelta([]byte(feedHead+test.from+"</feed>"), []byte(feedHead+test.to+"</feed>"))
		if want := feedHead + test.want + "</feed>"; !ok || string(got) != want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, got, want)
		}
	}
	for _, no := range []string{"", "tea", "<html></html>", "<feed></feed>", feedHead, feedHead + "<entry></feed>"} {
		if got, ok := feedDelta([]byte(feedHead+"</feed>"), []byte(no)); ok {
			t.Errorf("%q is no feed, and its delta is %q", no, got)
		}
	}
}

// What a reader has together with a delta is all that the new feed has, and the
// delta is a feed.
func FuzzFeedDelta(f *testing.F) {
	f.Add(feedHead+"<entry>a</entry></feed>", feedHead+"<entry>b</entry> <entry>a</entry></feed>")
	f.Add(feedHead+"<entry><x/></entry><!-- <entry> --></feed>", feedHead+"<entry><![CDATA[</entry>]]></entry></feed>")
	f.Fuzz(func(t *testing.T, from, to string) {
		delta, ok := feedDelta([]byte(from), []byte(to))
		if !ok {
			return
		}
		if len(delta) > len(to) {
			t.Fatalf("the delta is longer than the feed: %q", delta)
		}
		has := map[string]bool{}
		for _, text := range []string{from, string(delta)} {
			entries, err := entriesOf([]byte(text))
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			for _, e := range entries {
				has[text[e.begin:e.end]] = true
			}
		}
		entries, _ := entriesOf([]byte(to))
		for _, e := range entries {
			if !has[to[e.begin:e.end]] {
				t.Errorf("the entry %q is in neither", to[e.begin:e.end])
			}
		}
		if err := xml.NewDecoder(strings.NewReader(string(delta))).Decode(new(struct{})); err != nil {
			t.Errorf("the delta %q is no XML: %v", delta, err)
		}
	})
}
