package origin

import (
	"fmt"
	"html"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// transparent is gate 11 at a resource that is negotiated transparently (RFC
// 2295): the client sees the list of variants and chooses, unless it lets the
// server do that. RFC 2295 §12.1: an answer is a list or a choice, never an
// ordinary one.
func (d *decision) transparent() (bool, error) {
	capable, remote := readNegotiate(d.r.Header)
	best, ok := 0, false
	switch {
	case remote:
		best, ok = remoteChoice(d.r.Header, d.node.Variants)
	case !capable:
		best, ok = ownChoice(d.r.Header, d.node.Variants)
	}
	// RFC 2295 §10.2: only a neighbour of the resource can be chosen for a client.
	if !ok || folder(d.node.Variants[best].Path) != folder(d.node.Path) {
		return true, d.list()
	}
	return false, d.choose(&d.node.Variants[best])
}

// readNegotiate reads Negotiate (RFC 2295 §8.4): whether the client can choose
// from a list itself, and whether it lets our algorithm, version 1.0, choose.
// Directives that are not understood are ignored.
func readNegotiate(h http.Header) (capable, remote bool) {
	for _, value := range h["Negotiate"] {
		for member := range wire.Members(value) {
			switch strings.ToLower(member) {
			case "trans", "vlist", "guess-small":
				capable = true
			case "1.0", "*":
				capable, remote = true, true
			default:
				if _, err := strconv.ParseFloat(member, 64); err == nil {
					capable = true // another version of the algorithm
				}
			}
		}
	}
	return capable, remote
}

// remoteChoice is the remote variant selection algorithm, version 1.0: the
// first of the best variants, if its quality is above 0 and is definite (RFC
// 2296 §3.5). Our variants have neither charset nor features, so two dimensions
// are left.
func remoteChoice(h http.Header, variants []Variant) (best int, ok bool) {
	quality := 0.0
	for i := range variants {
		if q := overall(h["Accept"], h["Accept-Language"], &variants[i]); q > quality {
			best, quality = i, q
		}
	}
	// RFC 2296 §3.4: definite is what comes out the same without wildcards, and
	// with an empty field in the place of one that is missing.
	definite := overall(exact(h["Accept"]), exact(h["Accept-Language"]), &variants[best])
	return best, quality > 0 && definite == quality
}

// overall is the quality of RFC 2296 §3.3, to five decimal places.
func overall(accept, acceptLanguage []string, v *Variant) float64 {
	q := v.Quality * typeQuality(accept, v.Type)
	if v.Language != "" && acceptLanguage != nil {
		// Here, unlike in RFC 9110 §12.5.4, what is not listed has no quality.
		language, listed := languageWeight(acceptLanguage, v.Language)
		if !listed {
			language = 0
		}
		q *= language
	}
	return math.Round(q*1e5) / 1e5
}

// exact is the field without members that hold a wildcard; never nil.
func exact(values []string) []string {
	members := []string{}
	for _, value := range values {
		for member := range wire.Members(value) {
			if name, _, _ := strings.Cut(member, ";"); !strings.Contains(name, "*") {
				members = append(members, member)
			}
		}
	}
	return members
}

// ownChoice serves clients that know nothing of all this, as any negotiation
// would (RFC 2295 §12.1 leaves it to the server).
func ownChoice(h http.Header, variants []Variant) (best int, ok bool) {
	quality := 0.0
	for i := range variants {
		if q := variants[i].Quality * acceptability(h, &variants[i]); q > quality {
			best, quality = i, q
		}
	}
	return best, quality > 0
}

// folder is a path up to its last slash.
func folder(path string) string { return path[:strings.LastIndexByte(path, '/')+1] }

// choose makes the variant's own representation the selected one (RFC 2295
// §10.2, steps 1 and 2). Step 3: a variant that is negotiated transparently
// itself, whose every answer would carry TCN, is an error in our configuration.
func (d *decision) choose(v *Variant) error {
	there, err := d.Tree.Find(d.ctx, v.Path)
	if err != nil {
		return err
	}
	if there.Transparent {
		return &wire.Refusal{
			Status: 506, Gate: 11, Reason: "variant-negotiates", Spec: "RFC 2295 §8.1",
			Detail: lang.Text{
				En:   "The best variant, " + v.Path + ", is negotiated itself, so it is no end of the negotiation. That is a mistake in the server's configuration; ask for another variant by its own URI.",
				ZhTW: "最合適的變體 " + v.Path + " 本身也要協商，協商因此沒有終點。這是伺服器設定的錯誤；請直接用其他變體自己的 URI 取得。"},
			Fields: wire.Fields{{Name: "Vary", Value: "Negotiate, Accept"}},
		}
	}
	if len(there.Variants) != 1 {
		return fmt.Errorf("variant %s of %s has %d representations, want 1", v.Path, d.node.Path, len(there.Variants))
	}
	chosen := there.Variants[0]
	chosen.Path = v.Path
	// RFC 2295 §9.2: the tag is extended by a validator of the list.
	chosen.Tag = strings.TrimSuffix(chosen.Tag, `"`) + ";" + Fixed(alternates(d.node.Variants)).Hash[:8] + `"`
	d.variant = &chosen
	return nil
}

// describeChoice adds to a choice response what RFC 2295 §10.2 step 4 asks for. The
// list is always there, for clients that would rather choose anew.
func (d *decision) describeChoice() {
	h := d.w.Header()
	h.Set("TCN", "choice")
	h.Set("Alternates", alternates(d.node.Variants))
	h.Add("Vary", "Negotiate, Accept, Accept-Language")
	h.Set("Content-Location", d.variant.Path)
}

// list is the list response (RFC 2295 §10.1): for programs in Alternates, for
// people in the content. RFC 9110 §15.4.1: no Location, since none is preferred.
func (d *decision) list() error {
	h := d.w.Header()
	h.Set("TCN", "list")
	h.Set("Alternates", alternates(d.node.Variants))
	h.Add("Vary", "Negotiate, Accept, Accept-Language")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(d.lang()))
	title := d.says(lang.Text{En: "Choose one", ZhTW: "請選擇一種"})
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=\"%s\">\n<title>%s</title>\n<h1>%s</h1>\n<ul>\n", d.lang(), title, title)
	for i := range d.node.Variants {
		v := &d.node.Variants[i]
		media, _, _ := strings.Cut(v.Type, ";")
		fmt.Fprintf(&b, "<li><a href=\"%s\">%s, %s</a>\n", html.EscapeString(v.Path), html.EscapeString(media), html.EscapeString(v.Language))
	}
	b.WriteString("</ul>\n</html>\n")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	d.answer(http.StatusMultipleChoices)
	if d.r.Method != http.MethodHead {
		d.w.Write([]byte(b.String()))
	}
	return nil
}

// alternates writes the list of variants (RFC 2295 §8.3, §5.1).
func alternates(variants []Variant) string {
	var list []string
	for i := range variants {
		v := &variants[i]
		media, _, _ := strings.Cut(v.Type, ";")
		one := fmt.Sprintf(`{"%s" %s {type %s}`, v.Path, strconv.FormatFloat(v.Quality, 'f', -1, 64), media)
		if v.Language != "" {
			one += " {language " + v.Language + "}"
		}
		list = append(list, one+"}")
	}
	return strings.Join(list, ", ")
}
