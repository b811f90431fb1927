package client

import (
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
)

const basicChallenge = `WWW-Authenticate: Basic realm="tea"`

// challenged is a path that wants Basic credentials and says so in these lines.
func (s *Setting) challenged(path string, lines ...string) {
	s.On(path, func(t *Turn) {
		t.Content()
		if t.Request.Fields.Get("Authorization") == secret {
			t.Final()
			return
		}
		t.Answer(401, "who are you?", append(lines, "Content-Type: text/plain")...)
	})
}

// identified is an order with credentials for whoever asks.
func (s *Setting) identified(path string) Order {
	o := s.Order(path)
	o.User, o.Password = "tea", "leaves"
	return o
}

// unasked says that the first request brought credentials already: nothing can
// be learnt of how the client reads challenges.
func (s *Setting) unasked(path string) bool {
	asked := s.Asked(path)
	return len(asked) > 0 && asked[0].Request.Fields.Has("Authorization")
}

var notChallenged = say("The first request brought the credentials already, or no request came.", "第一個請求就帶了帳密，或根本沒有請求。")

// challenge makes a case of a challenge that is unusual and has to be understood.
func challenge(name, fault, spec string, level exam.Level, stages lang.Text, odd string) exam.Case {
	return exam.Case{
		Name: name, Level: level, Codes: codes(401), Spec: spec, Over: all, Needs: needs(Gets, Basic), Fault: fault, Stages: stages,
		Wants: lang.Text{En: "To find the Basic challenge and to answer it.", ZhTW: "找出 Basic 質詢並回答。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.challenged("/start", strings.Split(s.Either(odd, basicChallenge), "\n")...)
			r := s.Do(s.identified("/start"))[0]
			switch {
			case s.Came("/start") == 0 || s.unasked("/start"):
				return exam.NotAsked(notChallenged)
			case len(s.Asked("/start")) > 1 && s.Asked("/start")[1].Request.Fields.Get("Authorization") == secret:
				return exam.Passed(say("It answered with Basic credentials.", "它以 Basic 帳密回答。"))
			}
			return exam.Failed(say("It did not answer the challenge: %v", "它沒有回答質詢：%v", r.Err))
		}),
	}
}

// silentOn makes a case of a challenge that gives no reason to send credentials.
func silentOn(name, fault string, stages lang.Text, lines ...string) exam.Case {
	return exam.Case{
		Name: name, Level: exam.DeFacto, Codes: codes(401), Spec: "RFC 9110 §11.4; RFC 9110 §15.5.2", Over: all,
		Needs: needs(Gets, Basic), Fault: fault, Stages: stages,
		Wants: lang.Text{En: "To send no credentials, and not to ask again and again.", ZhTW: "不送出帳密，也不一再要求。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.challenged("/start", lines...)
			s.Do(s.identified("/start"))
			asked := s.Asked("/start")
			if len(asked) == 0 || s.unasked("/start") {
				return exam.NotAsked(notChallenged)
			}
			for _, a := range asked {
				if a.Request.Fields.Has("Authorization") {
					return exam.Failed(say("It sent %s.", "它送出了 %s。", a.Request.Fields.Get("Authorization")))
				}
			}
			if len(asked) > 3 {
				return exam.Failed(say("It asked %d times.", "它要求了 %d 次。", len(asked)))
			}
			return exam.Passed(say("It sent no credentials.", "它沒有送出帳密。"))
		}),
	}
}

var auth = []exam.Case{
	{
		Name: "401-basic", Level: exam.Info, Codes: codes(401), Spec: "RFC 9110 §15.5.2; RFC 7617 §2", Over: all,
		Needs: needs(Gets, Basic), Fault: "answers-no-challenge",
		Stages: lang.Text{En: "A 401 with a Basic challenge; the user gave credentials.", ZhTW: "401 帶 Basic 質詢；使用者給了帳密。"},
		Wants:  lang.Text{En: "Nothing: whether it answers is noted.", ZhTW: "沒有要求：記下它回不回答。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.challenged("/start", basicChallenge)
			s.Do(s.identified("/start"))
			for i, a := range s.Asked("/start") {
				if a.Request.Fields.Get("Authorization") == secret {
					if i == 0 {
						return exam.Noted("unasked", say("It sent them before it was asked.", "還沒被問就送了。"))
					}
					return exam.Noted("answers", say("It answered the challenge.", "它回答了質詢。"))
				}
			}
			return exam.Noted("gives up", say("It sent no credentials.", "它沒有送出帳密。"))
		}),
	},
	{
		Name: "401-preemptive", Level: exam.Info, Codes: codes(401), Spec: "RFC 9110 §11.4; RFC 7617 §2.2", Over: all,
		Needs: needs(Gets, Basic), Fault: "credentials-unasked",
		Stages: lang.Text{En: "The user gave credentials; nothing asks for them.", ZhTW: "使用者給了帳密，但沒有人要求。"},
		Wants:  lang.Text{En: "Nothing: whether they go out unasked is noted.", ZhTW: "沒有要求：記下它會不會主動送出。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", plain(200))
			s.Do(s.identified("/start"))
			if s.unasked("/start") {
				return exam.Noted("unasked", say("The first request brought them.", "第一個請求就帶了帳密。"))
			}
			return exam.Noted("waits", say("The first request came without them.", "第一個請求沒有帶帳密。"))
		}),
	},
	challenge("401-two-in-one-line", "first-challenge-only", "RFC 9110 §11.6.1", exam.Should,
		lang.Text{En: "One line with an unknown scheme's challenge and a Basic one.", ZhTW: "同一行裡有未知方案與 Basic 兩個質詢。"},
		`WWW-Authenticate: Brew realm="pots", type=1, title="Log in at \"pots\"", Basic realm="tea"`),
	challenge("401-two-lines", "first-challenge-only", "RFC 9110 §11.6.1", exam.Should,
		lang.Text{En: "Two lines: an unknown scheme's challenge, then a Basic one.", ZhTW: "兩行：先是未知方案，再來是 Basic。"},
		"WWW-Authenticate: Brew realm=\"pots\"\n"+basicChallenge),
	challenge("401-case-insensitive", "exact-scheme-name", "RFC 9110 §11.1", exam.Must,
		lang.Text{En: "The scheme is written bAsIc, and the realm is a token.", ZhTW: "方案寫成 bAsIc，realm 是 token。"},
		"WWW-Authenticate: bAsIc realm=tea"),
	challenge("401-empty-elements", "no-empty-members", "RFC 9110 §5.6.1.2; RFC 9110 §11.6.1", exam.Must,
		lang.Text{En: "The list has empty members before and behind the challenge.", ZhTW: "清單在質詢的前後有空成員。"},
		`WWW-Authenticate: , , Basic realm="tea",`),
	silentOn("401-unknown-only", "basic-for-any-scheme",
		lang.Text{En: "A 401 with an unknown scheme's challenge only.", ZhTW: "401 只有未知方案的質詢。"}, `WWW-Authenticate: Brew realm="pots"`),
	silentOn("401-no-challenge", "basic-without-challenge",
		lang.Text{En: "A 401 without a challenge.", ZhTW: "沒有質詢的 401。"}),
	{
		Name: "401-digest-and-basic", Level: exam.Info, Codes: codes(401), Spec: "RFC 7616 §3.7", Over: all,
		Needs: needs(Gets, Basic, Digest), Fault: "prefers-basic",
		Stages: lang.Text{En: "A Digest challenge, then a Basic one.", ZhTW: "先是 Digest 質詢，再來是 Basic。"},
		Wants:  lang.Text{En: "Nothing: which it answers is noted.", ZhTW: "沒有要求：記下它回答哪一個。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.challenged("/start", `WWW-Authenticate: Digest realm="tea", qop="auth", algorithm=MD5, nonce="n1"`, basicChallenge)
			s.Do(s.identified("/start"))
			if s.unasked("/start") {
				return exam.NotAsked(notChallenged)
			}
			for _, a := range s.Asked("/start") {
				if scheme, _, _ := strings.Cut(a.Request.Fields.Get("Authorization"), " "); scheme != "" {
					return exam.Noted(strings.ToLower(scheme), say("It answered with %s.", "它以 %s 回答。", scheme))
				}
			}
			return exam.Noted("neither", say("It answered neither.", "兩個都沒回答。"))
		}),
	},
	{
		Name: "401-digest-sha256", Level: exam.Should, Codes: codes(401), Spec: "RFC 7616 §3.7; RFC 7616 §3.4.1", Over: all,
		Needs: needs(Gets, Digest), Fault: "wrong-digest",
		Stages: lang.Text{En: "Digest challenges with SHA-256, then with MD5.", ZhTW: "Digest 質詢，先 SHA-256，再 MD5。"},
		Wants:  lang.Text{En: "The first that it supports, computed right.", ZhTW: "用它支援的第一個，並且算對。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if t.Request.Fields.Has("Authorization") {
					t.Final()
					return
				}
				t.Answer(401, "who are you?", `WWW-Authenticate: Digest realm="tea", qop="auth", algorithm=SHA-256, nonce="n1"`,
					`WWW-Authenticate: Digest realm="tea", qop="auth", algorithm=MD5, nonce="n1"`)
			})
			s.Do(s.identified("/start"))
			asked := s.Asked("/start")
			if len(asked) == 0 || s.unasked("/start") {
				return exam.NotAsked(notChallenged)
			}
			if len(asked) < 2 {
				return exam.Failed(say("It did not answer.", "它沒有回答。"))
			}
			q := asked[1].Request
			if wrong := digestRight(q.Fields.Get("Authorization"), "GET", q.Target, "n1", "SHA-256", "MD5"); wrong != "" {
				return exam.Failed(say("Its answer is wrong: %s.", "它答錯了：%s。", wrong))
			}
			return exam.Passed(say("It answered with %s.", "它以 %s 回答。", Params(q.Fields.Get("Authorization"))["algorithm"]))
		}),
	},
	{
		// "May wish to" is a permission; it is what stale is for.
		Name: "401-digest-stale", Level: exam.DeFacto, Codes: codes(401), Spec: "RFC 7616 §3.3; RFC 7616 §3.6", Over: all,
		Needs: needs(Gets, Digest), Fault: "ignores-stale",
		Stages: lang.Text{
			En:   "A Digest challenge; its right answer gets a 401 with stale=true and a new nonce.",
			ZhTW: "Digest 質詢；正確的回答得到 stale=true 的 401 與新的 nonce。"},
		Wants: lang.Text{En: "To answer once more, with the new nonce.", ZhTW: "用新的 nonce 再答一次。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				switch Params(t.Request.Fields.Get("Authorization"))["nonce"] {
				case "n2":
					t.Final()
				case "n1":
					t.Answer(401, "once more", `WWW-Authenticate: Digest realm="tea", qop="auth", algorithm=MD5, nonce="n2", stale=true`)
				default:
					t.Answer(401, "who are you?", `WWW-Authenticate: Digest realm="tea", qop="auth", algorithm=MD5, nonce="n1"`)
				}
			})
			s.Do(s.identified("/start"))
			asked := s.Asked("/start")
			last := len(asked) - 1
			switch {
			case last < 0 || s.unasked("/start") || last == 0:
				return exam.NotAsked(say("It did not answer the first challenge.", "它沒有回答第一個質詢。"))
			case digestRight(asked[last].Request.Fields.Get("Authorization"), "GET", asked[last].Request.Target, "n2", "MD5") == "":
				return exam.Passed(say("It answered with the new nonce.", "它以新的 nonce 回答。"))
			}
			return exam.Failed(say("It did not answer with the new nonce.", "它沒有以新的 nonce 回答。"))
		}),
	},
	{
		Name: "401-rejected-loop", Level: exam.Should, Codes: codes(401), Spec: "RFC 9110 §15.5.2", Over: all,
		Needs: needs(Gets, Basic), Fault: "repeats-refused-credentials",
		Stages: lang.Text{En: "A 401 whatever comes.", ZhTW: "不論送來什麼都回 401。"},
		Wants:  lang.Text{En: "To try the same credentials once.", ZhTW: "同樣的帳密只試一次。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) { t.Answer(401, "no", basicChallenge, "Content-Type: text/plain") })
			s.Do(s.identified("/start"))
			with := 0
			for _, a := range s.Asked("/start") {
				if a.Request.Fields.Has("Authorization") {
					with++
				}
			}
			if with > 1 {
				return exam.Failed(say("It sent the same credentials %d times.", "同樣的帳密它送了 %d 次。", with))
			}
			return exam.Passed(say("It sent them once.", "它只送一次。"))
		}),
	},
	{
		Name: "401-realm-reuse", Level: exam.Info, Codes: codes(401), Spec: "RFC 9110 §11.5; RFC 7617 §2.2", Over: all,
		Needs: needs(Gets, Basic, Reuses), Fault: "credentials-unasked",
		Stages: lang.Text{En: "After a Basic challenge was answered, a second order for a path beside the first.", ZhTW: "回答過 Basic 質詢之後，再要求旁邊的路徑。"},
		Wants:  lang.Text{En: "Nothing: whether the second request brings the credentials is noted.", ZhTW: "沒有要求：記下第二個請求是否直接帶帳密。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.challenged("/in/1", basicChallenge)
			s.challenged("/in/2", basicChallenge)
			s.Do(s.identified("/in/1"), s.identified("/in/2"))
			switch {
			case s.unasked("/in/1"):
				return exam.Noted("always", say("Already the first request brought them.", "第一個請求就帶了。"))
			case s.unasked("/in/2"):
				return exam.Noted("reused", say("The second request brought them.", "第二個請求帶了。"))
			}
			return exam.Noted("asked again", say("The second request came without them.", "第二個請求沒有帶。"))
		}),
	},
	{
		Name: "401-body-keepalive", Level: exam.Must, Codes: codes(401), Spec: "RFC 9112 §9.3", Over: h1,
		Needs: needs(Gets, Basic), Fault: "leaves-content-unread",
		Stages: lang.Text{En: "A challenge with 100 kB of content, on a connection that stays open.", ZhTW: "質詢帶著 100 kB 的內容，連線保持開啟。"},
		Wants:  lang.Text{En: "To read it or to leave the connection; the answer to the challenge comes in step.", ZhTW: "讀完或放棄這條連線；回答質詢的請求不可錯位。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if t.Request.Fields.Has("Authorization") {
					t.Final()
					return
				}
				t.Answer(401, s.Either(strings.Repeat("who are you?\n", 8000), ""), basicChallenge, "Content-Type: text/plain")
			})
			r := s.Do(s.identified("/start"))[0]
			if s.unasked("/start") {
				return exam.NotAsked(notChallenged)
			}
			return s.Delivered(r, exam.Fail)
		}),
	},
	{
		// No sentence demands it: "repeat the request" is a permission.
		Name: "401-post-body", Level: exam.DeFacto, Codes: codes(401), Spec: "RFC 9110 §15.5.2", Over: all,
		Needs: needs(Gets, Basic, Sends), Fault: "retries-empty-handed",
		Stages: lang.Text{En: "A POST with content, answered with a challenge.", ZhTW: "帶內容的 POST 得到質詢。"},
		Wants:  lang.Text{En: "The request with credentials has all the content again.", ZhTW: "帶著帳密的請求要再次帶上完整內容。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.challenged("/start", basicChallenge)
			o := s.identified("/start")
			o.Method, o.Content = "POST", &Content{Octets: "two spoons", Length: 10}
			s.Do(o)
			for _, a := range s.Asked("/start") {
				if !a.Request.Fields.Has("Authorization") {
					continue
				}
				if string(a.Request.Content.Data) != "two spoons" {
					return exam.Failed(say("With the credentials came %.40q.", "隨帳密送來的內容是 %.40q。", a.Request.Content.Data))
				}
				return exam.Passed(say("The content came with the credentials.", "內容與帳密一起送來。"))
			}
			return exam.NotAsked(say("It did not answer the challenge.", "它沒有回答質詢。"))
		}),
	},
	{
		Name: "403-no-repeat", Level: exam.Should, Codes: codes(403), Spec: "RFC 9110 §15.5.4", Over: all,
		Needs: needs(Gets, Basic), Fault: "repeats-at-403",
		Stages: lang.Text{En: "A 403 to a request with credentials.", ZhTW: "帶著帳密的請求得到 403。"},
		Wants:  lang.Text{En: "Not to repeat it with the same credentials.", ZhTW: "不以同樣的帳密重送。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if !t.Request.Fields.Has("Authorization") {
					t.Answer(401, "who are you?", basicChallenge, "Content-Type: text/plain")
					return
				}
				t.Answer(403, "not you", "Content-Type: text/plain")
			})
			s.Do(s.identified("/start"))
			with := 0
			for _, a := range s.Asked("/start") {
				if a.Request.Fields.Has("Authorization") {
					with++
				}
			}
			switch {
			case with == 0:
				return exam.NotAsked(say("It did not answer the challenge.", "它沒有回答質詢。"))
			case with > 1:
				return exam.Failed(say("It sent the same credentials %d times.", "同樣的帳密它送了 %d 次。", with))
			}
			return exam.Passed(say("It left it at that.", "它就此打住。"))
		}),
	},
}
