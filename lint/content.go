package lint

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Content that means the same under every code.
var content = []Rule{
	{
		Name: "error-without-explanation", Level: Should, About: OfExchange,
		Spec: "RFC 9110 §15.5; RFC 9110 §15.6", Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: errorWithoutExplanation,
	},
	{
		// What the sections ask for is a should. Whether words explain anything,
		// only their reader can say, so this is advice.
		Name: "explanation-repeats-code", Level: Advice, About: OfMessage,
		Spec:  "RFC 9110 §15.5.7; RFC 9110 §15.5.10; RFC 6585 §3; RFC 6585 §4; RFC 6585 §5; RFC 7725 §3; RFC 9110 §15.6.6",
		Codes: []status.Code{406, 409, 428, 429, 431, 451, 505}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: explanationRepeatsCode,
	},
	{
		Name: "content-without-type", Level: Should, About: OfMessage,
		Spec: "RFC 9110 §8.3", Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: contentWithoutType,
	},
	{
		Name: "error-told-as-success", Level: Advice, About: OfMessage,
		Spec: "RFC 9205 §4.6", Codes: []status.Code{200}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: errorToldAsSuccess,
	},
}

// RFC 9110 §15.5 and §15.6: a 4xx or 5xx should say what went wrong in its
// content, except in answer to HEAD.
func errorWithoutExplanation(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || p.Status < 400 || p.Status > 599 || x.Request.Method == "HEAD" {
		return
	}
	if p.Content.Length == 0 && p.Content.Complete {
		r.Final("", lang.Text{
			En:   "The answer %d has no content: nothing says what went wrong.",
			ZhTW: "回應 %d 沒有內容：沒有說明出了什麼問題。"}, int(p.Status))
	}
}

// furniture are words of error pages that explain nothing.
var furniture = strings.Fields("about blank body center charset class code content css div doctype encoding error false head" +
	" href html http https lang link message meta nginx apache name org port pre public reason server span status style" +
	" success the this title true type utf version viewport www xml xmlns")

// The sections ask that these answers explain more than their code does: what
// there is to choose from (406), what conflicts (409), which condition to send
// (428), what the limit is (429), which field is too large (431), which law
// demands it (451), which versions are spoken (505).
func explanationRepeatsCode(x *wire.Exchange, r *Report) {
	data, ok := text(x, r)
	if !ok {
		return
	}
	entry, _ := status.Get(x.Final.Status)
	name := strings.ToLower(entry.Name)
	for i := 0; i < len(data); {
		n := 0
		for i+n < len(data) && (lower(data[i+n]) >= 'a' && lower(data[i+n]) <= 'z' || data[i+n] >= 0x80) {
			n++
		}
		if n > 2 {
			word := strings.ToLower(string(data[i : i+n]))
			if !strings.Contains(name, word) && !slices.Contains(furniture, word) {
				return
			}
		}
		i += n + 1
	}
	r.Final("", lang.Text{
		En:   "The content says no more than the code %d does: %q.",
		ZhTW: "內容說的不比狀態碼 %d 多：%q。"}, int(x.Final.Status), string(bytes.TrimSpace(data)))
}

// RFC 9110 §8.3: content should come with its media type, unless the sender
// does not know it. A server that passes on stored octets whose name says
// nothing may not know it; whoever wrote text, or an error, does.
func contentWithoutType(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || p.Content.Length == 0 || endsWithHead(x) {
		return
	}
	// RFC 9110 §15.3.7: a 206 to If-Range should not repeat what the client has.
	if p.Status == 206 && (!r.needs(x, wire.ShowsRequest) || !absent(r, &x.Request.Message, "If-Range")) {
		return
	}
	if absent(r, &p.Message, "Content-Type") && (p.Status.Class() > 3 || !opaque(p.Content.Data)) {
		r.Final("Content-Type", lang.Text{
			En:   "%d octets of content come without Content-Type.",
			ZhTW: "%d 個位元組的內容沒有標明 Content-Type。"}, p.Content.Length)
	}
}

// opaque reports whether octets are no text.
func opaque(octets []byte) bool {
	control := func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' && r != '\f' }
	return bytes.ContainsFunc(octets, control) || !utf8.Valid(octets[:len(octets)-cutRune(octets)])
}

// cutRune returns how many octets at the end begin a character that is not
// whole: what a recording keeps of content may end anywhere.
func cutRune(octets []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(octets); n++ {
		if last := octets[len(octets)-n:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return n
			}
			break
		}
	}
	return 0
}

// text returns the content of the final answer, where there is some and the
// recording kept all of it, in no content coding.
func text(x *wire.Exchange, r *Report) ([]byte, bool) {
	p := x.Final
	if p == nil || endsWithHead(x) || p.Content.Length == 0 {
		return nil, false
	}
	if !p.Content.Whole() || coded(&p.Message) {
		r.Unjudged()
		return nil, false
	}
	return p.Content.Data, true
}

// coded reports whether the kept content is in a content coding, or may be.
func coded(m *wire.Message) bool {
	return !m.Content.Decoded && m.Has("Content-Encoding") != wire.Absent
}

// containsFold reports whether the text holds the words, which are lower-case
// ASCII, in any case.
func containsFold[T string | []byte](text T, words string) bool {
	for i := 0; i+len(words) <= len(text); i++ {
		n := 0
		for n < len(words) && lower(text[i+n]) == words[n] {
			n++
		}
		if n == len(words) {
			return true
		}
	}
	return false
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// isMedia reports whether a Content-Type value is of the media type, whatever
// its parameters are.
func isMedia(value, media string) bool {
	value, _, _ = strings.Cut(value, ";")
	return strings.EqualFold(strings.TrimSpace(value), media)
}

// RFC 9205 §4.6: applications use the codes, since whatever lies between client
// and server knows only those: caches, monitors, retries. A 200 whose content
// says that it is an error is stored and counted as a success.
func errorToldAsSuccess(x *wire.Exchange, r *Report) {
	p := x.Answer()
	if p.Content.Length == 0 || endsWithHead(x) || coded(&p.Message) {
		return
	}
	media, ok := value(r, &p.Message, "Content-Type")
	if !ok {
		return
	}
	said := ""
	switch {
	case isMedia(media, "application/json"):
		said = errorInJSON(p.Content)
	case isMedia(media, "text/html"):
		said = errorInTitle(p.Content.Data)
	}
	if said != "" {
		r.Final("", lang.Text{
			En:   "The answer is 200, and its content tells of an error: %s.",
			ZhTW: "回應是 200，內容說的卻是錯誤：%s。"}, said)
	}
}

// errorInJSON returns the code that an object gives as its status, where another
// member tells of an error; "" where it does not. Before anything is decoded, the
// octets have to look like it.
func errorInJSON(c wire.Content) string {
	if !c.Whole() || !bytes.Contains(c.Data, []byte(`"status`)) && !bytes.Contains(c.Data, []byte(`"code"`)) ||
		!bytes.Contains(c.Data, []byte(`rror"`)) && !bytes.Contains(c.Data, []byte(`essage"`)) {
		return ""
	}
	var object struct {
		Status, StatusCode, Code any
		Error, Message           json.RawMessage
	}
	if json.Unmarshal(c.Data, &object) != nil || object.Error == nil && object.Message == nil {
		return ""
	}
	for _, v := range []any{object.Status, object.StatusCode, object.Code} {
		if n, ok := v.(float64); ok && n >= 400 && n < 600 {
			return strconv.Itoa(int(n))
		}
	}
	return ""
}

// errorInTitle returns the title of a page that is a code of error followed by
// its phrase, as servers make them; "" for any other.
func errorInTitle(data []byte) string {
	_, title, _ := bytes.Cut(data[:min(len(data), 2048)], []byte("<title>"))
	title, _, found := bytes.Cut(title, []byte("</title>"))
	title = bytes.TrimSpace(title)
	if !found || len(title) < 5 || title[0] != '4' && title[0] != '5' || !digits(string(title[:3])) {
		return ""
	}
	code, _ := strconv.Atoi(string(title[:3]))
	e, ok := status.Get(status.Code(code))
	if !ok || !bytes.EqualFold(bytes.TrimSpace(title[3:]), []byte(e.Name)) {
		return ""
	}
	return string(title)
}
