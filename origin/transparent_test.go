package origin

import (
	"net/http"
	"testing"
)

// The algorithm of RFC 2296, with the examples of its sections 3.3 and 4.2 and
// what makes a quality speculative.
func TestRemoteChoice(t *testing.T) {
	papers := []Variant{
		{Path: "paper.html.en", Type: "text/html", Language: "en", Quality: 0.9},
		{Path: "paper.html.fr", Type: "text/html", Language: "fr", Quality: 0.7},
		{Path: "paper.ps.en", Type: "application/postscript", Language: "en", Quality: 1},
	}
	pictures := []Variant{{Path: "x.gif", Type: "image/gif", Quality: 1}, {Path: "x.tiff", Type: "image/tiff", Quality: 1}}
	for _, c := range []struct {
		variants         []Variant
		accept, language string
		want             string // empty: the list
	}{
		{papers, "text/html;q=1.0, */*;q=0.8", "en;q=1.0, fr;q=0.5", "paper.html.en"},
		{papers, "text/html, application/postscript", "en", "paper.ps.en"},
		{papers, "text/html, */*", "en", ""},
		{papers, "text/html", "", ""},
		{papers, "", "en", ""},
		{papers, "text/html", "fr", "paper.html.fr"},
		{papers, "text/html", "*", ""},
		{papers, "text/html", "de", ""},
		{papers, "image/png", "en", ""},
		{pictures, "image/gif;q=0.9, */*;q=1.0", "", ""},
		{pictures, "image/gif;q=0.9, image/*;q=0.1", "", "x.gif"},
		{pictures, "image/gif, image/tiff", "", "x.gif"},
	} {
		h := http.Header{}
		if c.accept != "" {
			h.Set("Accept", c.accept)
		}
		if c.language != "" {
			h.Set("Accept-Language", c.language)
		}
		best, ok := remoteChoice(h, c.variants)
		got := ""
		if ok {
			got = c.variants[best].Path
		}
		if got != c.want {
			t.Errorf("Accept: %s, Accept-Language: %s: got %q, want %q", c.accept, c.language, got, c.want)
		}
	}
}

func TestReadNegotiate(t *testing.T) {
	for _, c := range []struct {
		values          []string
		capable, remote bool
	}{
		{nil, false, false},
		{[]string{"trans"}, true, false},
		{[]string{"vlist"}, true, false},
		{[]string{"guess-small"}, true, false},
		{[]string{"1.0"}, true, true},
		{[]string{"2.5"}, true, false},
		{[]string{"2.5, 1.0"}, true, true},
		{[]string{"trans", "*"}, true, true},
		{[]string{"haggle=yes"}, false, false},
	} {
		if capable, remote := readNegotiate(http.Header{"Negotiate": c.values}); capable != c.capable || remote != c.remote {
			t.Errorf("%q: got %v, %v", c.values, capable, remote)
		}
	}
}
