package lint

import (
	"strconv"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Values that are not written as their field's grammar has them.
var values = []Rule{
	{
		Name: "content-type-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §8.3.1", Who: Server, Needs: wire.ShowsResponse,
		Check: contentTypeUnreadable,
	},
	{
		Name: "age-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9111 §5.1", Who: Intermediary, Needs: wire.ShowsResponse,
		Check: ageUnreadable,
	},
	{
		Name: "lifetime-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9111 §5.2.2.1; RFC 9111 §5.2.2.10", Who: Server, Needs: wire.ShowsResponse,
		Check: lifetimeUnreadable,
	},
	{
		Name: "upgrade-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §7.8", Codes: []status.Code{101, 426}, Who: Server, Needs: wire.ShowsResponse | wire.ShowsConnection,
		Check: upgradeUnreadable,
	},
	{
		Name: "proxy-status-unreadable", Level: Must, About: OfMessage,
		Spec: "RFC 9209 §2", Who: Intermediary, Needs: wire.ShowsResponse,
		Check: func(x *wire.Exchange, r *Report) { listUnreadable(x, r, "Proxy-Status") },
	},
	{
		Name: "cache-status-unreadable", Level: Definition, About: OfMessage,
		Spec: "RFC 9211 §2", Who: Intermediary, Needs: wire.ShowsResponse,
		Check: func(x *wire.Exchange, r *Report) { listUnreadable(x, r, "Cache-Status") },
	},
	{
		Name: "accepted-types-unreadable", Level: Must, About: OfExchange,
		Spec: "RFC 5789 §3.1; RFC 9110 §12.5.1", Codes: []status.Code{200, 204, 415}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: acceptedTypesUnreadable,
	},
	{
		Name: "date-of-other-weekday", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §5.6.7", Who: Server, Needs: wire.ShowsResponse,
		Check: dateOfOtherWeekday,
	},
	{
		Name: "retry-after-as-date-in-seconds", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §10.2.3", Who: Server, Needs: wire.ShowsResponse,
		Check: retryAfterAsDateInSeconds,
	},
}

// RFC 9110 §8.3.1: a media type is two tokens with a slash between them. What
// follows a semicolon is left alone. An empty value is taken for none.
func contentTypeUnreadable(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || p.Fields.Count("Content-Type") != 1 {
		return
	}
	v, ok := value(r, &p.Message, "Content-Type")
	media, _, _ := strings.Cut(v, ";")
	if media = strings.TrimSpace(media); !ok || media == "" {
		return
	}
	kind, sub, slash := strings.Cut(media, "/")
	if !slash || !isToken(kind) || !isToken(sub) {
		r.Final("Content-Type", lang.Text{
			En:   "Content-Type is %q, which is no media type.",
			ZhTW: "Content-Type 是 %q，不是媒體類型。"}, v)
	}
}

// RFC 9111 §5.1: Age is a number of seconds, not below zero.
func ageUnreadable(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || p.Fields.Count("Age") != 1 {
		return
	}
	if v, ok := value(r, &p.Message, "Age"); ok && !digits(strings.TrimSpace(v)) {
		r.Final("Age", lang.Text{
			En:   "Age is %q: not a number of seconds.",
			ZhTW: "Age 是 %q：不是秒數。"}, v)
	}
}

// RFC 9111 §5.2.2.1 and §5.2.2.10: max-age and s-maxage say a number of seconds;
// recipients read quotes around it too.
func lifetimeUnreadable(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || !p.Fields.Has("Cache-Control") {
		return
	}
	control, ok := value(r, &p.Message, "Cache-Control")
	if !ok {
		return
	}
	for directive := range wire.Members(control) {
		name, seconds, _ := strings.Cut(directive, "=")
		if name = strings.TrimSpace(name); !strings.EqualFold(name, "max-age") && !strings.EqualFold(name, "s-maxage") {
			continue
		}
		if !digits(strings.Trim(seconds, `" `)) {
			r.Final("Cache-Control", lang.Text{
				En:   "Cache-Control says %q: not a number of seconds.",
				ZhTW: "Cache-Control 寫著 %q：不是秒數。"}, directive)
			return
		}
	}
}

// RFC 9110 §7.8: Upgrade lists protocols, each a token and perhaps a slash and
// a version, which is a token too.
func upgradeUnreadable(x *wire.Exchange, r *Report) {
	for i := range answers(x) {
		p := answer(x, i)
		if p.Status != 101 && p.Status != 426 || !p.Fields.Has("Upgrade") {
			continue
		}
		v, ok := value(r, &p.Message, "Upgrade")
		if !ok {
			return
		}
		for protocol := range wire.Members(v) {
			name, version, slash := strings.Cut(protocol, "/")
			if !isToken(name) || slash && !isToken(version) {
				r.Answer(x, i, "Upgrade", lang.Text{
					En:   "Upgrade is %q: not a list of protocols.",
					ZhTW: "Upgrade 是 %q：不是協定的清單。"}, v)
				return
			}
		}
	}
}

// RFC 9209 §2 and RFC 9211 §2: Proxy-Status and Cache-Status are structured lists;
// one that cannot be read is ignored as a whole (RFC 8941 §4.2), and with it why the
// answer is what it is.
func listUnreadable(x *wire.Exchange, r *Report, field string) {
	if x.Final == nil || !x.Final.Fields.Has(field) {
		return
	}
	v, ok := value(r, &x.Final.Message, field)
	if !ok {
		return
	}
	if _, err := httpsfv.UnmarshalList([]string{v}); err != nil {
		r.Final(field, lang.Text{
			En:   "%s is %q, which is no structured list.",
			ZhTW: "%s 是 %q，不是結構化清單。"}, field, v)
	}
}

// RFC 5789 §3.1 and RFC 9110 §12.5.1: Accept-Patch and Accept list media types.
// Clients go by them after 415 and OPTIONS.
func acceptedTypesUnreadable(x *wire.Exchange, r *Report) {
	if x.Final.Status != 415 && x.Request.Method != "OPTIONS" {
		return
	}
	for _, name := range [...]string{"Accept", "Accept-Patch"} {
		if !x.Final.Fields.Has(name) {
			continue
		}
		v, ok := value(r, &x.Final.Message, name)
		if !ok {
			continue
		}
		for member := range wire.Members(v) {
			kind, sub, _ := strings.Cut(unparameterized(member), "/")
			if !isToken(kind) || !isToken(sub) {
				r.Final(name, lang.Text{
					En:   "%s lists %q, which is no media type.",
					ZhTW: "%s 列出 %q，這不是媒體類型。"}, name, member)
				return
			}
		}
	}
}

// RFC 9110 §5.6.7: the name of the day means what it means in the dates of mail,
// namely the day of the week of the date (RFC 5322, unverified). Expires is left
// alone: many write it only to be in the past.
func dateOfOtherWeekday(x *wire.Exchange, r *Report) {
	if x.Final == nil {
		return
	}
	for _, name := range [...]string{"Date", "Last-Modified", "Retry-After"} {
		v, ok := value(r, &x.Final.Message, name)
		if !ok {
			continue
		}
		t, ok := fixdate(v)
		if ok && v[23:25] == "60" {
			t = t.Add(-time.Second) // a leap second is still of the day that it ends
		}
		if ok && v[:3] != t.Weekday().String()[:3] {
			r.Final(name, lang.Text{
				En:   "%s is %q, and that day is a %s.",
				ZhTW: "%s 是 %q，但那一天的英文星期應是 %s。"}, name, v, t.Weekday().String())
			return
		}
	}
}

// RFC 9110 §10.2.3: a number in Retry-After is a delay. One that lies within ten
// years of the answer's Date, counted from 1970, was meant as a point in time.
func retryAfterAsDateInSeconds(x *wire.Exchange, r *Report) {
	if x.Final == nil || !x.Final.Fields.Has("Retry-After") {
		return
	}
	v, ok := value(r, &x.Final.Message, "Retry-After")
	if !ok || !digits(v) {
		return
	}
	sent, known := dateOf(&x.Final.Message, r, "Date")
	seconds, err := strconv.ParseInt(v, 10, 64)
	const years = 10 * 366 * 24 * time.Hour
	if err != nil || !known {
		return
	}
	if until := time.Unix(seconds, 0); until.After(sent.Add(-years)) && until.Before(sent.Add(years)) {
		r.Final("Retry-After", lang.Text{
			En:   "Retry-After: %s counts from 1970; as the delay that it is, it means %d years.",
			ZhTW: "Retry-After: %s 是從 1970 年起算的秒數；但這個欄位表示的是等待時間，等於 %d 年。"}, v, seconds/(365*24*3600))
	}
}
