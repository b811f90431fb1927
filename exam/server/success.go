package server

import (
	"fmt"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// fileHas makes a case of what the plain answer carries.
func fileHas(name string, level exam.Level, spec, fault, en, zhTW string, holds ...check) exam.Case {
	return exam.Case{Name: name, Level: level, Spec: spec, Over: all, Needs: needs(Serves), Fault: fault,
		Codes:  []status.Code{200},
		Stages: say("A plain GET of the file.", "對檔案的單純 GET。"), Wants: both(en, zhTW),
		Run: stage(func(s *setting) exam.Verdict {
			return s.judge(s.ask(get(s.subject.File)), []answer{may(en, zhTW, 200).and(holds...)})
		})}
}

var success = []exam.Case{
	fileHas("file-date", exam.Must, "RFC 9110 §6.6.1", "no-date", "A Date, which every server with a clock sends.", "有時鐘的伺服器都要送 Date。", has("Date"), once("Date"), imf("Date")),
	fileHas("file-content-type", exam.Should, "RFC 9110 §8.3", "no-content-type", "A Content-Type.", "有 Content-Type。", typed),
	fileHas("file-validator", exam.Should, "RFC 9110 §8.8.2.1; RFC 9110 §8.8.3.1", "no-validators", "A validator, by which caches ask again.", "有驗證器，供快取再次詢問。", validated),
	fileHas("file-last-modified-form", exam.Must, "RFC 9110 §5.6.7", "old-dates", "A Last-Modified in the one form of date that is generated.", "Last-Modified 採用唯一應產生的日期格式。", imf("Last-Modified"), imf("Expires")),
	fileHas("file-last-modified-not-later", exam.Must, "RFC 9110 §8.8.2.1", "tomorrow", "A Last-Modified not later than Date.", "Last-Modified 不晚於 Date。", notLater),
	fileHas("file-etag-form", exam.Must, "RFC 9110 §8.8.3", "bare-etag", "An ETag in quotation marks.", "ETag 要有引號。", quoted),
	fileHas("file-single-fields", exam.Must, "RFC 9110 §5.3", "twice", "No field twice that has one value only.", "只有單一值的欄位不重複。", once("ETag"), once("Last-Modified"), once("Content-Type"), once("Content-Length"), once("Location"), once("Server")),
	fileHas("file-framing", exam.Must, "RFC 9112 §6.2", "length-and-chunked", "One framing, and as many octets as it says.", "只有一種框架，位元組數相符。", whole, oneFraming),
	fileHas("file-no-content-range", exam.DeFacto, "RFC 9110 §14.4", "content-range-always", "No Content-Range outside of 206 and 416.", "206 與 416 之外沒有 Content-Range。", hasNot("Content-Range")),
	fileHas("file-no-interim", exam.DeFacto, "RFC 9110 §15.2.1", "always-continues", "No 100 that nobody has asked for.", "沒有人要求的 100 不出現。", no100),
	{
		Name: "reason-phrase-space", Level: exam.Must, Spec: "RFC 9112 §4", Over: h1, Needs: needs(Serves), Fault: "no-space-after-code",
		Stages: say("A plain GET of the file.", "對檔案的單純 GET。"), Wants: say("A status line with a space behind the code, even if no phrase follows.", "狀態行的狀態碼後有空白，即使後面沒有片語。"),
		Run: stage(func(s *setting) exam.Verdict {
			line, _, _ := strings.Cut(string(s.file().Octets), "\r\n")
			if len(line) < 13 || line[12] != ' ' {
				return exam.Failed(say("The status line is %q.", "狀態行是 %q。", line))
			}
			return exam.Passed(say("The status line is %q.", "狀態行是 %q。", line))
		}),
	},
	{
		Name: "version-told", Level: exam.Should, Spec: "RFC 9110 §6.2", Over: h1, Needs: needs(Serves, Old), Fault: "steps-down",
		Stages: say("A GET in HTTP/1.1 and one in HTTP/1.0.", "HTTP/1.1 與 HTTP/1.0 的 GET 各一次。"),
		Wants:  say("Both answers say the highest version of HTTP/1 to which the server conforms.", "兩個回應都寫伺服器所符合的最高 HTTP/1 版本。"),
		Run: stage(func(s *setting) exam.Verdict {
			if exam.Either(s.Trial, false, true) {
				return s.plain()
			}
			now, old := s.file(), s.ask(exactly(http10)(s)).Final
			switch {
			case old == nil:
				return exam.Failed(say("No answer in HTTP/1.0.", "HTTP/1.0 沒有得到回應。"))
			case now.Version != old.Version:
				return exam.Failed(say("It says HTTP/%d.%d to HTTP/1.1, and HTTP/%d.%d to HTTP/1.0.", "它對 HTTP/1.1 說 HTTP/%d.%d，對 HTTP/1.0 說 HTTP/%d.%d。",
					now.Version.Major, now.Version.Minor, old.Version.Major, old.Version.Minor))
			}
			return exam.Passed(say("HTTP/%d.%d, both times.", "兩次都是 HTTP/%d.%d。", now.Version.Major, now.Version.Minor))
		}),
	},
	ask(exam.Case{Name: "error-has-date", Level: exam.Must, Spec: "RFC 9110 §6.6.1", Over: all, Needs: needs(Serves, Misses), Fault: "no-date",
		Stages: say("A GET of a name that nobody has given.", "GET 一個沒人取過的名字。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce)) },
		may("A Date comes with every 2xx, 3xx and 4xx.", "2xx、3xx、4xx 都要有 Date。", 404, 410).and(has("Date"), imf("Date"))),
	ask(exam.Case{Name: "error-framing", Level: exam.Must, Spec: "RFC 9112 §6.2", Over: all, Needs: needs(Serves, Misses), Fault: "length-and-chunked",
		Stages: say("A GET of a name that nobody has given.", "GET 一個沒人取過的名字。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce)) },
		may("One framing, and as many octets as it says.", "只有一種框架，位元組數相符。", 404, 410).and(whole, oneFraming)),
	ask(exam.Case{Name: "framed-no-connection-fields", Level: exam.Must, Spec: "RFC 9113 §8.2.2; RFC 9114 §4.2", Over: framed, Needs: needs(Serves, Misses), Fault: "connection-fields",
		Stages: say("A GET of a name that nobody has given.", "GET 一個沒人取過的名字。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce)) },
		may("No field of an HTTP/1.1 connection comes with it.", "不帶 HTTP/1.1 連線的欄位。", 404, 410).and(hasNot("Connection"), hasNot("Keep-Alive"), hasNot("Transfer-Encoding"), hasNot("Upgrade"), hasNot("Proxy-Connection"))),
}

var connections = []exam.Case{
	// A72
	octets(exam.Case{Name: "close-is-answered", Level: exam.Should, Spec: "RFC 9112 §9.6", Needs: needs(Serves), Fault: "no-connection-close",
		Stages: say("Connection: close.", "Connection: close。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Connection: close\r\n\r\n", fine.and(saysClose)),
	octets(exam.Case{Name: "close-closes", Level: exam.Must, Spec: "RFC 9112 §9.6", Needs: needs(Serves), Fault: "ignores-close",
		Stages: say("Connection: close.", "Connection: close。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Connection: close\r\n\r\n", fine.and(closed)),
	octets(exam.Case{Name: "close-in-capitals", Level: exam.Must, Spec: "RFC 9110 §7.6.1", Needs: needs(Serves), Fault: "close-in-small-letters",
		Stages: say("Connection: CLOSE; options are not case-sensitive.", "Connection: CLOSE；選項不分大小寫。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Connection: CLOSE\r\n\r\n", fine.and(closed)),
	octets(exam.Case{Name: "close-in-list", Level: exam.Must, Spec: "RFC 9110 §7.6.1", Needs: needs(Serves), Fault: "ignores-close",
		Stages: say("Connection: froth, close.", "Connection: froth, close。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}Connection: froth, close\r\n\r\n", fine.and(closed)),
	{
		Name: "pipelined", Level: exam.Must, Spec: "RFC 9112 §9.3.2", Over: h1, Needs: needs(Serves, Keeps, Misses), Fault: "answers-once",
		Stages: say("Three requests at once on one connection.", "同一連線上一次送三個請求。"), Wants: say("Three answers in the order of the requests.", "三個回應，順序與請求相同。"),
		Run: stage(func(s *setting) exam.Verdict {
			if exam.Either(s.Trial, false, true) {
				return s.plain()
			}
			c := s.dial()
			line := "GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}\r\n"
			c.Write(s.raw(line + strings.Replace(line, "{file}", "{missing}", 1) + line))
			var codes []status.Code
			for n := range 3 {
				x, err := c.ReadExchange(s.Context, "GET")
				// A connection may end between two answers (RFC 9112 §9.3.2, §9.5).
				if n > 0 && err == nil && x.Final == nil && x.End != wire.EndSilent {
					return exam.Passed(say("%v, then the connection ended.", "%v，然後連線結束。", codes))
				}
				if err != nil || x.Final == nil {
					break
				}
				if codes = append(codes, x.Final.Status); (x.Final.Status == 200) == (n == 1) {
					break
				}
				if x.Final.Fields.HasMember("Connection", "close") {
					return exam.Passed(say("%v, and the last says that the connection ends.", "%v，最後一個說明連線要結束。", codes))
				}
			}
			if len(codes) == 3 && codes[2] == 200 {
				return exam.Passed(say("%v", "%v", codes))
			}
			return exam.Failed(say("The answers: %v.", "回應：%v。", codes))
		}),
	},
	{
		Name: "kept-after-404", Level: exam.DeFacto, Spec: "RFC 9112 §9.3; RFC 9112 §9.6", Over: all, Needs: needs(Serves, Keeps, Misses), Fault: "one-answer-a-connection",
		Stages: say("A GET of nothing, then a GET of the file on the same connection.", "GET 不存在的東西，再在同一連線上 GET 檔案。"), Wants: say("Both are answered, or the first says that it closes.", "兩個都得到回應，或第一個說明要關閉。"),
		Run: stage(func(s *setting) exam.Verdict {
			return s.twice(get(s.subject.missing(s.Nonce)))
		}),
	},
	{
		Name: "kept-after-head", Level: exam.Must, Spec: "RFC 9112 §6.3", Over: h1, Needs: needs(Serves, Keeps), Fault: "head-with-content",
		Stages: say("HEAD, then a GET of the file on the same connection.", "HEAD，再在同一連線上 GET 檔案。"), Wants: say("Both are answered, or the first says that it closes.", "兩個都得到回應，或第一個說明要關閉。"),
		Run: stage(func(s *setting) exam.Verdict { return s.twice(request("HEAD", s.subject.File)) }),
	},
	{
		Name: "kept-after-content", Level: exam.Must, Spec: "RFC 9112 §9.3", Over: h1, Needs: needs(Serves, Keeps), Fault: "answers-twice",
		Stages: say("A GET with content, then a GET of the file on the same connection.", "帶內容的 GET，再在同一連線上 GET 檔案。"), Wants: say("The content is read or the connection ends; it is never taken for a request.", "讀完內容或關閉連線；絕不把內容當成請求。"),
		Run: stage(func(s *setting) exam.Verdict { return s.twice(with(get(s.subject.File), "oolong")) }),
	},
	{
		Name: "kept-after-304", Level: exam.Must, Spec: "RFC 9112 §6.3", Over: h1, Needs: needs(Serves, Keeps, Tags), Fault: "304-with-content",
		Stages: say("A GET that gets 304, then a GET of the file on the same connection.", "得到 304 的 GET，再在同一連線上 GET 檔案。"), Wants: say("Both are answered, or the first says that it closes.", "兩個都得到回應，或第一個說明要關閉。"),
		Run: stage(func(s *setting) exam.Verdict {
			q := get(s.subject.File, "If-None-Match", s.file().Fields.Get("ETag"))
			if x := s.ask(q); x.Final != nil && x.Final.Status != 304 {
				return exam.NotAsked(say("It does not answer with 304: %s.", "它不回 304：%s。", did(x)))
			}
			return s.twice(q)
		}),
	},
}

const (
	imfForm = "Mon, 02 Jan 2006 15:04:05 GMT"
)

// twice makes an exchange and then gets the file on the same connection.
func (s *setting) twice(q *peer.Request) exam.Verdict {
	if exam.Either(s.Trial, false, true) {
		return s.plain()
	}
	c := s.dial()
	if s.Over == wire.H1 {
		q.Linger = lookAfter
	}
	first := s.do(c, q)
	switch {
	case first.Final == nil && first.End == wire.EndSilent:
		return exam.Failed(say("No answer: %s.", "沒有回應：%s。", did(first)))
	case len(first.After) > 0:
		return exam.Failed(say("Octets follow the first answer: %.40q", "第一個回應之後還有位元組：%.40q", first.After))
	case first.Final == nil || first.Final.Fields.HasMember("Connection", "close") || first.End != wire.EndKept:
		return exam.Passed(say("%s, and the connection ends.", "%s，然後關閉連線。", did(first)))
	}
	second := s.do(c, get(s.subject.File))
	if second.Final != nil && second.Final.Status == 200 {
		return exam.Passed(say("%s, then %s.", "%s，然後 %s。", did(first), did(second)))
	}
	// A connection may end at any time (RFC 9112 §9.5); that it will end is said
	// where that is known (§9.6), which is no MUST.
	if s.Over == wire.H1 && second.Final == nil && second.End != wire.EndSilent && len(second.After) == 0 {
		ended := say("%s kept the connection, then it ended without saying so.", "%s 保持了連線，卻不說一聲就斷了。", did(first))
		if s.Case.Level == exam.Must {
			return exam.Passed(ended)
		}
		return exam.Failed(ended)
	}
	return exam.Failed(say("%s, then %s.", "%s，然後 %s。", did(first), did(second)))
}

func modified(p *wire.Response) (time.Time, error) {
	return time.Parse(imfForm, p.Fields.Get("Last-Modified"))
}

func validated(_ *setting, x *wire.Exchange) lang.Text {
	if x.Final.Fields.Has("ETag") || x.Final.Fields.Has("Last-Modified") {
		return lang.Text{}
	}
	return say("it has neither ETag nor Last-Modified", "既沒有 ETag 也沒有 Last-Modified")
}

func notLater(_ *setting, x *wire.Exchange) lang.Text {
	last, err := modified(x.Final)
	date, err2 := time.Parse(imfForm, x.Final.Fields.Get("Date"))
	if err == nil && err2 == nil && last.After(date) {
		return say("Last-Modified %s is later than Date", "Last-Modified %s 晚於 Date", x.Final.Fields.Get("Last-Modified"))
	}
	return lang.Text{}
}

func quoted(_ *setting, x *wire.Exchange) lang.Text {
	tag := strings.TrimPrefix(x.Final.Fields.Get("ETag"), "W/")
	if tag == "" || len(tag) >= 2 && tag[0] == '"' && tag[len(tag)-1] == '"' && !strings.Contains(tag[1:len(tag)-1], `"`) {
		return lang.Text{}
	}
	return say("ETag is no entity tag: %s", "ETag 不是 entity-tag：%s", fmt.Sprintf("%q", tag))
}

func oneFraming(_ *setting, x *wire.Exchange) lang.Text {
	if x.Final.Fields.Has("Content-Length") && x.Final.Fields.Has("Transfer-Encoding") {
		return say("it has Content-Length and Transfer-Encoding", "同時有 Content-Length 與 Transfer-Encoding")
	}
	return lang.Text{}
}

func no100(_ *setting, x *wire.Exchange) lang.Text {
	for i := range x.Interim {
		if x.Interim[i].Status == 100 {
			return say("100 came", "收到 100")
		}
	}
	return lang.Text{}
}

// saysClose asks for the option close; HTTP/1.0 says it by its version (RFC 9112
// §9.3).
func saysClose(_ *setting, x *wire.Exchange) lang.Text {
	if x.Final.Fields.HasMember("Connection", "close") || !x.Final.Version.AtLeast(1, 1) && !x.Final.Fields.HasMember("Connection", "keep-alive") {
		return lang.Text{}
	}
	return say("Connection: close is missing", "缺少 Connection: close")
}
