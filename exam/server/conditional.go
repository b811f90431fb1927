package server

import (
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

var (
	notModified = may("The client has it already.", "用戶端已經有了。", 304).and(empty)
	fails       = may("The condition is false.", "條件不成立。", 412)
	ignores     = may("The condition does not count.", "條件不算數。", 200)
)

const (
	longAgo = "Sat, 29 Oct 1994 19:43:31 GMT"
	farOff  = "Fri, 01 Jan 2100 00:00:00 GMT"
)

// cond makes a case of a GET of the file with conditions. {etag}, {modified},
// {later} and {earlier} are its validators, and a second beside.
func cond(name string, level exam.Level, spec, fault string, need exam.Capability, method string, fields []string, en, zhTW string, lawful ...answer) exam.Case {
	return ask(exam.Case{Name: name, Level: level, Spec: spec, Over: all, Needs: needs(Serves, need), Fault: fault, Stages: both(en, zhTW)},
		func(s *setting) *peer.Request {
			file := s.file()
			q := request(method, s.subject.File, fields...)
			for i := range q.Fields {
				q.Fields[i].Value = validators(file, q.Fields[i].Value)
			}
			return q
		}, lawful...)
}

func validators(file *wire.Response, v string) string {
	switch v {
	case "{etag}":
		return file.Fields.Get("ETag")
	case "{weak}":
		return "W/" + file.Fields.Get("ETag")
	case "{list}":
		return `"statute", ` + file.Fields.Get("ETag")
	case "{modified}":
		return file.Fields.Get("Last-Modified")
	case "{later}":
		return shifted(1)(file)
	case "{earlier}":
		return shifted(-1)(file)
	case "{rfc850}":
		return old(file, "Monday, 02-Jan-06 15:04:05 GMT")
	case "{asctime}":
		return old(file, time.ANSIC)
	}
	return v
}

func shifted(seconds int) func(*wire.Response) string {
	return func(file *wire.Response) string {
		at, err := modified(file)
		if err != nil {
			return ""
		}
		return at.Add(time.Duration(seconds) * time.Second).Format(imfForm)
	}
}

func old(file *wire.Response, form string) string {
	at, err := modified(file)
	if err != nil {
		return ""
	}
	return at.UTC().Format(form)
}

var conditional = []exam.Case{
	cond("if-none-match-hit", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Tags, "GET", f("If-None-Match", "{etag}"), "If-None-Match with the file's ETag.", "If-None-Match 是檔案的 ETag。", notModified),
	// A95
	cond("if-none-match-weak", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Tags, "GET", f("If-None-Match", "{weak}"), "If-None-Match with the weak form of the ETag; comparison is weak.", "If-None-Match 是弱形式的 ETag；採弱比較。", notModified),
	cond("if-none-match-list", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Tags, "GET", f("If-None-Match", "{list}"), "If-None-Match with two tags, the second is the file's.", "If-None-Match 有兩個標籤，第二個是檔案的。", notModified),
	cond("if-none-match-two-lines", exam.Must, "RFC 9110 §5.3", "ignores-conditions", Tags, "GET", f("If-None-Match", `"statute"`, "If-None-Match", "{etag}"), "If-None-Match on two lines, the second has the file's ETag.", "If-None-Match 分成兩行，第二行是檔案的 ETag。", notModified),
	// A47
	cond("if-none-match-any", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Serves, "GET", f("If-None-Match", "*"), "If-None-Match: *, where something is.", "If-None-Match: *，而那裡有東西。", notModified),
	cond("if-none-match-miss", exam.Must, "RFC 9110 §13.1.2", "breaks", Serves, "GET", f("If-None-Match", `"statute"`), "If-None-Match with another ETag.", "If-None-Match 是別的 ETag。", may("What the client has is not this.", "用戶端手上的不是這個。", 200)),
	cond("if-none-match-head", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Tags, "HEAD", f("If-None-Match", "{etag}"), "HEAD, and If-None-Match with the file's ETag.", "HEAD 加上檔案 ETag 的 If-None-Match。", notModified),
	cond("if-none-match-case", exam.Must, "RFC 9110 §8.8.3.2", "breaks", Tags, "GET", f("If-None-Match", `"STATUTE-X"`), "If-None-Match with a tag of other letters.", "If-None-Match 是別的字母組成的標籤。", may("Tags are compared letter by letter.", "標籤逐字比較。", 200)),
	// 9110 §15.4.5
	cond("304-fields", exam.Must, "RFC 9110 §15.4.5", "304-without-fields", Tags, "GET", f("If-None-Match", "{etag}"), "If-None-Match with the file's ETag, and the fields beside those of the 200.", "檔案 ETag 的 If-None-Match，欄位與 200 的比較。", notModified.and(repeats("ETag", "Date", "Cache-Control", "Content-Location", "Expires", "Vary"))),
	cond("304-same-etag", exam.Must, "RFC 9110 §15.4.5", "other-etag", Tags, "GET", f("If-None-Match", "{etag}"), "If-None-Match with the file's ETag.", "If-None-Match 是檔案的 ETag。", notModified.and(sameTag)),
	cond("304-length", exam.Must, "RFC 9110 §8.6", "304-other-length", Tags, "GET", f("If-None-Match", "{etag}"), "If-None-Match with the file's ETag.", "If-None-Match 是檔案的 ETag。", notModified.and(sameLength)),
	over(h1, cond("304-not-chunked", exam.Must, "RFC 9112 §6.1", "304-with-content", Tags, "GET", f("If-None-Match", "{etag}", "Connection", "keep-alive"), "If-None-Match with the file's ETag, and a look at what follows.", "檔案 ETag 的 If-None-Match，再看後面跟著什麼。", notModified.and(nothingAfter))),
	cond("304-no-content-fields", exam.Should, "RFC 9110 §15.4.5", "304-with-type", Tags, "GET", f("If-None-Match", "{etag}"), "If-None-Match with the file's ETag.", "If-None-Match 是檔案的 ETag。", notModified.and(hasNot("Content-Encoding"), hasNot("Content-Range"), hasNot("Content-Type"))),
	cond("if-modified-since-same", exam.Should, "RFC 9110 §13.1.3", "ignores-conditions", Dates, "GET", f("If-Modified-Since", "{modified}"), "If-Modified-Since with exactly the file's date.", "If-Modified-Since 正是檔案的日期。", notModified),
	cond("if-modified-since-later", exam.Should, "RFC 9110 §13.1.3", "breaks", Dates, "GET", f("If-Modified-Since", "{later}"), "If-Modified-Since one second after the file's date.", "If-Modified-Since 比檔案的日期晚一秒。", notModified, may("Some take the date for a tag that has to be the same, which RFC 9110 §13.1.3 calls a choice of its user's.", "有些伺服器把日期當成必須相同的標籤（RFC 9110 §13.1.3）。", 200)),
	cond("if-modified-since-earlier", exam.Must, "RFC 9110 §13.1.3", "304-always", Dates, "GET", f("If-Modified-Since", "{earlier}"), "If-Modified-Since one second before the file's date.", "If-Modified-Since 比檔案的日期早一秒。", may("It was modified since.", "之後修改過。", 200)),
	// A48
	cond("if-modified-since-far-off", exam.Must, "RFC 9110 §13.1.3", "breaks", Dates, "GET", f("If-Modified-Since", farOff), "If-Modified-Since in the year 2100.", "If-Modified-Since 在 2100 年。", notModified, ignores),
	// A49
	cond("if-modified-since-unreadable", exam.Must, "RFC 9110 §13.1.3", "304-always", Serves, "GET", f("If-Modified-Since", "oolong"), "If-Modified-Since: oolong.", "If-Modified-Since: oolong。", ignores),
	cond("if-modified-since-rfc850", exam.Must, "RFC 9110 §5.6.7", "ignores-conditions", Dates, "GET", f("If-Modified-Since", "{rfc850}"), "If-Modified-Since with the file's date in the form of RFC 850.", "If-Modified-Since 是 RFC 850 格式的檔案日期。", notModified),
	cond("if-modified-since-asctime", exam.Must, "RFC 9110 §5.6.7", "ignores-conditions", Dates, "GET", f("If-Modified-Since", "{asctime}"), "If-Modified-Since with the file's date in the form of asctime().", "If-Modified-Since 是 asctime() 格式的檔案日期。", notModified),
	cond("if-modified-since-options", exam.Must, "RFC 9110 §13.1.3", "304-always", Dates, "OPTIONS", f("If-Modified-Since", farOff), "OPTIONS with If-Modified-Since, which is for GET and HEAD.", "帶 If-Modified-Since 的 OPTIONS；它只用於 GET 與 HEAD。", may("Anything but 304 and 412.", "除了 304 與 412 都可以。", 200, 204, 400, 403, 404, 405, 501)),
	cond("if-match-hit", exam.Must, "RFC 9110 §13.1.1", "breaks", Tags, "GET", f("If-Match", "{etag}"), "If-Match with the file's ETag.", "If-Match 是檔案的 ETag。", may("The condition is true.", "條件成立。", 200)),
	cond("if-match-any", exam.Must, "RFC 9110 §13.1.1", "breaks", Serves, "GET", f("If-Match", "*"), "If-Match: *, where something is.", "If-Match: *，而那裡有東西。", may("The condition is true.", "條件成立。", 200)),
	cond("if-match-list", exam.Must, "RFC 9110 §13.1.1", "breaks", Tags, "GET", f("If-Match", "{list}"), "If-Match with two tags, the second is the file's.", "If-Match 有兩個標籤，第二個是檔案的。", may("The condition is true.", "條件成立。", 200)),
	// A44
	cond("if-match-miss", exam.Must, "RFC 9110 §13.1.1", "ignores-conditions", Tags, "GET", f("If-Match", `"statute"`), "If-Match with another ETag.", "If-Match 是別的 ETag。", fails),
	// A96
	cond("if-match-weak", exam.Must, "RFC 9110 §13.1.1; RFC 9110 §8.8.3.2", "ignores-conditions", Tags, "GET", f("If-Match", "{weak}"), "If-Match with the weak form of the ETag; comparison is strong.", "If-Match 是弱形式的 ETag；採強比較。", fails),
	// A46
	cond("if-unmodified-since-long-ago", exam.Must, "RFC 9110 §13.1.4", "ignores-conditions", Dates, "GET", f("If-Unmodified-Since", longAgo), "If-Unmodified-Since in 1994.", "If-Unmodified-Since 在 1994 年。", fails),
	cond("if-unmodified-since-same", exam.Must, "RFC 9110 §13.1.4", "breaks", Dates, "GET", f("If-Unmodified-Since", "{modified}"), "If-Unmodified-Since with exactly the file's date.", "If-Unmodified-Since 正是檔案的日期。", may("The condition is true.", "條件成立。", 200)),
	cond("if-unmodified-since-earlier", exam.Must, "RFC 9110 §13.1.4", "ignores-conditions", Dates, "GET", f("If-Unmodified-Since", "{earlier}"), "If-Unmodified-Since one second before the file's date.", "If-Unmodified-Since 比檔案的日期早一秒。", fails),
	cond("if-unmodified-since-unreadable", exam.Must, "RFC 9110 §13.1.4", "breaks", Serves, "GET", f("If-Unmodified-Since", "oolong"), "If-Unmodified-Since: oolong.", "If-Unmodified-Since: oolong。", ignores),
}

var order = []exam.Case{
	// A94
	cond("order-if-match-before-the-rest", exam.Must, "RFC 9110 §13.2.2", "ignores-conditions", Tags, "GET", f("If-Match", "{etag}", "If-None-Match", "{etag}", "If-Unmodified-Since", longAgo),
		"If-Match true, If-None-Match false, If-Unmodified-Since false; the last does not count beside If-Match.", "If-Match 成立、If-None-Match 不成立、If-Unmodified-Since 不成立；有 If-Match 時最後者不算。", notModified),
	cond("order-if-unmodified-since-beside-if-match", exam.Must, "RFC 9110 §13.1.4", "breaks", Tags, "GET", f("If-Match", "{etag}", "If-Unmodified-Since", longAgo),
		"If-Match true and If-Unmodified-Since false; the latter does not count.", "If-Match 成立、If-Unmodified-Since 不成立；後者不算。", may("If-Match decides alone.", "由 If-Match 決定。", 200)),
	cond("order-if-modified-since-beside-if-none-match", exam.Must, "RFC 9110 §13.1.3", "304-always", Tags, "GET", f("If-None-Match", `"statute"`, "If-Modified-Since", farOff),
		"If-None-Match true and If-Modified-Since false; the latter does not count.", "If-None-Match 成立、If-Modified-Since 不成立；後者不算。", may("If-None-Match decides alone.", "由 If-None-Match 決定。", 200)),
	cond("order-if-none-match-hit-modified", exam.Must, "RFC 9110 §13.1.3", "ignores-conditions", Tags, "GET", f("If-None-Match", "{etag}", "If-Modified-Since", longAgo),
		"If-None-Match false and If-Modified-Since true; the latter does not count.", "If-None-Match 不成立、If-Modified-Since 成立；後者不算。", notModified),
	cond("order-if-match-miss-if-none-match-hit", exam.Must, "RFC 9110 §13.2.2", "ignores-conditions", Tags, "GET", f("If-Match", `"statute"`, "If-None-Match", "{etag}"),
		"If-Match false and If-None-Match false; the first decides.", "If-Match 不成立、If-None-Match 不成立；由前者決定。", fails),
	// A45
	ask(exam.Case{Name: "order-if-match-any-of-missing", Level: exam.Must, Spec: "RFC 9110 §13.1.1; RFC 9110 §13.2.1", Over: all, Needs: needs(Serves, Misses), Fault: "finds-everything",
		Stages: say("If-Match: * where nothing is.", "If-Match: *，而那裡什麼都沒有。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce), "If-Match", "*") },
		notThere, fails),
	// A99
	ask(exam.Case{Name: "order-condition-of-missing", Level: exam.Must, Spec: "RFC 9110 §13.2.1", Over: all, Needs: needs(Serves, Misses), Fault: "breaks",
		Stages: say("A false If-Unmodified-Since where nothing is.", "那裡什麼都沒有，If-Unmodified-Since 也不成立。")},
		func(s *setting) *peer.Request {
			return get(s.subject.missing(s.Nonce), "If-Unmodified-Since", longAgo)
		},
		may("Without the condition it would be this, so the condition does not count.", "沒有條件也是這個回應，因此條件不算。", 404, 410)),
	ask(exam.Case{Name: "order-if-none-match-of-missing", Level: exam.Must, Spec: "RFC 9110 §13.2.1", Over: all, Needs: needs(Serves, Misses), Fault: "304-always",
		Stages: say("If-None-Match: * where nothing is.", "If-None-Match: *，而那裡什麼都沒有。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce), "If-None-Match", "*") }, notThere),
	ask(exam.Case{Name: "order-condition-of-unknown-method", Level: exam.Must, Spec: "RFC 9110 §13.2.1", Over: all, Needs: needs(Serves), Fault: "412-always",
		Stages: say("A false If-Match on a method that nobody knows.", "沒有人認得的方法，加上不成立的 If-Match。")},
		func(s *setting) *peer.Request { return request("FROTH", s.subject.File, "If-Match", `"statute"`) },
		unknownMethod, notAllowed, malformedMethod(), forbidden),
}

// f is a list of names and values.
func f(pairs ...string) []string { return pairs }

// over restricts a case to some protocols.
func over(p []wire.Protocol, c exam.Case) exam.Case {
	c.Over = p
	return c
}
