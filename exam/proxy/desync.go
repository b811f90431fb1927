package proxy

import (
	"strconv"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
)

// trapped is what stands behind an answer and is nobody's.
const trapped = "not an answer"

var trap = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + strconv.Itoa(len(trapped)) + "\r\n\r\n" + trapped

// step is a case in which more comes than belongs to an answer: the requests
// after it, on the same connection and on others, have to get their own answers.
func step(name, method, octets, spec string, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Must, Spec: spec, Codes: codes(200, 502), Over: h1, Needs: needs(Keeps), Fault: "passes-surplus",
		Stages: stages,
		Wants:  say("The surplus is thrown away with its connection. Each later request gets its own answer, or none.", "多出的部分連同那條連線一起丟棄。之後每個請求得到自己的回應，或沒有回應。"),
		Alone:  true, Run: stage(func(s *Setting) exam.Verdict {
			octets := exam.Either(s.trial, octets, text+"Content-Length: 2\r\n\r\nok")
			method := exam.Either(s.trial, method, "GET")
			s.On("/start", func(t *Turn) { t.Content(); t.Send(octets) })
			c := s.Dial()
			if c == nil {
				return exam.Verdict{}
			}
			defer c.Close()
			q := s.Request("/start")
			q.Method = method
			q.Linger = lookAfter / 2
			x := s.DoOn(c, q)
			if strings.Contains(string(x.After), trapped) {
				return fail("What came behind the answer was passed on behind it.", "回應後面多出的東西也跟著轉送。")
			}
			for i := range 4 {
				x := s.DoOn(c, s.Request("/next"))
				if x.Final == nil {
					x = s.Do(s.Request("/next"))
				}
				switch {
				case strings.Contains(x.Text(), trapped):
					return fail("Request %d after it got what came behind the answer.", "之後第 %d 個請求得到了前一個回應後面多出的東西。", i+1)
				case x.Code() == 200 && x.Text() != plainContent:
					return fail("Request %d after it got %q.", "之後第 %d 個請求得到 %q。", i+1, x.Text())
				}
			}
			return pass("Each later request got its own answer.", "之後的請求都得到自己的回應。")
		}),
	}
}

var desync = []exam.Case{
	step("surplus-after-length", "GET", text+"Content-Length: 2\r\n\r\nok"+trap, "RFC 9112 §6.3; RFC 9112 §9.2",
		say("Behind an answer of two octets another one, to nothing.", "兩個位元組的回應後面，又跟著一個沒人要的回應。")),
	step("surplus-after-chunked", "GET", text+"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"+trap, "RFC 9112 §7.1; RFC 9112 §9.2",
		say("Behind a chunked answer another one, to nothing.", "chunked 回應後面，又跟著一個沒人要的回應。")),
	step("surplus-after-204", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: "+strconv.Itoa(len(trap))+"\r\n\r\n"+trap, "RFC 9112 §6.3",
		say("A 204 that claims a length, and an answer as its content.", "204 宣稱有長度，內容是另一個回應。")),
	step("surplus-after-head", "HEAD", text+"Content-Length: "+strconv.Itoa(len(trap))+"\r\n\r\n"+trap, "RFC 9112 §6.3; RFC 9110 §9.3.2",
		say("HEAD, answered with content that is itself an answer.", "HEAD 的回應帶了內容，而內容本身像一個回應。")),
	step("surplus-length-and-chunked", "GET", text+"Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"+trap, "RFC 9112 §6.3; RFC 9112 §11.2",
		say("An answer with both framings: by one it is over where by the other it goes on.", "回應有兩種定界：依其中一種已結束，依另一種還沒有。")),
}
