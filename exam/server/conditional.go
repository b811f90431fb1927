package server

import (
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

var (
	notModified = may("The client has it already.", "用戶端已經有了。", 304).and(empty)
	fails       = may("The condition is false.", "條件不成立。", 412)
	ignores     = may("The condition does not count.", "條件不算數。", 200)
	holds       = may("The condition is true.", "條件成立。", 200)

	// noSuchMethod is how a method is refused. What has to stand beside such an
	// answer is asked where methods are the question.
	noSuchMethod = may("The method is refused.", "拒絕這個方法。", 501, 405, 400, 401, 403)
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
		return weak(file)
	case "{list}":
		return `"statute", ` + file.Fields.Get("ETag")
	case "{modified}":
		return file.Fields.Get("Last-Modified")
	case "{later}":
		return shifted(1)(file)
	case "{earlier}":
		return shifted(-1)(file)
	case "{swapped}":
		return swapped(file.Fields.Get("ETag"))
	case "{rfc850}":
		return old(file, "Monday, 02-Jan-06 15:04:05 GMT")
	case "{asctime}":
		return old(file, time.ANSIC)
	}
	return v
}

// weak is the file's entity tag in its weak form.
func weak(file *wire.Response) string {
	return "W/" + strings.TrimPrefix(file.Fields.Get("ETag"), "W/")
}

// swapped is a tag in which each letter is in the other case.
func swapped(tag string) string {
	if bare, is := strings.CutPrefix(tag, "W/"); is {
		return "W/" + swapped(bare)
	}
	other := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, tag)
	if other == tag {
		panic(unasked{say("The file's ETag has no letters: %s.", "檔案的 ETag 沒有字母：%s。", tag)})
	}
	return other
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

// oldForm makes a case of a date in one of the forms that every recipient that
// reads dates has to accept. One that does not look at If-Modified-Since in
// today's form either is not asked.
func oldForm(name, form, en, zhTW string) exam.Case {
	since := func(form string) func(*setting) *peer.Request {
		return func(s *setting) *peer.Request {
			return get(s.subject.File, "If-Modified-Since", validators(s.file(), form))
		}
	}
	return against(ask(exam.Case{Name: name, Level: exam.Must, Spec: "RFC 9110 §5.6.7", Over: all, Needs: needs(Serves, Dates), Fault: "one-form-of-date", Stages: both(en, zhTW)},
		since(form), notModified), since("{modified}"), notModified)
}

// untouched is an answer in which conditions have no part.
var untouched = anythingBut("Conditions have no part in it.", "條件與此無關。", 304, 412)

var conditional = []exam.Case{
	cond("if-none-match-hit", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Tagged, "GET", f("If-None-Match", "{etag}"), "If-None-Match with the file's ETag.", "If-None-Match 是檔案的 ETag。", notModified),
	// A95
	cond("if-none-match-weak", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Tagged, "GET", f("If-None-Match", "{weak}"), "If-None-Match with the weak form of the ETag; comparison is weak.", "If-None-Match 是弱形式的 ETag；採弱比較。", notModified),
	cond("if-none-match-list", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Tagged, "GET", f("If-None-Match", "{list}"), "If-None-Match with two tags, the second is the file's.", "If-None-Match 有兩個標籤，第二個是檔案的。", notModified),
	// The field's value is that of both lines (RFC 9110 §5.2); nothing obliges to
	// serve a request that has them.
	cond("if-none-match-two-lines", exam.Must, "RFC 9110 §13.1.2; RFC 9110 §5.2", "ignores-conditions", Tagged, "GET", f("If-None-Match", `"statute"`, "If-None-Match", "{etag}"), "If-None-Match on two lines, the second has the file's ETag.", "If-None-Match 分成兩行，第二行是檔案的 ETag。", notModified,
		may("It takes no second line of this field, and refuses the request rather than to read half of it.", "它不接受這個欄位有第二行，寧可拒絕請求，也不只讀一半。", 400)),
	// A47
	cond("if-none-match-any", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Serves, "GET", f("If-None-Match", "*"), "If-None-Match: *, where something is.", "If-None-Match: *，而那裡有東西。", notModified),
	cond("if-none-match-miss", exam.Must, "RFC 9110 §13.1.2", "304-always", Serves, "GET", f("If-None-Match", `"statute"`), "If-None-Match with another ETag.", "If-None-Match 是別的 ETag。", may("What the client has is not this.", "用戶端手上的不是這個。", 200)),
	cond("if-none-match-head", exam.Must, "RFC 9110 §13.1.2", "ignores-conditions", Tagged, "HEAD", f("If-None-Match", "{etag}"), "HEAD, and If-None-Match with the file's ETag.", "HEAD 加上檔案 ETag 的 If-None-Match。", notModified),
	cond("if-none-match-case", exam.Must, "RFC 9110 §8.8.3.2; RFC 9110 §13.1.2", "304-always", Tagged, "GET", f("If-None-Match", "{swapped}"), "If-None-Match with the file's ETag, its letters in the other case.", "If-None-Match 是檔案的 ETag，字母大小寫對調。", may("Tags are compared letter by letter.", "標籤逐字比較。", 200)),
	// 9110 §15.4.5
	cond("304-fields", exam.Must, "RFC 9110 §15.4.5", "304-without-fields", Tagged, "GET", f("If-None-Match", "{etag}"), "If-None-Match with the file's ETag, and the fields beside those of the 200.", "檔案 ETag 的 If-None-Match，欄位與 200 的比較。", notModified.and(repeats("ETag", "Date", "Cache-Control", "Content-Location", "Expires", "Vary"))),
	cond("304-same-etag", exam.Must, "RFC 9110 §15.4.5", "other-etag", Tagged, "GET", f("If-None-Match", "{etag}"), "If-None-Match with the file's ETag.", "If-None-Match 是檔案的 ETag。", notModified.and(sameTag)),
	cond("304-length", exam.Must, "RFC 9110 §8.6", "304-other-length", Tagged, "GET", f("If-None-Match", "{etag}"), "If-None-Match with the file's ETag.", "If-None-Match 是檔案的 ETag。", notModified.and(sameLength)),
	// Transfer-Encoding may stand there (RFC 9112 §6.1); chunks may not follow.
	ask(exam.Case{Name: "304-ends-with-its-fields", Level: exam.Must, Spec: "RFC 9110 §15.4.5; RFC 9112 §6.3", Over: h1, Needs: needs(Serves, Tagged), Fault: "304-with-content",
		Stages: say("If-None-Match with the file's ETag, and a look at what follows.", "檔案 ETag 的 If-None-Match，再看後面跟著什麼。")},
		func(s *setting) *peer.Request {
			q := get(s.subject.File, "If-None-Match", s.file().Fields.Get("ETag"))
			q.Linger = lookAfter
			return q
		}, notModified),
	cond("304-no-content-fields", exam.Should, "RFC 9110 §15.4.5", "304-with-type", Tagged, "GET", f("If-None-Match", "{etag}"), "If-None-Match with the file's ETag.", "If-None-Match 是檔案的 ETag。", notModified.and(hasNot("Content-Encoding"), hasNot("Content-Range"), hasNot("Content-Type"))),
	cond("if-modified-since-same", exam.Should, "RFC 9110 §13.1.3", "ignores-conditions", Dates, "GET", f("If-Modified-Since", "{modified}"), "If-Modified-Since with exactly the file's date.", "If-Modified-Since 正是檔案的日期。", notModified),
	cond("if-modified-since-later", exam.Should, "RFC 9110 §13.1.3", "412-always", Dates, "GET", f("If-Modified-Since", "{later}"), "If-Modified-Since one second after the file's date.", "If-Modified-Since 比檔案的日期晚一秒。", notModified, may("Some take the date for a tag that has to be the same, which RFC 9110 §13.1.3 calls a choice of its user's.", "有些伺服器把日期當成必須相同的標籤（RFC 9110 §13.1.3）。", 200)),
	cond("if-modified-since-earlier", exam.Must, "RFC 9110 §13.2.2; RFC 9110 §13.1.3", "304-always", Dates, "GET", f("If-Modified-Since", "{earlier}"), "If-Modified-Since one second before the file's date.", "If-Modified-Since 比檔案的日期早一秒。", may("It was modified since.", "之後修改過。", 200)),
	// A48
	cond("if-modified-since-far-off", exam.DeFacto, "RFC 9110 §13.1.3", "412-always", Dates, "GET", f("If-Modified-Since", farOff), "If-Modified-Since in the year 2100.", "If-Modified-Since 在 2100 年。", notModified, ignores),
	// A49
	cond("if-modified-since-unreadable", exam.Must, "RFC 9110 §13.1.3", "304-always", Serves, "GET", f("If-Modified-Since", "oolong"), "If-Modified-Since: oolong.", "If-Modified-Since: oolong。", ignores),
	oldForm("if-modified-since-rfc850", "{rfc850}", "If-Modified-Since with the file's date in the form of RFC 850.", "If-Modified-Since 是 RFC 850 格式的檔案日期。"),
	oldForm("if-modified-since-asctime", "{asctime}", "If-Modified-Since with the file's date in the form of asctime().", "If-Modified-Since 是 asctime() 格式的檔案日期。"),
	against(ask(exam.Case{Name: "if-modified-since-options", Level: exam.Must, Spec: "RFC 9110 §13.1.3; RFC 9110 §13.2.1", Over: all, Needs: needs(Serves, Dates), Fault: "304-always",
		Stages: say("OPTIONS with If-Modified-Since, which is for GET and HEAD.", "帶 If-Modified-Since 的 OPTIONS；它只用於 GET 與 HEAD。")},
		func(s *setting) *peer.Request { return request("OPTIONS", s.subject.File, "If-Modified-Since", farOff) }, untouched),
		func(s *setting) *peer.Request { return request("OPTIONS", s.subject.File) }, untouched),
	cond("if-match-hit", exam.Must, "RFC 9110 §13.1.1", "412-always", Tags, "GET", f("If-Match", "{etag}"), "If-Match with the file's ETag.", "If-Match 是檔案的 ETag。", holds),
	cond("if-match-any", exam.Must, "RFC 9110 §13.1.1", "412-always", Serves, "GET", f("If-Match", "*"), "If-Match: *, where something is.", "If-Match: *，而那裡有東西。", holds),
	cond("if-match-list", exam.Must, "RFC 9110 §13.1.1", "412-always", Tags, "GET", f("If-Match", "{list}"), "If-Match with two tags, the second is the file's.", "If-Match 有兩個標籤，第二個是檔案的。", holds),
	// A44. A representation without an entity tag matches none either.
	cond("if-match-miss", exam.Must, "RFC 9110 §13.1.1", "ignores-conditions", Serves, "GET", f("If-Match", `"statute"`), "If-Match with another ETag.", "If-Match 是別的 ETag。", fails),
	// A96
	cond("if-match-weak", exam.Must, "RFC 9110 §13.1.1; RFC 9110 §8.8.3.2", "ignores-conditions", Tagged, "GET", f("If-Match", "{weak}"), "If-Match with the weak form of the ETag; comparison is strong.", "If-Match 是弱形式的 ETag；採強比較。", fails),
	// A46
	cond("if-unmodified-since-long-ago", exam.Must, "RFC 9110 §13.1.4", "ignores-conditions", Dates, "GET", f("If-Unmodified-Since", longAgo), "If-Unmodified-Since in 1994.", "If-Unmodified-Since 在 1994 年。", fails),
	cond("if-unmodified-since-same", exam.Must, "RFC 9110 §13.1.4", "412-always", Dates, "GET", f("If-Unmodified-Since", "{modified}"), "If-Unmodified-Since with exactly the file's date.", "If-Unmodified-Since 正是檔案的日期。", holds),
	cond("if-unmodified-since-earlier", exam.Must, "RFC 9110 §13.1.4", "ignores-conditions", Dates, "GET", f("If-Unmodified-Since", "{earlier}"), "If-Unmodified-Since one second before the file's date.", "If-Unmodified-Since 比檔案的日期早一秒。", fails),
	cond("if-unmodified-since-unreadable", exam.Must, "RFC 9110 §13.1.4", "412-always", Serves, "GET", f("If-Unmodified-Since", "oolong"), "If-Unmodified-Since: oolong.", "If-Unmodified-Since: oolong。", ignores),
}

var order = []exam.Case{
	// A94
	cond("order-if-match-before-the-rest", exam.Must, "RFC 9110 §13.2.2", "ignores-conditions", Tags, "GET", f("If-Match", "{etag}", "If-None-Match", "{etag}", "If-Unmodified-Since", longAgo),
		"If-Match true, If-None-Match false, If-Unmodified-Since false; the last does not count beside If-Match.", "If-Match 成立、If-None-Match 不成立、If-Unmodified-Since 不成立；有 If-Match 時最後者不算。", notModified),
	cond("order-if-unmodified-since-beside-if-match", exam.Must, "RFC 9110 §13.1.4", "412-always", Tags, "GET", f("If-Match", "{etag}", "If-Unmodified-Since", longAgo),
		"If-Match true and If-Unmodified-Since false; the latter does not count.", "If-Match 成立、If-Unmodified-Since 不成立；後者不算。", may("If-Match decides alone.", "由 If-Match 決定。", 200)),
	cond("order-if-modified-since-beside-if-none-match", exam.Must, "RFC 9110 §13.1.3", "304-always", Dates, "GET", f("If-None-Match", `"statute"`, "If-Modified-Since", farOff),
		"If-None-Match true and If-Modified-Since false; the latter does not count.", "If-None-Match 成立、If-Modified-Since 不成立；後者不算。", may("If-None-Match decides alone.", "由 If-None-Match 決定。", 200)),
	cond("order-if-none-match-hit-modified", exam.Must, "RFC 9110 §13.1.3", "ignores-conditions", Tagged, "GET", f("If-None-Match", "{etag}", "If-Modified-Since", longAgo),
		"If-None-Match false and If-Modified-Since true; the latter does not count.", "If-None-Match 不成立、If-Modified-Since 成立；後者不算。", notModified),
	cond("order-if-match-miss-if-none-match-hit", exam.Must, "RFC 9110 §13.2.2", "ignores-conditions", Tagged, "GET", f("If-Match", `"statute"`, "If-None-Match", "{etag}"),
		"If-Match false and If-None-Match false; the first decides.", "If-Match 不成立、If-None-Match 不成立；由前者決定。", fails),
	// A45
	ask(exam.Case{Name: "order-if-match-any-of-missing", Level: exam.Must, Spec: "RFC 9110 §13.1.1; RFC 9110 §13.2.1", Over: all, Needs: needs(Serves, Misses), Fault: "finds-everything",
		Stages: say("If-Match: * where nothing is.", "If-Match: *，而那裡什麼都沒有。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce), "If-Match", "*") },
		notThere, fails),
	// A99
	ask(exam.Case{Name: "order-condition-of-missing", Level: exam.Must, Spec: "RFC 9110 §13.2.1", Over: all, Needs: needs(Serves, Misses), Fault: "412-always",
		Stages: say("A false If-Unmodified-Since where nothing is.", "那裡什麼都沒有，If-Unmodified-Since 也不成立。")},
		func(s *setting) *peer.Request {
			return get(s.subject.missing(s.Nonce), "If-Unmodified-Since", longAgo)
		},
		may("Without the condition it would be this, so the condition does not count.", "沒有條件也是這個回應，因此條件不算。", 404, 410)),
	ask(exam.Case{Name: "order-if-none-match-of-missing", Level: exam.Must, Spec: "RFC 9110 §13.2.1", Over: all, Needs: needs(Serves, Misses), Fault: "304-always",
		Stages: say("If-None-Match: * where nothing is.", "If-None-Match: *，而那裡什麼都沒有。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce), "If-None-Match", "*") }, notThere),
	// Where an unknown method is done like a GET the condition counts, and nothing
	// can be asked.
	against(ask(exam.Case{Name: "order-condition-of-unknown-method", Level: exam.Must, Spec: "RFC 9110 §13.2.1", Over: all, Needs: needs(Serves), Fault: "412-always",
		Stages: say("A false If-Match on a method that nobody knows.", "沒有人認得的方法，加上不成立的 If-Match。")},
		func(s *setting) *peer.Request { return request("FROTH", s.subject.File, "If-Match", `"statute"`) }, noSuchMethod),
		func(s *setting) *peer.Request { return request("FROTH", s.subject.File) }, noSuchMethod),
}

// f is a list of names and values.
func f(pairs ...string) []string { return pairs }

// over restricts a case to some protocols.
func over(p []wire.Protocol, c exam.Case) exam.Case {
	c.Over = p
	return c
}
