package site

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

//go:embed templates/*.html static/*
var files embed.FS

var templates = template.Must(template.New("").
	Funcs(template.FuncMap{"linked": linked, "specURL": status.SpecURL, "split": strings.Split}).
	ParseFS(files, "templates/*.html"))

// A page is what every page has: its language, and where the switch of
// languages leads back to.
type page struct {
	Lang   lang.Tag
	Langs  []lang.Tag
	Here   string // path and query, without the language
	Forced string // the language that the URI asks for, which forms keep
	Home   bool   // the index itself, which needs no link to the index

	Playable bool // scenes can be played
	Ordered  bool // there is a page about the order of decision
	Watched  bool // there is a page about traffic
	Examined bool // clients are examined
}

func (s *site) page(r *http.Request) page {
	p := page{
		Lang:  lang.OfRequest(r, s.Lang),
		Langs: lang.All,
		Here:  here(r.URL),
		Home:  r.URL.Path == "/",

		Playable: s.Play != nil,
		Ordered:  s.Gates != nil,
		Watched:  s.Traffic != nil,
		Examined: s.Exams.Loop != nil,
	}
	if l, ok := lang.Parse(r.URL.Query().Get("lang")); ok {
		p.Forced = string(l)
	}
	return p
}

// Say returns the words of a key in the page's language, with args in them.
func (p page) Say(key string, args ...any) (string, error) {
	text, ok := words[key]
	if !ok {
		return "", fmt.Errorf("write words[%q] in site/words.go", key)
	}
	if len(args) == 0 {
		return text.In(p.Lang), nil
	}
	return fmt.Sprintf(text.In(p.Lang), args...), nil
}

// In returns a text in the page's language.
func (p page) In(t lang.Text) string { return t.In(p.Lang) }

// answerHTML sends a template filled with data.
func answerHTML(w http.ResponseWriter, r *http.Request, l lang.Tag, name string, data any) *wire.Refusal {
	content := filled(name, data)
	chosen(w.Header())
	w.Header().Set("Content-Language", string(l))
	return answerContent(w, r, "text/html; charset=utf-8", content)
}

// filled returns a template filled with data.
func filled(name string, data any) []byte {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		// A template or a table is at fault, never the request.
		panic(fmt.Errorf("fill the template %s: %w", name, err))
	}
	return b.Bytes()
}

// answerJSON sends a document. The members of one stay what they are; new ones
// may come.
func answerJSON(w http.ResponseWriter, r *http.Request, document any) *wire.Refusal {
	return answerContent(w, r, "application/json", encode(document))
}

// encode returns a document as it is sent, with a final newline.
func encode(document any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // nothing takes it for HTML: nosniff
	e.SetIndent("", "  ")
	if err := e.Encode(document); err != nil {
		panic(err) // strings, integers and lists of them always encode
	}
	return b.Bytes()
}

// chosen names what chose among the representations of a page: RFC 9110 §12.5.5.
// The query is part of the URI and needs no mention.
func chosen(h http.Header) { h.Set("Vary", "Accept, Accept-Language, Cookie") }

// answerContent sends content with a strong validator, or the 304 or 412 that the
// request's conditions ask for. Range is ignored, as RFC 9110 §14.2 allows: no
// page is so large that part of it would help.
func answerContent(w http.ResponseWriter, r *http.Request, mediaType string, content []byte) *wire.Refusal {
	sum := sha256.Sum256(content)
	content, coding := coded(r, content)
	tag := `"` + hex.EncodeToString(sum[:16]) + coding + `"`
	// RFC 9110 §13.1.1: If-Match compares strongly, and 412 follows where it does
	// not hold.
	if asked := r.Header["If-Match"]; asked != nil && !names(asked, tag) {
		return &wire.Refusal{
			Status: 412, Gate: 13, Reason: "if-match", Spec: "RFC 9110 §13.1.1",
			Detail: lang.Text{
				En:   "If-Match names none of what is here now. GET it to see its ETag.",
				ZhTW: "If-Match 所列的都不是現在的內容。請先 GET 取得它的 ETag。"},
		}
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", tag)
	h.Add("Vary", "Accept-Encoding")
	if coding != "" {
		h.Set("Content-Encoding", coding)
		h.Set("Content-Length", strconv.Itoa(len(content)))
	}
	whole := r.Clone(r.Context())
	for _, name := range []string{"Range", "If-Range", "If-Match"} {
		whole.Header.Del(name)
	}
	http.ServeContent(leanWriter{w}, whole, "", time.Time{}, bytes.NewReader(content))
	return nil
}

// names reports whether the lines of If-Match name the entity tag.
func names(lines []string, tag string) bool {
	for _, line := range lines {
		for member := range wire.Members(line) {
			if member == "*" || member == tag {
				return true
			}
		}
	}
	return false
}

// A leanWriter keeps from a 304 the metadata that a cache has already
// (RFC 9110 §15.4.5), and from every answer the standard library's word that it
// takes ranges (§14.3): pages do not.
type leanWriter struct{ http.ResponseWriter }

func (w leanWriter) WriteHeader(code int) {
	w.Header().Del("Accept-Ranges")
	if code == http.StatusNotModified {
		w.Header().Del("Content-Language")
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w leanWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// An asset is a file that pages refer to.
type asset struct {
	mediaType string
	content   []byte
}

var assets = map[string]asset{
	"style.css": {"text/css; charset=utf-8", mustRead("static/style.css")},
	"site.js":   {"text/javascript; charset=utf-8", mustRead("static/site.js")},
	"exam.js":   {"text/javascript; charset=utf-8", mustRead("static/exam.js")},
	"icon.svg":  {"image/svg+xml", mustRead("static/icon.svg")},
}

func mustRead(name string) []byte {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return content
}

func (a asset) answer(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	return answerContent(w, r, a.mediaType, a.content)
}
