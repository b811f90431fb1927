package server

import (
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire/peer"
)

// RFC 9112 §2.2: a message that does not match the grammar is answered with 400
// and a close, which is a SHOULD, where no other section is more severe.
var fields = []exam.Case{
	// A61
	badField("field-with-cr", exam.Must, "RFC 9110 §5.5; RFC 9112 §2.2", "A CR within a field value.", "欄位值裡有 CR。", "X: a\rb\r\n", mended),
	// A62
	badField("field-with-nul", exam.Must, "RFC 9110 §5.5", "A NUL within a field value.", "欄位值裡有 NUL。", "X: a\x00b\r\n", mended),
	badField("field-with-control", exam.DeFacto, "RFC 9110 §5.5", "A control character within a field value.", "欄位值裡有控制字元。", "X: a\x01b\r\n", mended),
	// A63
	badField("field-folded", exam.Must, "RFC 9112 §5.2", "A field value over two lines.", "分成兩行的欄位值。", "X: a\r\n b\r\n", mended),
	// A64
	badField("field-space-before-colon", exam.Must, "RFC 9112 §5.1", "A space before the colon.", "冒號前有空白。", "X : a\r\n"),
	badField("field-tab-before-colon", exam.Must, "RFC 9112 §5.1", "A tab before the colon.", "冒號前有 tab。", "X\t: a\r\n"),
	// A66
	badField("field-without-colon", exam.Should, "RFC 9112 §2.2; RFC 9112 §5", "A field line without a colon.", "沒有冒號的欄位行。", "statute\r\n"),
	badField("field-without-name", exam.Should, "RFC 9112 §2.2; RFC 9110 §5.1", "A field line that begins with the colon.", "以冒號開頭的欄位行。", ": a\r\n"),
	badField("field-name-with-slash", exam.Should, "RFC 9112 §2.2; RFC 9110 §5.1", "A field name that is no token.", "不是 token 的欄位名稱。", "X/Y: a\r\n"),
	badField("field-name-with-space", exam.Should, "RFC 9112 §2.2; RFC 9110 §5.1", "A space within a field name.", "欄位名稱裡有空白。", "X Y: a\r\n"),
	badField("field-name-above-127", exam.Should, "RFC 9112 §2.2; RFC 9110 §5.1", "Octets above 127 in a field name.", "欄位名稱裡有大於 127 的位元組。", "\xe8\x8c\xb6: a\r\n"),
	// A65. Its control has no Host at all: who does not miss it there cannot be
	// seen to have read the line.
	against(octets(exam.Case{Name: "field-space-before-first", Level: exam.Must, Spec: "RFC 9112 §2.2", Needs: needs(Serves), Fault: "reads-indented-lines",
		Stages: say("White space before the first field line, which is the only Host.", "第一個欄位行之前有空白，而那是唯一的 Host。")},
		"GET {file} HTTP/1.1\r\n Host: {host}\r\n{me}\r\n", may("It is refused, or the line ignored, and then Host is missing.", "拒絕，或忽略這一行而缺少 Host。", 400), hangsUp),
		exactly("GET {file} HTTP/1.1\r\n{me}\r\n"), malformed, hangsUp),
	octets(exam.Case{Name: "field-space-before-first-ignored", Level: exam.Must, Spec: "RFC 9112 §2.2", Needs: needs(Serves), Fault: "breaks-at-indents",
		Stages: say("White space before the first field line, and a good Host below it.", "第一個欄位行之前有空白，下面有正確的 Host。")},
		"GET {file} HTTP/1.1\r\n X: a\r\nHost: {host}\r\n{me}\r\n", malformed, may("The line is ignored.", "忽略這一行。", 200), hangsUp),
	octets(exam.Case{Name: "field-value-with-space-around", Level: exam.Must, Spec: "RFC 9110 §5.5; RFC 9112 §5.1", Needs: needs(Serves), Fault: "keeps-space-around",
		Stages: say("Spaces around a value, which are no part of it.", "值的前後有空白，不屬於值。")},
		"GET {file} HTTP/1.1\r\nHost:   {host}   \r\n{me}\r\n", fine),
	octets(exam.Case{Name: "field-value-with-tab-around", Level: exam.Must, Spec: "RFC 9110 §5.5; RFC 9112 §5.1", Needs: needs(Serves), Fault: "keeps-space-around",
		Stages: say("Tabs around a value, which are no part of it either.", "值的前後有 tab，同樣不屬於值。")},
		"GET {file} HTTP/1.1\r\nHost:\t{host}\t\r\n{me}\r\n", fine),
	octets(exam.Case{Name: "field-value-empty", Level: exam.Must, Spec: "RFC 9110 §5.5; RFC 9110 §2.4", Needs: needs(Serves), Fault: "no-empty-values",
		Stages: say("A field without a value.", "沒有值的欄位。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}X-Statute:\r\n\r\n", fine),
	octets(exam.Case{Name: "field-value-above-127", Level: exam.Should, Spec: "RFC 9110 §5.5", Needs: needs(Serves), Fault: "ascii-values-only",
		Stages: say("Octets above 127 in the value of an unknown field: opaque data.", "未知欄位的值裡有大於 127 的位元組：不透明的資料。")},
		"GET {file} HTTP/1.1\r\nHost: {host}\r\n{me}X-Statute: \xe8\x8c\xb6\r\n\r\n", fine),
	ask(exam.Case{Name: "field-unknown-ignored", Level: exam.Should, Spec: "RFC 9110 §5.1", Over: all, Needs: needs(Serves), Fault: "refuses-anything-odd",
		Stages: say("A field that nobody has registered.", "沒有人登記過的欄位。")},
		func(s *setting) *peer.Request { return get(s.subject.File, "X-Statute", "oolong, \"tea") }, fine),
}

// mended: the section lets what is wrong be replaced, or kept.
var mended = may("The section lets it be replaced by a space, or dropped.", "該節允許以空白取代或略去。", 200)

// badField makes a case of a malformed field line; its control has a good one.
func badField(name string, level exam.Level, spec, en, zhTW, line string, more ...answer) exam.Case {
	fault := "passes-bad-lines"
	if len(more) > 0 {
		fault = "breaks-at-odd-values"
	}
	c := exam.Case{Name: name, Level: level, Spec: spec, Needs: needs(Serves), Fault: fault, Stages: both(en, zhTW)}
	return against(octets(c, framed11+line+"\r\n", append([]answer{malformed, hangsUp}, more...)...), exactly(framed11+"X: a\r\n\r\n"), fine)
}
