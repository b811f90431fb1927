package stage

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

const (
	posedMaxCodes = 2000 // octets of the path after /status/
	posedMaxQuery = 8192 // octets
	posedMaxField = 4096 // octets of one field line
	posedMaxList  = 32   // field lines
)

// A posedAsk is a posed URL, read.
type posedAsk struct {
	codes     posedCodes
	delay     time.Duration
	bodyDelay time.Duration
	content   posedContent // nil for the content that says that the answer is posed
	mediaType string
	fields    []wire.Field
	location  string
	retry     string
	final     status.Code
	key       string
	language  lang.Tag // empty for the one that the request prefers
	host      string   // of the request; Location may lead there
}

// A posedOption is one option of a posed URL.
type posedOption struct {
	name    string
	repeats bool
	takes   lang.Text                    // what its value may be
	set     func(*posedAsk, string) bool // reads the value; false for one that it may not be
}

// posedOptions are all the options there are, with the limits that c sets.
func posedOptions(c PosedConfig) []posedOption {
	delays := posedText("a time from 0 to %v, as in 500ms or 1.5s, or a number of seconds", "0 到 %v 的時間，例如 500ms 或 1.5s，或秒數", c.MaxDelay)
	return []posedOption{
		{
			// Time before the head of the answer. Where the code is interim,
			// that response goes at once and the time passes before the final one.
			name: "delay", takes: delays,
			set: func(a *posedAsk, v string) (ok bool) { a.delay, ok = posedDuration(v, c.MaxDelay); return ok },
		},
		{
			// Time between the head and the content.
			name: "body-delay", takes: delays,
			set: func(a *posedAsk, v string) (ok bool) { a.bodyDelay, ok = posedDuration(v, c.MaxDelay); return ok },
		},
		{
			name: "body", takes: lang.Text{En: "text in UTF-8, and not together with size", ZhTW: "UTF-8 文字，且不能與 size 並用"},
			set: func(a *posedAsk, v string) bool {
				if a.content != nil || !utf8.ValidString(v) {
					return false
				}
				a.content = strings.NewReader(v)
				return true
			},
		},
		{
			name: "size", takes: posedText("a number of octets from 0 to %d, and not together with body", "0 到 %d 的位元組數，且不能與 body 並用", c.MaxSize),
			set: func(a *posedAsk, v string) bool {
				n, ok := posedWhole(v, c.MaxSize)
				if a.content != nil || !ok {
					return false
				}
				a.content = posedPattern(n)
				return true
			},
		},
		{
			name: "type", takes: lang.Text{
				En:   "a media type for body or size, such as application/json, and none that a browser runs as a script of this site",
				ZhTW: "body 或 size 的媒體類型，例如 application/json，但不能是瀏覽器會當成本站指令碼執行的類型"},
			set: setPosedType,
		},
		{
			name: "field", repeats: true, takes: lang.Text{
				En:   "Name:Value, at most 32 of them, and neither a field of the message or the connection nor one that browsers remember: " + strings.Join(posedKeptFields, ", "),
				ZhTW: "Name:Value，最多 32 個，但不能是訊息或連線本身的欄位，也不能是瀏覽器會記住的欄位：" + strings.Join(posedKeptFields, ", ")},
			set: c.setPosedField,
		},
		{
			name: "location", takes: lang.Text{
				En:   "a path of this server, as in /lab/page, or a URL of a host that the operator allows",
				ZhTW: "本伺服器上的路徑，例如 /lab/page，或管理者允許的主機的網址"},
			set: func(a *posedAsk, v string) bool { a.location = v; return c.leadsHome(v, a.host) },
		},
		{
			// RFC 9110 §10.2.3
			name: "retry-after", takes: lang.Text{En: "whole seconds, as in 5, or an HTTP date", ZhTW: "整數秒，例如 5，或 HTTP 日期"},
			set: func(a *posedAsk, v string) bool {
				a.retry = v
				_, whole := posedWhole(v, 1<<31)
				_, err := http.ParseTime(v)
				return whole || err == nil
			},
		},
		{
			name: "final", takes: lang.Text{
				En:   "the code that follows an interim one, from 200 to 999; it needs a code from 100 to 199 other than 101",
				ZhTW: "中間回應之後的狀態碼，200 到 999；必須搭配 100 到 199 中 101 以外的狀態碼"},
			set: func(a *posedAsk, v string) bool {
				choice, mistake := parsePosedCode(v, 0)
				a.final = choice.code
				return mistake == nil && a.final >= 200 && a.codes.any(posedHasFinal)
			},
		},
		{
			name: "key", takes: lang.Text{En: "1 to 100 octets that name whose sequence this is", ZhTW: "1 到 100 個位元組，用來指出這是誰的序列"},
			set: func(a *posedAsk, v string) bool { a.key = v; return v != "" && len(v) <= 100 },
		},
		{
			name: "lang", takes: lang.Text{En: "en or zh-TW", ZhTW: "en 或 zh-TW"},
			set: func(a *posedAsk, v string) (ok bool) { a.language, ok = lang.Parse(v); return ok },
		},
	}
}

// posedBare is what is asked for besides the code where a URL names one code and
// no option. All such requests share it, for nothing changes what was read.
var posedBare = &posedAsk{final: http.StatusOK}

// bare returns the code of such a URL, the commonest, as in /status/204. It
// leaves whatever is wrong with one to parse.
func (p *posed) bare(u *url.URL) (status.Code, bool) {
	path := strings.TrimPrefix(u.Path, p.Prefix)
	if u.RawQuery != "" || len(path) != 3 {
		return 0, false
	}
	choice, mistake := parsePosedCode(path, 0)
	return choice.code, mistake == nil
}

// parse reads the URL of a request for a posed answer.
func (p *posed) parse(r *http.Request) (*posedAsk, *wire.Refusal) {
	path := strings.TrimPrefix(r.URL.Path, p.Prefix)
	query := r.URL.RawQuery
	if len(path) > posedMaxCodes || len(query) > posedMaxQuery {
		return nil, posedRefuse("codes", &posedMistake{what: "…", why: posedText(
			"the codes have at most %d octets and the options at most %d", "狀態碼部分最長 %d 個位元組，選項最長 %d 個位元組", posedMaxCodes, posedMaxQuery)})
	}
	codes, mistake := parsePosedCodes(path)
	if mistake != nil {
		return nil, posedRefuse("codes", mistake)
	}
	ask := &posedAsk{codes: codes, final: http.StatusOK, host: r.Host}
	given := make(map[string]int) // octet at which an option stands
	at := 0
	for pair := range strings.SplitSeq(query, "&") {
		if pair != "" {
			if refusal := p.parseOption(ask, pair, at, given); refusal != nil {
				return nil, refusal
			}
		}
		at += len(pair) + 1
	}
	return ask, ask.agrees(given)
}

func (p *posed) parseOption(ask *posedAsk, pair string, at int, given map[string]int) *wire.Refusal {
	rawName, rawValue, _ := strings.Cut(pair, "=")
	name, err := url.QueryUnescape(rawName)
	if err != nil {
		return posedRefuse("option", &posedMistake{at: at, what: rawName, why: posedEscapes})
	}
	i := slices.IndexFunc(p.options, func(o posedOption) bool { return o.name == name })
	if i < 0 {
		names := make([]string, len(p.options))
		for i, o := range p.options {
			names[i] = o.name
		}
		list := strings.Join(names, ", ")
		return posedRefuse("option", &posedMistake{at: at, what: name, why: posedText("the options are %s", "可用的選項有 %s", list)})
	}
	option := p.options[i]
	if _, twice := given[name]; twice && !option.repeats {
		return posedRefuse(name, &posedMistake{at: at, what: pair, why: lang.Text{
			En: "this option is given twice; keep one", ZhTW: "這個選項出現兩次；請只留一個"}})
	}
	given[name] = at
	at += len(rawName) + 1
	value, err := url.QueryUnescape(rawValue)
	if err != nil {
		return posedRefuse(name, &posedMistake{at: at, what: rawValue, why: posedEscapes})
	}
	if !option.set(ask, value) {
		return posedRefuse(name, &posedMistake{at: at, what: value, why: lang.Text{
			En: "the value is " + option.takes.En, ZhTW: "值必須是" + option.takes.ZhTW}})
	}
	return nil
}

var posedEscapes = lang.Text{
	En:   "a percent sign is followed by two hexadecimal digits, and one that stands for itself is %25",
	ZhTW: "百分號後面要有兩個十六進位數字；百分號本身要寫成 %25",
}

// agrees refuses options that say nothing without another one, or that speak of
// content where no code of the URL has any.
func (a *posedAsk) agrees(given map[string]int) *wire.Refusal {
	if at, ok := given["type"]; ok && a.content == nil {
		return posedRefuse("type", &posedMistake{at: at, what: a.mediaType, why: lang.Text{
			En: "type describes body or size; add one of them", ZhTW: "type 用來說明 body 或 size；請加上其中一個"}})
	}
	for _, name := range []string{"body", "size", "body-delay"} {
		if at, ok := given[name]; ok && !a.codes.any(func(c status.Code) bool { return posedHasContent(c, a.final) }) {
			return posedRefuse(name, &posedMistake{at: at, what: name, why: lang.Text{
				En: "answers with this code have no content; leave the option out", ZhTW: "這個狀態碼的回應沒有內容；請拿掉這個選項"}})
		}
	}
	return nil
}

// posedRefuse answers a URL that cannot be read. Offsets count octets from the
// start of the codes, or of the query.
func posedRefuse(option string, m *posedMistake) *wire.Refusal {
	what := m.what
	if len(what) > 60 {
		what = strings.ToValidUTF8(what[:60], "") + "…"
	}
	return &wire.Refusal{
		Status: http.StatusBadRequest,
		Reason: "posed-" + option,
		Spec:   "RFC 9110 §15.5.1",
		Detail: lang.Text{
			En:   option + ", octet " + strconv.Itoa(m.at) + ", " + strconv.Quote(what) + ": " + m.why.En + ".",
			ZhTW: option + "，第 " + strconv.Itoa(m.at) + " 個位元組，" + strconv.Quote(what) + "：" + m.why.ZhTW + "。",
		},
	}
}

// setPosedType reads a media type. One that browsers run as a script would
// make this site serve anybody's script as its own, so it is not taken.
func setPosedType(a *posedAsk, v string) bool {
	a.mediaType = v
	t, _, err := mime.ParseMediaType(v)
	return err == nil && len(v) <= 200 && httpguts.ValidHeaderFieldValue(v) && strings.Contains(t, "/") &&
		!strings.Contains(t, "javascript") && !strings.Contains(t, "ecmascript")
}

// posedKeptFields cannot be set by an option: they are framing, they belong to
// the connection, another option or the handler itself sets them, or browsers
// remember them beyond the answer and for the whole site, which others use too.
var posedKeptFields = []string{
	"Content-Length", "Transfer-Encoding", "Trailer", "TE", "Content-Encoding", "Content-Type",
	"Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "HTTP2-Settings",
	posedMark,
	"Set-Cookie", "Set-Cookie2", "Clear-Site-Data", "Strict-Transport-Security", "Alt-Svc", "Refresh",
	"Accept-CH", "NEL", "Report-To", "Reporting-Endpoints", "Service-Worker-Allowed", "Origin-Agent-Cluster",
}

func (c PosedConfig) setPosedField(a *posedAsk, v string) bool {
	name, value, ok := strings.Cut(v, ":")
	value = strings.Trim(value, " \t")
	if !ok || len(v) > posedMaxField || len(a.fields) == posedMaxList ||
		!httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) ||
		slices.ContainsFunc(posedKeptFields, func(kept string) bool { return strings.EqualFold(kept, name) }) ||
		strings.EqualFold(name, "Location") && !c.leadsHome(value, a.host) {
		return false
	}
	a.fields = append(a.fields, wire.Field{Name: name, Value: value})
	return true
}

// leadsHome reports whether a Location leads to the host of the request or to
// one that the operator allows; an open redirector would serve phishing. It
// takes no reference that browsers read in another way than RFC 3986: they see
// a slash in a backslash, and leave white space out.
func (c PosedConfig) leadsHome(location, host string) bool {
	if location == "" || len(location) > posedMaxField || strings.ContainsFunc(location, func(b rune) bool { return b <= ' ' || b >= 0x7f || b == '\\' }) {
		return false
	}
	u, err := url.Parse(location)
	if err != nil || u.User != nil || u.Opaque != "" {
		return false
	}
	if u.Host == "" {
		return u.Scheme == "" && !strings.HasPrefix(location, "//")
	}
	if u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	return strings.EqualFold(u.Host, host) ||
		slices.ContainsFunc(c.Hosts, func(h string) bool { return strings.EqualFold(h, u.Host) })
}

func posedDuration(v string, max time.Duration) (time.Duration, bool) {
	if seconds, ok := posedNumber(v); ok {
		return time.Duration(seconds * float64(time.Second)), seconds <= max.Seconds()
	}
	d, err := time.ParseDuration(v)
	return d, err == nil && d >= 0 && d <= max
}

// posedWhole reads a number of digits only.
func posedWhole(v string, max int64) (int64, bool) {
	if v == "" || strings.Trim(v, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(v, 10, 64)
	return n, err == nil && n <= max
}
