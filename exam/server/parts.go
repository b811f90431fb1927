package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"regexp"
	"strconv"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// partOf asks for a range of the file: n octets from a position that is counted
// from the end if it is negative; -1 octets are all that follow.
func partOf(first, n int64) check {
	return func(s *setting, x *wire.Exchange) lang.Text {
		data, size := s.file().Content.Data, s.file().Content.Length
		if !x.Final.Content.Whole() {
			return say("its content is cut off", "內容不完整")
		}
		return span(first, n, size).holds(x.Final.Fields.Get("Content-Range"), x.Final.Content.Data, data, size)
	}
}

// inParts asks for the same, in one part or in several: each of them with a
// Content-Range of its own, divided by the boundary that Content-Type names (RFC
// 9110 §14.6, §15.3.7.2).
func inParts(first, n int64) check {
	return func(s *setting, x *wire.Exchange) lang.Text {
		file := s.file()
		return within(x.Final, span(first, n, file.Content.Length), file.Content.Data, file.Content.Length)
	}
}

// within asks for one part or several of a representation.
func within(p *wire.Response, asked octetSpan, data []byte, size int64) lang.Text {
	if !p.Content.Whole() {
		return say("its content is cut off", "內容不完整")
	}
	kind, params, _ := mime.ParseMediaType(p.Fields.Get("Content-Type"))
	if kind != "multipart/byteranges" {
		return asked.holds(p.Fields.Get("Content-Range"), p.Content.Data, data, size)
	}
	if params["boundary"] == "" {
		return say("its Content-Type names no boundary", "Content-Type 沒有 boundary")
	}
	parts := multipart.NewReader(bytes.NewReader(p.Content.Data), params["boundary"])
	for n := 0; ; n++ {
		one, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) && n > 0 {
			return lang.Text{}
		}
		if err != nil {
			return say("its parts are not divided by the boundary %q: %v", "各段沒有以 boundary %q 分開：%v", params["boundary"], err)
		}
		content, err := io.ReadAll(one)
		if err != nil {
			return say("a part has no end: %v", "有一段沒有結尾：%v", err)
		}
		if lack := asked.holds(one.Header.Get("Content-Range"), content, data, size); lack != (lang.Text{}) {
			return lack
		}
	}
}

// noneOnTop asks that a Content-Range stands in the parts, where there are
// several, and not above them. RFC 9110 §15.3.7.2.
func noneOnTop(s *setting, x *wire.Exchange) lang.Text {
	if kind, _, _ := mime.ParseMediaType(x.Final.Fields.Get("Content-Type")); kind == "multipart/byteranges" {
		return hasNot("Content-Range")(s, x)
	}
	return lang.Text{}
}

// unsatisfied asks for the Content-Range of a 416. RFC 9110 §15.5.17.
func unsatisfied(s *setting, x *wire.Exchange) lang.Text {
	return value("Content-Range", fmt.Sprintf("bytes */%d", s.file().Content.Length))(s, x)
}

func notAmplified(s *setting, x *wire.Exchange) lang.Text {
	if size := s.file().Content.Length; x.Final.Content.Length > 10*size+4096 {
		return say("%d octets for a file of %d", "檔案 %[2]d 位元組，卻回了 %[1]d 位元組", x.Final.Content.Length, size)
	}
	return lang.Text{}
}

// sameTag asks for the file's entity tag, if for any.
func sameTag(s *setting, x *wire.Exchange) lang.Text {
	if want := s.file().Fields.Get("ETag"); want != "" && x.Final.Fields.Get("ETag") != "" {
		return value("ETag", want)(s, x)
	}
	return lang.Text{}
}

// An octetSpan is a piece of a representation, its end excluded.
type octetSpan struct{ from, to int64 }

func span(first, n, size int64) octetSpan {
	if first < 0 {
		first += size
	}
	if n < 0 || first+n > size {
		n = size - first
	}
	return octetSpan{first, first + n}
}

var contentRange = regexp.MustCompile(`^(?i:bytes) (\d+)-(\d+)/(\d+|\*)$`)

// holds asks that a part is what its Content-Range says, and lies in the span. A
// server may send less than was asked for (RFC 9110 §15.3.7).
func (o octetSpan) holds(value string, content, data []byte, size int64) lang.Text {
	m := contentRange.FindStringSubmatch(value)
	if m == nil {
		return say("Content-Range is %q", "Content-Range 是 %q", value)
	}
	first, err1 := strconv.ParseInt(m[1], 10, 64)
	last, err2 := strconv.ParseInt(m[2], 10, 64)
	switch {
	case err1 != nil || err2 != nil || first > last || first < o.from || last >= o.to:
		return say("Content-Range is %q, and asked for were %d-%d", "Content-Range 是 %q，而所要的是 %d-%d", value, o.from, o.to-1)
	case m[3] != "*" && m[3] != strconv.FormatInt(size, 10):
		return say("Content-Range is %q, and there are %d octets in all", "Content-Range 是 %q，而全部有 %d 個位元組", value, size)
	case int64(len(content)) != last-first+1:
		return say("the part has %d octets, and its Content-Range is %q", "這一段有 %d 個位元組，Content-Range 卻是 %q", len(content), value)
	case last < int64(len(data)) && !bytes.Equal(content, data[first:last+1]):
		return say("the part is not what stands there in the file", "這一段與檔案該處的內容不同")
	}
	return lang.Text{}
}
