package road

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/statute-http/statute/wire"
)

// shown returns what a reader sees of a page, roughly: its tokens without
// comments, white space passed over.
func shown(page []byte) string {
	var b strings.Builder
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(b.String()), "")
		case html.CommentToken:
			continue
		}
		b.WriteString(z.Token().String())
	}
}

// The filter leaves out what nobody sees and adds nothing: no tag and no
// reference comes to be by what it leaves out.
func FuzzMinified(f *testing.F) {
	for _, page := range []string{
		"<!doctype html>\n<p>  a <!-- b --> c", "<pre> a\n b</pre>  <p>", "<<!-- -->b>", "&am<!-- -->p;", "a<!-- -->b", "<script>a <!-- b --></script>",
		"<textarea>  </textarea>", "<!-->", "</pre>  x", "<p\n\n  a = '1  2'>", "\x00<", "<plaintext>  a",
	} {
		f.Add([]byte(page))
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		small := minified(page)
		if len(small) > len(page)+7*bytes.Count(page, []byte("<")) {
			t.Errorf("%q has grown to %q", page, small)
		}
		if before, after := shown(page), shown(small); before != after {
			t.Errorf("%q shows %q, and as %q %q", page, before, small, after)
		}
	})
}

// Whatever Cache-Control says, a stored answer has an age and a lifetime, and no
// time runs backwards.
func FuzzFreshness(f *testing.F) {
	for _, v := range []string{"max-age=60", "max-age=\"5\", no-cache", "max-age=-1", "max-age=99999999999999999999", ",=,;", "max-stale", "MAX-AGE=1,max-age=2"} {
		f.Add(v, v, "0")
	}
	f.Fuzz(func(t *testing.T, says, asks, age string) {
		now := time.Now()
		s := &stored{status: 200, asked: now, came: now, fields: wire.Fields{
			{Name: "Cache-Control", Value: says}, {Name: "Age", Value: age}, {Name: "Expires", Value: says}}}
		if s.age(now) < 0 {
			t.Errorf("the age is %v", s.age(now))
		}
		if most := time.Duration(1<<31) * time.Second; s.age(now) > 2*most || s.lifetime() > most {
			t.Errorf("the age is %v, the lifetime %v", s.age(now), s.lifetime())
		}
		s.usable(directivesOf(wire.Fields{{Name: "Cache-Control", Value: asks}}), false, now)
	})
}
