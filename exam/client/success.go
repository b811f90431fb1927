package client

import (
	"fmt"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// bare is an answer without content whose fields promise some.
func bare(code status.Code, fields string) func(*Setting, *Turn) {
	return func(s *Setting, t *Turn) {
		e, _ := status.Get(code)
		t.Send(fmt.Sprintf("HTTP/1.1 %d %s\r\n%s\r\n", code, e.Name, s.Either(fields, "X-Leaves: none\r\n")))
	}
}

// plain is a final answer with finalContent.
func plain(code status.Code, fields ...string) func(*Turn) {
	return func(t *Turn) { t.Answer(code, finalContent, append(fields, "Content-Type: text/plain")...) }
}

// once grades a case in which one request is all that may come.
func once(script func(*Turn)) func(*exam.Trial) exam.Verdict {
	return stage(func(s *Setting) exam.Verdict {
		s.On("/start", script)
		s.Get("/start")
		switch n := len(s.Asked("")); {
		case n == 0:
			return exam.NotAsked(say("No request came.", "沒有收到請求。"))
		case n > 1:
			return exam.Failed(say("It made %d requests; the last was for %s.", "它送了 %d 個請求，最後一個是 %s。", n, s.Asked("")[n-1].Path))
		}
		return exam.Passed(say("It made one request.", "它只送了一個請求。"))
	})
}

var success = []exam.Case{
	final("200-unknown-2xx", "unknown-2xx-fails", "RFC 9110 §15", exam.Must, 200, plain(299),
		lang.Text{En: "A 299, which nobody knows, with content.", ZhTW: "沒人認得的 299，帶內容。"}),
	final("203-as-200", "only-200-succeeds", "RFC 9110 §15; RFC 9110 §15.3.4", exam.Must, 203, plain(203),
		lang.Text{En: "A 203 with content.", ZhTW: "203，帶內容。"}),
	final("207-multistatus", "only-200-succeeds", "RFC 9110 §15; RFC 4918 §13", exam.Must, 207,
		func(t *Turn) { t.Answer(207, finalContent, "Content-Type: application/xml") },
		lang.Text{En: "A 207 with content.", ZhTW: "207，帶內容。"}),
	final("208-226-unknown-ok", "only-200-succeeds", "RFC 9110 §15; RFC 3229 §10.4.1", exam.Must, 226,
		func(t *Turn) { t.Answer(226, finalContent, "Content-Type: text/plain", `ETag: "leaf"`) },
		lang.Text{En: "A 226 with content, though no manipulation was asked for.", ZhTW: "沒有要求操作，卻得到 226，帶內容。"}),
	{
		Name: "200-trailing-response", Level: exam.Must, Codes: codes(200), Spec: "RFC 9112 §6.3", Over: h1,
		Needs: needs(Gets, Reuses), Fault: "reads-on-after-answer",
		Stages: lang.Text{
			En:   "A whole 200 with its Content-Length, and right behind it another answer that nobody has asked for.",
			ZhTW: "一個長度正確的完整 200，後面緊跟著沒人要求的另一個回應。"},
		Wants: lang.Text{En: "The next request does not get it.", ZhTW: "下一個請求不可拿到它。"},
		Run: inStep(func(s *Setting, t *Turn) {
			t.Send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nplain" + s.Either(s.Trap(), ""))
		}, exam.Refused),
	},
	{
		Name: "201-location", Level: exam.DeFacto, Codes: codes(201), Spec: "RFC 9110 §15.3.2", Over: all,
		Needs: needs(Gets, Follows), Fault: "follows-201",
		Stages: lang.Text{En: "A 201 with a Location.", ZhTW: "201 帶著 Location。"},
		Wants:  lang.Text{En: "It names what was made; nobody is sent there.", ZhTW: "它指出新建立的資源，並不是叫人過去。"},
		Run: once(func(t *Turn) {
			t.Answer(201, finalContent, "Location: "+t.s.A.URL(mark), "Content-Type: text/plain")
		}),
	},
	{
		Name: "202-retry-after", Level: exam.Info, Codes: codes(202), Spec: "RFC 9110 §15.3.3", Over: all,
		Needs: needs(Gets), Fault: "repeats-202",
		Stages: lang.Text{En: "A 202 with Retry-After: 1.", ZhTW: "202 帶 Retry-After: 1。"},
		Wants:  lang.Text{En: "Nothing: whether it asks again is noted.", ZhTW: "沒有要求：記下它會不會再問。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", plain(202, "Retry-After: 1"))
			s.Get("/start")
			if n := s.Came("/start"); n > 1 {
				return exam.Noted("again", say("It asked %d times.", "它要求了 %d 次。", n))
			}
			return exam.Noted("once", say("It asked once.", "它只要求一次。"))
		}),
	},
	{
		Name: "204-content-length", Level: exam.Must, Codes: codes(204), Spec: "RFC 9112 §6.3", Over: h1,
		Needs: needs(Gets), Fault: "204-has-content",
		Stages: lang.Text{En: "A 204 that says Content-Length: 5; nothing follows.", ZhTW: "204 聲稱 Content-Length: 5，後面什麼也沒有。"},
		Wants:  lang.Text{En: "To be done at its empty line, or to refuse it.", ZhTW: "讀到空行就結束，或拒絕它。"},
		Run:    doneAtOnce("GET", bare(204, "Content-Length: 5\r\n"), exam.Refused),
	},
	{
		Name: "204-chunked", Level: exam.Must, Codes: codes(204), Spec: "RFC 9112 §6.3", Over: h1,
		Needs: needs(Gets), Fault: "204-has-content",
		Stages: lang.Text{En: "A 204 that says Transfer-Encoding: chunked; nothing follows.", ZhTW: "204 聲稱 Transfer-Encoding: chunked，後面什麼也沒有。"},
		Wants:  lang.Text{En: "To be done at its empty line, or to refuse it.", ZhTW: "讀到空行就結束，或拒絕它。"},
		Run:    doneAtOnce("GET", bare(204, "Transfer-Encoding: chunked\r\n"), exam.Refused),
	},
	{
		Name: "204-poison", Level: exam.Must, Codes: codes(204), Spec: "RFC 9112 §6.3", Over: h1,
		Needs: needs(Gets, Reuses), Fault: "reads-on-after-answer",
		Stages: lang.Text{
			En:   "A 204 with a Content-Length, and as many octets behind it, which are an answer.",
			ZhTW: "204 帶著 Content-Length，後面恰好有那麼多位元組，內容是另一個回應。"},
		Wants: lang.Text{
			En:   "They are neither content of the 204 nor the answer to the next request.",
			ZhTW: "它們既不是 204 的內容，也不是下一個請求的回應。"},
		Run: inStep(func(s *Setting, t *Turn) {
			poison := s.Trap()
			t.Send("HTTP/1.1 204 No Content\r\n" + s.Either(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(poison), poison), "\r\n"))
		}, exam.Refused),
	},
	{
		Name: "204-poison-late", Level: exam.Must, Codes: codes(204), Spec: "RFC 9112 §6.3", Over: h1,
		Needs: needs(Gets, Reuses), Fault: "reads-on-after-answer",
		Stages: lang.Text{
			En:   "The same, but the octets come 20 ms later, and only if the next request is not there by then.",
			ZhTW: "同上，但那些位元組晚 20 毫秒才到，而且只在下一個請求還沒來時才送。"},
		Wants: lang.Text{
			En:   "They are neither content of the 204 nor the answer to the next request.",
			ZhTW: "它們既不是 204 的內容，也不是下一個請求的回應。"},
		Run: onIdle(func(s *Setting, t *Turn) {
			t.Send("HTTP/1.1 204 No Content\r\n" + s.Either(fmt.Sprintf("Content-Length: %d\r\n", len(s.Trap())), "") + "\r\n")
		}, func(s *Setting, t *Turn) { t.Send(s.Either(s.Trap(), "")) }),
	},
	{
		Name: "204-to-json-call", Level: exam.DeFacto, Codes: codes(204), Spec: "RFC 9110 §15.3.5", Over: all,
		Needs: needs(Gets, ParsesJSON), Fault: "parses-nothing",
		Stages: lang.Text{En: "A 204, where the caller asked for JSON.", ZhTW: "呼叫者要的是 JSON，得到的是 204。"},
		Wants: lang.Text{
			En:   "No content is what this success has: the caller gets none, and not the error of a parser.",
			ZhTW: "這種成功本來就沒有內容：呼叫者拿到空的，而不是剖析錯誤。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if exam.Either(s.trial, true, false) {
					t.Answer(204, "")
					return
				}
				t.Answer(200, `{"tea":1}`, "Content-Type: application/json")
			})
			o := s.Order("/start")
			o.JSON = true
			r := s.Do(o)[0]
			switch {
			case r.Unsupported != "" || s.Came("/start") == 0:
				return exam.NotAsked(say("No request came. %s", "沒有收到請求。%s", r.Unsupported))
			case r.Success():
				return s.byFetch(exam.Passed(say("The caller got nothing, and no error.", "呼叫者拿到空的，沒有錯誤。")), demand(s.trial.Control))
			}
			// Fetch, "json()": a body that is null is parsed as one of no octets.
			return s.byFetch(exam.Failed(say("The caller got an error: %v", "呼叫者得到錯誤：%v", r.Err)), demand(!s.trial.Control && r.Err != nil && r.Err.Kind == ErrContent))
		}),
	},
	{
		Name: "205-with-body", Level: exam.Must, Codes: codes(205), Spec: "RFC 9112 §6.3; RFC 9110 §15.3.6", Over: h1,
		Needs: needs(Gets, Reuses), Fault: "205-has-no-content",
		Stages: lang.Text{
			En:   "A 205 with Content-Length and that much content, which no 205 should have, and a second request.",
			ZhTW: "205 帶著 Content-Length 與等長的內容（205 本不該有），接著是第二個請求。"},
		Wants: lang.Text{
			En:   "The framing counts: the second request gets its own answer. The content may be thrown away.",
			ZhTW: "以訊息界限為準：第二個請求得到自己的回應。內容可以丟掉。"},
		Run: inStep(func(s *Setting, t *Turn) {
			poison := s.Trap()
			t.Send(s.Either("HTTP/1.1 205 Reset Content\r\n", "HTTP/1.1 200 OK\r\n") + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(poison), poison))
		}, exam.Refused), // the origin has broken RFC 9110 §15.3.6
	},
	{
		Name: "205-no-length", Level: exam.Info, Codes: codes(205), Spec: "RFC 9112 §6.3; RFC 9110 §15.3.6", Over: h1,
		Needs: needs(Gets), Fault: "205-has-no-content",
		Stages: lang.Text{En: "A 205 without any length, on a connection that stays open.", ZhTW: "沒有任何長度的 205，連線保持開啟。"},
		Wants:  lang.Text{En: "Nothing: whether it waits for the close is noted.", ZhTW: "沒有要求：記下它是否等到關閉。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Send("HTTP/1.1 205 Reset Content\r\n\r\n")
				t.Hold(Silence)
			})
			s.Get("/start")
			if s.Waited() {
				return exam.Noted("waits", say("It waited for the connection to close.", "它等到連線關閉。"))
			}
			return exam.Noted("done", say("It was done at the empty line.", "它讀到空行就結束。"))
		}),
	},
	{
		Name: "head-200-length", Level: exam.Must, Codes: codes(200), Spec: "RFC 9112 §6.3", Over: h1,
		Needs: needs(Gets, Heads), Fault: "head-has-content",
		Stages: lang.Text{En: "HEAD, answered with 200 and Content-Length: 100.", ZhTW: "HEAD 得到 200 與 Content-Length: 100。"},
		Wants:  lang.Text{En: "To be done at the empty line.", ZhTW: "讀到空行就結束。"},
		Run:    doneAtOnce("HEAD", bare(200, "Content-Length: 100\r\n"), exam.Fail),
	},
	{
		Name: "head-200-chunked", Level: exam.Must, Codes: codes(200), Spec: "RFC 9112 §6.3", Over: h1,
		Needs: needs(Gets, Heads), Fault: "head-has-content",
		Stages: lang.Text{En: "HEAD, answered with 200 and Transfer-Encoding: chunked.", ZhTW: "HEAD 得到 200 與 Transfer-Encoding: chunked。"},
		Wants:  lang.Text{En: "To be done at the empty line.", ZhTW: "讀到空行就結束。"},
		Run:    doneAtOnce("HEAD", bare(200, "Transfer-Encoding: chunked\r\n"), exam.Fail),
	},
}
