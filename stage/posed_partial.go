package stage

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

var posedRangeAdvice = lang.Text{
	En:   "It is one part of the posed content. Send GET with one range that lies in the content, as in Range: bytes=0-9, and If-Range, if at all, with the ETag of another posed 206.",
	ZhTW: "它是示範內容的其中一段。請送出 GET，帶上落在內容之內的單一範圍，例如 Range: bytes=0-9；若有 If-Range，須是另一個示範 206 的 ETag。",
}

// fit makes the answers whose framing depends on the request: a slice, a
// manipulated instance, or none at all.
func (reply *posedReply) fit(r *http.Request) *wire.Refusal {
	switch reply.code {
	case http.StatusPartialContent:
		return reply.slice(r)
	case http.StatusIMUsed:
		return reply.compress()
	case http.StatusNotModified:
		reply.confirm(r)
	}
	return nil
}

// slice leaves the range that was asked for (RFC 9110 §15.3.7.1). A false
// If-Range asks for the whole, which is no 206 (§13.1.5).
func (reply *posedReply) slice(r *http.Request) *wire.Refusal {
	whole := reply.content
	from, size, ok := posedRange(r.Header, whole.Size())
	etag := posedTag(whole)
	if condition := r.Header.Get("If-Range"); !ok || condition != "" && condition != etag {
		return posedUnfit(reply.code, posedMatching, posedRangeAdvice)
	}
	reply.header.Set("ETag", etag)
	reply.header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, from+size-1, whole.Size()))
	reply.content = io.NewSectionReader(whole, from, size)
	return nil
}

// compress applies the manipulation that was asked for and names it; the entity
// tag is that of the instance before it (RFC 3229 §10.4.1, §10.5.2).
func (reply *posedReply) compress() *wire.Refusal {
	whole := reply.content
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.Copy(z, io.NewSectionReader(whole, 0, whole.Size())) // a bytes.Buffer never fails
	z.Close()
	reply.header.Set("IM", "gzip")
	reply.header.Set("ETag", posedTag(whole))
	reply.content = bytes.NewReader(b.Bytes())
	return nil
}

// confirm says that the copy in the client's hands is current: by its own entity
// tag or, where it has none, its own date (RFC 9110 §15.4.5).
func (reply *posedReply) confirm(r *http.Request) {
	etag, date, _ := posedValidator(r.Header)
	if etag != "" {
		reply.header.Set("ETag", etag)
	} else {
		reply.header.Set("Last-Modified", date)
	}
	reply.header.Set("Vary", "Accept, Accept-Language")
}

// posedTag returns a strong entity tag for content that never changes.
func posedTag(c posedContent) string {
	sum := sha256.New()
	io.Copy(sum, io.NewSectionReader(c, 0, c.Size()))
	return `"posed-` + hex.EncodeToString(sum.Sum(nil)[:8]) + `"`
}

// posedRange reads a Range field that asks for one range of octets, and returns
// where it begins and how long it is in content of the given size
// (RFC 9110 §14.1.2, §14.2).
func posedRange(h http.Header, size int64) (from, length int64, ok bool) {
	lines := h.Values("Range")
	if len(lines) != 1 {
		return 0, 0, false
	}
	unit, set, _ := strings.Cut(lines[0], "=")
	first, last, ranged := strings.Cut(strings.Trim(set, " \t"), "-")
	if !strings.EqualFold(unit, "bytes") || !ranged {
		return 0, 0, false
	}
	const most = 1<<63 - 1
	if first == "" {
		suffix, ok := posedWhole(last, most)
		suffix = min(suffix, size)
		return size - suffix, suffix, ok && suffix > 0
	}
	from, ok = posedWhole(first, most)
	if !ok || from >= size {
		return 0, 0, false
	}
	end := int64(most)
	if last != "" {
		if end, ok = posedWhole(last, most); !ok || end < from {
			return 0, 0, false
		}
	}
	return from, min(end, size-1) - from + 1, true
}

// posedValidator returns the validator of the copy that the client has: the
// first entity tag of If-None-Match, or the date of If-Modified-Since, which
// counts only without the other and as a valid date (RFC 9110 §13.1.2, §13.1.3).
func posedValidator(h http.Header) (etag, date string, ok bool) {
	if tags := strings.Join(h.Values("If-None-Match"), ", "); tags != "" {
		for tag := range wire.Members(tags) {
			if tag == "*" {
				return `"posed"`, "", true
			}
			return tag, "", posedIsTag(tag)
		}
		return "", "", false
	}
	date = h.Get("If-Modified-Since")
	t, err := http.ParseTime(date)
	if err != nil {
		return "", "", false
	}
	return "", t.UTC().Format(http.TimeFormat), true
}

// posedIsTag reports whether s is an entity tag (RFC 9110 §8.8.3).
func posedIsTag(s string) bool {
	s = strings.TrimPrefix(s, "W/")
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	for _, b := range []byte(s[1 : len(s)-1]) {
		if b <= ' ' || b == '"' || b == 0x7f {
			return false
		}
	}
	return true
}

// posedAcceptsGzip reports whether A-IM lists gzip with a weight above zero
// (RFC 3229 §10.5.3).
func posedAcceptsGzip(h http.Header) bool {
	for member := range wire.Members(strings.Join(h.Values("A-IM"), ", ")) {
		token, params, _ := strings.Cut(member, ";")
		if strings.EqualFold(strings.TrimSpace(token), "gzip") {
			return wire.Qvalue(params) > 0
		}
	}
	return false
}
