package lint

import (
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// How the lines of a header section and of a trailer section are written.
var fieldLines = []Rule{
	{
		Name: "field-line-malformed", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §5; RFC 9112 §5.1; RFC 9110 §5.1", Who: Server, Needs: wire.ShowsResponse | wire.ShowsOctets,
		Check: fieldLineMalformed,
	},
	{
		Name: "field-folded", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §5.2", Who: Server, Needs: wire.ShowsResponse | wire.ShowsOctets,
		Check: fieldFolded,
	},
	{
		Name: "control-in-field-value", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §5.5", Who: Server, Needs: wire.ShowsResponse | wire.ShowsOctets,
		Check: controlInFieldValue,
	},
	{
		Name: "line-ended-by-lf", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §2.1", Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsOctets,
		Check: lineEndedByLF,
	},
	{
		Name: "chunk-malformed", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §7.1", Who: Server, Needs: wire.ShowsResponse | wire.ShowsOctets,
		Check: chunkMalformed,
	},
	{
		Name: "trailer-not-allowed", Level: Must, About: OfMessage,
		Spec: "RFC 9110 §6.5.1", Who: Server, Needs: wire.ShowsResponse | wire.ShowsTrailers,
		Check: trailerNotAllowed,
	},
}

// faulty returns the place of the first answer with one of the faults, and the
// field concerned; -1 if there is none.
func faulty(x *wire.Exchange, kinds ...wire.FaultKind) (int, string) {
	for i := range answers(x) {
		m := &answer(x, i).Message
		for j := range m.Faults {
			if slices.Contains(kinds, m.Faults[j].Kind) {
				return i, m.Faults[j].Field
			}
		}
	}
	return -1, ""
}

// RFC 9112 §5: a line is a name, a colon and a value; the name is a token (RFC
// 9110 §5.1), and no white space stands before the colon (RFC 9112 §5.1).
func fieldLineMalformed(x *wire.Exchange, r *Report) {
	if i, field := faulty(x, wire.NoColon, wire.SpaceBeforeColon, wire.BadFieldName, wire.LeadingSpace); i >= 0 {
		r.Answer(x, i, field, lang.Text{
			En:   "The header section of the %d has a line that is no field.",
			ZhTW: "%d 的標頭區段裡有一行不是欄位。"}, int(answer(x, i).Status))
	}
}

// RFC 9112 §5.2: a sender does not fold field values over several lines.
func fieldFolded(x *wire.Exchange, r *Report) {
	if i, field := faulty(x, wire.ObsFold); i >= 0 {
		r.Answer(x, i, field, lang.Text{
			En:   "A field of the %d goes on in a second line.",
			ZhTW: "%d 有欄位折到第二行。"}, int(answer(x, i).Status))
	}
}

// RFC 9110 §5.5: CR, LF and NUL are never part of a field value, and other
// control characters are not either.
func controlInFieldValue(x *wire.Exchange, r *Report) {
	if i, field := faulty(x, wire.BadFieldValue, wire.BareCR); i >= 0 {
		r.Answer(x, i, field, lang.Text{
			En:   "A field of the %d holds a control character.",
			ZhTW: "%d 有欄位含有控制字元。"}, int(answer(x, i).Status))
	}
}

// RFC 9112 §2.1: lines end with CR LF. A recording both of whose sides have bare
// LF has lost its CR on the way to us.
func lineEndedByLF(x *wire.Exchange, r *Report) {
	i, _ := faulty(x, wire.BareLF)
	if i < 0 {
		return
	}
	if has(&x.Request.Message, wire.BareLF) {
		r.Unjudged()
		return
	}
	r.Answer(x, i, "", lang.Text{
		En:   "A line of the %d ends with LF alone.",
		ZhTW: "%d 有一行只以 LF 結尾。"}, int(answer(x, i).Status))
}

// RFC 9112 §7.1: a chunk is its size in hexadecimal, CR LF, so many octets, CR LF.
func chunkMalformed(x *wire.Exchange, r *Report) {
	if i, _ := faulty(x, wire.BadChunk); i >= 0 {
		r.Answer(x, i, "Transfer-Encoding", lang.Text{
			En:   "The chunked content of the %d cannot be read.",
			ZhTW: "%d 的 chunked 內容無法解讀。"}, int(answer(x, i).Status))
	}
}

// untrailed are fields that have to be known before the content, or that a
// recipient of trailers must not obey: for framing, routing, authentication,
// response controls and content format (RFC 9110 §6.5.1).
var untrailed = []string{
	"Accept-Ranges", "Age", "Allow", "Authorization", "Cache-Control", "Connection", "Content-Encoding",
	"Content-Length", "Content-Location", "Content-Range", "Content-Type", "Date", "Expires", "Host", "Keep-Alive",
	"Location", "Proxy-Authenticate", "Retry-After", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
	"Vary", "Via", "WWW-Authenticate",
}

func trailerNotAllowed(x *wire.Exchange, r *Report) {
	if x.Final == nil {
		return
	}
	for i := range x.Final.Trailers {
		for _, name := range untrailed {
			if f := &x.Final.Trailers[i]; strings.EqualFold(f.Name, name) {
				r.Final(name, lang.Text{
					En:   "The trailer section has %s, which means nothing there.",
					ZhTW: "尾段有 %s，它在那裡沒有意義。"}, name)
				return
			}
		}
	}
}
