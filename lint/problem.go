package lint

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Problem details (RFC 9457). Its section numbers are unverified; RFC 7807, which
// it replaced, says the same in §3, §3.1 and §4.2.
var problems = []Rule{
	{
		Name: "problem-status-differs", Level: Must, About: OfMessage,
		Spec: "RFC 9457 §3.1.2", Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: problemStatusDiffers,
	},
	{
		Name: "problem-without-object", Level: Definition, About: OfMessage,
		Spec: "RFC 9457 §3", Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: problemWithoutObject,
	},
	{
		Name: "problem-member-of-other-kind", Level: Definition, About: OfMessage,
		Spec: "RFC 9457 §3.1", Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: problemMemberOfOtherKind,
	},
	{
		Name: "problem-title-differs", Level: Should, About: OfMessage,
		Spec: "RFC 9457 §4.2.1", Who: Server, Needs: wire.ShowsResponse | wire.ShowsContent,
		Check: problemTitleDiffers,
	},
	{
		Name: "problem-told-as-success", Level: Definition, About: OfMessage,
		Spec: "RFC 9457 §3", Codes: []status.Code{200, 201, 202, 203, 206}, Who: Server,
		Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: problemToldAsSuccess,
	},
}

// The types of problem details.
const (
	asJSON = "application/problem+json"
	asXML  = "application/problem+xml"
)

// problem returns the content of an answer that says it is problem details in JSON
// and was kept as a whole.
func problem(x *wire.Exchange, r *Report) ([]byte, bool) {
	data, kind := problemOf(x, r)
	return data, kind == asJSON
}

// problemOf returns problem details in either form, and which one it is.
func problemOf(x *wire.Exchange, r *Report) (data []byte, kind string) {
	p := x.Final
	if p == nil || p.Content.Length == 0 {
		return nil, ""
	}
	media, ok := value(r, &p.Message, "Content-Type")
	switch {
	case !ok:
		return nil, ""
	case isMedia(media, asJSON):
		kind = asJSON
	case isMedia(media, asXML):
		kind = asXML
	default:
		return nil, ""
	}
	if endsWithHead(x) || coded(&p.Message) {
		return nil, ""
	}
	if !p.Content.Whole() {
		r.Unjudged()
		return nil, ""
	}
	return p.Content.Data, kind
}

// RFC 9457 §3.1.2 (unverified; RFC 7807 §3.1): the member "status", where there
// is one, is the code of the answer as it was generated. XML has an element of
// that name (RFC 7807 Appendix A).
func problemStatusDiffers(x *wire.Exchange, r *Report) {
	data, kind := problemOf(x, r)
	decode := json.Unmarshal
	switch kind {
	case "":
		return
	case asXML:
		decode = xml.Unmarshal
	}
	var p struct {
		Status *status.Code `json:"status" xml:"urn:ietf:rfc:7807 status"`
	}
	if decode(data, &p) == nil && p.Status != nil && *p.Status != x.Final.Status {
		r.Final("", lang.Text{
			En:   "The problem details say status %d, the answer is %d.",
			ZhTW: "問題詳情寫的狀態碼是 %d，回應卻是 %d。"}, int(*p.Status), int(x.Final.Status))
	}
}

// RFC 9457 §3 (unverified; RFC 7807 §3): problem details are one JSON object.
func problemWithoutObject(x *wire.Exchange, r *Report) {
	data, ok := problem(x, r)
	if !ok {
		return
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil || object == nil {
		r.Final("", lang.Text{
			En:   "The content is called application/problem+json and is no JSON object: %q.",
			ZhTW: "內容標示為 application/problem+json，卻不是 JSON 物件：%q。"}, string(bytes.TrimSpace(data)))
	}
}

// RFC 9457 §3.1 (unverified; RFC 7807 §3.1): type, title, detail and instance are
// strings, status is a number; consumers ignore a member of another kind.
func problemMemberOfOtherKind(x *wire.Exchange, r *Report) {
	data, ok := problem(x, r)
	if !ok {
		return
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(data, &object) != nil {
		return
	}
	for _, name := range []string{"type", "title", "status", "detail", "instance"} {
		v := bytes.TrimSpace(object[name])
		if len(v) == 0 || string(v) == "null" {
			continue
		}
		if name == "status" && digits(string(v)) || name != "status" && v[0] == '"' {
			continue
		}
		r.Final("", lang.Text{
			En:   "The member %q of the problem details is %s, which is not of its kind.",
			ZhTW: "問題詳情的成員 %q 是 %s，類型不對。"}, name, string(v))
		return
	}
}

// RFC 9457 §4.2.1 (unverified; RFC 7807 §4.2): with about:blank a problem says no
// more than its code, and its title should be the code's phrase, or a translation
// of that. A problem without type is one of about:blank too; but as many leave
// out the type and mean one of their own, only the phrase of another code is
// reported there.
func problemTitleDiffers(x *wire.Exchange, r *Report) {
	data, ok := problem(x, r)
	if !ok {
		return
	}
	var p struct {
		Type  *string `json:"type"`
		Title string  `json:"title"`
	}
	if json.Unmarshal(data, &p) != nil || p.Title == "" || p.Type != nil && *p.Type != "about:blank" {
		return
	}
	language := x.Final.Fields.Get("Content-Language")
	if !ascii(p.Title) || language != "" && !strings.HasPrefix(strings.ToLower(language), "en") {
		return
	}
	own, known := status.Get(x.Final.Status)
	if !known || own.Code < 400 || isPhrase(&own, p.Title) || p.Type == nil && !slices.ContainsFunc(status.Table, func(e status.Entry) bool { return isPhrase(&e, p.Title) }) {
		return
	}
	r.Final("", lang.Text{
		En:   "The problem has no type of its own, and its title is %q instead of %q.",
		ZhTW: "這個問題沒有自己的 type，title 卻是 %q，而不是 %q。"}, p.Title, own.Name)
}

func isPhrase(e *status.Entry, s string) bool {
	return strings.EqualFold(s, e.Name) || slices.ContainsFunc(e.OldNames, func(old string) bool { return strings.EqualFold(s, old) })
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// RFC 9457 §3 (unverified; RFC 7807 §3): problem details describe an error; a
// code of success says that there was none.
func problemToldAsSuccess(x *wire.Exchange, r *Report) {
	v, ok := value(r, &x.Answer().Message, "Content-Type")
	if ok && (isMedia(v, asJSON) || isMedia(v, asXML)) {
		r.Final("Content-Type", lang.Text{
			En:   "The answer %d is a success, and its content is of type %s.",
			ZhTW: "回應 %d 表示成功，內容的類型卻是 %s。"}, int(x.Answer().Status), v)
	}
}
