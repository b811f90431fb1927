package client

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/statute-http/statute/exam"
)

// A Loop is where clients that drive themselves are examined, over HTTP:
//
//	POST /exam/hello            the hello of an adapter: {"hello":1,"subject":"tea","version":"1.0","caps":["get","redirect"]}
//	                            -> 200 {"agent":"8f4a..."}
//	GET  /exam/next?agent=8f4a  -> 200 with an order of the adapter protocol, to be carried out and reported,
//	                               or {"end":"s1"}: the session is over, with its connections, cookies and cache,
//	                               or {}: nothing for now, ask again;
//	                            -> 204: the exam is over
//	POST /exam/result?agent=8f4a  a report of the adapter protocol -> 204
//	GET  /exam/sheet?agent=8f4a   -> 200 with the sheet of results, 404 before the exam is over
//	GET  /exam/loop.js          the loop as a page in a browser runs it
//
// An agent that is not heard of for a minute has left, and its exam ends.
type Loop struct {
	// Conduct examines a client that has greeted, and returns its sheet. Without
	// it only those are known that Admit has let in.
	Conduct func(context.Context, *Driven) *exam.Sheet
	// Most is how many exams are kept, those under way and those that are over; 8 if zero.
	Most int

	ctx context.Context // all exams end with it

	mu     sync.Mutex
	agents map[string]*sitting
}

// A sitting is one exam of a client that drives itself.
type sitting struct {
	*Driven
	began time.Time
	leave context.CancelFunc
	sheet *exam.Sheet // nil while it is under way; guarded by the loop's mu
	done  bool
}

// NewLoop returns a loop whose exams end with ctx.
func NewLoop(ctx context.Context, conduct func(context.Context, *Driven) *exam.Sheet) *Loop {
	return &Loop{Conduct: conduct, ctx: ctx, agents: map[string]*sitting{}}
}

const (
	// longSilence is how long a client may not be heard of.
	longSilence = time.Minute
	// longPoll is how long a question for the next order is held.
	longPoll = 10 * time.Second
	// longExam ends whatever goes on without end.
	longExam = time.Hour
	// maxGreeting and maxReport are the largest documents that are read.
	maxGreeting = 16 << 10
	maxReport   = maxLine
)

// Script is the loop as a page runs it: a module with one function, drive.
//
//go:embed loop.js
var Script []byte

// admit lets a client in and returns its name for the loop; "" if there is no
// place.
func (l *Loop) admit(hello *fromAdapter) (string, *sitting) {
	ctx, leave := context.WithTimeout(l.ctx, longExam)
	s := &sitting{Driven: newDriven(ctx, hello), began: time.Now(), leave: leave}
	l.mu.Lock()
	defer l.mu.Unlock()
	most := l.Most
	if most == 0 {
		most = 8
	}
	if len(l.agents) >= most {
		oldest := ""
		for name, other := range l.agents {
			if other.done && (oldest == "" || other.began.Before(l.agents[oldest].began)) {
				oldest = name
			}
		}
		if oldest == "" {
			leave()
			return "", nil
		}
		delete(l.agents, oldest)
	}
	agent := exam.NewNonce()
	l.agents[agent] = s
	return agent, s
}

// Admit lets in a page that somebody opens for a subject. dismiss ends its part.
func (l *Loop) Admit(subject Subject) (agent string, d *Driven, dismiss func()) {
	hello := helloOf(subject)
	hello.Page = true
	agent, s := l.admit(hello)
	if s == nil {
		return "", nil, func() {}
	}
	return agent, s.Driven, func() {
		s.leave()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.agents, agent)
	}
}

// conduct sees one exam through.
func (l *Loop) conduct(s *sitting) {
	defer s.leave()
	ctx, cancel := context.WithCancel(s.gone)
	defer cancel()
	go func() {
		for watch := time.NewTicker(time.Second); ; {
			select {
			case <-ctx.Done():
				watch.Stop()
				return
			case <-watch.C:
				if s.silent() > longSilence {
					s.leave()
				}
			}
		}
	}()
	sheet := l.Conduct(ctx, s.Driven)
	l.mu.Lock()
	defer l.mu.Unlock()
	s.sheet, s.done = sheet, true
}

// Sheet returns the results of an agent's exam; ok is false if there is no such
// agent, the sheet nil while the exam is under way.
func (l *Loop) Sheet(agent string) (sheet *exam.Sheet, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.agents[agent]
	if s == nil {
		return nil, false
	}
	return s.sheet, true
}

// ServeHTTP answers below /exam/.
func (l *Loop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	answers := map[string]struct {
		method string
		answer func(http.ResponseWriter, *http.Request)
	}{
		"/exam/hello":   {http.MethodPost, l.hello},
		"/exam/next":    {http.MethodGet, l.next},
		"/exam/result":  {http.MethodPost, l.result},
		"/exam/sheet":   {http.MethodGet, l.sheet},
		"/exam/loop.js": {http.MethodGet, l.script},
		"/exam/page":    {http.MethodGet, l.page},
	}
	a, ok := answers[r.URL.Path]
	switch {
	case !ok:
		http.NotFound(w, r)
	case a.method != r.Method:
		w.Header().Set("Allow", a.method)
		http.Error(w, "this is asked for with "+a.method, http.StatusMethodNotAllowed)
	default:
		a.answer(w, r)
	}
}

// reads reads a JSON document; what a form of some other site could send is
// refused by its type, so that no page but ours makes a browser take part.
func reads(w http.ResponseWriter, r *http.Request, most int64, into any) bool {
	if r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "send application/json", http.StatusUnsupportedMediaType)
		return false
	}
	octets, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		http.Error(w, fmt.Sprintf("the document is larger than %d octets, or was cut", most), http.StatusRequestEntityTooLarge)
		return false
	}
	if err := json.Unmarshal(octets, into); err != nil {
		http.Error(w, "read the document: "+err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func writes(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func (l *Loop) hello(w http.ResponseWriter, r *http.Request) {
	hello := new(fromAdapter)
	if l.Conduct == nil {
		http.Error(w, "nobody is examined here who has not been let in", http.StatusForbidden)
		return
	}
	if !reads(w, r, maxGreeting, hello) {
		return
	}
	if hello.Hello != protocolVersion || hello.Subject == "" {
		http.Error(w, fmt.Sprintf(`greet with {"hello":%d,"subject":"NAME","caps":["get"]}`, protocolVersion), http.StatusBadRequest)
		return
	}
	agent, s := l.admit(hello)
	if s == nil {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "as many exams are under way as are allowed; come back later", http.StatusServiceUnavailable)
		return
	}
	go l.conduct(s)
	writes(w, map[string]string{"agent": agent})
}

// agent returns the sitting that the query names, or answers 404.
func (l *Loop) agent(w http.ResponseWriter, r *http.Request) *sitting {
	l.mu.Lock()
	s := l.agents[r.URL.Query().Get("agent")]
	l.mu.Unlock()
	if s == nil {
		http.Error(w, "there is no such agent: greet at /exam/hello first", http.StatusNotFound)
		return nil
	}
	s.hear()
	return s
}

func (l *Loop) next(w http.ResponseWriter, r *http.Request) {
	s := l.agent(w, r)
	if s == nil {
		return
	}
	wait := time.NewTimer(longPoll)
	defer wait.Stop()
	select {
	case order := <-s.orders:
		writes(w, order)
	case <-s.gone.Done():
		w.WriteHeader(http.StatusNoContent)
		s.tell.Do(func() { close(s.told) })
	case <-wait.C:
		writes(w, struct{}{})
	case <-r.Context().Done():
	}
}

func (l *Loop) result(w http.ResponseWriter, r *http.Request) {
	s := l.agent(w, r)
	report := new(fromAdapter)
	if s == nil || !reads(w, r, maxReport, report) {
		return
	}
	if !s.report(report) {
		http.Error(w, "nobody waits for a report on order "+strconv.Itoa(report.ID)+", or not any more", http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (l *Loop) sheet(w http.ResponseWriter, r *http.Request) {
	sheet, _ := l.Sheet(r.URL.Query().Get("agent"))
	if sheet == nil {
		http.Error(w, "there is no sheet of such an agent, or not yet", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	sheet.Write(w)
}

func (l *Loop) script(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Write(Script)
}

// page is the loop as a page that is opened for an agent that was let in.
func (l *Loop) page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	io.WriteString(w, `<!doctype html><meta charset="utf-8"><title>statute exam</title><link rel="icon" href="data:,">
<script type="module">import {drive} from "/exam/loop.js"; drive(new URLSearchParams(location.search).get("agent"));</script>`)
}
