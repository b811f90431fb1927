package client

import (
	"fmt"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
)

// invalid makes a case of status lines that hold no status code of HTTP. Each is
// sent on a connection of its own; what the subject takes for a success fails.
func invalid(name, fault, spec string, level exam.Level, stages, wants lang.Text, statuses ...string) exam.Case {
	return exam.Case{
		Name: name, Level: level, Codes: codes(200, 500), Spec: spec, Over: h1, Needs: needs(Gets, Fails), Fault: fault,
		Limit:  30 * time.Second, // some ask each of them several times
		Stages: stages, Wants: wants,
		Run: stage(func(s *Setting) exam.Verdict {
			refused := false
			for _, code := range statuses {
				s.On("/start", func(t *Turn) {
					t.Send("HTTP/1.1 " + s.Either(code, "501") + " Tea\r\nContent-Type: text/plain\r\nContent-Length: 20\r\nConnection: close\r\n\r\n" + finalContent)
					t.Close()
				})
				r := s.Get("/start")
				switch {
				case r.Late:
					return exam.Failed(say("At %q it did not come to an end.", "遇到 %q 它沒有結束。", code))
				case r.Err != nil:
					refused = true
				case !s.can(Reports):
					return exam.Failed(say("It called %q a success.", "它把 %q 當成成功。", code))
				case r.Status < 400:
					verdict := exam.Failed(say("It reports %d for %q.", "遇到 %[2]q 它回報 %[1]d。", r.Status, code))
					// Fetch, "status": any integer from 0 to 999, as it came.
					if len(code) == 3 && code == fmt.Sprintf("%03d", r.Status) {
						verdict = s.byFetch(verdict, exam.Pass)
					}
					return verdict
				}
			}
			if refused {
				return exam.Passed(say("It refused them.", "它拒絕了。"))
			}
			return exam.Passed(say("It handles them as failures of the server.", "它當成伺服器的失敗處理。"))
		}),
	}
}

// lined makes a case in which the status line is odd and the answer right.
func lined(name, fault, spec string, level exam.Level, refusal exam.Outcome, stages, wants lang.Text, line, plain string) exam.Case {
	return exam.Case{
		Name: name, Level: level, Codes: codes(200), Spec: spec, Over: h1, Needs: needs(Gets), Fault: fault, Stages: stages, Wants: wants,
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				_, rest, _ := strings.Cut(s.FinalOctets(), "\r\n")
				code := "200"
				if s.follows() {
					code = "302"
				}
				t.Send(strings.Replace(s.Either(line, plain), "NNN", code, 1) + "\r\n" + rest)
				if level == exam.Info {
					t.Close() // whoever gives up may wait for it
					return
				}
				t.Hold(Silence)
			})
			r := s.Get("/start")
			verdict := s.Delivered(r, refusal)
			if level == exam.Info && verdict.Outcome != exam.Fail || level == exam.Info && r.Err != nil {
				value := map[exam.Outcome]string{exam.Pass: "accepted"}[verdict.Outcome]
				if value == "" {
					value = "refused"
				}
				return exam.Noted(value, verdict.Detail)
			}
			return verdict
		}),
	}
}

var refuseIt = lang.Text{En: "To refuse it: the grammar is three digits.", ZhTW: "拒絕它：語法是三位數字。"}

var statusLine = []exam.Case{
	invalid("status-600-999", "any-code-succeeds", "RFC 9110 §15", exam.Should,
		lang.Text{En: "600, then 999.", ZhTW: "600，再來是 999。"},
		lang.Text{En: "To handle them as 5xx, or to refuse them.", ZhTW: "當成 5xx，或拒絕。"}, "600", "999"),
	invalid("status-000-099", "any-code-succeeds", "RFC 9110 §15", exam.Should,
		lang.Text{En: "000, then 099.", ZhTW: "000，再來是 099。"},
		lang.Text{En: "To handle them as 5xx, or to refuse them.", ZhTW: "當成 5xx，或拒絕。"}, "000", "099"),
	invalid("status-2-digit", "any-code-succeeds", "RFC 9112 §4", exam.DeFacto,
		lang.Text{En: "Codes of two digits: 99, 20.", ZhTW: "兩位數的狀態碼：99、20。"}, refuseIt, "99", "20"),
	invalid("status-4-digit", "three-digits-of-four", "RFC 9112 §4", exam.DeFacto,
		lang.Text{En: "Codes of four digits: 1000, 2000.", ZhTW: "四位數的狀態碼：1000、2000。"}, refuseIt, "1000", "2000"),
	invalid("status-non-digit", "any-code-succeeds", "RFC 9112 §4", exam.DeFacto,
		lang.Text{En: "No number at all: abc, 2x0, -200, +200, 0xC8.", ZhTW: "根本不是數字：abc、2x0、-200、+200、0xC8。"}, refuseIt, "abc", "2x0", "-200", "+200", "0xC8"),
	invalid("status-unicode-digits", "any-code-succeeds", "RFC 9112 §4", exam.DeFacto,
		lang.Text{En: "２００ in full-width digits.", ZhTW: "全形數字的 ２００。"}, refuseIt, "２００"),
	lined("reason-empty", "needs-reason", "RFC 9112 §4; RFC 9110 §2.4", exam.Must, exam.Fail,
		lang.Text{En: "A status line with the space and no phrase behind it.", ZhTW: "狀態列有空格，後面沒有原因短語。"},
		lang.Text{En: "To accept it.", ZhTW: "接受。"}, "HTTP/1.1 NNN ", "HTTP/1.1 NNN Tea"),
	lined("reason-no-space", "hangs-without-space", "RFC 9112 §4", exam.DeFacto, exam.Refused,
		lang.Text{En: "A status line that ends with the code, without the space that has to follow.", ZhTW: "狀態列以狀態碼結尾，少了必須有的空格。"},
		lang.Text{En: "To accept it, or to refuse it with an error.", ZhTW: "接受，或以錯誤拒絕。"}, "HTTP/1.1 NNN", "HTTP/1.1 NNN Tea"),
	lined("reason-obs-text", "reason-has-to-be-ascii", "RFC 9112 §4", exam.Should, exam.Fail,
		lang.Text{En: "A phrase with octets above 0x7F.", ZhTW: "原因短語含有 0x7F 以上的位元組。"},
		lang.Text{En: "To accept it; the phrase means nothing.", ZhTW: "接受；短語沒有意義。"}, "HTTP/1.1 NNN \xe8\x8c\xb6 \xff", "HTTP/1.1 NNN Tea"),
	lined("reason-long", "short-lines-only", "RFC 9112 §2.2", exam.Info, exam.Refused,
		lang.Text{En: "A phrase of 64 KiB.", ZhTW: "64 KiB 長的原因短語。"},
		lang.Text{En: "Nothing: whether it accepts it is noted.", ZhTW: "沒有要求：記下它接不接受。"}, "HTTP/1.1 NNN "+strings.Repeat("tea ", 16<<10), "HTTP/1.1 NNN Tea"),
	lined("leading-crlf", "skips-empty-lines", "RFC 9112 §2.2", exam.Info, exam.Refused,
		lang.Text{En: "An empty line before the status line.", ZhTW: "狀態列之前有一個空行。"},
		lang.Text{En: "Nothing: whether it accepts it is noted.", ZhTW: "沒有要求：記下它接不接受。"}, "\r\nHTTP/1.1 NNN Tea", "HTTP/1.1 NNN Tea"),
	{
		Name: "reason-lies", Level: exam.Should, Codes: codes(404, 200), Spec: "RFC 9112 §4", Over: h1,
		Needs: needs(Gets, Fails), Fault: "believes-reason",
		Stages: lang.Text{En: "404 with the phrase OK, then 200 with the phrase Not Found.", ZhTW: "404 配上 OK，再來是 200 配上 Not Found。"},
		Wants:  lang.Text{En: "The code counts.", ZhTW: "以狀態碼為準。"},
		Run: stage(func(s *Setting) exam.Verdict {
			tell := func(line string) Report {
				s.On("/start", func(t *Turn) {
					t.Send(line + "\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\n" + finalContent)
				})
				return s.Get("/start")
			}
			not, found := tell(s.Either("HTTP/1.1 404 OK", "HTTP/1.1 404 Not Found")), tell(s.Either("HTTP/1.1 200 Not Found", "HTTP/1.1 200 OK"))
			switch {
			case not.Success() && not.Status != 404:
				return exam.Failed(say("It took a 404 called OK for a success (status %d).", "它把叫作 OK 的 404 當成成功（狀態碼 %d）。", not.Status))
			case !found.Success() || found.Status != 0 && found.Status != 200:
				return exam.Failed(say("It took a 200 called Not Found for a failure: %v", "它把叫作 Not Found 的 200 當成失敗：%v", found.Err))
			}
			return exam.Passed(say("It went by the code.", "它以狀態碼為準。"))
		}),
	},
	{
		Name: "reason-nul-cr", Level: exam.DeFacto, Codes: codes(200), Spec: "RFC 9112 §4; RFC 9112 §2.2", Over: h1,
		Needs: needs(Gets, Fails), Fault: "reason-may-have-controls",
		Stages: lang.Text{En: "A phrase with NUL, then one with a bare CR.", ZhTW: "原因短語含 NUL，再來是含單獨的 CR。"},
		Wants:  lang.Text{En: "To refuse them; CR may be read as a space, and never as the end of a line.", ZhTW: "拒絕；CR 可以當成空格，不可當成換行。"},
		Run: stage(func(s *Setting) exam.Verdict {
			for _, phrase := range []string{"Tea\x00leaf", "Tea\rX-Leaf: 1"} {
				s.On("/start", func(t *Turn) {
					t.Send("HTTP/1.1 200 " + phrase + "\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\n" + finalContent)
				})
				r := s.Get("/start")
				bare := strings.Contains(phrase, "\r")
				switch {
				case !r.Success():
				case bare && !r.Fields.Has("X-Leaf") && !strings.Contains(r.Reason, "\r"):
					// RFC 9112 §2.2: whoever does not refuse a bare CR reads it as a space. The
					// Fetch standard's tests want it refused (web-platform-tests,
					// fetch/h1-parsing/lone-cr; unverified).
					return s.byFetch(exam.Passed(say("It refused NUL, and did not take CR for the end of the line.", "它拒絕 NUL，也沒有把 CR 當成換行。")), exam.Fail)
				default:
					return exam.Failed(say("It accepted the phrase %q.", "它接受了 %q 這個短語。", phrase))
				}
			}
			return exam.Passed(say("It refused both.", "兩個都拒絕了。"))
		}),
	},
	{
		Name: "version-lies", Level: exam.DeFacto, Codes: codes(200), Spec: "RFC 9110 §2.5; RFC 9112 §2.3", Over: h1,
		Needs: needs(Gets, Fails), Fault: "any-version",
		Stages: lang.Text{
			En:   "Status lines of HTTP/1.0 and HTTP/1.2, then of HTTP/2.0 and ICY, in the syntax of HTTP/1.1.",
			ZhTW: "以 HTTP/1.1 的語法送出 HTTP/1.0 與 HTTP/1.2，再來是 HTTP/2.0 與 ICY 的狀態列。"},
		Wants: lang.Text{
			En:   "1.x is read as HTTP/1.1 reads it; another major version is refused.",
			ZhTW: "1.x 照 HTTP/1.1 讀；其他主版本要拒絕。"},
		Run: stage(func(s *Setting) exam.Verdict {
			for _, v := range []struct {
				version string
				good    bool
			}{{"HTTP/1.0", true}, {"HTTP/1.2", true}, {"HTTP/2.0", false}, {"ICY", false}} {
				s.On("/start", func(t *Turn) {
					t.Send(v.version + " 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 20\r\nConnection: close\r\n\r\n" + finalContent)
					t.Close()
				})
				r := s.Get("/start")
				if v.good != (r.Success() && (!s.can(Shows) || string(r.Content) == finalContent)) {
					return exam.Failed(say("%s: success %v, %v", "%s：成功 %v，%v", v.version, r.Success(), r.Err))
				}
			}
			return exam.Passed(say("It read 1.x and refused the others.", "它讀得懂 1.x，拒絕其他的。"))
		}),
	},
	{
		Name: "garbage-before", Level: exam.DeFacto, Codes: codes(200), Spec: "RFC 9112 §4", Over: h1,
		Needs: needs(Gets, Fails), Fault: "speaks-http09",
		Stages: lang.Text{En: "An x before the status line.", ZhTW: "狀態列前面有一個 x。"},
		Wants:  lang.Text{En: "An error; it is no content of HTTP/0.9.", ZhTW: "報錯；這不是 HTTP/0.9 的內容。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Send(s.Either("x", "") + "HTTP/1.1 500 Tea\r\nContent-Type: text/plain\r\nContent-Length: 20\r\nConnection: close\r\n\r\n" + finalContent)
				t.Close()
			})
			if r := s.Get("/start"); r.Success() && (r.Status < 400 || !s.can(Reports)) {
				return exam.Failed(say("It called that a success: status %d, content %.40q.", "它當成成功：狀態碼 %d，內容 %.40q。", r.Status, r.Content))
			}
			return exam.Passed(say("It refused that.", "它拒絕了。"))
		}),
	},
}
