package origin

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"slices"
)

// isFeed reports whether the media type is that of an Atom feed (RFC 4287 §7).
func isFeed(mediaType string) bool {
	media, _, err := mime.ParseMediaType(mediaType)
	return err == nil && media == "application/atom+xml"
}

// feedDelta returns the feed to without the entries that are in from, octet for
// octet: what a reader that has from needs. It is the manipulation that feed
// readers call feed. RFC 3229 has no such one, and whether its registry came to
// list it could not be checked (unverified). A reader cannot tell by it that an
// entry was removed.
func feedDelta(from, to []byte) (delta []byte, ok bool) {
	old, err := entriesOf(from)
	if err != nil {
		return nil, false
	}
	now, err := entriesOf(to)
	if err != nil {
		return nil, false
	}
	known := map[string]bool{}
	for _, e := range old {
		known[string(from[e.begin:e.end])] = true
	}
	at := 0
	for _, e := range now {
		if known[string(to[e.begin:e.end])] {
			// What stands between two entries, a line end mostly, goes with the first.
			delta = append(delta, bytes.TrimRight(to[at:e.begin], " \t\r\n")...)
			at = e.end
		}
	}
	return append(delta, to[at:]...), true
}

// A span is octets from begin up to end.
type span struct{ begin, end int }

var errNoFeed = errors.New("the document is no Atom feed")

// atom is the namespace of Atom (RFC 4287 §1.2).
const atom = "http://www.w3.org/2005/Atom"

// entriesOf finds the entries of a feed: elements right below its root (RFC 4287
// §4.1.1).
func entriesOf(feed []byte) ([]span, error) {
	var entries []span
	var open []xml.Name
	rooted := false
	d := xml.NewDecoder(bytes.NewReader(feed))
	for {
		begin := int(d.InputOffset())
		token, err := d.Token()
		if errors.Is(err, io.EOF) && rooted && len(open) == 0 {
			return entries, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) == 0 && (rooted || t.Name != feedEntry[0]) {
				return nil, errNoFeed
			}
			rooted = true
			open = append(open, t.Name)
			if slices.Equal(open, feedEntry) {
				entries = append(entries, span{begin: begin})
			}
		case xml.EndElement:
			if slices.Equal(open, feedEntry) {
				entries[len(entries)-1].end = int(d.InputOffset())
			}
			open = open[:len(open)-1]
		}
	}
}

var feedEntry = []xml.Name{{Space: atom, Local: "feed"}, {Space: atom, Local: "entry"}}
