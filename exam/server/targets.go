package server

import (
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire/peer"
)

var (
	badTarget = may("The target is invalid (RFC 9112 §3.2).", "目標無效（RFC 9112 §3.2）。", 400)
	elsewhere = may("Redirected to the target as it ought to be written (RFC 9112 §3.2).", "重新導向到正確寫法的目標（RFC 9112 §3.2）。", 301, 308)
	misplaced = may("The name is none of this server's (RFC 9110 §7.4).", "這個名稱不歸這台伺服器（RFC 9110 §7.4）。", 421, 404)
)

var targets = []exam.Case{
	// A21
	octets(exam.Case{Name: "target-absolute-form", Level: exam.Must, Spec: "RFC 9112 §3.2.2", Needs: needs(Serves), Fault: "no-absolute-form",
		Stages: say("The target in absolute-form, which servers accept as well.", "absolute-form 的目標，伺服器也要接受。")},
		absoluteForm, fine.and(sameAsFile)),
	against(octets(exam.Case{Name: "target-absolute-form-scheme-case", Level: exam.Must, Spec: "RFC 9112 §3.2.2; RFC 9110 §4.2.3", Needs: needs(Serves), Fault: "scheme-in-small-letters-only",
		Stages: say("The target in absolute-form, its scheme in capitals, which makes no difference.", "absolute-form 的目標，scheme 用大寫，這沒有差別。")},
		"GET HTTP://{host}{file} HTTP/1.1\r\nHost: {host}\r\n{me}\r\n", fine), exactly(absoluteForm), fine),
	// A22
	against(octets(exam.Case{Name: "target-absolute-form-wins", Level: exam.Must, Spec: "RFC 9112 §3.2.2", Needs: needs(Serves), Fault: "host-before-target",
		Stages: say("The target in absolute-form, and a Host that says something else.", "absolute-form 的目標，Host 卻是別的名字。")},
		"GET http://{host}{file} HTTP/1.1\r\nHost: statute.invalid\r\n{me}\r\n",
		may("The target's host counts, Host is ignored.", "以目標的主機為準，忽略 Host。", 200), may("What contradicts itself may be refused.", "自相矛盾的請求可以拒絕。", 400)), exactly(absoluteForm), fine),
	// RFC 9112 §3.2: an invalid request line is answered with 400, or sent to where
	// it would be valid, and not mended on the quiet. That is a SHOULD, here and in
	// the cases below.
	octets(exam.Case{Name: "target-no-slash", Level: exam.Should, Spec: "RFC 9112 §3.2", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("A target that is neither a path nor a URL.", "既非路徑也非 URL 的目標。")},
		"GET statute HTTP/1.1\r\nHost: {host}\r\n{me}\r\n", badTarget, elsewhere, hangsUp),
	// A28
	octets(exam.Case{Name: "target-8000-octets", Level: exam.Should, Spec: "RFC 9110 §4.1; RFC 9112 §3", Needs: needs(Serves), Fault: "short-targets",
		Stages: say("A query that makes the target 7,990 octets long.", "以查詢字串把目標加長到約八千位元組。")},
		"GET {file}?"+strings.Repeat("x", 7900)+" HTTP/1.1\r\nHost: {host}\r\n{me}\r\n",
		may("Targets of 8,000 octets are supported.", "支援八千位元組的目標。", 200), may("It reads the target, and has no such resource.", "讀了目標，但沒有這樣的資源。", 404)),
	// A29
	octets(exam.Case{Name: "target-100000-octets", Level: exam.Must, Spec: "RFC 9112 §3; RFC 9110 §15.5.15", Needs: needs(Serves), Fault: "long-is-malformed",
		Stages: say("A target of 100,000 octets.", "十萬位元組的目標。")},
		"GET {file}?"+strings.Repeat("x", 99_900)+" HTTP/1.1\r\nHost: {host}\r\n{me}\r\n",
		may("It is longer than the server reads.", "超過伺服器願意讀的長度。", 414), may("The server reads that much.", "伺服器讀得了這麼長。", 200, 404), hangsUp),
	// A68
	octets(exam.Case{Name: "target-with-space", Level: exam.Should, Spec: "RFC 9112 §3", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("A space within the target.", "目標裡有空白。")},
		"GET {file} x HTTP/1.1\r\nHost: {host}\r\n{me}\r\n", may("The request line is invalid.", "請求行無效。", 400), elsewhere,
		may("The third word is no version that is known (RFC 9110 §15.6.6).", "第三個詞不是已知的版本（RFC 9110 §15.6.6）。", 505), hangsUp),
	// A69
	octets(exam.Case{Name: "target-with-fragment", Level: exam.Should, Spec: "RFC 9112 §3.2; RFC 9112 §3.2.1", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("A fragment in the target, which clients never send.", "目標裡有片段；用戶端不該送出片段。")},
		"GET {file}#x HTTP/1.1\r\nHost: {host}\r\n{me}\r\n", badTarget, elsewhere, hangsUp),
	octets(exam.Case{Name: "target-with-octets-above-127", Level: exam.DeFacto, Spec: "RFC 3986 §2", Needs: needs(Serves), Fault: "breaks",
		Stages: say("Octets above 127 in the query, not encoded.", "查詢字串裡有未編碼、大於 127 的位元組。")},
		"GET {file}?\xe8\x8c\xb6 HTTP/1.1\r\nHost: {host}\r\n{me}\r\n", badTarget, fine, may("No resource has that name.", "沒有這個名字的資源。", 404), elsewhere, hangsUp),
	octets(exam.Case{Name: "target-with-nul", Level: exam.Should, Spec: "RFC 9112 §3.2; RFC 3986 §2", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: say("A NUL in the target.", "目標裡有 NUL。")},
		"GET {file}\x00 HTTP/1.1\r\nHost: {host}\r\n{me}\r\n", badTarget, elsewhere, hangsUp),
	octets(exam.Case{Name: "target-with-encoded-nul", Level: exam.DeFacto, Spec: "RFC 3986 §7.3", Needs: needs(Serves), Fault: "accepts-anything",
		Stages: both("%00 behind the file's name.", "檔名後面有 %00。")},
		"GET {file}%00 HTTP/1.1\r\nHost: {host}\r\n{me}\r\n", badTarget, may("No resource has that name.", "沒有這個名字的資源。", 403, 404), hangsUp),
	ask(exam.Case{Name: "target-bad-percent", Level: exam.DeFacto, Spec: "RFC 3986 §2.1", Over: all, Needs: needs(Serves), Fault: "breaks",
		Stages: say("A percent sign that encodes nothing.", "沒有編碼任何東西的百分號。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce) + "%zz") },
		badTarget, may("No resource has that name.", "沒有這個名字的資源。", 404), hangsUp, reset),
	ask(exam.Case{Name: "target-climbs-out", Level: exam.DeFacto, Spec: "RFC 3986 §5.2.4; RFC 9110 §17.3", Over: all, Needs: needs(Serves), Fault: "opens-the-cellar",
		Stages: say("Dot segments that lead to /etc/passwd.", "以點段落通往 /etc/passwd。")},
		func(s *setting) *peer.Request { return get("/../../../../../../../../etc/passwd") },
		may("Nothing of the machine shows.", "機器的檔案沒有外洩。", 200, 301, 302, 307, 308).and(lacks("root:")), any4xx("It leads nowhere.", "哪裡也到不了。"), hangsUp, reset),
	ask(exam.Case{Name: "target-climbs-out-encoded", Level: exam.DeFacto, Spec: "RFC 3986 §2.4; RFC 9110 §17.3", Over: all, Needs: needs(Serves), Fault: "opens-the-cellar",
		Stages: say("Encoded dot segments that lead to /etc/passwd.", "以編碼過的點段落通往 /etc/passwd。")},
		func(s *setting) *peer.Request {
			return get("/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd")
		},
		may("Nothing of the machine shows.", "機器的檔案沒有外洩。", 200, 301, 302, 307, 308).and(lacks("root:")), any4xx("It leads nowhere.", "哪裡也到不了。"), hangsUp, reset),
	ask(exam.Case{Name: "target-unreserved-encoded", Level: exam.Should, Spec: "RFC 9110 §4.2.3; RFC 3986 §6.2.2.2", Over: all, Needs: needs(Serves), Fault: "breaks",
		Stages: say("One letter of the file's name percent-encoded, which makes no difference.", "檔名的一個字母以百分號編碼，這沒有差別。")},
		func(s *setting) *peer.Request { return get(encodeLast(s.subject.File)) }, fine, elsewhere),
	ask(exam.Case{Name: "missing-is-404", Level: exam.DeFacto, Spec: "RFC 9110 §15.5.5", Over: all, Needs: needs(Serves, Misses), Fault: "breaks",
		Stages: say("A GET of a name that nobody has given, with a query.", "GET 一個沒人取過的名字，附查詢字串。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce) + "?x=1") }, notThere),
	ask(exam.Case{Name: "missing-has-content", Level: exam.Should, Spec: "RFC 9110 §15.5", Over: all, Needs: needs(Serves, Misses), Fault: "empty-errors",
		Stages: say("A GET of a name that nobody has given.", "GET 一個沒人取過的名字。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce)) },
		may("An explanation comes with it.", "附上說明。", 404, 410).and(filled)),
	ask(exam.Case{Name: "missing-has-content-type", Level: exam.Should, Spec: "RFC 9110 §8.3", Over: all, Needs: needs(Serves, Misses), Fault: "no-content-type",
		Stages: say("A GET of a name that nobody has given.", "GET 一個沒人取過的名字。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce)) },
		may("Its content says of what type it is.", "內容標明類型。", 404, 410).and(typed)),
	ask(exam.Case{Name: "missing-no-validator-of-file", Level: exam.DeFacto, Spec: "RFC 9110 §8.8.3", Over: all, Needs: needs(Serves, Misses), Fault: "same-etag-everywhere",
		Stages: say("A GET of a name that nobody has given, and its ETag beside the file's.", "GET 一個沒人取過的名字，把它的 ETag 與檔案的比較。")},
		func(s *setting) *peer.Request { return get(s.subject.missing(s.Nonce)) },
		may("What it says of itself is not said of the file.", "它的描述不是檔案的描述。", 404, 410).and(otherTag)),
}

var hosts = []exam.Case{
	// A12
	badHost("host-missing", "needs-no-host", "No Host.", "沒有 Host。", "GET {file} HTTP/1.1\r\n{me}\r\n"),
	// A13
	badHost("host-twice", "takes-one-host-of-two", "Two Host lines that differ.", "兩行不同的 Host。", "GET {file} HTTP/1.1\r\nHost: {host}\r\nHost: statute.invalid\r\n{me}\r\n"),
	// A14
	badHost("host-twice-same", "takes-one-host-of-two", "Two equal Host lines.", "兩行相同的 Host。", "GET {file} HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n{me}\r\n"),
	badHost("host-twice-case", "takes-one-host-of-two", "Two Host lines, the second in capitals.", "兩行 Host，第二行欄位名大寫。", "GET {file} HTTP/1.1\r\nHost: {host}\r\nHOST: statute.invalid\r\n{me}\r\n"),
	// A15
	badHost("host-invalid", "any-host", "Host: ###, which no host is called.", "Host: ###，不可能的主機名稱。", "GET {file} HTTP/1.1\r\nHost: ###\r\n{me}\r\n"),
	badHost("host-with-space", "any-host", "A space within Host.", "Host 裡有空白。", "GET {file} HTTP/1.1\r\nHost: a b\r\n{me}\r\n"),
	// A16
	badHost("host-with-userinfo", "any-host", "Userinfo in Host.", "Host 裡有 userinfo。", "GET {file} HTTP/1.1\r\nHost: u@{host}\r\n{me}\r\n"),
	// A17
	badHost("host-with-path", "any-host", "A path in Host.", "Host 裡有路徑。", "GET {file} HTTP/1.1\r\nHost: {host}/x\r\n{me}\r\n"),
	// A18
	badHost("host-list", "any-host", "Two hosts in one Host line.", "一行 Host 裡有兩個主機。", "GET {file} HTTP/1.1\r\nHost: {host}, {host}\r\n{me}\r\n"),
	badHost("host-with-bad-port", "any-host", "A port of letters.", "連接埠是字母。", "GET {file} HTTP/1.1\r\nHost: localhost:http\r\n{me}\r\n"),
	badHost("host-with-open-bracket", "any-host", "An IPv6 address that is not closed.", "沒有關上的 IPv6 位址。", "GET {file} HTTP/1.1\r\nHost: [::1\r\n{me}\r\n"),
	// Who does not take absolute-form at all is not blamed for the Host.
	against(badHost("host-missing-absolute-form", "needs-no-host", "The target in absolute-form, and no Host.", "absolute-form 的目標，沒有 Host。", "GET http://{host}{file} HTTP/1.1\r\n{me}\r\n"), exactly(absoluteForm), fine),
	// A19
	octets(exam.Case{Name: "host-empty", Level: exam.DeFacto, Spec: "RFC 9112 §3.3", Needs: needs(Serves), Fault: "breaks",
		Stages: say("An empty Host.", "空的 Host。")},
		"GET {file} HTTP/1.1\r\nHost:\r\n{me}\r\n", may("An empty Host stands where a URI has no authority.", "URI 沒有 authority 時，Host 就是空的。", 200),
		may("An http URI always has an authority (RFC 9110 §4.2.1).", "http 的 URI 一定有 authority（RFC 9110 §4.2.1）。", 400), misplaced, elsewhere, hangsUp),
	octets(exam.Case{Name: "host-unknown", Level: exam.DeFacto, Spec: "RFC 9110 §7.4", Needs: needs(Serves), Fault: "breaks",
		Stages: say("A Host that this server hardly has.", "這台伺服器大概沒有的 Host。")},
		"GET {file} HTTP/1.1\r\nHost: statute.invalid\r\n{me}\r\n", fine, any4xx("It is not served here.", "這裡不提供。"), may("Sent to the right name.", "導向正確的名稱。", 301, 302, 307, 308), hangsUp),
	octets(exam.Case{Name: "host-in-capitals", Level: exam.Must, Spec: "RFC 9110 §5.1; RFC 9110 §2.4", Needs: needs(Serves), Fault: "host-in-one-form",
		Stages: say("The field name HOST in capitals.", "欄位名稱 HOST 用大寫。")},
		"GET {file} HTTP/1.1\r\nHOST: {host}\r\n{me}\r\n", fine),
	octets(exam.Case{Name: "host-without-space", Level: exam.Must, Spec: "RFC 9112 §5; RFC 9110 §2.4", Needs: needs(Serves), Fault: "host-in-one-form",
		Stages: say("No space behind the colon, which is as good.", "冒號後沒有空白，同樣有效。")},
		"GET {file} HTTP/1.1\r\nHost:{host}\r\n{me}\r\n", fine),
	octets(exam.Case{Name: "host-after-others", Level: exam.Must, Spec: "RFC 9110 §5.3; RFC 9110 §2.4", Needs: needs(Serves), Fault: "host-in-one-form",
		Stages: say("Host as the last field; first is advice only.", "Host 是最後一個欄位；放最前面只是建議。")},
		"GET {file} HTTP/1.1\r\n{me}Accept: */*\r\nHost: {host}\r\n\r\n", fine),
	// A20
	octets(exam.Case{Name: "host-missing-http10", Level: exam.DeFacto, Spec: "RFC 9112 §3.2; RFC 9112 §3.3", Needs: needs(Serves, Old), Fault: "breaks",
		Stages: say("HTTP/1.0 without Host, which that version does not ask for.", "沒有 Host 的 HTTP/1.0；那個版本不要求它。")},
		"GET {file} HTTP/1.0\r\n{me}\r\n", fine, may("Without a name it is nobody's, or somebody else's (RFC 9110 §7.4).", "沒有名稱，就不知道歸誰（RFC 9110 §7.4）。", 400, 404, 421), elsewhere, hangsUp),
}

// badHost makes a case of a Host that is none. RFC 9112 §3.2: such a request is
// answered with 400.
func badHost(name, fault, en, zhTW, template string) exam.Case {
	return octets(exam.Case{Name: name, Level: exam.Must, Spec: "RFC 9112 §3.2", Needs: needs(Serves), Fault: fault, Stages: both(en, zhTW)},
		template, may("400 is what the section asks for, and no other code.", "該節明定要回 400，別的狀態碼不行。", 400), hangsUp)
}

const absoluteForm = "GET http://{host}{file} HTTP/1.1\r\nHost: {host}\r\n{me}\r\n"

// encodeLast encodes the last letter or digit of a path.
func encodeLast(path string) string {
	for i := len(path) - 1; i > 0; i-- {
		if c := path[i]; c >= 'a' && c <= 'z' && !(i > 1 && path[i-2] == '%' || path[i-1] == '%') {
			const digits = "0123456789ABCDEF"
			return path[:i] + "%" + string(digits[c>>4]) + string(digits[c&15]) + path[i+1:]
		}
	}
	return path
}

// reset is the lawful end of a malformed request's stream.
var reset = ends("The stream is reset (RFC 9113 §8.1.1, RFC 9114 §4.1.2).", "串流被重設（RFC 9113 §8.1.1、RFC 9114 §4.1.2）。")
