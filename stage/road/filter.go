package road

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"github.com/statute-http/statute/wire"
)

// mostTransformed is how much content is held to be made smaller; more is passed
// on as it comes.
const mostTransformed = 1 << 20

// PassTransformed is Pass with a filter that makes pages smaller: it leaves out
// what no reader sees. An answer that it has changed says so by 203 (RFC 9110
// §15.3.4).
func (h *Hop) PassTransformed(w http.ResponseWriter, r *http.Request, to Onward) error {
	answered, err := h.lastStop(w, r)
	if answered || err != nil {
		return err
	}
	a, err := h.ask(w, r, to, nil)
	if err != nil {
		return err
	}
	defer a.close()
	if !a.transformable(r) {
		a.passOn(w)
		return nil
	}
	content, whole, err := a.read(mostTransformed)
	smaller := minified(content)
	switch {
	case err != nil:
		return h.failed(incomplete, "")
	case !whole || len(smaller) >= len(content):
		a.passRead(w, content)
		return nil
	}
	a.Status = http.StatusNonAuthoritativeInfo
	a.Fields = transformed(a.Fields, len(smaller))
	a.writeHead(w)
	a.writer(w).Write(smaller)
	return nil
}

// transformable reports whether the filter may change the answer and knows how.
// RFC 9110 §7.7: not where no-transform says so, in the answer or in the request
// (RFC 9111 §5.2.1.6, §5.2.2.6); and a part of a page is not a page.
func (a *answer) transformable(r *http.Request) bool {
	media, _, _ := mime.ParseMediaType(a.Fields.Get("Content-Type"))
	return a.Status == http.StatusOK && r.Method == http.MethodGet && media == "text/html" &&
		!a.Fields.Has("Content-Encoding") && !a.Fields.HasMember("Cache-Control", "no-transform") &&
		!slices.ContainsFunc(r.Header["Cache-Control"], func(v string) bool {
			return slices.Contains(slices.Collect(wire.Members(strings.ToLower(v))), "no-transform")
		})
}

// read reads content up to a limit.
func (a *answer) read(most int64) (content []byte, whole bool, err error) {
	content, err = io.ReadAll(io.LimitReader(a.body, most+1))
	return content, int64(len(content)) <= most, err
}

// passRead passes the answer on, of whose content the beginning was read.
func (a *answer) passRead(w http.ResponseWriter, content []byte) {
	a.writeHead(w)
	a.passContent(w, content)
}

// transformed returns the fields of an answer whose content was changed. A
// strong tag would promise the same octets (RFC 9110 §8.8.1), so it becomes a
// weak one; a digest and ranges are of the octets that were.
func transformed(fields wire.Fields, length int) wire.Fields {
	var kept wire.Fields
	for _, f := range fields {
		switch http.CanonicalHeaderKey(f.Name) {
		case "Content-Length", "Content-Digest", "Repr-Digest", "Digest", "Content-Md5", "Accept-Ranges":
			continue
		case "Etag":
			if strings.HasPrefix(f.Value, `"`) {
				f.Value = "W/" + f.Value
			}
		}
		kept = append(kept, f)
	}
	return append(kept, wire.Field{Name: "Content-Length", Value: strconv.Itoa(length)})
}

// verbatim are elements in which white space counts.
var verbatim = []string{"pre", "textarea", "script", "style", "listing", "plaintext", "xmp"}

// minified returns the page without comments and with runs of white space as
// one space.
func minified(page []byte) []byte {
	var out bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(page))
	within := 0
	for {
		kind := z.Next()
		raw := z.Raw()
		switch kind {
		case html.ErrorToken:
			out.Write(raw)
			return bytes.TrimSpace(out.Bytes())
		case html.CommentToken:
			// What stood on both sides of it must not become one thing: < and b>, or
			// &am and p;.
			if n := out.Len(); n > 0 && out.Bytes()[n-1] != '>' && out.Bytes()[n-1] != ' ' {
				out.WriteString("<!---->")
			}
		case html.StartTagToken, html.EndTagToken:
			out.Write(raw) // TagName may rewrite it
			if name, _ := z.TagName(); slices.Contains(verbatim, string(name)) {
				if kind == html.StartTagToken {
					within++
				} else if within > 0 {
					within--
				}
			}
		case html.TextToken:
			if within == 0 {
				raw = spaces(raw)
				if bytes.HasSuffix(out.Bytes(), []byte(" ")) {
					raw = bytes.TrimPrefix(raw, []byte(" "))
				}
			}
			out.Write(raw)
		default:
			out.Write(raw)
		}
	}
}

// spaces returns text with each run of ASCII white space as one space.
func spaces(text []byte) []byte {
	var out []byte
	for i, c := range text {
		white := strings.IndexByte(" \t\r\n\f", c) >= 0
		if !white {
			out = append(out, c)
		} else if i == 0 || out[len(out)-1] != ' ' {
			out = append(out, ' ')
		}
	}
	return out
}
