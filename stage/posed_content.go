package stage

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// posedPolicy, with nosniff, keeps content that somebody put into a URL from
// acting as a page or a script of this site: it runs nothing, loads nothing and
// has no origin.
const posedPolicy = "default-src 'none'; sandbox"

// posedTypes are the types that the sentence comes in, the one that wins a tie
// first.
var posedTypes = []string{"text/plain", "text/html", "application/json"}

// A posedContent is content of a known size; strings.Reader is one.
type posedContent interface {
	io.ReaderAt
	Size() int64
}

// posedPattern is that many octets of text.
type posedPattern int64

const posedPatternLine = "Posed by Statute: these octets were asked for, and mean nothing.\n"

func (n posedPattern) Size() int64 { return int64(n) }

func (n posedPattern) ReadAt(b []byte, from int64) (int, error) {
	if from >= int64(n) {
		return 0, io.EOF
	}
	end := min(int64(len(b)), int64(n)-from)
	for i := int64(0); i < end; {
		i += int64(copy(b[i:end], posedPatternLine[(from+i)%int64(len(posedPatternLine)):]))
	}
	if end < int64(len(b)) {
		return int(end), io.EOF
	}
	return int(end), nil
}

// A posedPage is the content of a posed answer that nobody else gave any.
type posedPage struct {
	Posed   bool        `json:"posed"`
	Status  status.Code `json:"status"`
	Name    string      `json:"name,omitempty"`
	Message string      `json:"message"`
	Note    string      `json:"note,omitempty"`
	Page    string      `json:"page"`
	Links   []posedLink `json:"links,omitempty"`

	language lang.Tag
}

// page says in the reader's language that the final answer is posed, and which
// interim response, if code is one, was posed before it.
func (p *posed) page(code, final status.Code, l lang.Tag) posedPage {
	duty := p.duties[final]
	page := posedPage{
		Posed:    true,
		Status:   posedOuter(final),
		Message:  strings.Replace(posedSentence.In(l), "{code}", posedName(final).In(l), 1),
		Note:     duty.note.In(l),
		Page:     "/" + code.String(),
		Links:    duty.links,
		language: l,
	}
	if entry := status.Lookup(page.Status).Entry; entry != nil {
		page.Name = entry.Name
	}
	if code != final {
		page.Note = strings.TrimSpace(page.Note + " " + strings.Replace(posedFollows.In(l), "{code}", posedName(code).In(l), 1))
	}
	return page
}

var (
	posedSentence = lang.Text{
		En:   "This {code} is posed: you asked for it, and it says nothing about the state of this server.",
		ZhTW: "這個{code}是應請求產生的示範回應，與本伺服器的實際狀態無關。",
	}
	posedFollows = lang.Text{
		En:   "It follows a posed interim response, {code}.",
		ZhTW: "在它之前先送出了示範的中間回應{code}。",
	}
)

// posedName names a code, and says how clients treat one that is unknown to
// them (RFC 9110 §15).
func posedName(c status.Code) lang.Text {
	if entry, ok := status.Get(c); ok {
		return lang.Text{En: c.String() + " " + entry.Name, ZhTW: "「" + c.String() + " " + entry.NameZhTW + "」"}
	}
	treated := status.Lookup(c).TreatAs.String()
	return lang.Text{
		En:   c.String() + " (not a registered code; clients treat it as " + treated + ")",
		ZhTW: "「" + c.String() + "」（未註冊的狀態碼，用戶端會當作 " + treated + " 處理）",
	}
}

func (p posedPage) text() string {
	s := p.Message + "\n"
	if p.Note != "" {
		s += p.Note + "\n"
	}
	s += lang.Text{En: "What the code means: ", ZhTW: "這個狀態碼的意義："}.In(p.language) + p.Page + "\n"
	for _, link := range p.Links {
		s += link.Rel + ": " + link.Href + " (" + link.Type + ")\n"
	}
	return s
}

func (p posedPage) json() string {
	octets, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		panic(err) // strings and integers always encode
	}
	return string(octets) + "\n"
}

func (p posedPage) html() string {
	var b strings.Builder
	title := strings.TrimSpace(p.Status.String() + " " + p.Name)
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=%q>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n<h1>%[2]s</h1>\n<p>%s</p>\n",
		p.language, html.EscapeString(title), html.EscapeString(p.Message))
	if p.Note != "" {
		fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(p.Note))
	}
	fmt.Fprintf(&b, "<ul>\n<li><a href=%q>%s</a></li>\n", p.Page, lang.Text{En: "What the code means", ZhTW: "這個狀態碼的意義"}.In(p.language))
	for _, link := range p.Links {
		fmt.Fprintf(&b, "<li><a rel=%q href=\"%s\" type=%q>%s</a></li>\n", link.Rel, html.EscapeString(link.Href), link.Type, html.EscapeString(link.Rel+": "+link.Href+" ("+link.Type+")"))
	}
	b.WriteString("</ul>\n</html>\n")
	return b.String()
}

// content returns what the answer carries, and sets the fields that describe it.
func (p *posed) content(h http.Header, ask *posedAsk, code, final status.Code, r *http.Request) posedContent {
	if ask.content != nil {
		h["Content-Type"] = posedPlain
		if ask.mediaType != "" {
			h.Set("Content-Type", ask.mediaType)
		}
		return ask.content
	}
	l := ask.language
	if l == "" {
		l = p.Language(r)
	}
	h.Set("Content-Language", string(l))
	page := p.page(code, final, l)
	if document := p.duties[final].xml; document != nil {
		h.Set("Content-Type", posedXMLType)
		h.Set("Vary", "Accept-Language")
		return strings.NewReader(document(r, page.Message))
	}
	h["Vary"] = posedVaries
	switch posedPrefer(r.Header) {
	case "text/html":
		h.Set("Content-Type", "text/html; charset=utf-8")
		return strings.NewReader(page.html())
	case "application/json":
		h.Set("Content-Type", "application/json")
		return strings.NewReader(page.json())
	}
	h["Content-Type"] = posedPlain
	return strings.NewReader(page.text())
}

// posedPrefer returns the type that the Accept field weighs highest; plain text
// where there is none or none of ours is in it, for a server may disregard
// Accept (RFC 9110 §12.4.1).
func posedPrefer(h http.Header) string {
	best, weight := posedTypes[0], 0.0
	accept := strings.Join(h["Accept"], ", ")
	for _, t := range posedTypes {
		if q := posedWeigh(accept, t); q > weight {
			best, weight = t, q
		}
	}
	return best
}

// posedWeigh returns the weight of a type: that of the most specific range
// which covers it (RFC 9110 §12.5.1).
func posedWeigh(accept, t string) float64 {
	major, _, _ := strings.Cut(t, "/")
	weight, rank := 0.0, 0
	for member := range wire.Members(accept) {
		media, params, _ := strings.Cut(member, ";")
		media = strings.ToLower(strings.TrimSpace(media))
		i := 1
		switch media {
		case t:
			i = 3
		case major + "/*":
			i = 2
		case "*/*":
		default:
			continue
		}
		if i > rank {
			weight, rank = wire.Qvalue(params), i
		}
	}
	return weight
}
