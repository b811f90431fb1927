package lint

import (
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Fields that mean the same under every code.
var fields = []Rule{
	{
		Name: "date-absent", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §6.6.1", Who: Server, Needs: wire.ShowsResponse,
		Check: dateAbsent,
	},
	{
		Name: "date-in-obsolete-form", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §5.6.7", Who: Server, Needs: wire.ShowsResponse,
		Check: dateInObsoleteForm,
	},
	{
		Name: "date-goes-back", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §6.6.1", Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: dateGoesBack,
	},
	{
		Name: "last-modified-after-date", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §8.8.2.1", Who: Server, Needs: wire.ShowsResponse,
		Check: lastModifiedAfterDate,
	},
	{
		Name: "date-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §5.6.7", Who: Server, Needs: wire.ShowsResponse,
		Check: dateUnreadable,
	},
	{
		Name: "date-ahead-of-clock", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §6.6.1", Who: Server, Needs: wire.ShowsResponse | wire.ShowsTimes,
		Follow: dateAheadOfClock,
	},
	{
		Name: "etag-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §8.8.3", Who: Server, Needs: wire.ShowsResponse,
		Check: etagUnreadable,
	},
	{
		Name: "link-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 8288 §3; RFC 8288 §3.3", Who: Server, Needs: wire.ShowsResponse,
		Check: linkUnreadable,
	},
	{
		Name: "singleton-field-repeated", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §5.3", Who: Server, Needs: wire.ShowsResponse,
		Check: singletonFieldRepeated,
	},
}

// RFC 9110 §6.6.1: an origin server with a clock sends Date in every 2xx, 3xx
// and 4xx. A 407 and a tunnel's 2xx come from a proxy, which is none.
func dateAbsent(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || p.Status == 407 || tunnel(x) {
		return
	}
	switch p.Status.Class() {
	case status.Successful, status.Redirection, status.ClientError:
		if absent(r, &p.Message, "Date") {
			r.Final("Date", lang.Text{
				En:   "The answer %d has no Date field.",
				ZhTW: "回應 %d 沒有 Date 欄位。"}, int(p.Status))
		}
	}
}

var dateFields = []string{"Date", "Last-Modified", "Expires", "Retry-After"}

// RFC 9110 §5.6.7: recipients read three forms of date, senders write one.
func dateInObsoleteForm(x *wire.Exchange, r *Report) {
	if x.Final == nil {
		return
	}
	for _, name := range dateFields {
		v, ok := value(r, &x.Final.Message, name)
		if !ok || len(v) < len(time.ANSIC) || v[3] == ',' {
			continue
		}
		for _, layout := range []string{rfc850Date, time.ANSIC} {
			if _, err := time.Parse(layout, v); err == nil {
				r.Final(name, lang.Text{
					En:   "%s is %q, in a form that only recipients still have to know.",
					ZhTW: "%s 是 %q，這是只有接收者才需要認得的舊格式。"}, name, v)
				return
			}
		}
	}
}

const (
	imfFixdate = "Mon, 02 Jan 2006 15:04:05 GMT"
	rfc850Date = "Monday, 02-Jan-06 15:04:05 GMT"
)

// date reads an HTTP-date in any of its three forms (RFC 9110 §5.6.7).
func date(s string) (time.Time, bool) {
	if t, ok := fixdate(s); ok {
		return t, true
	}
	if len(s) < len(time.ANSIC) {
		return time.Time{}, false
	}
	for _, layout := range []string{rfc850Date, time.ANSIC} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// fixdate reads the form that senders write, which nearly every answer has:
// several times as fast as time.Parse would.
func fixdate(s string) (time.Time, bool) {
	if len(s) != len(imfFixdate) || s[3:5] != ", " || s[7] != ' ' || s[11] != ' ' || s[16] != ' ' ||
		s[19] != ':' || s[22] != ':' || s[25:] != " GMT" {
		return time.Time{}, false
	}
	weekday := strings.Index("SunMonTueWedThuFriSat", s[:3])
	month := strings.Index("JanFebMarAprMayJunJulAugSepOctNovDec", s[8:11])
	day, a := digit2(s[5:])
	century, b := digit2(s[12:])
	year, c := digit2(s[14:])
	hour, d := digit2(s[17:])
	minute, e := digit2(s[20:])
	second, f := digit2(s[23:])
	if !(a && b && c && d && e && f) || weekday < 0 || weekday%3 > 0 || month < 0 || month%3 > 0 || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}, false
	}
	t := time.Date(100*century+year, time.Month(1+month/3), day, hour, minute, second, 0, time.UTC)
	return t, day > 0 && (t.Day() == day || second == 60)
}

// digit2 reads two digits.
func digit2(s string) (int, bool) {
	n := 10*int(s[0]-'0') + int(s[1]-'0')
	return n, '0' <= s[0] && s[0] <= '9' && '0' <= s[1] && s[1] <= '9'
}

// RFC 9110 §8.8.2.1: Last-Modified is never later than Date; a server whose file
// says otherwise sends Date's value instead.
func lastModifiedAfterDate(x *wire.Exchange, r *Report) {
	if x.Final == nil || !x.Final.Fields.Has("Last-Modified") {
		return
	}
	modified, ok := value(r, &x.Final.Message, "Last-Modified")
	if !ok {
		return
	}
	sent, ok := value(r, &x.Final.Message, "Date")
	if !ok {
		return
	}
	m, good := date(modified)
	d, fine := date(sent)
	if good && fine && m.After(d) {
		r.Final("Last-Modified", lang.Text{
			En:   "Last-Modified (%s) is later than Date (%s).",
			ZhTW: "Last-Modified（%s）晚於 Date（%s）。"}, modified, sent)
	}
}

// RFC 9110 §5.6.7: a date is written as an HTTP-date, in GMT. Expires is left
// alone: what is no date there means the past (RFC 9111 §5.3), and many senders
// write 0 or -1 for it. Retry-After has a rule of its own.
func dateUnreadable(x *wire.Exchange, r *Report) {
	if x.Final == nil {
		return
	}
	for _, name := range [...]string{"Date", "Last-Modified"} {
		v, ok := value(r, &x.Final.Message, name)
		if !ok || x.Final.Fields.Count(name) > 1 {
			continue
		}
		if _, ok := date(v); !ok {
			r.Final(name, lang.Text{
				En:   "%s is %q, which is no HTTP date.",
				ZhTW: "%s 是 %q，不是 HTTP 日期。"}, name, v)
			return
		}
	}
}

// RFC 9110 §6.6.1: Date is the best approximation of when the answer was made.
// Whether the server's clock is wrong or the recorder's, one exchange does not
// tell: the recorder's is taken for right where another answer agrees with it.
func dateAheadOfClock(h *History, x *wire.Exchange, r *Report) {
	if x.Final == nil || x.Started.IsZero() || lead(x) < time.Hour {
		return
	}
	v, ok := value(r, &x.Final.Message, "Date")
	if !ok {
		return
	}
	for _, p := range h.Client {
		if p.Shows(wire.ShowsTimes) && !p.Started.IsZero() && p.Final != nil && p.Final.Fields.Has("Date") && lead(&p.Exchange).Abs() < 5*time.Minute {
			r.Against(p).Final("Date", lang.Text{
				En:   "Date is %s, when the recorder's clock said %s; an earlier answer agreed with that clock.",
				ZhTW: "Date 是 %s，當時記錄者的時鐘是 %s；先前的回應與這個時鐘相符。"}, v, x.Started.UTC().Format(imfFixdate))
			return
		}
	}
}

// lead returns how far Date lies ahead of the end of the exchange.
func lead(x *wire.Exchange) time.Duration {
	d, ok := date(x.Final.Fields.Get("Date"))
	if !ok {
		return 0
	}
	return d.Sub(x.Started.Add(x.Took))
}

// RFC 9110 §8.8.3: an entity tag is a quoted string of visible characters,
// behind W/ if it is weak.
func etagUnreadable(x *wire.Exchange, r *Report) {
	if x.Final == nil || x.Final.Fields.Count("ETag") > 1 {
		return
	}
	if v, ok := value(r, &x.Final.Message, "ETag"); ok && !isETag(v) {
		r.Final("ETag", lang.Text{
			En:   "ETag is %q, which is no entity tag.",
			ZhTW: "ETag 是 %q，不是實體標籤。"}, v)
	}
}

// RFC 8288 §3: Link is a list of targets in angle brackets, each with parameters;
// §3.3: rel is one of them.
func linkUnreadable(x *wire.Exchange, r *Report) {
	for i := range answers(x) {
		m := &answer(x, i).Message
		if v, ok := value(r, m, "Link"); ok && !isLinks(v) {
			r.Answer(x, i, "Link", lang.Text{
				En:   "Link is %q: not a list of targets in angle brackets, each with rel.",
				ZhTW: "Link 是 %q：不是以角括號標出目標、並各自帶有 rel 的清單。"}, v)
			return
		}
	}
}

func isLinks(s string) bool {
	for s = strings.TrimLeft(s, ", \t"); s != ""; s = strings.TrimLeft(s, ", \t") {
		end := strings.IndexByte(s, '>')
		if s[0] != '<' || end < 0 {
			return false
		}
		rel := false
		for s = s[end+1:]; ; {
			rest, more := strings.CutPrefix(strings.TrimLeft(s, " \t"), ";")
			if !more {
				break
			}
			name, rest := token(strings.TrimLeft(rest, " \t"))
			rel = rel || strings.EqualFold(name, "rel")
			if _, after, ok := paramValue(rest); ok {
				rest = after
			} else if strings.HasPrefix(strings.TrimLeft(rest, " \t"), "=") {
				return false
			}
			s = rest
		}
		if s = strings.TrimLeft(s, " \t"); !rel || s != "" && s[0] != ',' {
			return false
		}
	}
	return true
}

func isETag(s string) bool {
	s = strings.TrimPrefix(s, "W/")
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	for _, c := range []byte(s[1 : len(s)-1]) {
		if c <= ' ' || c == '"' || c == 0x7f {
			return false
		}
	}
	return true
}

var singletons = []string{
	"Location", "Retry-After", "Content-Range", "Content-Type", "ETag", "Last-Modified",
	"Date", "Expires", "Age", "Content-Location",
}

// RFC 9110 §5.3: a field is repeated only if its definition makes it a list.
func singletonFieldRepeated(x *wire.Exchange, r *Report) {
	if x.Final == nil {
		return
	}
	for _, name := range singletons {
		if n := x.Final.Fields.Count(name); n > 1 && present(r, &x.Final.Message, name) {
			r.Final(name, lang.Text{
				En:   "%s stands there %d times (%s).",
				ZhTW: "%s 出現了 %d 次（%s）。"}, name, n, x.Final.Fields.Get(name))
			return
		}
	}
}

// RFC 9110 §6.6.1: Date is when the answer was made, as well as the origin knows.
// Only an answer that no cache can have kept is held against those before it:
// one to an unsafe request, or with no-store. A minute is left to clocks of
// several machines behind one name.
func dateGoesBack(h *History, x *wire.Exchange, r *Report) {
	if x.Final == nil || safe(x.Request.Method) && !x.Final.Fields.HasMember("Cache-Control", "no-store") {
		return
	}
	made, ok := dateOf(&x.Final.Message, r, "Date")
	if !ok {
		return
	}
	for _, p := range h.Origin {
		if p.Final == nil || !p.Before(x) || !lacks(r, &p.Final.Message, "Age", "Via") {
			continue
		}
		if before, ok := dateOf(&p.Final.Message, r, "Date"); ok && made.Add(time.Minute).Before(before) {
			r.Against(p).Final("Date", lang.Text{
				En:   "Date: %s is before the %s of an earlier answer of the same origin.",
				ZhTW: "Date: %s 早於同一來源先前回應的 %s。"}, x.Final.Fields.Get("Date"), p.Final.Fields.Get("Date"))
			return
		}
	}
}
