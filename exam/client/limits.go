package client

import (
	"fmt"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// waiting makes a case of an answer that says when to come back: whoever comes
// back by itself comes no sooner. plain is what the control says instead, if it
// is the form of the time that is in question: whoever does not wait there either
// ignores the field, and not its form.
func waiting(name, fault, spec string, level exam.Level, code status.Code, retryAfter, plain func() string, least time.Duration, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: level, Codes: codes(code), Spec: spec, Over: all, Needs: needs(Gets, Retries), Fault: fault, Stages: stages,
		Limit: 30 * time.Second,
		Wants: lang.Text{En: "If it repeats by itself: no sooner than that.", ZhTW: "如果自行重試，不可早於那個時間。"},
		Run: stage(func(s *Setting) exam.Verdict {
			when := retryAfter
			if plain != nil {
				when = exam.Either(s.trial, retryAfter, plain)
			}
			s.On("/start", func(t *Turn) {
				if s.Came("/start") == 1 {
					t.Answer(code, "later", "Content-Type: text/plain", "Retry-After: "+when())
					return
				}
				t.Answer(200, finalContent, "Content-Type: text/plain")
			})
			o := s.Order("/start")
			o.Retry = true
			s.Do(o)
			asked := s.Asked("/start")
			if len(asked) < 2 {
				return exam.Passed(say("It did not repeat by itself.", "它沒有自行重試。"))
			}
			waited := asked[1].At.Sub(asked[0].At)
			seen := say("It repeated after %.1f s.", "它在 %.1f 秒後重試。", waited.Seconds())
			if waited < least {
				return exam.Failed(seen)
			}
			return exam.Passed(seen)
		}),
	}
}

// unreadable makes a case of a Retry-After that cannot be obeyed: the client
// does not hang, does not come back in a hot loop, and does not break down.
func unreadable(name, fault string, stages lang.Text, values ...string) exam.Case {
	return exam.Case{
		Name: name, Level: exam.DeFacto, Codes: codes(429), Spec: "RFC 9110 §10.2.3", Over: all,
		Needs: needs(Gets, Retries), Fault: fault, Stages: stages, Limit: time.Minute,
		Wants: lang.Text{
			En:   "To ignore it and to wait as without it, or to give up; no burst of requests.",
			ZhTW: "當它不存在、照平常的間隔重試，或放棄；不可連發請求。"},
		Run: stage(func(s *Setting) exam.Verdict {
			for i, v := range values {
				path := fmt.Sprintf("/%d", i)
				s.On(path, func(t *Turn) { t.Answer(429, "later", "Content-Type: text/plain", "Retry-After: "+v) })
				o := s.Order(path)
				o.Retry = true
				s.Do(o)
				asked := s.Asked(path)
				for n := hotLoop; n < len(asked); n++ {
					if asked[n].At.Sub(asked[n-hotLoop].At) < 100*time.Millisecond {
						return exam.Failed(say("At Retry-After: %s it made %d requests, %d of them within a tenth of a second.", "遇到 Retry-After: %s，它送了 %d 個請求，其中 %d 個在十分之一秒內。", v, len(asked), hotLoop+1))
					}
				}
			}
			return exam.Passed(say("It made no burst of requests.", "它沒有連發請求。"))
		}),
	}
}

// hotLoop is how many repetitions within a tenth of a second are a burst.
const hotLoop = 4

func inTwoSeconds(layout string) func() string {
	return func() string {
		at := time.Now().Add(3 * time.Second).UTC() // a date has no fractions: two seconds at least
		return at.Format(layout)
	}
}

const imfFixdate = "Mon, 02 Jan 2006 15:04:05 GMT"

// repeated makes a case that notes whether a client repeats by itself.
func repeated(name, fault, spec string, level exam.Level, code status.Code, method string, stages lang.Text) exam.Case {
	can := needs(Gets)
	if method == "POST" {
		can = needs(Gets, Sends)
	}
	wants := lang.Text{En: "Nothing: whether it repeats by itself is noted.", ZhTW: "沒有要求：記下它會不會自行重試。"}
	if level != exam.Info {
		wants = lang.Text{En: "Not to repeat it by itself.", ZhTW: "不自行重試。"}
	}
	return exam.Case{
		Name: name, Level: level, Codes: codes(code), Spec: spec, Over: all, Needs: can, Fault: fault, Stages: stages, Wants: wants,
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Content()
				if s.Came("/start") == 1 {
					t.Answer(code, "later", "Content-Type: text/plain")
					return
				}
				t.Answer(200, finalContent, "Content-Type: text/plain")
			})
			o := s.Order("/start")
			o.Method = method
			if method == "POST" {
				o.Content = &Content{Octets: "tea", Length: 3}
			}
			s.Do(o)
			n := s.Came("/start")
			switch {
			case n == 0:
				return exam.NotAsked(say("No request came.", "沒有收到請求。"))
			case level == exam.Info && n > 1:
				return exam.Noted("repeats", say("It asked %d times.", "它要求了 %d 次。", n))
			case level == exam.Info:
				return exam.Noted("once", say("It asked once.", "它只要求一次。"))
			case n > 1:
				return exam.Failed(say("The request came %d times.", "請求來了 %d 次。", n))
			}
			return exam.Passed(say("The request came once.", "請求只來一次。"))
		}),
	}
}

// Amounts and times: 429, 503 and Retry-After, and what is repeated.
var limits = []exam.Case{
	waiting("429-seconds", "retries-at-once", "RFC 6585 §4; RFC 9110 §10.2.3", exam.Should, 429, func() string { return "2" }, nil, 1900*time.Millisecond,
		lang.Text{En: "A 429 with Retry-After: 2, then 200.", ZhTW: "429 帶 Retry-After: 2，然後 200。"}),
	waiting("429-date", "retries-at-once", "RFC 9110 §10.2.3", exam.Should, 429, inTwoSeconds(imfFixdate), nil, 1900*time.Millisecond,
		lang.Text{En: "A 429 whose Retry-After is a date three seconds ahead, then 200.", ZhTW: "429 的 Retry-After 是三秒後的日期，然後 200。"}),
	waiting("429-date-rfc850", "imf-dates-only", "RFC 9110 §5.6.7", exam.Must, 429, inTwoSeconds("Monday, 02-Jan-06 15:04:05 GMT"), inTwoSeconds(imfFixdate), 1900*time.Millisecond,
		lang.Text{En: "A 429 whose Retry-After is a date in the form of RFC 850, then 200.", ZhTW: "429 的 Retry-After 是 RFC 850 形式的日期，然後 200。"}),
	waiting("503-seconds", "retries-at-once", "RFC 9110 §15.6.4; RFC 9110 §10.2.3", exam.Should, 503, func() string { return "2" }, nil, 1900*time.Millisecond,
		lang.Text{En: "A 503 with Retry-After: 2, then 200.", ZhTW: "503 帶 Retry-After: 2，然後 200。"}),
	waiting("503-date", "retries-at-once", "RFC 9110 §15.6.4; RFC 9110 §10.2.3", exam.Should, 503, inTwoSeconds(imfFixdate), nil, 1900*time.Millisecond,
		lang.Text{En: "A 503 whose Retry-After is a date three seconds ahead, then 200.", ZhTW: "503 的 Retry-After 是三秒後的日期，然後 200。"}),
	waiting("413-retry-after", "retries-at-once", "RFC 9110 §15.5.14; RFC 9110 §10.2.3", exam.Should, 413, func() string { return "2" }, nil, 1900*time.Millisecond,
		lang.Text{En: "A 413 with Retry-After: 2, then 200.", ZhTW: "413 帶 Retry-After: 2，然後 200。"}),
	unreadable("429-garbage", "garbage-is-zero",
		lang.Text{En: "429s with Retry-After: soon, -5, 1.5.", ZhTW: "429 的 Retry-After 分別是 soon、-5、1.5。"}, "soon", "-5", "1.5"),
	unreadable("429-huge", "garbage-is-zero",
		lang.Text{En: "A 429 with Retry-After: 99999999999.", ZhTW: "429 的 Retry-After 是 99999999999。"}, "99999999999"),
	unreadable("429-past-date", "garbage-is-zero",
		lang.Text{En: "A 429 with a Retry-After in the past.", ZhTW: "429 的 Retry-After 是過去的日期。"}, "Sun, 06 Nov 1994 08:49:37 GMT"),
	repeated("429-post", "repeats-post-at-429", "RFC 9110 §9.2.2", exam.Info, 429, "POST",
		lang.Text{En: "A POST, answered with 429.", ZhTW: "POST 得到 429。"}),
	repeated("500-get-retry", "repeats-get-at-5xx", "RFC 9110 §9.2.2", exam.Info, 500, "GET",
		lang.Text{En: "A GET, answered with 500, then 200.", ZhTW: "GET 得到 500，然後 200。"}),
	repeated("500-post-retry", "repeats-post-at-5xx", "RFC 9110 §9.2.2", exam.Should, 500, "POST",
		lang.Text{En: "A POST, answered with 500.", ZhTW: "POST 得到 500。"}),
	repeated("502-504-retry", "repeats-get-at-5xx", "RFC 9110 §15.6.5", exam.Info, 504, "GET",
		lang.Text{En: "A GET, answered with 504, then 200.", ZhTW: "GET 得到 504，然後 200。"}),
}

// Failures of a server that are the final answer.
var fault = []exam.Case{
	final("505-body", "repeats-505", "RFC 9110 §15.6.6", exam.DeFacto, 505, plain(505),
		lang.Text{En: "A 505 with content.", ZhTW: "505，帶內容。"}),
	final("508-loop", "5xx-succeeds", "RFC 9110 §15; RFC 5842 §7.2", exam.Must, 508, plain(508),
		lang.Text{En: "A 508.", ZhTW: "508。"}),
	final("511-plain", "5xx-succeeds", "RFC 9110 §15; RFC 6585 §6", exam.Must, 511,
		func(t *Turn) { t.Answer(511, finalContent, "Content-Type: text/html") },
		lang.Text{En: "A 511 with a page for logging in.", ZhTW: "511，內容是登入頁面。"}),
	final("5xx-unknown", "5xx-succeeds", "RFC 9110 §15", exam.Must, 500, plain(599),
		lang.Text{En: "A 599, which nobody knows.", ZhTW: "沒人認得的 599。"}),
}

// Failures of a client that are the final answer.
var intake = []exam.Case{
	final("417-unsolicited", "4xx-succeeds", "RFC 9110 §15; RFC 9110 §15.5.18", exam.Must, 417, plain(417),
		lang.Text{En: "A 417 though no expectation was sent.", ZhTW: "沒有送期望，卻得到 417。"}),
	final("428-precondition", "4xx-succeeds", "RFC 9110 §15; RFC 6585 §3", exam.Must, 428, plain(428),
		lang.Text{En: "A 428.", ZhTW: "428。"}),
	final("451-link", "4xx-succeeds", "RFC 9110 §15; RFC 7725 §3", exam.Must, 451, plain(451, `Link: </law>; rel="blocked-by"`),
		lang.Text{En: "A 451 with a Link to whoever blocks.", ZhTW: "451，Link 指出是誰封鎖的。"}),
	final("4xx-unknown", "4xx-succeeds", "RFC 9110 §15", exam.Must, 400, plain(499),
		lang.Text{En: "A 499, which nobody knows.", ZhTW: "沒人認得的 499。"}),
	final("418-final", "4xx-succeeds", "RFC 9110 §15; RFC 9110 §15.5.19", exam.Must, 418, plain(418),
		lang.Text{En: "A 418.", ZhTW: "418。"}),
	final("431-delivered", "4xx-succeeds", "RFC 6585 §5", exam.DeFacto, 431,
		func(t *Turn) { t.Answer(431, finalContent, "Content-Type: text/plain") },
		lang.Text{En: "A 431.", ZhTW: "431。"}),
	final("426-plain", "4xx-succeeds", "RFC 9110 §15; RFC 9110 §15.5.22", exam.Must, 426, func(t *Turn) {
		if t.Request.Version.Major == 1 {
			t.Answer(426, finalContent, "Upgrade: TLS/1.2", "Connection: Upgrade", "Content-Type: text/plain")
			return
		}
		t.Answer(426, finalContent, "Content-Type: text/plain")
	}, lang.Text{En: "A 426 that wants TLS/1.2.", ZhTW: "426，要求 TLS/1.2。"}),
	final("426-no-upgrade-field", "4xx-succeeds", "RFC 9110 §15.5.22", exam.DeFacto, 426, plain(426),
		lang.Text{En: "A 426 that does not say what it wants.", ZhTW: "426，沒說要升級成什麼。"}),
	// §15.5.9 lets a client repeat what was in transit, and §9.2.2 excepts what was
	// never applied, as the server says here.
	repeated("408-post", "repeats-post-at-408", "RFC 9110 §15.5.9; RFC 9110 §9.2.2", exam.Info, 408, "POST",
		lang.Text{En: "A POST, answered with 408.", ZhTW: "POST 得到 408。"}),
}
