package wire

import (
	"bytes"
	"html"
	"net/http"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// forPeople reports whether the request would rather have a page than problem
// details: whoever sends a browser's Accept is a person. A request that states
// no preference gets the details.
func forPeople(req *http.Request) bool {
	accept := strings.Join(req.Header["Accept"], ",")
	page, _ := Weight(accept, "text", "html")
	details, _ := Weight(accept, "application", "problem+json")
	return page > details
}

// pagePolicy lets nothing of an error's page run or be loaded: what it says may
// quote the request.
const pagePolicy = "default-src 'none'"

// Page returns the problem as a page for people: what is wrong, how long it
// will last if that is known, and where more is said (RFC 9110 §15.5, §15.6).
func (p Problem) Page(l lang.Tag, retry string) []byte {
	entry, _ := status.Get(p.Status)
	title := p.Status.String() + " " + lang.Text{En: entry.Name, ZhTW: entry.NameZhTW}.In(l)
	var b bytes.Buffer
	b.WriteString("<!doctype html>\n<html lang=\"" + string(l) + "\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n" +
		"<title>" + html.EscapeString(title) + "</title>\n</head>\n<body>\n<main>\n<h1>" + html.EscapeString(title) + "</h1>\n")
	paragraph := func(t lang.Text) { b.WriteString("<p>" + t.In(l) + "</p>\n") }
	detail := html.EscapeString(p.Detail)
	paragraph(lang.Text{En: detail, ZhTW: detail})
	if n, err := strconv.Atoi(retry); err == nil {
		seconds := strconv.Itoa(n)
		paragraph(lang.Text{En: "Please try again in " + seconds + " s.", ZhTW: "請在 " + seconds + " 秒後再試。"})
	}
	if p.Condition != "" {
		paragraph(lang.Text{En: "The condition that was not met: " + p.Condition, ZhTW: "不成立的條件：" + p.Condition})
	}
	if p.Incident != "" {
		incident := html.EscapeString(p.Incident)
		paragraph(lang.Text{En: "Incident: " + incident, ZhTW: "事件代號：" + incident})
	}
	more := `<a href="` + html.EscapeString(p.Type) + `">`
	spec := html.EscapeString(p.Spec)
	paragraph(lang.Text{
		En:   more + "What " + p.Status.String() + " means, and why it is sent</a> (" + spec + ")",
		ZhTW: more + p.Status.String() + " 的意思，以及為什麼會送出</a>（" + spec + "）"})
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.Bytes()
}
