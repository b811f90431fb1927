package proxy

import (
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// twice is a case of two like requests, of which the second must not be answered
// from the store of a shared cache.
func twice(name string, level exam.Level, spec string, code status.Code, fields []string, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: level, Spec: spec, Codes: codes(code), Over: h1, Needs: needs(Stores, Shares), Fault: "stores-everything", Stages: stages,
		Wants: say("The second request reaches the origin too.", "第二個請求也到達源伺服器。"),
		Run: stage(func(s *Setting) exam.Verdict {
			code := exam.Either(s.trial, code, 200)
			given := exam.Either(s.trial, fields, fresh)
			s.On("/start", func(t *Turn) { t.Content(); t.Answer(code, plainContent, given...) })
			s.primes(s.Request("/start"))
			x := s.Do(s.Request("/start"))
			switch n := s.Came("/start"); {
			case s.trial.Control:
				return pass("The control was asked for %d times.", "對照組被要求了 %d 次。", n)
			case n < 2:
				return fail("The second answer, %d, came from the store.", "第二個回應 %d 來自快取。", x.Code())
			}
			return pass("The origin was asked again.", "再次詢問了源伺服器。")
		}),
	}
}

// primes makes an exchange and lets the cache finish storing: some write an
// answer down after they have sent it, and the next request would go by what is
// not there yet.
func (s *Setting) primes(q *peer.Request) {
	s.Do(q)
	s.sleep(lookAfter / 2)
}

var stale = []string{"Content-Type: text/plain", "Cache-Control: public, max-age=0", `ETag: "leaf"`}

// cached is a case for those that store.
func cached(c exam.Case, run func(*Setting) exam.Verdict) exam.Case {
	c.Over, c.Needs, c.Run = h1, needs(Stores), stage(run)
	if c.Fault == "shares-authorized" {
		c.Needs = needs(Stores, Shares)
	}
	return c
}

func condition(q *peer.Request, tag string) *peer.Request {
	q.Fields = append(q.Fields, wire.Field{Name: "If-None-Match", Value: tag})
	return q
}

// revalidated answers a matching condition with 304, and else in full.
func revalidated(fields []string) func(*Turn) {
	return func(t *Turn) {
		if strings.Contains(t.Request.Fields.Get("If-None-Match"), `"leaf"`) {
			t.Answer(304, "", `ETag: "leaf"`, fields[1])
			return
		}
		t.Answer(200, plainContent, fields...)
	}
}

var cache = []exam.Case{
	// P60, P61.
	cached(exam.Case{
		Name: "cache-own-304-hidden", Level: exam.Must, Spec: "RFC 9111 §4.3.3", Codes: codes(304), Fault: "shows-own-304",
		Stages: say("A stored answer is stale; the origin says 304 to the proxy's own condition.", "快取的回應已過期；源伺服器對代理自己的條件回 304。"),
		Wants:  say("The client, which asked without a condition, gets 200 with the content.", "用戶端沒有帶條件，得到 200 與內容。"),
	}, func(s *Setting) exam.Verdict {
		s.On("/start", revalidated(stale))
		s.primes(s.Request("/start"))
		x := s.Do(s.Request("/start"))
		if x.Code() != 200 || x.Text() != plainContent {
			return fail("The client got %d with %q.", "用戶端得到 %d，內容 %q。", x.Code(), x.Text())
		}
		return pass("The client got the whole answer.", "用戶端得到完整的回應。")
	}),
	{
		Name: "client-304-forwarded", Level: exam.Must, Spec: "RFC 9111 §4.3.3; RFC 9110 §15.4.5", Codes: codes(304), Over: all, Needs: needs(Gets), Fault: "hides-codes",
		Stages: say("A client's own condition, to which the origin says 304.", "用戶端自己的條件，源伺服器回 304。"),
		Wants:  say("The 304 comes back with its ETag; or 200 with the content.", "304 帶著 ETag 回來；或 200 與內容。"),
		Run: staging{send: gives(`If-None-Match: "leaf"`), answer: revalidated(stale), judge: func(_ *Setting, x *Seen) exam.Verdict {
			if x.Code() == 304 && x.Answer().Fields.Get("ETag") == `"leaf"` || x.Code() == 200 && x.Text() == plainContent {
				return pass("It came back as %d.", "它以 %d 回來。", x.Code())
			}
			return fail("It came back as %d, ETag %q.", "它成了 %d，ETag 是 %q。", x.Code(), x.Answer().Fields.Get("ETag"))
		}}.run(),
	},
	cached(exam.Case{
		Name: "cache-answers-304-itself", Level: exam.DeFacto, Spec: "RFC 9111 §4.3.2", Codes: codes(304, 200), Fault: "ignores-conditions",
		Stages: say("A fresh stored answer, and a client with the same entity tag.", "快取的回應仍有效，用戶端帶著相同的實體標籤。"),
		Wants:  say("304, or 200 with the content.", "304，或 200 與內容。"),
	}, func(s *Setting) exam.Verdict {
		s.On("/start", revalidated(fresh))
		s.primes(s.Request("/start"))
		x := s.Do(condition(s.Request("/start"), `"leaf"`))
		if x.Code() != 304 && (x.Code() != 200 || x.Text() != plainContent) {
			return fail("It answered %d.", "它回 %d。", x.Code())
		}
		return pass("It answered %d.", "它回 %d。", x.Code())
	}),
	cached(exam.Case{
		Name: "cache-age-on-reuse", Level: exam.Must, Spec: "RFC 9111 §4", Codes: codes(200), Fault: "says-no-age",
		Stages: say("A fresh stored answer is used again.", "有效的快取回應再次使用。"), Wants: say("It has Age.", "它帶有 Age。"),
	}, func(s *Setting) exam.Verdict {
		s.On("/start", revalidated(fresh))
		s.primes(s.Request("/start"))
		x := s.Do(s.Request("/start"))
		switch {
		case s.Came("/start") > 1:
			return exam.NotAsked(say("It asked the origin again.", "它再次詢問了源伺服器。"))
		case !x.Answer().Fields.Has("Age"):
			return fail("It has no Age.", "它沒有 Age。")
		}
		return pass("It has Age: %s.", "它帶有 Age: %s。", x.Answer().Fields.Get("Age"))
	}),
	// P62.
	cached(exam.Case{
		Name: "cache-stale-on-error", Level: exam.Info, Spec: "RFC 9111 §4.2.4; RFC 5861 §4", Codes: codes(502, 200), Fault: "serves-stale",
		Stages: say("A stored answer is stale, and the origin closes without an answer.", "快取的回應已過期，源伺服器不回應就關閉。"), Wants: say("It is open: the stale one, or 5xx.", "規格未定：過期的回應，或 5xx。"),
	}, func(s *Setting) exam.Verdict {
		asked := false
		s.On("/start", func(t *Turn) {
			if asked {
				t.Close()
				return
			}
			asked = true
			t.Answer(200, plainContent, "Content-Type: text/plain", "Cache-Control: public, max-age=1", `ETag: "leaf"`)
		})
		s.primes(s.Request("/start"))
		s.sleep(2100 * time.Millisecond) // ages are whole seconds
		x := s.Do(s.Request("/start"))
		return exam.Noted(x.Code().String(), say("The client got %d.", "用戶端得到 %d。", x.Code()))
	}),
	cached(exam.Case{
		Name: "cache-must-revalidate", Level: exam.Must, Spec: "RFC 9111 §5.2.2.2", Codes: codes(504), Fault: "serves-stale",
		Stages: say("A stored answer with must-revalidate is stale, and the origin closes without an answer.", "帶 must-revalidate 的快取回應已過期，源伺服器不回應就關閉。"), Wants: say("An error, 504 at best: not the stale answer.", "錯誤，最好是 504：不能用過期的回應。"),
	}, func(s *Setting) exam.Verdict {
		asked := false
		s.On("/start", func(t *Turn) {
			if asked {
				t.Close()
				return
			}
			asked = true
			t.Answer(200, plainContent, "Content-Type: text/plain", "Cache-Control: public, max-age=1, must-revalidate", `ETag: "leaf"`)
		})
		s.primes(s.Request("/start"))
		s.sleep(2100 * time.Millisecond)
		if x := s.Do(s.Request("/start")); x.Final != nil && x.Code() < 500 {
			return fail("It answered %d with %q.", "它回 %d，內容 %q。", x.Code(), x.Text())
		}
		return pass("It gave an error.", "它回了錯誤。")
	}),
	// P63. RFC 9111 §5.2.1: what requests say is advice that a cache need not take.
	cached(exam.Case{
		Name: "cache-only-if-cached", Level: exam.Info, Spec: "RFC 9111 §5.2.1.7", Codes: codes(504), Fault: "ignores-only-if-cached",
		Stages: say("Cache-Control: only-if-cached, and nothing is stored.", "Cache-Control: only-if-cached，而沒有儲存的回應。"), Wants: say("It is open: who honours it answers 504 without asking the origin.", "規格未強制：遵守者回 504，不詢問源伺服器。"),
	}, func(s *Setting) exam.Verdict {
		q := s.Request("/start")
		q.Fields = append(q.Fields, wire.Field{Name: "Cache-Control", Value: "only-if-cached"})
		x := s.Do(q)
		if s.Came("/start") > 0 {
			return exam.Noted("ignored", say("It asked the origin, and answered %d.", "它詢問了源伺服器，回 %d。", x.Code()))
		}
		return exam.Noted(x.Code().String(), say("It answered %d.", "它回 %d。", x.Code()))
	}),
	// P65.
	cached(exam.Case{
		Name: "cache-part-is-not-whole", Level: exam.Must, Spec: "RFC 9111 §3.3; RFC 9110 §15.3.7", Codes: codes(206, 200), Fault: "gives-part-for-whole",
		Stages: say("A part was fetched, with 206; then a client asks for the whole.", "先以 206 取得一部分；接著有用戶端要求全部。"), Wants: say("The whole.", "全部的內容。"),
	}, func(s *Setting) exam.Verdict {
		s.On("/start", func(t *Turn) {
			if t.Request.Fields.Get("Range") != "" {
				t.Answer(206, plainContent[:4], append([]string{"Content-Range: bytes 0-3/" + number(len(plainContent))}, fresh...)...)
				return
			}
			t.Answer(200, plainContent, fresh...)
		})
		q := s.Request("/start")
		q.Fields = append(q.Fields, wire.Field{Name: "Range", Value: "bytes=0-3"})
		s.primes(q)
		return s.Do(s.Request("/start")).plain()
	}),
	// P66.
	cached(exam.Case{
		Name: "cache-several-ranges", Level: exam.Must, Spec: "RFC 9110 §15.3.7.2; RFC 9110 §14.2", Codes: codes(206, 200), Fault: "lies-about-ranges",
		Stages: say("The whole is stored; a client asks for two ranges.", "已儲存全部內容；用戶端要求兩個範圍。"), Wants: say("206 as multipart/byteranges, 206 with one part of what was asked, 416 for a set that it rejects, or 200 with the whole.", "multipart/byteranges 的 206、含所求一部分的單一範圍 206、拒絕這組範圍的 416，或 200 與全部內容。"),
	}, func(s *Setting) exam.Verdict {
		s.On("/start", revalidated(fresh))
		s.primes(s.Request("/start"))
		q := s.Request("/start")
		q.Fields = append(q.Fields, wire.Field{Name: "Range", Value: "bytes=0-1,4-5"})
		x := s.Do(q)
		f := x.Answer().Fields
		switch {
		case x.Code() == 200 && x.Text() == plainContent:
			return pass("It gave the whole.", "它給了全部。")
		case x.Code() == 206 && strings.HasPrefix(f.Get("Content-Type"), "multipart/byteranges"):
			return pass("It gave the ranges.", "它給了那些範圍。")
		// RFC 9110 §15.3.7: a client looks which parts it got; they need not be all.
		case x.Code() == 206 && slices.ContainsFunc([]string{"0-5", "0-1", "4-5"}, func(r string) bool {
			return strings.HasPrefix(f.Get("Content-Range"), "bytes "+r+"/")
		}):
			return pass("It gave one range.", "它給了一個範圍。")
		case x.Code() == 416: // RFC 9110 §15.5.17: a set of ranges may be rejected
			return pass("It rejected the ranges.", "它拒絕了那組範圍。")
		}
		return fail("It answered %d, %q, Content-Range %q.", "它回 %d、%q，Content-Range 是 %q。", x.Code(), f.Get("Content-Type"), f.Get("Content-Range"))
	}),
	// P64.
	cached(exam.Case{
		Name: "cache-head-does-not-empty", Level: exam.Must, Spec: "RFC 9111 §4; RFC 9110 §9.3.2", Codes: codes(200), Fault: "gives-head-for-get",
		Stages: say("HEAD, then GET, both storable.", "先 HEAD 再 GET，都可儲存。"), Wants: say("The GET gets its content.", "GET 得到內容。"),
	}, func(s *Setting) exam.Verdict {
		s.On("/start", func(t *Turn) { t.Answer(200, plainContent, fresh...) })
		q := s.Request("/start")
		q.Method = "HEAD"
		s.primes(q)
		return s.Do(s.Request("/start")).plain()
	}),
	cached(exam.Case{
		Name: "cache-post-invalidates", Level: exam.Must, Spec: "RFC 9111 §4.4", Codes: codes(200), Fault: "keeps-after-post",
		Stages: say("A stored answer, a POST to the same URI that succeeds, then a GET.", "已有儲存的回應，對同一 URI 的 POST 成功，然後 GET。"), Wants: say("The GET asks the origin.", "GET 詢問源伺服器。"),
	}, func(s *Setting) exam.Verdict {
		s.On("/start", func(t *Turn) { t.Content(); t.Answer(200, plainContent, fresh...) })
		s.primes(s.Request("/start"))
		q := s.Request("/start")
		posts(s, q)
		s.primes(q)
		s.primes(s.Request("/start"))
		if n := s.Came("/start"); n < 3 {
			return fail("The GET was answered from the store.", "GET 由快取回應。")
		}
		return pass("The GET asked the origin.", "GET 詢問了源伺服器。")
	}),
	cached(exam.Case{
		Name: "cache-vary-obeyed", Level: exam.Must, Spec: "RFC 9111 §4.1", Codes: codes(200), Fault: "ignores-vary",
		Stages: say("A stored answer with Vary: Accept-Language; then a request for another language.", "儲存的回應帶 Vary: Accept-Language；接著請求另一種語言。"), Wants: say("The second asks the origin.", "第二個請求詢問源伺服器。"),
	}, func(s *Setting) exam.Verdict {
		s.On("/start", func(t *Turn) {
			t.Answer(200, plainContent, append([]string{"Vary: Accept-Language"}, fresh...)...)
		})
		for _, language := range []string{"en", "zh-TW"} {
			q := s.Request("/start")
			q.Fields = append(q.Fields, wire.Field{Name: "Accept-Language", Value: language})
			s.primes(q)
		}
		if s.Came("/start") < 2 {
			return fail("The second got the first one's answer.", "第二個得到第一個的回應。")
		}
		return pass("The second asked the origin.", "第二個詢問了源伺服器。")
	}),
	cached(exam.Case{
		Name: "cache-authorized-not-shared", Level: exam.Must, Spec: "RFC 9111 §3.5", Codes: codes(200, 401), Fault: "shares-authorized",
		Stages: say("An answer to a request with credentials, which says max-age and not public; then somebody without.", "帶憑證的請求得到只有 max-age、沒有 public 的回應；接著有人不帶憑證。"), Wants: say("The second asks the origin.", "第二個請求詢問源伺服器。"),
	}, func(s *Setting) exam.Verdict {
		s.On("/start", func(t *Turn) { t.Answer(200, plainContent, "Cache-Control: max-age=3600") })
		q := s.Request("/start")
		q.Fields = append(q.Fields, wire.Field{Name: "Authorization", Value: "Basic dGVhOmxlYWY="})
		s.primes(q)
		s.primes(s.Request("/start"))
		if s.Came("/start") < 2 {
			return fail("Somebody without credentials got the stored answer.", "不帶憑證的人得到了儲存的回應。")
		}
		return pass("The second asked the origin.", "第二個詢問了源伺服器。")
	}),
	twice("cache-no-store", exam.Must, "RFC 9111 §5.2.2.5", 200, []string{"Cache-Control: no-store, max-age=3600"}, say("no-store.", "no-store。")),
	twice("cache-private", exam.Must, "RFC 9111 §5.2.2.7", 200, []string{"Cache-Control: private, max-age=3600"}, say("private, in a cache that many share.", "private，而快取由多人共用。")),
	twice("cache-no-cache", exam.Must, "RFC 9111 §5.2.2.4", 200, []string{"Cache-Control: no-cache, max-age=3600"}, say("no-cache: to be asked about each time.", "no-cache：每次都要詢問。")),
	twice("cache-500-without-leave", exam.Must, "RFC 9111 §3", 500, []string{"Content-Type: text/plain"}, say("500 that says nothing of freshness.", "沒有說明有效期的 500。")),
	twice("cache-302-without-leave", exam.Must, "RFC 9111 §3", 302, []string{"Location: /tea"}, say("302 that says nothing of freshness.", "沒有說明有效期的 302。")),
	twice("cache-599-without-leave", exam.Must, "RFC 9111 §3; RFC 9110 §15", 599, []string{"Content-Type: text/plain"}, say("An unknown 599 that says nothing of freshness.", "沒有說明有效期的不明代碼 599。")),
	twice("cache-201-without-leave", exam.Must, "RFC 9111 §3", 201, []string{"Content-Type: text/plain"}, say("201 that says nothing of freshness.", "沒有說明有效期的 201。")),
	twice("cache-must-understand", exam.Must, "RFC 9111 §5.2.2.3", 599, []string{"Cache-Control: no-store, must-understand, max-age=3600"}, say("An unknown 599 with must-understand and no-store.", "不明代碼 599 帶 must-understand 與 no-store。")),
}
