// Package site is the reference as web pages: an index of the status codes, and
// a page about any integer from 100 to 999, in English and Traditional Chinese.
//
// A page about a code is made when it is asked for, of what the catalogues say:
// the facts of package status, the prose of package manual, the scenes of
// package stage with commands that repeat them, the rules of package lint, and
// the reasons that our own problem documents give, each under the anchor that
// their type leads to ("/408#head-timeout"). Nothing is written here twice; the
// only prose of this package is what stands on buttons and headings ([words])
// and the explanations of reasons that no other table has ([reasons]).
//
//	GET /                 the codes by class; ?q= chooses among them
//	GET /412              about a code, always 200: the page is about 412, it is not one
//	POST /play/412/NAME   one of its scenes, played now against this server; ?over=h2
//	GET /order            the order of decision; ?way=13 with a request's way lit
//	GET /traffic          what came of requests in a world of one's own: ?world=ID
//	GET /exam             the cases of the exam of clients, by topic; /exam/servers, /exam/proxies
//	GET /exam/results     what real clients did, or with ?agent= one's own; /exam/servers/results, /exam/proxies/results
//	GET /exam/browser     examines the browser that it is opened in
//	GET /topics/ranges    what several codes have in common
//	GET /codes.json       the catalogue, a catalogue.Catalogue
//	GET /codes.schema.json  the JSON Schema of that
//	POST /lang            the language switch
//	GET /static/...       style sheet, script, icon
//
// Every page answers in JSON where Accept prefers it: / with the catalogue, /412
// with a catalogue.Code, /play with a [Performance], /order with an [Order],
// /traffic with a [TrafficDocument], /exam with an [ExamDocument] and
// /topics/ranges with a [TopicDocument]. Every page but /exam/browser works without
// its script, holds no inline style or script, and loads nothing from elsewhere,
// so the content security policy can be strict. Nothing that a visitor writes
// stays on the site.
package site

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/catalogue"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Config configures New. A field left zero has its default.
type Config struct {
	// Lang is the language of answers to requests that state none; English.
	Lang lang.Tag

	// Base returns the origin to which the commands on a page send their
	// requests, as in "http://127.0.0.1:8080", without a final slash; by
	// default the one that the request itself was sent to.
	Base func(*http.Request) string

	// Play performs a scene against the server of which the site is a part. It
	// has to end soon after its context does. Without it no scene can be played
	// from the pages.
	Play func(context.Context, *stage.Scene, wire.Protocol) *play.Performance

	// Doors are where the forward proxy and the interceptor are; by default where
	// they usually are.
	Doors Doors

	// Gates returns the order of decision as it runs. Without it there is no
	// page about the order.
	Gates func() []wire.Gate

	// Traffic knows what came of requests in worlds of visitors' own. Without it
	// there is no page about traffic.
	Traffic Traffic

	// Exams are those that the site tells of and holds.
	Exams Exams
}

// Traffic makes worlds and remembers the latest exchanges of each. The path of a
// world, "/w/{id}/", is all that one has to know to see them.
type Traffic interface {
	// Begin makes a world for who asks. An error may be a *wire.Refusal.
	Begin(r *http.Request) (world string, err error)
	// Recent returns exchanges, oldest first; ok is false if there is no such world.
	Recent(ctx context.Context, world string) (seen []*wire.Exchange, ok bool, err error)
}

// New returns the handler of the site. It is safe for parallel use, and expects
// the lab at /lab/ and the posed answers at /status/ beside it.
func New(c Config) http.Handler {
	if c.Lang == "" {
		c.Lang = lang.En
	}
	if c.Base == nil {
		c.Base = ownBase
	}
	return &site{Config: c, plays: make(chan struct{}, atOnce)}
}

type site struct {
	Config
	plays chan struct{} // holds one element for each play under way
}

// ServeHTTP answers, and is the one place in which errors become answers.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	if refusal := s.route(w, r); refusal != nil {
		refusal.Answer(w, r, s.Lang)
	}
}

// guard sets what every answer of the site tells browsers: nothing runs, is
// drawn or is sent to but what this origin serves, and types are not guessed.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; "+
		"connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
}

// A place is one page of the site and the methods that it takes.
type place struct {
	allow  string // as in the Allow field
	answer func(http.ResponseWriter, *http.Request) *wire.Refusal
}

func (s *site) route(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	p, ok := s.at(r.URL.Path)
	if !ok {
		return noSuchPage()
	}
	if r.Method == http.MethodOptions {
		// RFC 9110 §9.3.7: what the target can do, in Allow.
		w.Header().Set("Allow", p.allow)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	for method := range wire.Members(p.allow) {
		if method == r.Method {
			return p.answer(w, r)
		}
	}
	return notAllowed(p.allow)
}

// reading is what one can do with a page that is there to be read; writing,
// with one that does something besides.
const (
	reading = "GET, HEAD, OPTIONS"
	writing = reading + ", POST"
)

func (s *site) at(path string) (place, bool) {
	switch path {
	case "/":
		return place{reading, s.index}, true
	case catalogue.Path:
		return place{reading, s.catalogue}, true
	case catalogue.SchemaPath:
		return place{reading, s.schema}, true
	case "/lang":
		return place{writing, s.chooseLanguage}, true
	case "/order":
		return place{reading, s.order}, s.Gates != nil
	case "/exam/browser":
		return place{reading, s.examBrowser}, s.Exams.Loop != nil
	case "/exam/hello", "/exam/result":
		return place{"POST, OPTIONS", s.loop}, s.Exams.Loop != nil
	case "/exam/next", "/exam/sheet", "/exam/loop.js":
		return place{"GET, OPTIONS", s.loop}, s.Exams.Loop != nil
	case "/traffic":
		return place{writing, s.traffic}, s.Traffic != nil
	}
	for _, of := range everyExam {
		switch path {
		case of.Path:
			return place{reading, func(w http.ResponseWriter, r *http.Request) *wire.Refusal { return s.exam(w, r, of) }}, true
		case of.Path + "/results":
			return place{reading, func(w http.ResponseWriter, r *http.Request) *wire.Refusal { return s.results(w, r, of) }}, true
		}
	}
	if scene, ok := sceneAt(path); ok && s.Play != nil {
		return place{writing, func(w http.ResponseWriter, r *http.Request) *wire.Refusal {
			return s.play(w, r, scene)
		}}, true
	}
	if name, ok := strings.CutPrefix(path, "/topics/"); ok && slices.Contains(manual.Topics(), name) {
		return place{reading, func(w http.ResponseWriter, r *http.Request) *wire.Refusal {
			return s.topic(w, r, name)
		}}, true
	}
	if file, ok := strings.CutPrefix(path, "/static/"); ok {
		if asset, ok := assets[file]; ok {
			return place{reading, asset.answer}, true
		}
	}
	if code, ok := codeOf(path); ok {
		return place{reading, func(w http.ResponseWriter, r *http.Request) *wire.Refusal {
			return s.code(w, r, code)
		}}, true
	}
	return place{}, false
}

// RFC 9110 §15: a status code has three digits. Those from 600 on are invalid,
// and people meet them all the same, so they have a page too.
func codeOf(path string) (status.Code, bool) {
	digits, ok := strings.CutPrefix(path, "/")
	if !ok || len(digits) != 3 || digits[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	return status.Code(n), err == nil
}

// noSuchPage: RFC 9110 §15.5.5, no current representation.
func noSuchPage() *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusNotFound, Gate: 8, Reason: "no-such-page", Spec: "RFC 9110 §15.5.5",
		Detail: lang.Text{
			En:   "The site has no page here. A status code, 100 to 999, has its page at /404; the index is /.",
			ZhTW: "網站沒有這一頁。狀態碼 100 到 999 各有一頁，例如 /404；目錄在 /。"},
	}
}

// notAllowed: RFC 9110 §15.5.6, with the methods that are allowed in Allow.
func notAllowed(allow string) *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusMethodNotAllowed, Gate: 9, Reason: "method-not-allowed", Spec: "RFC 9110 §15.5.6",
		Detail: lang.Text{
			En:   "This page is not there for that method. It allows " + allow + ".",
			ZhTW: "這一頁不接受這個方法。允許的有：" + allow + "。"},
		Fields: wire.Fields{{Name: "Allow", Value: allow}},
	}
}

// ownBase is the origin that the request was sent to.
func ownBase(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// plainBase is an origin that commands can show: nothing in it has a meaning
// for a shell.
var plainBase = regexp.MustCompile(`^https?://([0-9A-Za-z.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

// originOf returns the origin for commands. Host is the visitor's to choose, and
// one that is more than a name and a port gives way to localhost.
func (s *site) originOf(r *http.Request) origin {
	base := s.Base(r)
	if !plainBase.MatchString(base) {
		base = "http://localhost"
	}
	o := parseOrigin(base)
	if s.Doors.Proxy != "" {
		o.doors.Proxy = s.Doors.Proxy
	}
	if s.Doors.Portal != "" {
		o.doors.Portal = s.Doors.Portal
	}
	return o
}
