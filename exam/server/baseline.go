package server

import (
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire/peer"
)

// base makes a baseline: whether the subject has an ability.
func base(name string, proves exam.Capability, spec, fault string, stages, wants lang.Text, run func(*setting) exam.Verdict, over ...exam.Capability) exam.Case {
	return exam.Case{Name: name, Level: exam.Info, Spec: spec, Over: all, Proves: proves, Needs: over, Fault: fault,
		Stages: stages, Wants: wants, Run: stage(run)}
}

// shows is a verdict that an ability is there, or not.
func shows(there bool, what string) exam.Verdict {
	if there {
		return exam.Passed(say("It does: %s.", "有：%s。", what))
	}
	return exam.Failed(say("It does not: %s.", "沒有：%s。", what))
}

var baselines = []exam.Case{
	base("baseline-get", Serves, "RFC 9110 §9.3.1", "deaf",
		say("A plain GET of the file.", "對檔案的單純 GET。"), say("200 with content.", "200 與內容。"),
		func(s *setting) exam.Verdict {
			x := s.ask(get(s.subject.File))
			return shows(x.Final != nil && x.Final.Status == 200 && x.Final.Content.Complete && x.Final.Content.Length > 0, did(x))
		}),
	base("baseline-missing", Misses, "RFC 9110 §15.5.5", "finds-everything",
		say("A GET of a name that nobody has given.", "GET 一個沒人取過的名字。"), say("404 or 410.", "404 或 410。"),
		func(s *setting) exam.Verdict {
			x := s.ask(get(s.subject.missing(s.Nonce)))
			return shows(x.Final != nil && (x.Final.Status == 404 || x.Final.Status == 410), did(x))
		}, Serves),
	base("baseline-etag", Tags, "RFC 9110 §8.8.3", "no-etag",
		say("A plain GET of the file.", "對檔案的單純 GET。"), say("A strong ETag, the same twice.", "強的 ETag，兩次相同。"),
		func(s *setting) exam.Verdict {
			first, second := s.file().Fields.Get("ETag"), s.file().Fields.Get("ETag")
			return shows(strings.HasPrefix(first, `"`) && first == second, "ETag "+first)
		}, Serves),
	base("baseline-any-etag", Tagged, "RFC 9110 §8.8.3", "no-etag",
		say("A plain GET of the file.", "對檔案的單純 GET。"), say("An ETag, strong or weak, the same twice.", "強或弱的 ETag，兩次相同。"),
		func(s *setting) exam.Verdict {
			first, second := s.file().Fields.Get("ETag"), s.file().Fields.Get("ETag")
			return shows(strings.HasSuffix(first, `"`) && first == second, "ETag "+first)
		}, Serves),
	base("baseline-last-modified", Dates, "RFC 9110 §8.8.2", "no-last-modified",
		say("A plain GET of the file.", "對檔案的單純 GET。"), say("A Last-Modified in the past.", "過去的 Last-Modified。"),
		func(s *setting) exam.Verdict {
			file := s.file()
			_, err := modified(file)
			return shows(err == nil, "Last-Modified "+file.Fields.Get("Last-Modified"))
		}, Serves),
	base("baseline-range", Ranges, "RFC 9110 §14.2", "no-ranges",
		say("A GET with Range: bytes=0-1 of the file.", "以 Range: bytes=0-1 取檔案。"), say("206.", "206。"),
		func(s *setting) exam.Verdict {
			x := s.ask(get(s.subject.File, "Range", "bytes=0-1"))
			return shows(x.Final != nil && x.Final.Status == 206 && s.file().Content.Length >= 16, did(x))
		}, Serves),
	base("baseline-keep-alive", Keeps, "RFC 9112 §9.3", "closes-always",
		say("Two plain GETs on one connection.", "同一連線上兩次單純的 GET。"), say("Two answers.", "兩個回應。"),
		func(s *setting) exam.Verdict {
			c := s.dial()
			first := s.do(c, get(s.subject.File))
			if first.Final == nil || first.End != "kept" {
				return shows(false, did(first)+", "+string(first.End))
			}
			second := s.do(c, get(s.subject.File))
			return shows(second.Final != nil && second.Final.Status == 200, did(second))
		}, Serves),
}

// means are the abilities that a subject declares.
var means = []exam.Case{
	{
		Name: "baseline-http10", Level: exam.Info, Spec: "RFC 9110 §6.2", Over: h1, Proves: Old, Needs: needs(Serves), Fault: "no-http10",
		Stages: say("A GET in HTTP/1.0 with a Host field.", "帶 Host 的 HTTP/1.0 GET。"), Wants: say("200.", "200。"),
		Run: stage(func(s *setting) exam.Verdict {
			x := s.ask(&peer.Request{Method: "GET", Octets: s.raw("GET {file} HTTP/1.0\r\nHost: {host}\r\n{me}\r\n")})
			return shows(x.Final != nil && x.Final.Status == 200, did(x))
		}),
	},
	base("baseline-redirect", Redirects, "RFC 9110 §15.4", "breaks",
		say("A GET of the declared path.", "GET 所宣告的路徑。"), say("A redirect.", "重新導向。"),
		func(s *setting) exam.Verdict {
			x := s.ask(get(s.subject.Redirect, "Accept", "*/*"))
			return shows(x.Final != nil && x.Final.Status/100 == 3 && x.Final.Status != 304, did(x))
		}, Serves),
	base("baseline-auth", Guards, "RFC 9110 §11", "breaks",
		say("A GET of the declared path with the declared credentials.", "以所宣告的身分憑證 GET 所宣告的路徑。"), say("A success.", "成功。"),
		func(s *setting) exam.Verdict {
			x := s.ask(get(s.subject.Auth, "Authorization", s.subject.basic()))
			return shows(x.Final != nil && x.Final.Status/100 == 2, did(x))
		}, Serves),
	base("baseline-write", Stores, "RFC 9110 §9.3.4", "keeps-nothing",
		say("PUT in the declared folder, GET, DELETE.", "在所宣告的資料夾裡 PUT、GET、DELETE。"), say("What was put comes back.", "放進去的拿得回來。"),
		func(s *setting) exam.Verdict {
			path := s.subject.Write + "statute-" + s.Nonce
			put := s.ask(with(request("PUT", path, "Content-Type", "text/plain"), "oolong"))
			got := s.ask(get(path, "Accept", "*/*"))
			s.ask(request("DELETE", path))
			return shows(put.Final != nil && put.Final.Status/100 == 2 && got.Final != nil && string(got.Final.Content.Data) == "oolong", did(put)+", "+did(got))
		}, Serves, Writes),
	base("baseline-dav", DAV, "RFC 4918 §10.1", "no-dav",
		say("OPTIONS of the declared folder.", "對所宣告的資料夾送 OPTIONS。"), say("A DAV field of class 1.", "含第 1 級的 DAV 欄位。"),
		func(s *setting) exam.Verdict {
			x := s.ask(request("OPTIONS", s.subject.Write))
			return shows(x.Final != nil && x.Final.Fields.HasMember("DAV", "1"), did(x))
		}, Stores),
	base("baseline-locks", Locks, "RFC 4918 §18.2", "no-dav",
		say("OPTIONS of the declared folder.", "對所宣告的資料夾送 OPTIONS。"), say("A DAV field of class 2.", "含第 2 級的 DAV 欄位。"),
		func(s *setting) exam.Verdict {
			x := s.ask(request("OPTIONS", s.subject.Write))
			return shows(x.Final != nil && x.Final.Fields.HasMember("DAV", "2"), did(x))
		}, DAV), base("baseline-bind", Binds, "RFC 5842 §8.2", "no-dav",
		say("OPTIONS of the declared folder.", "對所宣告的資料夾送 OPTIONS。"), say("A DAV field with bind.", "含 bind 的 DAV 欄位。"),
		func(s *setting) exam.Verdict {
			x := s.ask(request("OPTIONS", s.subject.Write))
			return shows(x.Final != nil && x.Final.Fields.HasMember("DAV", "bind"), did(x))
		}, DAV),
}
