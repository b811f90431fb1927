package client

import (
	"fmt"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// Two ranges of the whole file, asked for at once, and what has to come of them.
const (
	twoSpans = "0167"
	boundary = "cup"
)

// aPart is one part of a multipart/byteranges.
func aPart(from, to int) string {
	return fmt.Sprintf("--%s\r\nContent-Type: text/plain\r\nContent-Range: bytes %d-%d/%d\r\n\r\n%s\r\n", boundary, from, to, len(wholeFile), wholeFile[from:to+1])
}

const lastPart = "--" + boundary + "--\r\n"

// spans orders the two ranges of a path, and answers a request for both at once
// with the given content and type; one for a single range gets that, which asks
// nothing of what the case is about.
func (s *Setting) spans(content, kind string) Report {
	s.On("/start", func(t *Turn) {
		var from, to int
		switch ranges, multiple := t.Request.Fields.Get("Range"), strings.Contains(t.Request.Fields.Get("Range"), ","); {
		case multiple:
			t.Answer(206, content, "Content-Type: "+kind)
		case ranges == "":
			t.Answer(200, wholeFile, "Content-Type: text/plain")
		default:
			if n, _ := fmt.Sscanf(ranges, "bytes=%d-%d", &from, &to); n != 2 || from > to || to >= len(wholeFile) {
				t.Answer(416, "", fmt.Sprintf("Content-Range: bytes */%d", len(wholeFile)))
				return
			}
			t.Answer(206, wholeFile[from:to+1], "Content-Type: text/plain", fmt.Sprintf("Content-Range: bytes %d-%d/%d", from, to, len(wholeFile)))
		}
	})
	o := s.Order("/start")
	o.Spans = [][2]int64{{0, 1}, {6, 7}}
	return s.Do(o)[0]
}

// askedForBoth reports whether a request asked for several ranges.
func (s *Setting) askedForBoth() bool {
	for _, a := range s.Asked("/start") {
		if strings.Contains(a.Request.Fields.Get("Range"), ",") {
			return true
		}
	}
	return false
}

// multipart makes a case of an answer with several parts.
func multipart(name, fault, spec string, level exam.Level, stages lang.Text, content, kind string) exam.Case {
	return exam.Case{
		Name: name, Level: level, Codes: []status.Code{206}, Spec: spec, Over: all, Needs: needs(Gets, Ranges, Shows), Fault: fault, Stages: stages,
		Wants: lang.Text{En: "Each part goes where its own Content-Range says.", ZhTW: "每一部分都放到自己的 Content-Range 所指的位置。"},
		Run: stage(func(s *Setting) exam.Verdict {
			r := s.spans(s.Either(content, aPart(0, 1)+aPart(6, 7)+lastPart), s.Either(kind, plainParts))
			switch {
			case !s.askedForBoth():
				return exam.NotAsked(say("It did not ask for both ranges at once. %s", "它沒有一次要求兩段。%s", r.Unsupported))
			case r.Success() && string(r.Content) == twoSpans:
				return exam.Passed(say("Both parts are in their places.", "兩部分都在正確的位置。"))
			case r.Success():
				return exam.Failed(say("It has %.60q for the two parts.", "它把兩部分拼成 %.60q。", r.Content))
			}
			// RFC 9110 §15.3.7.2: who cannot process such an answer does not ask for it.
			return exam.Failed(say("It asked for both ranges at once and gave up: %v", "它一次要求兩段，卻放棄了：%v", r.Err))
		}),
	}
}

const plainParts = "multipart/byteranges; boundary=" + boundary

var parts = []exam.Case{
	mean("baseline-ranges", Ranges, "no-several-ranges", all, needs(Shows),
		lang.Text{En: "Two ranges at once, which come as two parts in that order.", ZhTW: "一次要兩段，依序以兩部分送來。"}, func(s *Setting) bool {
			r := s.spans(aPart(0, 1)+aPart(6, 7)+lastPart, plainParts)
			return s.askedForBoth() && r.Success() && string(r.Content) == twoSpans
		}),
	multipart("206-multipart", "parts-as-asked", "RFC 9110 §15.3.7.2; RFC 9110 §14.6", exam.Must,
		lang.Text{En: "Two ranges at once, whose parts come in the other order.", ZhTW: "一次要兩段，兩部分卻以相反的順序送來。"},
		aPart(6, 7)+aPart(0, 1)+lastPart, plainParts),
	// The section tells of both as what may come, and demands nothing by itself.
	multipart("206-multipart-extra-crlf", "bare-boundary-only", "RFC 9110 §14.6", exam.DeFacto,
		lang.Text{En: "Two parts in order, with CRLFs before the first boundary, and the boundary in quotes.", ZhTW: "兩部分順序正確，但第一個分隔線前有多餘的 CRLF，boundary 參數加了引號。"},
		"\r\n\r\n"+aPart(0, 1)+aPart(6, 7)+lastPart, `multipart/byteranges; boundary="`+boundary+`"`),
}
