package origin

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// selection is gate 11: proactive negotiation (RFC 9110 §12.1) among the
// variants, by media type, language and content coding. It chooses for every method, because a
// condition speaks of the selected representation (RFC 9110 §13.1).
func (d *decision) selection() (bool, error) {
	d.variant, d.im = nil, nil
	if d.brews() {
		if err := d.additions(); err != nil {
			return false, err
		}
	}
	variants := d.node.Variants
	if len(variants) == 0 {
		return false, nil
	}
	if d.node.Transparent && d.retrieves() {
		return d.transparent()
	}
	best, quality := 0, 0.0
	for i := range variants {
		if q := acceptability(d.r.Header, &variants[i]); q > quality {
			best, quality = i, q
		}
	}
	d.variant = &variants[best]
	// RFC 9110 §12.4.1: without a representation that fits, a server may send
	// one all the same; a strict resource does not (§15.5.7).
	if quality == 0 && d.node.Strict && d.retrieves() {
		return false, d.notAcceptable()
	}
	return false, d.manipulations()
}

// acceptability is the product of the weights that the request gives to the
// variant's type, language and content coding; without the field everything is as good.
func acceptability(h http.Header, v *Variant) float64 {
	return typeQuality(h["Accept"], v.Type) * languageQuality(h["Accept-Language"], v.Language) *
		wire.CodingWeight(h["Accept-Encoding"], v.Coding)
}

// codings reports whether the variants differ in content coding.
func codings(variants []Variant) bool {
	for i := range variants {
		if variants[i].Coding != variants[0].Coding {
			return true
		}
	}
	return false
}

// typeQuality weighs a media type: the most specific range counts (RFC 9110
// §12.5.1).
func typeQuality(accept []string, mediaType string) float64 {
	if accept == nil {
		return 1
	}
	mediaType, _, _ = strings.Cut(mediaType, ";")
	kind, sub, _ := strings.Cut(mediaType, "/")
	weight, _ := wire.Weight(strings.Join(accept, ","), kind, sub)
	return float64(weight) / 1000
}

// languageQuality weighs a language: a range fits a tag that it is, or that
// begins with it and a hyphen (RFC 9110 §12.5.4, basic filtering); the longest
// that fits counts. A language that no range fits keeps a little weight: RFC
// 9110 §12.5.4 does not make it unacceptable.
func languageQuality(accept []string, tag string) float64 {
	if accept == nil || tag == "" {
		return 1
	}
	quality, listed := languageWeight(accept, tag)
	if !listed {
		return 0.001
	}
	return quality
}

// languageWeight is the weight of the longest range that fits the language.
func languageWeight(accept []string, tag string) (quality float64, listed bool) {
	length := -1
	for _, value := range accept {
		for member := range wire.Members(value) {
			name, params, _ := strings.Cut(member, ";")
			name = strings.TrimSpace(name)
			fits := name == "*" || strings.EqualFold(name, tag) ||
				len(tag) > len(name) && tag[len(name)] == '-' && strings.EqualFold(tag[:len(name)], name)
			n := len(name)
			if name == "*" {
				n = 0
			}
			if fits && n > length {
				quality, length = wire.Qvalue(params), n
			}
		}
	}
	return quality, length >= 0
}

// notAcceptable: RFC 9110 §15.5.7, with a list of what there is.
func (d *decision) notAcceptable() *wire.Refusal {
	var list []string
	var fields wire.Fields
	for i := range d.node.Variants {
		v := &d.node.Variants[i]
		what := v.Type + ", " + v.Language
		if v.Coding != "" {
			what += ", " + v.Coding
		}
		list = append(list, v.Path+" ("+what+")")
		fields = append(fields, wire.Field{Name: "Link", Value: "<" + v.Path + `>; rel="alternate"; type=` + strconv.Quote(v.Type) + "; hreflang=" + v.Language})
	}
	there := strings.Join(list, ", ")
	return &wire.Refusal{
		Status: 406, Gate: 11, Reason: "nothing-acceptable", Spec: "RFC 9110 §15.5.7",
		Detail: lang.Text{
			En:   "No representation fits what the request accepts. There are: " + there + ".",
			ZhTW: "沒有任何表示符合請求所接受的範圍。現有的有：" + there + "。"},
		Fields: append(fields, wire.Field{Name: "Vary", Value: "Accept, Accept-Language, Accept-Encoding"}),
	}
}

// negotiated says, of an answer that was chosen among several, what chose it and
// which one it is (RFC 9110 §12.5.5, §8.7).
func (d *decision) negotiated() {
	if d.node.Transparent {
		d.describeChoice()
		return
	}
	if len(d.node.Variants) < 2 {
		return
	}
	h := d.w.Header()
	h.Add("Vary", "Accept")
	h.Add("Vary", "Accept-Language")
	if codings(d.node.Variants) {
		h.Add("Vary", "Accept-Encoding")
	}
	if d.variant != nil && d.variant.Path != "" {
		h.Set("Content-Location", d.variant.Path)
	}
}

func asJSON(v any) []byte {
	octets, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types encode
	}
	return append(octets, '\n')
}
