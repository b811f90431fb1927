package client

import (
	"fmt"
	"strings"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
	"golang.org/x/net/http2"
)

// A frame is one piece of an answer as HTTP/2 and HTTP/3 send it: a header
// section with exactly these lines, or content; end says that the stream ends
// with it.
type frame struct {
	lines wire.Fields
	data  string
	end   bool
}

func head(lines ...string) frame {
	f := frame{lines: wire.Fields{}}
	for _, l := range lines {
		i := strings.Index(l[1:], ":") + 1 // a pseudo-field begins with one
		f.lines = append(f.lines, wire.Field{Name: l[:i], Value: strings.TrimPrefix(l[i+1:], " ")})
	}
	return f
}

func (f frame) last() frame { f.end = true; return f }

// Frames sends frames as they are.
func (t *Turn) Frames(frames ...frame) {
	for _, f := range frames {
		if t.over {
			return
		}
		t.note("<", fmt.Sprintf("HEADERS %v; DATA %.60q; ends: %v", f.lines, f.data, f.end))
		t.must(t.frame(f))
	}
}

func (t *Turn) frame(f frame) error {
	switch w := t.way.(type) {
	case *wayH2:
		if f.lines != nil {
			return w.h.WriteFields(w.stream, f.end, f.lines...)
		}
		return w.h.WriteData(w.stream, f.end, []byte(f.data))
	case *wayH3:
		err := error(nil)
		switch {
		case f.lines != nil:
			err = w.stream.WriteFields(f.lines...)
		case f.data != "":
			err = w.stream.WriteFrame(peer.FrameData, []byte(f.data))
		}
		if err == nil && f.end {
			err = w.stream.Close()
		}
		return err
	}
	return errFramed
}

// Abandon resets the stream with a code: of HTTP/2, of HTTP/3.
func (t *Turn) Abandon(h2 http2.ErrCode, h3 quic.StreamErrorCode) {
	t.note("<", fmt.Sprintf("the stream is reset: %v, %#x", h2, uint64(h3)))
	t.content = true
	switch w := t.way.(type) {
	case *wayH2:
		w.gone = true
		t.must(w.h.WriteRSTStream(w.stream, h2))
	case *wayH3:
		w.gone = true
		w.stream.Reset(h3)
	}
}

// protocol names a case by its protocol.
func protocol(p wire.Protocol, name string) string { return string(p) + "-" + name }

// malformed makes a case of an answer that is malformed in HTTP/2 or HTTP/3: it
// is a stream error, never something for the caller.
func malformed(p wire.Protocol, name, spec string, code status.Code, stages lang.Text, frames ...frame) exam.Case {
	return exam.Case{
		Name: protocol(p, name), Level: exam.Must, Codes: codes(code), Spec: spec, Over: []wire.Protocol{p},
		Needs: needs(Gets, Fails), Fault: "tolerates-malformed", Stages: stages,
		Wants: lang.Text{En: "A stream error; the caller gets no such answer.", ZhTW: "串流錯誤；呼叫者不會得到這種回應。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if !exam.Either(s.trial, true, false) {
					t.Frames(head(":status: 200", "content-type: text/plain"), frame{data: finalContent}.last())
					return
				}
				t.Frames(frames...)
			})
			r := s.Get("/start")
			switch {
			case r.Unsupported != "" || s.Came("/start") == 0:
				return exam.NotAsked(say("No request came. %s", "沒有收到請求。%s", r.Unsupported))
			case r.Success() && exam.Either(s.trial, true, false):
				return exam.Failed(say("It called that a success: status %d, content %.40q.", "它當成成功：狀態碼 %d，內容 %.40q。", r.Status, r.Content))
			case !r.Success() && s.trial.Control:
				return exam.Failed(say("It called a plain answer a failure: %v", "它把單純的回應當成失敗：%v", r.Err))
			}
			return exam.Passed(say("It called that a failure: %v", "它當成失敗：%v", r.Err))
		}),
	}
}

// switched makes a case of a 101, of which there is none in HTTP/2 and HTTP/3.
// No sentence says that it makes the message malformed: a client may refuse it,
// or read over it as over any interim answer that it does not expect (RFC 9110
// §15.2). What it may not do is to take it for the answer.
func switched(p wire.Protocol, spec string) exam.Case {
	return exam.Case{
		Name: protocol(p, "101"), Level: exam.Must, Codes: codes(101), Spec: spec + "; RFC 9110 §15.2", Over: []wire.Protocol{p},
		Needs: needs(Gets, Fails), Fault: "takes-101",
		Stages: lang.Text{En: "A 101, which there is none of here, then a 200.", ZhTW: "這裡不存在的 101，再來是 200。"},
		Wants: lang.Text{
			En:   "An error, or the 200: nobody switches, and the caller never gets the 101.",
			ZhTW: "報錯，或交出 200：不切換，呼叫者也不會拿到 101。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if exam.Either(s.trial, true, false) {
					t.Frames(head(":status: 101"))
				}
				t.Frames(head(":status: 200", "content-type: text/plain"), frame{data: finalContent}.last())
			})
			r := s.Get("/start")
			switch {
			case r.Unsupported != "" || s.Came("/start") == 0:
				return exam.NotAsked(say("No request came. %s", "沒有收到請求。%s", r.Unsupported))
			case !r.Success():
				return exam.Refusing(say("It called that a failure: %v", "它當成失敗：%v", r.Err))
			case r.Status == 101 || s.can(Shows) && string(r.Content) != finalContent:
				return exam.Failed(say("It took the 101 for the answer: status %d, content %.40q.", "它把 101 當成了回應：狀態碼 %d，內容 %.40q。", r.Status, r.Content))
			}
			return exam.Passed(say("It read over the 101.", "它略過了 101。"))
		}),
	}
}

// lawful makes a case of an answer that looks odd in HTTP/2 or HTTP/3 and is in
// order.
func lawful(p wire.Protocol, name, method, fault, spec string, code status.Code, stages lang.Text, frames ...frame) exam.Case {
	can := needs(Gets, Fails)
	if method == "HEAD" {
		can = append(can, Heads)
	}
	return exam.Case{
		Name: protocol(p, name), Level: exam.Must, Codes: codes(code), Spec: spec, Over: []wire.Protocol{p}, Needs: can,
		Fault: fault, Stages: stages,
		Wants: lang.Text{En: "To accept it.", ZhTW: "接受。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Frames(frames...) })
			o := s.Order("/start")
			o.Method = method
			r := s.Do(o)[0]
			switch {
			case r.Unsupported != "" || s.Came("/start") == 0:
				return exam.NotAsked(say("No request came. %s", "沒有收到請求。%s", r.Unsupported))
			case r.Err != nil && r.Err.Kind != ErrStatus || r.Late:
				return exam.Failed(say("It refused it: %v", "它拒絕了：%v", r.Err))
			}
			return exam.Passed(say("It accepted it.", "它接受了。"))
		}),
	}
}

// unprocessed makes a case that notes whether a request that was not carried out
// comes again.
func unprocessed(p wire.Protocol, name, method, fault, spec string, stages lang.Text, refuse func(*Turn)) exam.Case {
	can := needs(Gets)
	if method == "POST" {
		can = append(can, Sends)
	}
	return exam.Case{
		Name: protocol(p, name), Level: exam.Info, Spec: spec, Over: []wire.Protocol{p}, Needs: can, Fault: fault, Stages: stages,
		Wants: lang.Text{En: "Nothing: whether it sends the request again is noted.", ZhTW: "沒有要求：記下它會不會重送。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if s.Came("/start") == 1 {
					refuse(t)
					return
				}
				t.Content()
				t.Answer(200, finalContent, "Content-Type: text/plain")
			})
			o := s.Order("/start")
			o.Method = method
			if method == "POST" {
				o.Content = &Content{Octets: "tea", Length: 3}
			}
			s.Do(o)
			switch n := s.Came("/start"); {
			case n == 0:
				return exam.NotAsked(say("No request came.", "沒有收到請求。"))
			case n > 1:
				return exam.Noted("repeats", say("It sent the request again.", "它重送了請求。"))
			}
			return exam.Noted("gives up", say("It did not send it again.", "它沒有重送。"))
		}),
	}
}

// inFrames lists the cases that are the same in HTTP/2 and HTTP/3, with the
// sections of each.
func inFrames(p wire.Protocol, pseudo, interim, switching string) []exam.Case {
	return []exam.Case{
		{
			Name: protocol(p, "103-then-200"), Level: exam.Must, Codes: codes(103), Spec: interim, Over: []wire.Protocol{p},
			Needs: needs(Gets), Fault: "103-is-final",
			Stages: lang.Text{En: "A 103, then the final answer.", ZhTW: "先是 103，再來是最終回應。"},
			Wants:  lang.Text{En: "The final answer is what the caller gets.", ZhTW: "呼叫者拿到的是最終回應。"},
			Run: stage(func(s *Setting) exam.Verdict {
				s.On("/start", func(t *Turn) {
					if exam.Either(s.trial, true, false) {
						t.Interim(103, "Link: </tea.css>; rel=preload; as=style")
					}
					t.Final()
				})
				return s.Delivered(s.Get("/start"), exam.Fail)
			}),
		},
		switched(p, switching),
		malformed(p, "no-status", pseudo, 200,
			lang.Text{En: "An answer without :status.", ZhTW: "沒有 :status 的回應。"},
			head("content-type: text/plain"), frame{data: finalContent}.last()),
		malformed(p, "bad-status", pseudo, 200,
			lang.Text{En: ":status is 2x0.", ZhTW: ":status 是 2x0。"},
			head(":status: 2x0", "content-type: text/plain"), frame{data: finalContent}.last()),
		malformed(p, "dup-status", pseudo, 200,
			lang.Text{En: ":status stands there twice.", ZhTW: ":status 出現兩次。"},
			head(":status: 200", ":status: 200", "content-type: text/plain"), frame{data: finalContent}.last()),
	}
}

var framesH2 = append(inFrames(wire.H2, "RFC 9113 §8.3; RFC 9113 §8.3.2; RFC 9113 §8.1.1", "RFC 9113 §8.1", "RFC 9113 §8.6"),
	malformed(wire.H2, "late-status", "RFC 9113 §8.3", 200,
		lang.Text{En: ":status follows an ordinary field.", ZhTW: ":status 出現在一般欄位之後。"},
		head("content-type: text/plain", ":status: 200"), frame{data: finalContent}.last()),
	malformed(wire.H2, "1xx-end-stream", "RFC 9113 §8.1", 103,
		lang.Text{En: "A 103 that ends the stream.", ZhTW: "103 結束了串流。"}, head(":status: 103").last()),
	malformed(wire.H2, "status-in-trailers", "RFC 9113 §8.1", 200,
		lang.Text{En: ":status in the trailers.", ZhTW: "尾段欄位裡有 :status。"},
		head(":status: 200", "content-type: text/plain"), frame{data: finalContent}, head(":status: 200").last()),
	malformed(wire.H2, "second-final", "RFC 9113 §8.1", 200,
		lang.Text{En: "A second header section with a final status, which does not end the stream.", ZhTW: "又一個帶最終狀態碼、卻不結束串流的標頭區段。"},
		head(":status: 200", "content-type: text/plain"), head(":status: 200", "content-type: text/plain"), frame{data: finalContent}.last()),
	malformed(wire.H2, "cl-mismatch", "RFC 9113 §8.1.1", 200,
		lang.Text{En: "Content-Length: 100 and twenty octets.", ZhTW: "Content-Length: 100，內容只有二十個位元組。"},
		head(":status: 200", "content-type: text/plain", "content-length: 100"), frame{data: finalContent}.last()),
	malformed(wire.H2, "connection-field", "RFC 9113 §8.2.2", 200,
		lang.Text{En: "A field connection: close.", ZhTW: "帶著 connection: close 欄位。"},
		head(":status: 200", "connection: close", "content-type: text/plain"), frame{data: finalContent}.last()),
	lawful(wire.H2, "304-cl", "GET", "length-without-content", "RFC 9113 §8.1.1", 304,
		lang.Text{En: "A 304 with Content-Length: 100 that ends the stream.", ZhTW: "304 帶 Content-Length: 100，並結束串流。"},
		head(":status: 304", "content-length: 100", `etag: "leaf"`).last()),
	lawful(wire.H2, "head-cl", "HEAD", "length-without-content", "RFC 9113 §8.1.1", 200,
		lang.Text{En: "HEAD, answered with Content-Length: 100 and the end of the stream.", ZhTW: "HEAD 得到 Content-Length: 100，並結束串流。"},
		head(":status: 200", "content-type: text/plain", "content-length: 100").last()),
	earlyFinal(wire.H2, "early-final-no-error", "RFC 9113 §8.1"),
	unprocessed(wire.H2, "refused-stream", "POST", "leaves-refused", "RFC 9113 §8.7",
		lang.Text{En: "A POST; its stream is reset with REFUSED_STREAM.", ZhTW: "POST 的串流以 REFUSED_STREAM 重置。"},
		func(t *Turn) { t.Abandon(http2.ErrCodeRefusedStream, 0) }),
	unprocessed(wire.H2, "goaway-unprocessed", "GET", "leaves-refused", "RFC 9113 §8.7; RFC 9113 §6.8",
		lang.Text{En: "A GET; GOAWAY says that no stream was processed.", ZhTW: "GET；GOAWAY 說沒有處理任何串流。"},
		func(t *Turn) {
			if w, ok := t.way.(*wayH2); ok {
				t.content, t.over, w.closed, w.gone = true, true, true, true
				t.must(w.h.WriteGoAway(0, http2.ErrCodeNo, nil))
				w.h.Conn.Await(time.Second, t.s.next(t.Asked))
			}
		}),
	unprocessed(wire.H2, "http11-required", "GET", "repeats-at-http11-required", "RFC 9113 §7",
		lang.Text{En: "A GET; its stream is reset with HTTP_1_1_REQUIRED.", ZhTW: "GET 的串流以 HTTP_1_1_REQUIRED 重置。"},
		func(t *Turn) { t.Abandon(http2.ErrCodeHTTP11Required, 0) }),
	exam.Case{
		Name: "h2-expect-final", Level: exam.Must, Codes: codes(401), Spec: "RFC 9110 §10.1.1", Over: h2,
		Needs: needs(Gets, Sends, Fields), Fault: "waits-for-100-for-ever",
		Stages: lang.Text{En: "A POST with Expect: 100-continue gets a 401 at once.", ZhTW: "帶 Expect: 100-continue 的 POST 立刻得到 401。"},
		Wants:  lang.Text{En: "The caller gets the 401.", ZhTW: "呼叫者得到 401。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Answer(401, "who are you?", "Content-Type: text/plain", basicChallenge)
				t.content = true
			})
			o := s.expecting("/start")
			o.Content.Length = 1000 // fits into every window
			r := s.Do(o)[0]
			switch {
			case r.Unsupported != "" || s.Came("/start") == 0:
				return exam.NotAsked(say("No request came. %s", "沒有收到請求。%s", r.Unsupported))
			case r.Late || r.Err != nil && r.Err.Kind == ErrTimeout:
				return exam.Failed(say("It waited for something else.", "它還在等別的。"))
			case s.can(Reports) && r.Status != 401:
				return exam.Failed(say("It reports %d: %v", "它回報 %d：%v", r.Status, r.Err))
			}
			return exam.Passed(say("It took the 401.", "它收下了 401。"))
		}),
	},
)

var framesH3 = append(inFrames(wire.H3, "RFC 9114 §4.3; RFC 9114 §4.3.2; RFC 9114 §4.1.2", "RFC 9114 §4.1", "RFC 9114 §4.5"),
	malformed(wire.H3, "interim-after-final", "RFC 9114 §4.1", 103,
		lang.Text{En: "A 103 after the 200.", ZhTW: "200 之後才來 103。"},
		head(":status: 200", "content-type: text/plain"), head(":status: 103"), frame{data: finalContent}.last()),
	unprocessed(wire.H3, "request-rejected", "GET", "leaves-refused", "RFC 9114 §4.1.1",
		lang.Text{En: "A GET; its stream is reset with H3_REQUEST_REJECTED.", ZhTW: "GET 的串流以 H3_REQUEST_REJECTED 重置。"},
		func(t *Turn) { t.Abandon(0, peer.H3RequestRejected) }),
	earlyFinal(wire.H3, "early-response", "RFC 9114 §4.1"),
)

// earlyFinal makes a case of a whole answer before the content has come, and a
// request to stop sending it: nothing is wrong, and the answer counts.
func earlyFinal(p wire.Protocol, name, spec string) exam.Case {
	return exam.Case{
		Name: protocol(p, name), Level: exam.Must, Codes: codes(200), Spec: spec, Over: []wire.Protocol{p},
		Needs: needs(Gets, Sends, Fails), Fault: "reset-undoes-answer",
		Stages: lang.Text{
			En:   "Half a megabyte is on its way; a whole answer comes, and a reset that says there is no error.",
			ZhTW: "半 MB 的內容還在路上；完整的回應已經送來，並以「沒有錯誤」要求停止。"},
		Wants: lang.Text{En: "The answer is not thrown away.", ZhTW: "不可丟掉這個回應。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if !exam.Either(s.trial, true, false) {
					t.Content()
					t.Answer(200, finalContent, "Content-Type: text/plain")
					return
				}
				t.Answer(200, finalContent, "Content-Type: text/plain")
				t.content = true
				switch w := t.way.(type) {
				case *wayH2:
					w.gone = true
					t.must(w.h.WriteRSTStream(w.stream, http2.ErrCodeNo))
				case *wayH3:
					w.stream.CancelRead(peer.H3NoError)
				}
			})
			o := s.Order("/start")
			o.Method, o.Content = "POST", &Content{Octets: "leaves\n", Length: 1 << 19}
			r := s.Do(o)[0]
			switch {
			case r.Unsupported != "" || s.Came("/start") == 0:
				return exam.NotAsked(say("No request came. %s", "沒有收到請求。%s", r.Unsupported))
			case r.Success() && (!s.can(Shows) || string(r.Content) == finalContent):
				return exam.Passed(say("It took the answer.", "它收下了回應。"))
			}
			return exam.Failed(say("It threw the answer away: %v", "它丟掉了回應：%v", r.Err))
		}),
	}
}
