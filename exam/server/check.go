package server

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// has asks for a field.
func has(name string) check {
	return func(_ *setting, x *wire.Exchange) lang.Text {
		if x.Final.Fields.Has(name) {
			return lang.Text{}
		}
		return say("%s is missing", "缺少 %s", name)
	}
}

// member asks for a member of a list, in whatever case.
func member(name, want string) check {
	return func(_ *setting, x *wire.Exchange) lang.Text {
		if x.Final.Fields.HasMember(name, want) {
			return lang.Text{}
		}
		return say("%s does not list %s", "%s 沒有列出 %s", name, want)
	}
}

// hasNot asks for its absence.
func hasNot(name string) check {
	return func(_ *setting, x *wire.Exchange) lang.Text {
		if !x.Final.Fields.Has(name) {
			return lang.Text{}
		}
		return say("%s is there: %q", "出現了 %s：%q", name, x.Final.Fields.Get(name))
	}
}

// value asks for a field's value.
func value(name, want string) check {
	return func(_ *setting, x *wire.Exchange) lang.Text {
		if got := x.Final.Fields.Get(name); got != want {
			return say("%s is %q instead of %q", "%s 是 %q，應為 %q", name, got, want)
		}
		return lang.Text{}
	}
}

// closed asks that the connection ends with the answer, as after a message whose
// end is not certain: nothing follows, and it is not kept. It is a matter of
// HTTP/1.1 only.
func closed(s *setting, x *wire.Exchange) lang.Text {
	if more := quiet(s, x); more != (lang.Text{}) {
		return more
	}
	if x.Conn.Protocol != wire.H1 || x.End == wire.EndClosed || x.End == wire.EndReset || x.End == wire.EndCut {
		return lang.Text{}
	}
	return say("the connection was kept (%s)", "連線沒有關閉（%s）", string(x.End))
}

// empty asks for no content, and for no octets where content would be.
func empty(_ *setting, x *wire.Exchange) lang.Text {
	if n := x.Final.Content.Length + int64(len(x.After)); n > 0 {
		return say("%d octets follow the header section", "標頭區段之後有 %d 個位元組", n)
	}
	return lang.Text{}
}

// filled asks for content.
func filled(_ *setting, x *wire.Exchange) lang.Text {
	if x.Final.Content.Length == 0 {
		return say("there is no content", "沒有內容")
	}
	return lang.Text{}
}

// whole asks that the content is whole and that nothing is wrong with its
// framing.
func whole(_ *setting, x *wire.Exchange) lang.Text {
	if !x.Final.Content.Complete {
		return say("its content is cut off", "內容不完整")
	}
	if len(x.Final.Faults) > 0 {
		return say("the message is malformed: %s", "訊息格式錯誤：%s", string(x.Final.Faults[0].Kind))
	}
	return lang.Text{}
}

// allow asks for Allow, without the method that was refused. RFC 9110 §15.5.6,
// §10.2.1.
func allow(_ *setting, x *wire.Exchange) lang.Text {
	if !x.Final.Fields.Has("Allow") {
		return say("Allow is missing (RFC 9110 §15.5.6)", "缺少 Allow（RFC 9110 §15.5.6）")
	}
	if x.Final.Fields.HasMember("Allow", x.Request.Method) && slices.Contains(slices.Collect(x.Final.Fields.Members("Allow")), x.Request.Method) {
		return say("Allow lists the method that it refuses", "Allow 列出了它所拒絕的方法")
	}
	return lang.Text{}
}

// sameLength asks for the length that the file has, if there is a length.
func sameLength(s *setting, x *wire.Exchange) lang.Text {
	file := s.file()
	got := x.Final.Fields.Get("Content-Length")
	if got == "" {
		return lang.Text{}
	}
	if n, err := strconv.ParseInt(got, 10, 64); err != nil || n != file.Content.Length {
		return say("Content-Length is %q, and the content of GET has %d octets", "Content-Length 是 %q，而 GET 的內容有 %d 個位元組", got, file.Content.Length)
	}
	return lang.Text{}
}

// sameAsFile asks for the file's content.
func sameAsFile(s *setting, x *wire.Exchange) lang.Text {
	if file := s.file(); string(file.Content.Data) != string(x.Final.Content.Data) {
		return say("its content is not that of the file", "內容與檔案不同")
	}
	return lang.Text{}
}

// repeats asks for those fields that the 200 has. RFC 9110 §15.3.7, §15.4.5.
func repeats(names ...string) check {
	return func(s *setting, x *wire.Exchange) lang.Text {
		file := s.file()
		var lost []string
		for _, name := range names {
			if file.Fields.Has(name) && !x.Final.Fields.Has(name) {
				lost = append(lost, name)
			}
		}
		if len(lost) > 0 {
			return say("it lacks what the 200 has: %s", "缺少 200 所帶的：%s", strings.Join(lost, ", "))
		}
		return lang.Text{}
	}
}

// imf asks that a field that is there is a date in the one form that is
// generated today. RFC 9110 §5.6.7.
func imf(name string) check {
	return func(_ *setting, x *wire.Exchange) lang.Text {
		v := x.Final.Fields.Get(name)
		if v == "" {
			return lang.Text{}
		}
		if _, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", v); err != nil {
			return say("%s is no IMF-fixdate: %q", "%s 不是 IMF-fixdate：%q", name, v)
		}
		return lang.Text{}
	}
}

// once asks that a field stands there once at most. RFC 9110 §5.3.
func once(name string) check {
	return func(_ *setting, x *wire.Exchange) lang.Text {
		if n := x.Final.Fields.Count(name); n > 1 {
			return say("%s is there %d times", "%s 出現了 %d 次", name, n)
		}
		return lang.Text{}
	}
}

// interims asks for that many 100 answers before the final one.
func interims(want int) check {
	return func(_ *setting, x *wire.Exchange) lang.Text {
		if got := len(x.Interim); got != want {
			return say("%d interim answers came instead of %d", "收到 %d 個過渡回應，應為 %d 個", got, want)
		}
		return lang.Text{}
	}
}

func contains(text string) check {
	return func(_ *setting, x *wire.Exchange) lang.Text {
		if strings.Contains(string(x.Final.Content.Data), text) {
			return lang.Text{}
		}
		return say("its content does not have %s", "內容裡沒有 %s", fmt.Sprintf("%q", text))
	}
}

func lacks(text string) check {
	return func(_ *setting, x *wire.Exchange) lang.Text {
		if !strings.Contains(string(x.Final.Content.Data), text) {
			return lang.Text{}
		}
		return say("its content has %s", "內容裡有 %s", fmt.Sprintf("%q", text))
	}
}

// typed asks for a media type wherever there is content.
func typed(_ *setting, x *wire.Exchange) lang.Text {
	if x.Final.Content.Length == 0 || x.Final.Fields.Has("Content-Type") {
		return lang.Text{}
	}
	return say("its content has no Content-Type", "內容沒有 Content-Type")
}

// otherTag asks for an entity tag other than the file's, if for any.
func otherTag(s *setting, x *wire.Exchange) lang.Text {
	tag := x.Final.Fields.Get("ETag")
	if tag != "" && tag == s.file().Fields.Get("ETag") {
		return say("it has the file's own ETag", "它帶著檔案的 ETag")
	}
	return lang.Text{}
}

// quiet asks that nothing follows the answer: content was not taken for a
// request. RFC 9112 §9.3.
func quiet(_ *setting, x *wire.Exchange) lang.Text {
	if len(x.After) > 0 {
		return say("more follows the answer: %.20q", "回應之後還有東西：%.20q", x.After)
	}
	return lang.Text{}
}
