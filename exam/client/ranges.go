package client

import (
	"fmt"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// The resource that a subject has the first half of.
const (
	wholeFile = "0123456789"
	firstHalf = "01234"
)

// resumed makes a case of an answer to the request for the rest. The file that
// the subject then has is the whole one, or what it was before, or it is not
// called complete: never a mixture.
func resumed(name, fault, spec string, level exam.Level, code status.Code, stages, wants lang.Text, partial func(*Turn)) exam.Case {
	mustComplete := wants == completed
	return exam.Case{
		Name: name, Level: level, Codes: codes(code), Spec: spec, Over: h1, Needs: needs(Gets, Resumes, Shows), Fault: fault,
		Stages: stages, Wants: wants,
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				switch {
				case !t.Request.Fields.Has("Range"):
					t.Answer(200, wholeFile, "Content-Type: text/plain", "Accept-Ranges: bytes")
				case s.trial.Control:
					t.Answer(206, wholeFile[5:], "Content-Type: text/plain", "Content-Range: bytes 5-9/10")
				default:
					partial(t)
				}
			})
			exam.Either(s.trial, 0, 0) // there is a control: the plain 206
			o := s.Order("/start")
			o.Part = []byte(firstHalf)
			r := s.Do(o)[0]
			// RFC 9110 §14.4 forbids to combine; to leave everything as it was is no
			// combining, whatever the client then calls it.
			if wants == neverMixed && string(r.Content) == firstHalf {
				return exam.Passed(say("It left what it had as it was: %v", "它讓原有的部分維持原樣：%v", r.Err))
			}
			if verdict := s.pieced(r); verdict.Outcome != exam.Pass || string(r.Content) == wholeFile || !mustComplete {
				return verdict
			}
			return exam.Failed(say("It gave up, though there is nothing wrong: %v", "並沒有問題，它卻放棄了：%v", r.Err))
		}),
	}
}

// pieced grades the file that a subject has in the end.
func (s *Setting) pieced(r Report) exam.Verdict {
	asked := s.Asked("/start")
	switch content := string(r.Content); {
	case r.Unsupported != "" || len(asked) == 0 || !asked[0].Request.Fields.Has("Range"):
		return exam.NotAsked(say("It did not ask for the rest. %s", "它沒有要求其餘部分。%s", r.Unsupported))
	case content == wholeFile && r.Success():
		return exam.Passed(say("The file is whole.", "檔案完整。"))
	case content == wholeFile:
		return exam.Passed(say("The file is whole, though it calls that a failure: %v", "檔案完整，雖然它說失敗：%v", r.Err))
	case !r.Success() && strings.HasPrefix(wholeFile, content):
		return exam.Passed(say("It gave up, and what it has is right as far as it goes: %v", "它放棄了，手上的部分仍是對的：%v", r.Err))
	case !r.Success():
		return exam.Failed(say("It gave up and left %.40q.", "它放棄了，留下的是 %.40q。", content))
	default:
		return exam.Failed(say("It has %.40q and calls that a success.", "它手上是 %.40q，還當成成功。", content))
	}
}

// completed is what has to become of a part that is in order.
var completed = lang.Text{En: "The file is completed.", ZhTW: "檔案補完整。"}

var neverMixed = lang.Text{
	En:   "To look at what came, and to start again or to give up; never to append it.",
	ZhTW: "先看清楚送來的是什麼，重新開始或放棄；不可直接接上去。"}

func part(content string, fields ...string) func(*Turn) {
	return func(t *Turn) { t.Answer(206, content, append(fields, "Content-Type: text/plain")...) }
}

var ranges = []exam.Case{
	{
		Name: "206-good-resume", Level: exam.Info, Proves: Resumes, Codes: codes(206), Spec: "RFC 9110 §14.2; RFC 9110 §15.3.7", Over: h1,
		Needs: needs(Gets, Shows), Fault: "loses-the-rest",
		Stages: lang.Text{En: "The subject has a half; a right 206 brings the rest.", ZhTW: "受測對象已有一半；正確的 206 送來其餘部分。"},
		Wants:  completed,
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", part("56789", "Content-Range: bytes 5-9/10"))
			o := s.Order("/start")
			o.Part = []byte(firstHalf)
			if verdict := s.pieced(s.Do(o)[0]); verdict.Outcome != exam.Pass {
				return exam.Failed(verdict.Detail)
			}
			return exam.Passed(say("The file is whole.", "檔案完整。"))
		}),
	},
	resumed("206-wrong-offset", "appends-whatever", "RFC 9110 §15.3.7", exam.Must, 206,
		lang.Text{En: "A 206 that has the file from its beginning, and says so.", ZhTW: "206 送的是從頭開始的檔案，也如實標明。"},
		neverMixed, part(wholeFile, "Content-Range: bytes 0-9/10")),
	resumed("206-no-content-range", "appends-whatever", "RFC 9110 §15.3.7", exam.Must, 206,
		lang.Text{En: "A 206 with the whole file that does not say which part it is.", ZhTW: "206 送了整個檔案，卻沒說是哪一部分。"},
		neverMixed, part(wholeFile)),
	resumed("206-unknown-unit", "appends-whatever", "RFC 9110 §14.4", exam.Must, 206,
		lang.Text{En: "A 206 with Content-Range: lines 5-9/10.", ZhTW: "206 帶 Content-Range: lines 5-9/10。"},
		neverMixed, part("lines", "Content-Range: lines 5-9/10")),
	resumed("206-invalid-range", "appends-whatever", "RFC 9110 §14.4", exam.Must, 206,
		lang.Text{En: "A 206 with Content-Range: bytes 9-5/10.", ZhTW: "206 帶 Content-Range: bytes 9-5/10。"},
		neverMixed, part("teapo", "Content-Range: bytes 9-5/10")),
	changedRest("206-total-changed", exam.Should, "ETag: \"leaf\"", "Content-Range: bytes 5-9/12",
		lang.Text{En: "An answer is cut off; the rest comes as bytes 5-9/12, though the whole had ten.", ZhTW: "回應中途斷掉；其餘部分以 bytes 5-9/12 送來，但原本全長是十。"}),
	changedRest("206-etag-changed", exam.Should, "ETag: \"stem\"", "Content-Range: bytes 5-9/10",
		lang.Text{En: "An answer with a strong ETag is cut off; the rest comes with another one.", ZhTW: "帶強 ETag 的回應中途斷掉；其餘部分卻帶著另一個 ETag。"}),
	resumed("206-multipart-single", "appends-whatever", "RFC 9110 §15.3.7.2", exam.Should, 206,
		lang.Text{En: "One range was asked for, and it comes as multipart/byteranges with one part.", ZhTW: "只要求一段，卻以單一部分的 multipart/byteranges 送來。"},
		lang.Text{En: "To take the part out, or to give up.", ZhTW: "把那一部分取出來，或放棄。"}, func(t *Turn) {
			t.Answer(206, "--cup\r\nContent-Type: text/plain\r\nContent-Range: bytes 5-9/10\r\n\r\n56789\r\n--cup--\r\n", "Content-Type: multipart/byteranges; boundary=cup")
		}),
	resumed("206-star-length", "needs-total", "RFC 9110 §14.4; RFC 9110 §2.4", exam.Must, 206,
		lang.Text{En: "A right 206 that does not say how long the whole is: bytes 5-9/*.", ZhTW: "正確的 206，只是沒說全長：bytes 5-9/*。"},
		completed, part("56789", "Content-Range: bytes 5-9/*")),
	resumed("200-to-range", "appends-whatever", "RFC 9110 §15.3.1; RFC 9110 §14.2; RFC 9110 §2.4", exam.Must, 200,
		lang.Text{En: "A 200 with the whole file: the server does not do ranges.", ZhTW: "200 與整個檔案：伺服器不支援範圍。"},
		lang.Text{En: "It replaces what was there, or the client gives up.", ZhTW: "取代原有的部分，或放棄。"},
		func(t *Turn) { t.Answer(200, wholeFile, "Content-Type: text/plain") }),
	{
		Name: "416-body", Level: exam.DeFacto, Codes: codes(416), Spec: "RFC 9110 §15.5.17", Over: h1,
		Needs: needs(Gets, Resumes, Shows), Fault: "appends-whatever",
		Stages: lang.Text{En: "A 416 with content.", ZhTW: "416，帶內容。"},
		Wants:  lang.Text{En: "That content does not go into the file.", ZhTW: "那份內容不可寫進檔案。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if !t.Request.Fields.Has("Range") {
					t.Answer(200, wholeFile, "Content-Type: text/plain")
					return
				}
				t.Answer(416, "<p>no such part", "Content-Type: text/html", "Content-Range: bytes */10")
			})
			o := s.Order("/start")
			o.Part = []byte(firstHalf)
			r := s.Do(o)[0]
			if s.Came("/start") == 0 || !s.Asked("/start")[0].Request.Fields.Has("Range") {
				return exam.NotAsked(say("It did not ask for the rest.", "它沒有要求其餘部分。"))
			}
			if !strings.HasPrefix(wholeFile, string(r.Content)) {
				return exam.Failed(say("The file is now %.40q.", "檔案變成 %.40q。", r.Content))
			}
			return exam.Passed(say("It is not in the file.", "它沒有進到檔案裡。"))
		}),
	},
	{
		Name: "206-short", Level: exam.Must, Codes: codes(206), Spec: "RFC 9110 §15.3.7", Over: h1,
		Needs: needs(Gets, Resumes, Shows), Fault: "short-is-whole",
		Stages: lang.Text{En: "A 206 with less than was asked for: bytes 5-6/10.", ZhTW: "206 給的比要求的少：bytes 5-6/10。"},
		Wants:  lang.Text{En: "To ask for what is missing, or not to call it whole.", ZhTW: "再要缺少的部分，或不當成完整。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				switch v := t.Request.Fields.Get("Range"); {
				case v == "":
					t.Answer(200, wholeFile, "Content-Type: text/plain")
				case strings.HasPrefix(v, "bytes=5-"):
					t.Answer(206, s.Either("56", "56789"), "Content-Type: text/plain", s.Either("Content-Range: bytes 5-6/10", "Content-Range: bytes 5-9/10"))
				default:
					from := 0
					fmt.Sscanf(v, "bytes=%d-", &from)
					t.Answer(206, wholeFile[min(from, 9):], "Content-Type: text/plain", fmt.Sprintf("Content-Range: bytes %d-9/10", from))
				}
			})
			o := s.Order("/start")
			o.Part = []byte(firstHalf)
			return s.pieced(s.Do(o)[0])
		}),
	},
	{
		Name: "206-unasked", Level: exam.Must, Codes: codes(206), Spec: "RFC 9110 §15.3.7", Over: all,
		Needs: needs(Gets, Fails), Fault: "part-is-whole",
		Stages: lang.Text{En: "A 206 with half of the content, to a GET without Range.", ZhTW: "沒有 Range 的 GET 得到只有一半內容的 206。"},
		Wants:  lang.Text{En: "Not to pass it off as the whole: an error, or the status is told.", ZhTW: "不可當成全部：報錯，或說出狀態碼。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", part(firstHalf, "Content-Range: bytes 0-4/10"))
			switch r := s.Get("/start"); {
			case s.Came("/start") == 0:
				return exam.NotAsked(say("No request came.", "沒有收到請求。"))
			case !r.Success():
				return exam.Passed(say("It called that a failure: %v", "它當成失敗：%v", r.Err))
			case s.can(Reports) && r.Status == 206:
				return exam.Passed(say("It reports 206.", "它回報 206。"))
			case !s.can(Reports):
				// Who runs it plainly may well see the status, and then knows.
				return exam.NotAsked(say("It called that a success; run in this way it says no status, by which it could have told.", "它當成成功；以這種方式執行時它不說狀態碼，而狀態碼本可說明。"))
			}
			return exam.Failed(say("It passed the half off as the whole.", "它把一半當成了全部。"))
		}),
	},
	{
		Name: "416-complete", Level: exam.DeFacto, Codes: codes(416), Spec: "RFC 9110 §15.5.17", Over: h1,
		Needs: needs(Gets, Resumes, Shows), Fault: "appends-whatever",
		Stages: lang.Text{En: "The subject has the whole file, and its request for more gets 416 with bytes */10.", ZhTW: "受測對象已有整個檔案，再要就得到 416 與 bytes */10。"},
		Wants:  lang.Text{En: "The file is left as it is.", ZhTW: "檔案維持原樣。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if !t.Request.Fields.Has("Range") {
					t.Answer(200, wholeFile, "Content-Type: text/plain")
					return
				}
				t.Answer(416, "no such part", "Content-Range: bytes */10", "Content-Type: text/plain")
			})
			o := s.Order("/start")
			o.Part = []byte(wholeFile)
			r := s.Do(o)[0]
			if string(r.Content) != wholeFile {
				return exam.Failed(say("The file is now %.40q.", "檔案變成 %.40q。", r.Content))
			}
			return exam.Passed(say("The file is as it was: %v", "檔案維持原樣：%v", r.Err))
		}),
	},
	{
		Name: "416-shrunk", Level: exam.DeFacto, Codes: codes(416), Spec: "RFC 9110 §15.5.17", Over: h1,
		Needs: needs(Gets, Resumes, Shows), Fault: "416-is-success",
		Stages: lang.Text{En: "The file on the server is now shorter than what the subject has: 416 with bytes */3.", ZhTW: "伺服器上的檔案比受測對象手上的還短：416 與 bytes */3。"},
		Wants:  lang.Text{En: "To start again, or to give up; not to call the old part complete.", ZhTW: "重新開始或放棄；不可把舊的部分當成完整。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if !t.Request.Fields.Has("Range") {
					t.Answer(200, "tea", "Content-Type: text/plain")
					return
				}
				t.Answer(416, "", "Content-Range: bytes */3")
			})
			o := s.Order("/start")
			o.Part = []byte(firstHalf)
			r := s.Do(o)[0]
			switch {
			case s.Came("/start") == 0 || !s.Asked("/start")[0].Request.Fields.Has("Range"):
				return exam.NotAsked(say("It did not ask for the rest.", "它沒有要求其餘部分。"))
			case r.Success() && string(r.Content) != "tea":
				return exam.Failed(say("It has %.40q and calls that a success.", "它手上是 %.40q，還當成成功。", r.Content))
			}
			return exam.Passed(say("It noticed: %v", "它發現了：%v", r.Err))
		}),
	},
	ifRange("if-range-sent", exam.DeFacto, `"leaf"`, "resumes-without-if-range",
		lang.Text{En: "An answer with a strong ETag is cut off; the client asks for the rest.", ZhTW: "帶強 ETag 的回應中途斷掉，用戶端要求其餘部分。"},
		lang.Text{En: "The request for the rest names the tag, in If-Range or If-Match.", ZhTW: "要求其餘部分時，以 If-Range 或 If-Match 指明標籤。"}),
	ifRange("if-range-weak", exam.Must, `W/"leaf"`, "if-range-of-any-tag",
		lang.Text{En: "The same with a weak ETag.", ZhTW: "同上，但 ETag 是弱的。"},
		lang.Text{En: "No If-Range with a weak tag.", ZhTW: "If-Range 不可用弱標籤。"}),
	{
		Name: "if-range-no-range", Level: exam.Must, Codes: codes(206), Spec: "RFC 9110 §13.1.5", Over: all,
		Needs: needs(Gets), Fault: "if-range-always",
		Stages: lang.Text{En: "A plain GET, twice, of something with an ETag.", ZhTW: "對有 ETag 的資源做兩次單純的 GET。"},
		Wants:  lang.Text{En: "If-Range never comes without Range.", ZhTW: "沒有 Range 就沒有 If-Range。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", plain(200, `ETag: "leaf"`))
			s.Do(s.Order("/start"), s.Order("/start"))
			for _, a := range s.Asked("/start") {
				if a.Request.Fields.Has("If-Range") && !a.Request.Fields.Has("Range") {
					return exam.Failed(say("It sent If-Range without Range.", "它送了 If-Range 卻沒有 Range。"))
				}
			}
			return exam.Passed(say("It did not send it.", "它沒有送。"))
		}),
	},
}

// changedRest makes a case in which the rest of a cut answer is of another file.
func changedRest(name string, level exam.Level, etag, contentRange string, stages lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: level, Codes: codes(206), Spec: "RFC 9110 §15.3.7.3", Over: h1, Needs: needs(Gets, Retries, Shows),
		Fault: "combines-whatever", Stages: stages, Limit: 30 * time.Second,
		Wants: lang.Text{
			En:   "Not to put the two together: to start again, or to give up.",
			ZhTW: "不可把兩者接在一起：重新開始，或放棄。"},
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				first := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nAccept-Ranges: bytes\r\nETag: \"leaf\"\r\nContent-Length: 10\r\n\r\n"
				switch {
				case s.Came("/start") == 1:
					t.Send(first + firstHalf)
					t.Close()
				case !t.Request.Fields.Has("Range"):
					t.Answer(200, wholeFile, "Content-Type: text/plain", s.Either(etag, "ETag: \"leaf\""))
				default:
					t.Answer(206, s.Either("tea!!", "56789"), "Content-Type: text/plain", s.Either(etag, "ETag: \"leaf\""), s.Either(contentRange, "Content-Range: bytes 5-9/10"))
				}
			})
			o := s.Order("/start")
			o.Retry = true
			r := s.Do(o)[0]
			asked := s.Asked("/start")
			switch {
			case len(asked) < 2 || !asked[1].Request.Fields.Has("Range"):
				return exam.NotAsked(say("It did not ask for the rest by itself.", "它沒有自行要求其餘部分。"))
			case string(r.Content) == firstHalf+"tea!!" && r.Success():
				return exam.Failed(say("It put the two together.", "它把兩者接在一起了。"))
			}
			return exam.Passed(say("It did not put them together: %v", "它沒有把兩者接在一起：%v", r.Err))
		}),
	}
}

// ifRange makes a case of how the rest of a cut answer is asked for.
func ifRange(name string, level exam.Level, tag, fault string, stages, wants lang.Text) exam.Case {
	return exam.Case{
		Name: name, Level: level, Codes: codes(206), Spec: "RFC 9110 §13.1.5", Over: h1, Needs: needs(Gets, Retries), Fault: fault,
		Stages: stages, Wants: wants, Limit: 30 * time.Second,
		Run: stage(func(s *Setting) exam.Verdict {
			s.On("/start", func(t *Turn) {
				if s.Came("/start") == 1 {
					t.Send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nAccept-Ranges: bytes\r\nETag: " + tag + "\r\nContent-Length: 10\r\n\r\n" + firstHalf)
					t.Close()
					return
				}
				if !t.Request.Fields.Has("Range") {
					t.Answer(200, wholeFile, "Content-Type: text/plain", "ETag: "+tag)
					return
				}
				t.Answer(206, wholeFile[5:], "Content-Type: text/plain", "ETag: "+tag, "Content-Range: bytes 5-9/10")
			})
			o := s.Order("/start")
			o.Retry = true
			s.Do(o)
			asked := s.Asked("/start")
			if len(asked) < 2 || !asked[1].Request.Fields.Has("Range") {
				return exam.NotAsked(say("It did not ask for the rest by itself.", "它沒有自行要求其餘部分。"))
			}
			condition := asked[1].Request.Fields.Get("If-Range")
			weak := strings.HasPrefix(tag, "W/")
			switch {
			case weak && condition == tag:
				return exam.Failed(say("It sent If-Range: %s", "它送了 If-Range: %s", condition))
			case weak, condition == tag, asked[1].Request.Fields.Get("If-Match") == tag:
				return exam.Passed(say("It asked for the rest with If-Range %q, If-Match %q.", "它要求其餘部分時，If-Range 是 %q，If-Match 是 %q。", condition, asked[1].Request.Fields.Get("If-Match")))
			}
			return exam.Failed(say("It asked for the rest without naming the tag.", "它要求其餘部分時沒有指明標籤。"))
		}),
	}
}
