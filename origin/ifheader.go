package origin

import (
	"net/url"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// An ifHeader is WebDAV's If (RFC 4918 §10.4): lists of conditions of which one
// has to be true. It also submits the tokens that it mentions, whether true or
// not (§10.4.1). The nil ifHeader is that of a request without the field.
type ifHeader struct {
	lists []ifList
}

// An ifList is conditions of one resource, all of which have to be true.
type ifList struct {
	tag        string // URI of the resource; "" for that of the request
	conditions []ifCondition
}

// An ifCondition is about one state token or one entity tag.
type ifCondition struct {
	not   bool
	token string // without the angle brackets; "" if it is about an entity tag
	tag   string
}

// mostIf bounds how many lists, and how many conditions, a field may have.
const mostIf = 256

// parseIf reads the field; ok is false if it is not as §10.4.2 has it.
func parseIf(field string) (h *ifHeader, ok bool) {
	h = &ifHeader{}
	p := ifParser{rest: field}
	tag, tagged, count := "", false, 0
	for first := true; ; first = false {
		p.space()
		switch {
		case p.rest == "":
			return h, len(h.lists) > 0 && len(h.lists[len(h.lists)-1].conditions) > 0 && !p.dangling
		case p.rest[0] == '<':
			// No list without a tag may stand beside those with one.
			if !first && !tagged {
				return nil, false
			}
			if tag, ok = p.quoted('<', '>'); !ok || tag == "" || p.dangling {
				return nil, false
			}
			tagged, p.dangling = true, true
		case p.rest[0] == '(':
			list := ifList{tag: tag}
			if list.conditions, ok = p.list(); !ok {
				return nil, false
			}
			p.dangling = false
			h.lists = append(h.lists, list)
			if count += 1 + len(list.conditions); count > mostIf {
				return nil, false
			}
		default:
			return nil, false
		}
	}
}

type ifParser struct {
	rest     string
	dangling bool // a tag was read, and no list of it yet
}

func (p *ifParser) space() { p.rest = strings.TrimLeft(p.rest, " \t") }

// quoted reads what stands between two marks. White space has no place there.
func (p *ifParser) quoted(from, to byte) (text string, ok bool) {
	end := strings.IndexByte(p.rest, to)
	if p.rest[0] != from || end < 0 {
		return "", false
	}
	text, p.rest = p.rest[1:end], p.rest[end+1:]
	return text, !strings.ContainsAny(text, " \t<>")
}

// list reads "(" 1*Condition ")".
func (p *ifParser) list() (conditions []ifCondition, ok bool) {
	p.rest = p.rest[1:]
	for {
		p.space()
		if strings.HasPrefix(p.rest, ")") {
			p.rest = p.rest[1:]
			return conditions, len(conditions) > 0
		}
		var c ifCondition
		if len(p.rest) > 3 && strings.EqualFold(p.rest[:3], "not") {
			c.not, p.rest = true, p.rest[3:]
			p.space()
		}
		switch {
		case strings.HasPrefix(p.rest, "<"):
			c.token, ok = p.quoted('<', '>')
			ok = ok && c.token != ""
		case strings.HasPrefix(p.rest, "["):
			c.tag, ok = p.entityTag()
		default:
			ok = false
		}
		if !ok || len(conditions) == mostIf {
			return nil, false
		}
		conditions = append(conditions, c)
	}
}

// entityTag reads "[" entity-tag "]": what the tag quotes may be any character
// but a quotation mark (RFC 9110 §8.8.3).
func (p *ifParser) entityTag() (tag string, ok bool) {
	rest := strings.TrimPrefix(p.rest[1:], "W/")
	if !strings.HasPrefix(rest, `"`) {
		return "", false
	}
	end := strings.IndexByte(rest[1:], '"')
	if end < 0 || !strings.HasPrefix(rest[end+2:], "]") {
		return "", false
	}
	tag = p.rest[1 : len(p.rest)-len(rest)+end+2]
	p.rest = rest[end+3:]
	return tag, true
}

// has reports whether the token was submitted.
func (h *ifHeader) has(token string) bool {
	if h == nil {
		return false
	}
	return slices.ContainsFunc(h.lists, func(l ifList) bool {
		return slices.ContainsFunc(l.conditions, func(c ifCondition) bool { return c.token != "" && c.token == token })
	})
}

// readIf is the part of gate 10 that reads If.
func (d *decision) readIf() error {
	values := d.r.Header["If"]
	if _, ok := d.Tree.(Space); !ok || values == nil {
		return nil
	}
	var ok bool
	// One field, or one that was cut in lines: either way it reads as one.
	if d.ifs, ok = parseIf(strings.Join(values, " ")); ok {
		return nil
	}
	return badField("If", "RFC 4918 §10.4.2", lang.Text{
		En:   `If has lists in parentheses, each of tokens in <> and entity tags in [], as in (<urn:uuid:...> ["tag"]).`,
		ZhTW: `If 由括號括起來的清單組成，清單裡是 <> 內的權杖與 [] 內的實體標籤，例如 (<urn:uuid:...> ["tag"])。`})
}

// badField: RFC 9110 §15.5.1, a field that steers the method cannot be read.
func badField(name, spec string, says lang.Text) *wire.Refusal {
	return &wire.Refusal{
		Status: 400, Gate: 10, Reason: "bad-field", Spec: spec,
		Detail: lang.Text{En: name + " cannot be read. " + says.En, ZhTW: "無法解讀 " + name + "。" + says.ZhTW},
	}
}

// ifTrue judges If (RFC 4918 §10.4.3).
func (d *decision) ifTrue(v *View) bool {
	if d.ifs == nil || v == nil {
		return true
	}
	return slices.ContainsFunc(d.ifs.lists, func(l ifList) bool {
		state := d.stateOf(v, l.tag)
		return !slices.ContainsFunc(l.conditions, func(c ifCondition) bool { return state.is(c) == c.not })
	})
}

// A state is what If can ask about a resource: the tokens of the locks in whose
// scope it is, and its entity tag. What is mapped to nothing has neither
// (§10.4.4).
type state struct {
	tokens []string
	tag    string
}

func (s state) is(c ifCondition) bool {
	if c.token != "" {
		return slices.Contains(s.tokens, c.token)
	}
	// §10.4.4 leaves the comparison open; a weak one is enough for weak tags.
	return s.tag != "" && strings.TrimPrefix(c.tag, "W/") == s.tag
}

func (d *decision) stateOf(v *View, uri string) state {
	path := d.r.URL.Path
	if uri != "" {
		u, err := url.Parse(uri)
		if err != nil || u.Host != "" && !d.sameServer(u) {
			return state{}
		}
		path = u.Path
	}
	rel, ok := v.rel(path)
	if !ok {
		return state{}
	}
	var s state
	for _, l := range v.covering(v.at(rel).id) {
		s.tokens = append(s.tokens, l.Token)
	}
	if n := v.node(rel); len(n.Variants) > 0 {
		s.tag = n.Variants[0].Tag
	} else if path == d.r.URL.Path && d.variant != nil {
		s.tag = d.variant.Tag
	}
	return s
}

// sameServer reports whether an absolute URI is of the server that was asked.
func (d *decision) sameServer(u *url.URL) bool {
	scheme := "http"
	if d.r.TLS != nil {
		scheme = "https"
	}
	return u.Scheme == scheme && strings.EqualFold(u.Host, d.r.Host)
}

// ifFalse: RFC 4918 §10.4.1, §12.1.
func ifFalse() *wire.Refusal {
	r := conditionFalse("if", "RFC 4918 §10.4.1")
	r.Detail = lang.Text{
		En:   "No list of If is true: the resources are not locked with those tokens, or have other entity tags. Ask PROPFIND for lockdiscovery and getetag.",
		ZhTW: "If 的清單沒有一個成立：資源不是以那些權杖鎖住的，或實體標籤不同。請以 PROPFIND 查詢 lockdiscovery 與 getetag。"}
	return r
}
