package client

import (
	"slices"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

const secret = "Basic dGVhOmxlYXZlcw==" // tea:leaves

// A carried is a case in which the caller sets a field that must not reach
// another origin.
type carried struct {
	name, fault, spec string
	level             exam.Level
	field             string
	values            []string
	code              status.Code // 302 if zero
	over              []wire.Protocol
	from              Place // where the order goes; origin A if zero
	to                Place // where the redirect leads
	twice             bool  // a second redirect follows, to another path there
	stages            lang.Text
}

func (c carried) asCase() exam.Case {
	code := c.code
	if code == 0 {
		code = 302
	}
	can := needs(Gets, Follows, Fields)
	if code == 307 {
		can = append(can, Sends)
	}
	if c.from.Secure {
		can = append(can, Secure)
	}
	if c.over == nil {
		c.over = all
	}
	return exam.Case{
		Name: c.name, Level: c.level, Codes: codes(code), Spec: c.spec, Over: c.over, Needs: can, Fault: c.fault, Stages: c.stages,
		Wants: lang.Text{
			En:   "To drop the field when the origin changes, or not to follow.",
			ZhTW: "換了來源就拿掉這個欄位，或者不跟著走。"},
		Run: stage(c.run(code)),
	}
}

func (c carried) run(code status.Code) func(*Setting) exam.Verdict {
	return func(s *Setting) exam.Verdict {
		from := s.A
		if c.from != (Place{}) {
			from = s.Open(c.from)
		}
		other := s.Open(c.to)
		s.On("/start", func(t *Turn) {
			t.Content()
			t.Answer(code, "", "Location: "+other.URL("/there"))
		})
		s.On("/there", func(t *Turn) {
			t.Content()
			if c.twice {
				t.Answer(302, "", "Location: "+other.URL(mark))
				return
			}
			t.Answer(200, markContent, "Content-Type: text/plain")
		})
		o := s.OrderAt(from, "/start")
		if s.Over() == wire.H3 {
			o.Authority = s.Authority()
		}
		for _, v := range c.values {
			o.Fields = append(o.Fields, wire.Field{Name: c.field, Value: v})
		}
		if code == 307 {
			o.Method, o.Content = "POST", &Content{Octets: "tea", Length: 3}
		}
		r := s.Do(o)[0]
		return s.dropped(r, c)
	}
}

func (s *Setting) dropped(r Report, c carried) exam.Verdict {
	first := s.Asked("/start")
	there := slices.Concat(s.Asked("/there"), s.Asked(mark))
	// "HTTP-redirect fetch" deletes the "CORS non-wildcard request-header names"
	// at another origin, which is this one, and nothing else of the caller's.
	nonWildcard := c.field == "Authorization"
	switch {
	case r.Unsupported != "":
		return exam.NotAsked(say("The subject cannot do that: %s", "受測對象做不到：%s", r.Unsupported))
	case len(first) == 0 || !brings(first[0].Request, c):
		return exam.NotAsked(say("The first request came without %s as it was set, so there was nothing to drop.", "第一個請求就沒有照樣帶著 %s，無從拿掉。", c.field))
	case len(there) == 0:
		seen := say("It did not follow.", "它沒有跟著走。")
		if c.level == exam.Info {
			return exam.Noted("not followed", seen)
		}
		return exam.Passed(seen)
	}
	for _, a := range there {
		if a.Request.Fields.Has(c.field) {
			seen := say("The other origin got %s: %s (asked for %s).", "另一個來源收到了 %s: %s（請求 %s）。", c.field, a.Request.Fields.Get(c.field), a.Path)
			if c.level == exam.Info {
				return s.byFetch(exam.Noted("kept", seen), demand(!nonWildcard))
			}
			return exam.Failed(seen)
		}
	}
	seen := say("The other origin did not get %s.", "另一個來源沒有收到 %s。", c.field)
	if c.level == exam.Info {
		return s.byFetch(exam.Noted("dropped", seen), demand(nonWildcard))
	}
	return exam.Passed(seen)
}

// brings reports whether a request has each value that the caller set, in lines
// of their own or joined.
func brings(q *wire.Request, c carried) bool {
	got := q.Fields.Get(c.field)
	return !slices.ContainsFunc(c.values, func(v string) bool { return !strings.Contains(got, v) })
}

// What must not leave an origin with a redirect.
var redirectionSecrets = []exam.Case{
	carried{
		name: "redirect-auth-port", fault: "keeps-auth-on-other-port", spec: "RFC 9110 §15.4", level: exam.Should,
		field: "Authorization", values: []string{secret},
		stages: lang.Text{
			En:   "The caller sets Authorization; a 302 leads to another port of the same host.",
			ZhTW: "呼叫者設了 Authorization；302 導向同一主機的另一個連接埠。"},
	}.asCase(),
	carried{
		name: "redirect-auth-host", fault: "keeps-auth-on-other-host", spec: "RFC 9110 §15.4", level: exam.Should,
		field: "Authorization", values: []string{secret}, to: Place{IP: "127.0.0.2"},
		stages: lang.Text{
			En:   "The caller sets Authorization; a 302 leads to another host.",
			ZhTW: "呼叫者設了 Authorization；302 導向另一台主機。"},
	}.asCase(),
	carried{
		name: "redirect-auth-scheme", fault: "keeps-auth-on-other-port", spec: "RFC 9110 §15.4", level: exam.Should,
		field: "Authorization", values: []string{secret}, from: Place{Secure: true}, over: []wire.Protocol{wire.H1, wire.H2},
		stages: lang.Text{
			En:   "The caller sets Authorization for an https URL; a 302 leads to http on the same host.",
			ZhTW: "呼叫者對 https 網址設了 Authorization；302 導向同一主機的 http。"},
	}.asCase(),
	carried{
		name: "redirect-auth-return", fault: "restores-auth", spec: "RFC 9110 §15.4", level: exam.DeFacto,
		field: "Authorization", values: []string{secret}, to: Place{IP: "127.0.0.2"}, twice: true,
		stages: lang.Text{
			En:   "The caller sets Authorization; a 302 leads to another host, and there a second one to another path.",
			ZhTW: "呼叫者設了 Authorization；302 導向另一台主機，到了那裡再導向另一個路徑。"},
	}.asCase(),
	carried{
		name: "redirect-auth-307", fault: "keeps-auth-on-307", spec: "RFC 9110 §15.4; RFC 9110 §15.4.8", level: exam.Should,
		field: "Authorization", values: []string{secret}, to: Place{IP: "127.0.0.2"}, code: 307,
		stages: lang.Text{
			En:   "The caller sets Authorization on a POST; a 307 leads to another host.",
			ZhTW: "呼叫者在 POST 設了 Authorization；307 導向另一台主機。"},
	}.asCase(),
	carried{
		name: "redirect-auth-dup", fault: "drops-first-line-only", spec: "RFC 9110 §15.4", level: exam.Should,
		field: "Authorization", values: []string{secret, "Bearer leaf"}, to: Place{IP: "127.0.0.2"},
		stages: lang.Text{
			En:   "The caller sets Authorization in two lines; a 302 leads to another host.",
			ZhTW: "呼叫者設了兩行 Authorization；302 導向另一台主機。"},
	}.asCase(),
	carried{
		name: "redirect-auth-subdomain", fault: "keeps-auth-on-other-host", spec: "RFC 9110 §15.4", level: exam.Info,
		field: "Authorization", values: []string{secret}, from: Place{Host: "localhost"}, to: Place{Host: "tea.localhost"},
		stages: lang.Text{
			En:   "The caller sets Authorization; a 302 leads from localhost to tea.localhost.",
			ZhTW: "呼叫者設了 Authorization；302 從 localhost 導向 tea.localhost。"},
	}.asCase(),
	carried{
		name: "redirect-cookie-host", fault: "keeps-cookie-on-other-host", spec: "RFC 9110 §15.4", level: exam.Should,
		field: "Cookie", values: []string{"cup=blue"}, to: Place{IP: "127.0.0.2"},
		stages: lang.Text{
			En:   "The caller sets Cookie; a 302 leads to another host.",
			ZhTW: "呼叫者設了 Cookie；302 導向另一台主機。"},
	}.asCase(),
	carried{
		name: "redirect-proxy-auth", fault: "keeps-proxy-auth", spec: "RFC 9110 §15.4; RFC 9110 §11.7.2", level: exam.Should,
		field: "Proxy-Authorization", values: []string{secret}, to: Place{IP: "127.0.0.2"},
		stages: lang.Text{
			En:   "The caller sets Proxy-Authorization, and there is no proxy; a 302 leads to another host.",
			ZhTW: "呼叫者設了 Proxy-Authorization，但沒有代理；302 導向另一台主機。"},
	}.asCase(),
	carried{
		name: "redirect-custom-secret", fault: "drops-every-field", spec: "RFC 9110 §15.4", level: exam.Info,
		field: "X-Api-Key", values: []string{"leaf"}, to: Place{IP: "127.0.0.2"},
		stages: lang.Text{
			En:   "The caller sets X-Api-Key, which nobody but him knows for a secret; a 302 leads to another host.",
			ZhTW: "呼叫者設了 X-Api-Key，只有他自己知道那是秘密；302 導向另一台主機。"},
	}.asCase(),
	{
		Name: "redirect-userinfo", Level: exam.Info, Codes: codes(302), Spec: "RFC 9110 §4.2.4", Over: all,
		Needs: needs(Gets, Follows), Fault: "ignores-userinfo",
		Stages: lang.Text{
			En:   "A 302 to another host with user and password in the URL.",
			ZhTW: "302 導向另一台主機，網址裡帶著使用者與密碼。"},
		Wants: lang.Text{En: "Nothing: whether they are used is noted.", ZhTW: "沒有要求：記下它用不用。"},
		Run: stage(func(s *Setting) exam.Verdict {
			other := s.Open(Place{IP: "127.0.0.2"})
			s.On("/start", func(t *Turn) {
				t.Answer(302, "", "Location: "+strings.Replace(other.URL("/there"), "://", "://tea:leaves@", 1))
			})
			s.On("/there", func(t *Turn) {
				if !t.Request.Fields.Has("Authorization") {
					t.Answer(401, "", `WWW-Authenticate: Basic realm="there"`)
					return
				}
				t.Answer(200, markContent, "Content-Type: text/plain")
			})
			s.Get("/start")
			there := s.Asked("/there")
			// "HTTP-redirect fetch" in mode cors, which is fetch()'s: a network error.
			switch {
			case len(there) == 0:
				return s.byFetch(exam.Noted("not followed", say("It did not follow.", "它沒有跟著走。")), exam.Pass)
			case there[len(there)-1].Request.Fields.Has("Authorization"):
				return s.byFetch(exam.Noted("used", say("It gave them to the host in whose URL they stood.", "它把帳密交給了網址所指的那台主機。")), exam.Fail)
			}
			return s.byFetch(exam.Noted("ignored", say("It did not use them.", "它沒有使用帳密。")), exam.Fail)
		}),
	},
	{
		Name: "redirect-netrc", Level: exam.DeFacto, Codes: codes(302), Spec: "RFC 9110 §15.4", Over: h1,
		Needs: needs(Gets, Follows, Netrc, Basic), Fault: "user-for-every-host",
		Stages: lang.Text{
			En:   "Credentials are given for one host, and a .netrc has others for a second; a 302 leads from the first to the second.",
			ZhTW: "使用者給了一台主機的帳密，.netrc 另有第二台的；302 從第一台導向第二台。"},
		Wants: lang.Text{
			En:   "The second host gets its own credentials or none, never those of the first.",
			ZhTW: "第二台只能收到自己的帳密，或什麼都沒有；絕不能收到第一台的。"},
		Run: stage(func(s *Setting) exam.Verdict {
			other := s.Open(Place{IP: "127.0.0.2"})
			s.On("/start", func(t *Turn) {
				if !t.Request.Fields.Has("Authorization") {
					t.Answer(401, "", `WWW-Authenticate: Basic realm="here"`)
					return
				}
				t.Answer(302, "", "Location: "+other.URL("/there"))
			})
			s.On("/there", func(t *Turn) {
				if !t.Request.Fields.Has("Authorization") {
					t.Answer(401, "", `WWW-Authenticate: Basic realm="there"`)
					return
				}
				t.Answer(200, markContent, "Content-Type: text/plain")
			})
			o := s.Order("/start")
			o.User, o.Password = "tea", "leaves"
			o.Netrc = "machine 127.0.0.2\nlogin cup\npassword handle\n"
			r := s.Do(o)[0]
			if r.Unsupported != "" {
				return exam.NotAsked(say("The subject cannot do that: %s", "受測對象做不到：%s", r.Unsupported))
			}
			for _, a := range s.Asked("/there") {
				if a.Request.Fields.Get("Authorization") == secret {
					return exam.Failed(say("The second host got the first one's credentials.", "第二台主機收到了第一台的帳密。"))
				}
			}
			return exam.Passed(say("The second host did not get the first one's credentials.", "第二台主機沒有收到第一台的帳密。"))
		}),
	},
}
