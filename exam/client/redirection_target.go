package client

import (
	"fmt"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// endless makes a case of redirects that never end.
func endless(name string, stages lang.Text, script func(*Setting)) exam.Case {
	return exam.Case{
		Name: name, Level: exam.Should, Codes: codes(302), Spec: "RFC 9110 §15.4", Over: all,
		Needs: needs(Gets, Follows), Fault: "redirects-without-end", Stages: stages,
		Wants: lang.Text{En: "To stop after some.", ZhTW: "走幾次就停下來。"},
		Run: stage(func(s *Setting) exam.Verdict {
			script(s)
			r := s.Get("/start")
			n := len(s.Asked(""))
			if n > mostRedirects || r.Late {
				return exam.Failed(say("It was still following after %d requests.", "到第 %d 個請求它還在跟。", n))
			}
			return exam.Passed(say("It stopped after %d requests.", "%d 個請求之後它停下來了。", n))
		}),
	}
}

// lead redirects to a path here, unless the client has proved that it goes on
// for ever.
func (t *Turn) lead(path string) {
	if len(t.s.Asked("")) > mostRedirects {
		t.Answer(200, "enough", "Content-Type: text/plain")
		return
	}
	t.Answer(302, "", "Location: "+t.s.A.URL(path))
}

// mostRedirects is how many are called endless; Fetch stops after 20, and the
// most that any client in wide use allows by default is 50.
const mostRedirects = 100

// toLocation makes a case about how a Location is written. want is the target
// that has to be asked for, as it stands in the request.
func toLocation(name, fault, spec string, level exam.Level, stages, wants lang.Text, location func(*Setting) string, good func(*Setting, string) bool) exam.Case {
	return exam.Case{
		Name: name, Level: level, Codes: codes(302), Spec: spec, Over: all, Needs: needs(Gets, Follows), Fault: fault,
		Stages: stages, Wants: wants,
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(302, "", "Location: "+location(s)) })
			r := s.Get("/start")
			for _, a := range s.Asked("") {
				switch {
				case a.Path == "/start":
				case a.Fault != nil:
					return exam.Failed(say("The request that followed is no HTTP: %v", "跟著送出的請求不是 HTTP：%v", a.Fault))
				case good(s, a.Request.Target):
					return exam.Passed(say("It asked for %s.", "它請求了 %s。", a.Request.Target))
				default:
					return exam.Failed(say("It asked for %q.", "它請求了 %q。", a.Request.Target))
				}
			}
			return exam.Refusing(say("It did not follow: %v", "它沒有跟著走：%v", r.Err))
		}),
	}
}

// Where redirects lead, and how far.
var redirectionTarget = []exam.Case{
	{
		Name: "redirect-relative", Level: exam.Must, Codes: codes(302), Spec: "RFC 9110 §10.2.2; RFC 3986 §5.2", Over: all,
		Needs: needs(Gets, Follows), Fault: "relative-to-root",
		Stages: lang.Text{
			En:   "Redirects whose Location is ../x?q, then ?q, then //host/path, each relative to the one before.",
			ZhTW: "一連串重新導向，Location 依序是 ../x?q、?q、//host/path，都相對於前一個。"},
		Wants: lang.Text{
			En:   "Each is resolved against the URL of the request that it answers.",
			ZhTW: "每個都以它所回應的請求網址為基準解析。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/a/b/c", func(t *Turn) { t.Answer(302, "", "Location: ../x?one") })
			s.On("/a/x", func(t *Turn) {
				if strings.HasSuffix(t.Path, "?one") {
					t.Answer(302, "", "Location: ?two")
					return
				}
				_, there, _ := strings.Cut(s.A.URL(mark), ":")
				t.Answer(302, "", "Location: "+there)
			})
			s.Get("/a/b/c")
			var way []string
			for _, a := range s.Asked("") {
				way = append(way, a.Path)
			}
			if got := strings.Join(way, " "); got != "/a/b/c /a/x?one /a/x?two "+mark {
				return exam.Failed(say("It went this way: %s", "它走的路是：%s", got))
			}
			return exam.Passed(say("It found every one.", "每個都找對了。"))
		}),
	},
	toLocation("redirect-utf8-location", "sends-raw-octets", "RFC 9110 §10.2.2", exam.DeFacto,
		lang.Text{En: "A Location with octets of UTF-8 as they are.", ZhTW: "Location 裡有未編碼的 UTF-8 位元組。"},
		lang.Text{En: "To encode them with %, or not to follow.", ZhTW: "用 % 編碼，或不跟著走。"},
		func(s *Setting) string { return s.A.URL("/茶") },
		func(s *Setting, target string) bool {
			return strings.HasSuffix(strings.ToUpper(target), "/%E8%8C%B6")
		}),
	toLocation("redirect-space-location", "sends-raw-octets", "RFC 9110 §10.2.2", exam.DeFacto,
		lang.Text{En: "A Location with a space in it.", ZhTW: "Location 裡有空格。"},
		lang.Text{En: "To encode it with %20, or not to follow.", ZhTW: "編碼成 %20，或不跟著走。"},
		func(s *Setting) string { return s.A.URL("/two spoons") },
		func(s *Setting, target string) bool { return strings.HasSuffix(target, "/two%20spoons") }),
	toLocation("redirect-crlf-location", "decodes-location", "RFC 9110 §2.2; RFC 9112 §11.1", exam.Must,
		lang.Text{En: "A Location with %0d%0a in it.", ZhTW: "Location 裡有 %0d%0a。"},
		lang.Text{En: "It stays encoded, so that no line of the Location's becomes one of the request's; or it is not followed.", ZhTW: "保持編碼，Location 裡的換行不可變成請求裡的換行；或不跟著走。"},
		func(s *Setting) string { return s.A.URL("/tea%0d%0aX-Leaf:%201") },
		func(s *Setting, target string) bool {
			// Whether the colon is encoded too is no matter here.
			return strings.HasSuffix(strings.ReplaceAll(strings.ToLower(target), "%3a", ":"), "/tea%0d%0ax-leaf:%201")
		}),
	{
		Name: "redirect-fragment", Level: exam.Must, Codes: codes(302), Spec: "RFC 9110 §10.2.2", Over: all,
		Needs: needs(Gets, Follows, Locates), Fault: "forgets-fragment",
		Stages: lang.Text{
			En:   "The URL has a fragment; a 302 leads to one without.",
			ZhTW: "原網址有片段；302 導向的網址沒有。"},
		Wants: lang.Text{En: "The fragment is taken along.", ZhTW: "片段要帶著走。"},
		Run: stage(func(s *Setting) exam.Verdict {
			// In the control nothing redirects: a client whose URLs never have a
			// fragment, as those of Fetch's responses, cannot be asked.
			s.On("/start", func(t *Turn) {
				if exam.Either(s.trial, true, false) {
					t.Answer(302, "", "Location: "+s.A.URL(mark))
					return
				}
				t.Answer(200, markContent, "Content-Type: text/plain")
			})
			o := s.Order("/start")
			o.URL += "#steep"
			r := s.Do(o)[0]
			if s.Came(mark) == 0 && !s.trial.Control {
				return exam.NotAsked(say("It did not follow.", "它沒有跟著走。"))
			}
			if !strings.HasSuffix(r.URL, "#steep") {
				return exam.Failed(say("It says that the answer came from %s.", "它說回應來自 %s。", r.URL))
			}
			return exam.Passed(say("It says that the answer came from %s.", "它說回應來自 %s。", r.URL))
		}),
	},
	{
		Name: "redirect-no-location", Level: exam.DeFacto, Codes: codes(302), Spec: "RFC 9110 §15.4", Over: all,
		Needs: needs(Gets, Follows), Fault: "guesses-location",
		Stages: lang.Text{En: "A 302 without a Location.", ZhTW: "沒有 Location 的 302。"},
		Wants:  lang.Text{En: "It is the final answer, or an error; no second request.", ZhTW: "就當作最終回應，或報錯；不再送請求。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(302, "", "X-Location: "+mark) })
			s.Get("/start")
			switch n := len(s.Asked("")); {
			case n == 0:
				return exam.NotAsked(say("No request came.", "沒有收到請求。"))
			case n > 1:
				return exam.Failed(say("It made %d requests.", "它送了 %d 個請求。", n))
			}
			return exam.Passed(say("It made one request.", "它只送了一個請求。"))
		}),
	},
	{
		Name: "redirect-two-locations", Level: exam.Info, Codes: codes(302), Spec: "RFC 9110 §10.2.2", Over: all,
		Needs: needs(Gets, Follows), Fault: "last-location",
		Stages: lang.Text{En: "A 302 with two Location lines.", ZhTW: "有兩行 Location 的 302。"},
		Wants:  lang.Text{En: "Nothing: which of them it takes is noted.", ZhTW: "沒有要求：記下它用哪一個。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Answer(302, "", "Location: "+s.A.URL("/first"), "Location: "+s.A.URL("/second"))
			})
			s.Get("/start")
			verdict := exam.Noted("neither", say("It took neither.", "它一個也沒用。"))
			switch first, second := s.Came("/first"), s.Came("/second"); {
			case first > 0 && second > 0:
				verdict = exam.Noted("both", say("It asked for both.", "兩個都請求了。"))
			case first > 0:
				verdict = exam.Noted("first", say("It took the first.", "它用第一個。"))
			case second > 0:
				verdict = exam.Noted("second", say("It took the second.", "它用第二個。"))
			}
			// Fetch, "extract header list values": more than one is a failure.
			return s.byFetch(verdict, demand(verdict.Value == "neither"))
		}),
	},
	endless("redirect-self-loop", lang.Text{En: "A 302 to its own URL.", ZhTW: "302 導向自己。"}, func(s *Setting) {
		s.On("/start", func(t *Turn) { t.lead("/start") })
	}),
	endless("redirect-ab-loop", lang.Text{En: "Two URLs that redirect to each other.", ZhTW: "兩個網址互相導向。"}, func(s *Setting) {
		s.On("/start", func(t *Turn) { t.lead("/b") })
		s.On("/b", func(t *Turn) { t.lead("/start") })
	}),
	endless("redirect-growing", lang.Text{En: "Each redirect leads to a longer query than the one before.", ZhTW: "每次導向的查詢字串都比前一次長。"}, func(s *Setting) {
		s.On("/start", func(t *Turn) { t.lead(t.Path + "?more") })
	}),
	{
		Name: "redirect-limit-5", Level: exam.DeFacto, Codes: codes(302), Spec: "RFC 9110 §15.4", Over: all,
		Needs: needs(Gets, Follows), Fault: "four-redirects",
		Stages: lang.Text{En: "Five redirects, then the answer.", ZhTW: "五次重新導向，然後是回應。"},
		Wants:  lang.Text{En: "To reach it.", ZhTW: "走得到。"},
		Run: stage(func(s *Setting) exam.Verdict {
			if n := s.chain(5); n < 5 {
				return exam.Failed(say("It stopped after %d.", "它走了 %d 次就停了。", n))
			}
			return exam.Passed(say("It reached the answer.", "它走到了。"))
		}),
	},
	{
		Name: "redirect-limit-20", Level: exam.Info, Codes: codes(302), Spec: "RFC 9110 §15.4", Over: all,
		Needs: needs(Gets, Follows), Fault: "four-redirects",
		Stages: lang.Text{En: "A chain of 60 redirects, no URL twice.", ZhTW: "連續 60 次重新導向，網址不重複。"},
		Wants:  lang.Text{En: "Nothing: how many it follows is noted. Fetch says 20.", ZhTW: "沒有要求：記下它跟幾次。Fetch 標準是 20 次。"},
		Run: stage(func(s *Setting) exam.Verdict {
			n := s.chain(60)
			value := fmt.Sprint(n)
			if n == 60 {
				value = "60+"
			}
			return s.byFetch(exam.Noted(value, say("It follows %s redirects.", "它跟了 %s 次。", value)), demand(n == mostByFetch))
		}),
	},
	{
		Name: "redirect-retry-after", Level: exam.Info, Codes: codes(302), Spec: "RFC 9110 §10.2.3", Over: all,
		Needs: needs(Gets, Follows), Fault: "waits-before-redirect",
		Stages: lang.Text{En: "A 302 with Retry-After: 2.", ZhTW: "302 帶 Retry-After: 2。"},
		Wants:  lang.Text{En: "Nothing: whether it waits is noted.", ZhTW: "沒有要求：記下它等不等。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(302, "", "Location: "+s.A.URL(mark), "Retry-After: 2") })
			s.Get("/start")
			first, there := s.Asked("/start"), s.Asked(mark)
			switch {
			case len(there) == 0:
				return exam.Noted("not followed", say("It did not follow.", "它沒有跟著走。"))
			case there[0].At.Sub(first[0].At) >= 1900*time.Millisecond:
				return exam.Noted("waits", say("It waited for the two seconds.", "它等了兩秒。"))
			}
			return exam.Noted("at once", say("It followed at once.", "它馬上就跟著走。"))
		}),
	},
	{
		Name: "redirect-body-unread", Level: exam.Must, Codes: codes(302), Spec: "RFC 9112 §9.3", Over: h1,
		Needs: needs(Gets, Follows), Fault: "leaves-content-unread",
		Stages: lang.Text{
			En:   "A 302 with a megabyte of content that nobody needs.",
			ZhTW: "302 帶著沒人需要的 1 MiB 內容。"},
		Wants: lang.Text{
			En:   "To read it to its end or to leave the connection; then to follow.",
			ZhTW: "讀完它，或放棄這條連線；然後跟著走。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				t.Answer(302, s.Either(strings.Repeat("leaves\n", 150_000), ""), "Location: "+s.A.URL("/there"), "Content-Type: text/plain")
			})
			s.On("/there", func(t *Turn) { t.Final() })
			return s.Delivered(s.Get("/start"), exam.Fail)
		}),
	},
	{
		Name: "redirect-cookie-set", Level: exam.DeFacto, Codes: codes(302), Spec: "RFC 6265 §5.2", Over: all,
		Needs: needs(Gets, Follows, Cookies), Fault: "drops-cookie-of-redirect",
		Stages: lang.Text{En: "A 302 that sets a cookie, to another path of the same origin.", ZhTW: "302 設了 Cookie，並導向同一來源的另一個路徑。"},
		Wants:  lang.Text{En: "The cookie comes with the next request.", ZhTW: "下一個請求帶著這個 Cookie。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(302, "", "Location: "+s.A.URL(mark), s.setsCookie()) })
			s.Get("/start")
			there := s.Asked(mark)
			if len(there) == 0 {
				return exam.NotAsked(say("It did not follow.", "它沒有跟著走。"))
			}
			if !strings.Contains(there[0].Request.Fields.Get("Cookie"), "cup=blue") {
				return exam.Failed(say("The next request came without the cookie.", "下一個請求沒有帶 Cookie。"))
			}
			return exam.Passed(say("The cookie came along.", "Cookie 帶上了。"))
		}),
	},
	{
		Name: "redirect-referer", Level: exam.Must, Codes: codes(302), Spec: "RFC 9110 §10.1.3", Over: []wire.Protocol{wire.H1, wire.H2},
		Needs: needs(Gets, Follows, Secure), Fault: "sends-referer",
		Stages: lang.Text{En: "An https URL redirects to an http one.", ZhTW: "https 網址導向 http 網址。"},
		Wants:  lang.Text{En: "No Referer with the https URL in it goes out in the clear.", ZhTW: "明文請求的 Referer 不可帶出 https 的網址。"},
		Run: stage(func(s *Setting) exam.Verdict {
			secure := s.Open(Place{Secure: true})
			s.On("/start", func(t *Turn) { t.Answer(302, "", "Location: "+s.A.URL(mark)) })
			s.Do(s.OrderAt(secure, "/start"))
			there := s.Asked(mark)
			switch {
			case s.Came("/start") == 0:
				return exam.NotAsked(say("No request came to the https origin.", "https 來源沒有收到請求。"))
			case len(there) == 0:
				return exam.Passed(say("It did not follow.", "它沒有跟著走。"))
			case there[0].Request.Fields.Has("Referer"):
				return exam.Failed(say("It sent Referer: %s", "它送出了 Referer: %s", there[0].Request.Fields.Get("Referer")))
			}
			return exam.Passed(say("It sent no Referer.", "它沒有送 Referer。"))
		}),
	},
	{
		Name: "redirect-https-downgrade", Level: exam.Info, Codes: codes(302), Spec: "RFC 9110 §4.2.2", Over: []wire.Protocol{wire.H1, wire.H2},
		Needs: needs(Gets, Follows, Secure), Fault: "refuses-downgrade",
		Stages: lang.Text{En: "An https URL redirects to an http one.", ZhTW: "https 網址導向 http 網址。"},
		Wants:  lang.Text{En: "Nothing: whether it follows is noted.", ZhTW: "沒有要求：記下它跟不跟。"},
		Run: stage(func(s *Setting) exam.Verdict {
			secure := s.Open(Place{Secure: true})
			s.On("/start", func(t *Turn) { t.Answer(302, "", "Location: "+s.A.URL(mark)) })
			s.Do(s.OrderAt(secure, "/start"))
			switch {
			case s.Came("/start") == 0:
				return exam.NotAsked(say("No request came to the https origin.", "https 來源沒有收到請求。"))
			case s.Came(mark) > 0:
				return exam.Noted("followed", say("It followed.", "它跟著走了。"))
			}
			return exam.Noted("refused", say("It did not follow.", "它沒有跟著走。"))
		}),
	},
	{
		Name: "redirect-other-scheme", Level: exam.DeFacto, Codes: codes(302), Spec: "RFC 9110 §15.4", Over: h1,
		Needs: needs(Gets, Follows), Fault: "follows-any-scheme",
		Stages: lang.Text{
			En:   "302s to a file: URL, an ftp: URL and a gopher: URL, each in its turn.",
			ZhTW: "依序以 302 導向 file:、ftp:、gopher: 網址。"},
		Wants: lang.Text{En: "None is followed.", ZhTW: "一個也不跟。"},
		Run: stage(func(s *Setting) exam.Verdict {
			local := s.file("local.txt", []byte(trapContent))
			elsewhere := s.OpenRaw(Place{}, func(c *peer.ServerConn) { c.Send("220 tea\r\n") })
			for scheme, location := range map[string]string{
				"file": "file://" + local, "ftp": "ftp://" + elsewhere.Host() + "/leaf", "gopher": "gopher://" + elsewhere.Host() + "/1",
			} {
				s.On("/start", func(t *Turn) { t.Answer(302, "", "Location: "+location) })
				r := s.Get("/start")
				if string(r.Content) == trapContent || elsewhere.Conns() > 0 {
					return exam.Failed(say("It followed to %s:.", "它跟到了 %s: 去。", scheme))
				}
			}
			return exam.Passed(say("It followed none of them.", "它一個也沒跟。"))
		}),
	},
}

// chain stages redirects from path to path and returns how many were followed.
func (s *Setting) chain(length int) int {
	for n := range length {
		next := mark
		if n+1 < length {
			next = fmt.Sprintf("/%d", n+1)
		}
		s.On(fmt.Sprintf("/%d", n), func(t *Turn) { t.Answer(302, "", "Location: "+s.A.URL(next)) })
	}
	s.Get("/0")
	return len(s.Asked("")) - 1
}
