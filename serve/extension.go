package serve

import (
	"net/http"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Extend is the first part of gate 5: mandatory extensions (RFC 2774 §5). A
// client that prefixes its method with M- and names extensions in Man, or in
// C-Man for this hop alone, wants them obeyed or the request refused; here one
// that is not supported gets 510. Otherwise next gets the request without the
// prefix, and success is marked with Ext.
//
// Man without the prefix is judged all the same: the client means it, and to
// ignore it would be what the framework is there to prevent.
func Extend(extensions []wire.Extension, otherwise lang.Tag, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method, prefixed := strings.CutPrefix(r.Method, "M-")
		ends, hops := r.Header["Man"], r.Header["C-Man"]
		if !prefixed && ends == nil && hops == nil {
			next.ServeHTTP(w, r)
			return
		}
		plain := r.Clone(r.Context())
		plain.Method = method
		demanded, refusal := demanded(extensions, plain, slices.Concat(ends, hops))
		switch {
		case refusal != nil:
		case len(demanded) == 0:
			refusal = notExtended("extension-missing", extensions, lang.Text{
				En:   "The method begins with M-, which announces mandatory extensions, but neither Man nor C-Man names one.",
				ZhTW: "方法以 M- 開頭，表示有強制擴充，但 Man 與 C-Man 都沒有指出任何一個。"})
		case hops != nil && !thisHop(r):
			refusal = notExtended("extension-of-another-hop", extensions, lang.Text{
				En:   "C-Man is for one HTTP/1.1 connection and has to be named in Connection. Nothing says that this one was meant for here.",
				ZhTW: "C-Man 只用於單一 HTTP/1.1 連線，而且必須列在 Connection；這裡沒有任何跡象顯示它是給本伺服器的。"})
		}
		if refusal != nil {
			refusal.Answer(w, r, otherwise)
			return
		}
		for _, e := range demanded {
			e.Apply(plain.Header)
		}
		next.ServeHTTP(&fulfiller{ResponseWriter: w, r: r, demanded: demanded}, plain)
	})
}

// demanded returns the extensions that the declarations name; RFC 2774 §5, step
// 2, they have to be supported for this message. A HEAD or CONNECT in disguise
// is not: nobody on the way would know that its answer has no content.
func demanded(extensions []wire.Extension, plain *http.Request, declarations []string) ([]wire.Extension, *wire.Refusal) {
	var all []wire.Extension
	for _, value := range declarations {
		for declaration := range wire.Members(value) {
			id, ok := declared(declaration)
			at := slices.IndexFunc(extensions, func(e wire.Extension) bool { return ok && e.ID == id })
			if at < 0 {
				return nil, notExtended("extension-unknown", extensions, lang.Text{
					En:   "The request demands an extension that this server does not know: " + declaration + ".",
					ZhTW: "請求要求了本伺服器不認得的擴充：" + declaration + "。"})
			}
			if plain.Method == http.MethodHead || plain.Method == http.MethodConnect || !extensions[at].Supports(plain) {
				return nil, notExtended("extension-not-here", extensions, lang.Text{
					En:   "The server knows the extension, but this resource or this method does not have it.",
					ZhTW: "本伺服器認得這個擴充，但這個資源或這個方法不支援。"})
			}
			all = append(all, extensions[at])
		}
	}
	return all, nil
}

// declared returns the identifier of a declaration (RFC 2774 §3): it stands in
// quotation marks, parameters may follow and are none of our extensions'.
func declared(declaration string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(declaration, `"`)
	id, rest, closed := strings.Cut(rest, `"`)
	rest = strings.TrimLeft(rest, " \t")
	return id, ok && closed && id != "" && (rest == "" || rest[0] == ';')
}

// thisHop reports whether C-Man was meant for this hop: RFC 2774 §4.2, Connection
// protects it, which only HTTP/1.1 has (RFC 9113 §8.2.2, RFC 9114 §4.2).
func thisHop(r *http.Request) bool {
	return r.ProtoMajor == 1 && r.ProtoAtLeast(1, 1) && hasMember(r.Header, "Connection", "C-Man")
}

func hasMember(h http.Header, name, member string) bool {
	for _, value := range h[name] {
		for m := range wire.Members(value) {
			if strings.EqualFold(m, member) {
				return true
			}
		}
	}
	return false
}

// notExtended: RFC 2774 §7, with what a client needs to extend its request.
func notExtended(reason string, extensions []wire.Extension, detail lang.Text) *wire.Refusal {
	var known []string
	for _, e := range extensions {
		known = append(known, e.ID)
	}
	return &wire.Refusal{
		Status: 510, Gate: 5, Reason: reason, Spec: "RFC 2774 §7",
		Detail: lang.Text{
			En:   detail.En + " Known here: " + strings.Join(known, ", ") + ".",
			ZhTW: detail.ZhTW + "這裡認得的有：" + strings.Join(known, "、") + "。"},
	}
}

// A fulfiller marks success as success with the extensions (RFC 2774 §5.1).
type fulfiller struct {
	http.ResponseWriter
	r        *http.Request
	demanded []wire.Extension
	headed   bool
}

func (f *fulfiller) Unwrap() http.ResponseWriter { return f.ResponseWriter }

func (f *fulfiller) WriteHeader(code int) {
	if code >= 200 && !f.headed {
		f.headed = true
		if code < 300 {
			f.mark()
		}
	}
	f.ResponseWriter.WriteHeader(code)
}

func (f *fulfiller) Write(octets []byte) (int, error) {
	if !f.headed {
		f.WriteHeader(http.StatusOK)
	}
	return f.ResponseWriter.Write(octets)
}

func (f *fulfiller) mark() {
	h := f.Header()
	for _, e := range f.demanded {
		if !e.Obeyed(h) {
			// A claim that is not true is worse than none: RFC 2774 §5, step 4.
			panic("serve: a request was fulfilled without its mandatory extension " + e.ID)
		}
	}
	if f.r.Header["C-Man"] != nil {
		h.Set("C-Ext", "")
		h.Add("Connection", "C-Ext")
	}
	if f.r.Header["Man"] == nil {
		return
	}
	h.Set("Ext", "")
	// The mark is for this client, not for those whom a cache serves.
	if !hasMember(h, "Cache-Control", "no-cache") && !hasMember(h, "Cache-Control", "no-store") {
		h.Add("Cache-Control", `no-cache="Ext"`)
	}
	// A cache of HTTP/1.0 knows Expires alone.
	if !f.r.ProtoAtLeast(1, 1) || viaOld(f.r.Header) {
		h.Set("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")
	}
}

// viaOld reports whether an HTTP/1.0 proxy passed the message on (RFC 9110
// §7.6.3: each member of Via begins with the version that was received).
func viaOld(h http.Header) bool {
	for _, value := range h["Via"] {
		for m := range wire.Members(value) {
			if version, _, _ := strings.Cut(m, " "); version == "1.0" || version == "HTTP/1.0" {
				return true
			}
		}
	}
	return false
}
