package server

import (
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

var limits = []exam.Case{
	// A30
	octets(exam.Case{Name: "field-of-100000-octets", Level: exam.Must, Spec: "RFC 9110 §5.4; RFC 6585 §5", Needs: needs(Serves), Fault: "breaks-at-large-fields",
		Stages: say("A field of 100,000 octets.", "十萬位元組的欄位。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}X: "+strings.Repeat("y", 100_000)+"\r\n\r\n", tooLarge, any4xx("A 4xx is what the section asks for.", "該節要求 4xx。"), fine, hangsUp),
	// A31
	octets(exam.Case{Name: "field-of-1200000-octets", Level: exam.Must, Spec: "RFC 9110 §5.4; RFC 6585 §5", Needs: needs(Serves), Fault: "breaks-at-large-fields",
		Stages: say("A field of 1,200,000 octets.", "一百二十萬位元組的欄位。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}X: "+strings.Repeat("y", 1_200_000)+"\r\n\r\n", tooLarge, any4xx("A 4xx is what the section asks for.", "該節要求 4xx。"), fine, hangsUp),
	// A32
	octets(exam.Case{Name: "fields-5000", Level: exam.Must, Spec: "RFC 9110 §5.4; RFC 6585 §5", Needs: needs(Serves), Fault: "breaks-at-large-fields",
		Stages: say("5,000 fields.", "五千個欄位。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}"+strings.Repeat("X: y\r\n", 5000)+"\r\n", tooLarge, any4xx("A 4xx is what the section asks for.", "該節要求 4xx。"), fine, hangsUp),
	octets(exam.Case{Name: "fields-50", Level: exam.DeFacto, Spec: "RFC 9110 §5.4", Needs: needs(Serves), Fault: "small-heads-only",
		Stages: say("Fifty small fields, which browsers with cookies come near.", "五十個小欄位；帶 cookie 的瀏覽器差不多就是這樣。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}"+strings.Repeat("X: y\r\n", 50)+"\r\n", fine),
	octets(exam.Case{Name: "field-of-4000-octets", Level: exam.DeFacto, Spec: "RFC 9110 §5.4", Needs: needs(Serves), Fault: "small-heads-only",
		Stages: say("A Cookie of 4,000 octets, as browsers send them.", "四千位元組的 Cookie，瀏覽器會送這麼長。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Cookie: tea="+strings.Repeat("y", 4000)+"\r\n\r\n", fine),
	// A108
	{
		Name: "half-a-request", Level: exam.DeFacto, Spec: "RFC 9110 §15.5.9", Over: h1, Needs: needs(Serves), Slow: true, Limit: slowTime, Fault: "waits-for-ever", Codes: concerned(nil, []answer{may("", "", 408)}),
		Stages: say("Half a request, then silence.", "半個請求，然後沉默。"),
		Wants:  say("408 or a close, within two minutes.", "兩分鐘之內回 408 或關閉連線。"),
		Run: stage(func(s *setting) exam.Verdict {
			c := s.dial()
			c.Patience = slowTime
			x := s.do(c, &peer.Request{Octets: s.raw("GET {file} HTTP/1.1\r\nHost: loc")})
			return s.judge(x, []answer{may("The time limit is told.", "說出時限已到。", 408).and(closed), malformed.and(closed), hangsUp})
		}),
	},
	// RFC 9112 §9.5 asks for no time limit, nor for a certain one.
	{
		Name: "idle-connection", Level: exam.DeFacto, Spec: "RFC 9112 §9.5; RFC 9110 §15.5.9", Over: h1, Needs: needs(Serves, Keeps), Slow: true, Limit: slowTime, Fault: "talks-to-itself",
		Codes:  concerned(nil, []answer{may("", "", 408)}),
		Stages: say("An answer, then silence on a connection that is kept, for up to two minutes.", "得到回應後，在保持的連線上沉默，最多兩分鐘。"),
		Wants:  say("Nothing but a close, or a 408 before it.", "除了關閉或之前的 408，沒有別的。"),
		Run: stage(func(s *setting) exam.Verdict {
			q := get(s.subject.File)
			q.Linger = slowTime
			x := s.ask(q)
			switch {
			case len(x.After) > 0 && !strings.HasPrefix(string(x.After), "HTTP/1.1 408"):
				return exam.Failed(say("Something came that is no answer to anything: %.40q", "收到不是任何請求的回應：%.40q", x.After))
			case x.End != wire.EndClosed && x.End != wire.EndReset:
				return exam.Passed(say("The connection is still open, which is allowed.", "連線仍然開著，這是可以的。"))
			}
			return exam.Passed(say("It was closed.", "連線關閉了。"))
		}),
	},
	// A109
	{
		Name: "too-many-requests", Level: exam.Should, Spec: "RFC 6585 §4", Over: all, Needs: needs(Serves, Counts), Fault: "429-without-content", Codes: []status.Code{429},
		Stages: say("The declared path, asked for again and again.", "反覆請求所宣告的路徑。"),
		Wants:  say("429, with an explanation.", "429，附上說明。"),
		Run: stage(func(s *setting) exam.Verdict {
			if exam.Either(s.Trial, false, true) {
				return s.plain()
			}
			x := s.tooOften()
			if x == nil {
				return exam.NotAsked(say("Not one of %d requests was answered with 429.", "%d 個請求沒有一個得到 429。", often))
			}
			return s.judge(x, []answer{may("It says what is too much.", "說明什麼太多了。", 429).and(filled)})
		}),
	},
	{
		Name: "too-many-requests-recovers", Level: exam.DeFacto, Spec: "RFC 6585 §4; RFC 9110 §10.2.3", Over: all, Needs: needs(Serves, Counts), Slow: true, Limit: 30 * time.Second, Fault: "429-for-ever", Codes: []status.Code{429},
		Stages: say("The declared path, asked for until 429 comes, and again after the time in Retry-After.", "反覆請求所宣告的路徑直到得到 429，等過 Retry-After 的時間再請求一次。"),
		Wants:  say("Any other answer than 429.", "429 以外的回應。"),
		Run: stage(func(s *setting) exam.Verdict {
			x := s.tooOften()
			if x == nil {
				return exam.NotAsked(say("Not one of %d requests was answered with 429.", "%d 個請求沒有一個得到 429。", often))
			}
			seconds, err := strconv.Atoi(x.Final.Fields.Get("Retry-After"))
			if err != nil || seconds > 20 {
				return exam.NotAsked(say("It does not say a time that we could wait: %q.", "沒有說出我們等得了的時間：%q。", x.Final.Fields.Get("Retry-After")))
			}
			select {
			case <-time.After(time.Duration(seconds)*time.Second + 100*time.Millisecond):
			case <-s.Context.Done():
			}
			again := s.ask(get(s.limited()))
			if again.Final == nil || again.Final.Status == 429 {
				return exam.Failed(say("After %d seconds: %s.", "%d 秒之後：%s。", seconds, did(again)))
			}
			return exam.Passed(say("After %d seconds: %s.", "%d 秒之後：%s。", seconds, did(again)))
		}),
	},
}

// often is how many requests have to bring a limit about.
const often = 50

// limited is the declared path, with a query that makes the trial a user of its
// own where users are told apart by it.
func (s *setting) limited() string { return s.subject.Limited + "?user=" + s.Nonce }

// tooOften asks until it is answered with 429; nil if it never is.
func (s *setting) tooOften() *wire.Exchange {
	for range often {
		if x := s.ask(get(s.limited())); x.Final != nil && x.Final.Status == 429 {
			return x
		}
	}
	return nil
}

var tooLarge = may("The fields are larger than the server reads.", "欄位超過伺服器願意讀的大小。", 431)
