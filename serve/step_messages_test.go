package serve

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/wire"
)

// A step is one message of a sequence, with all that may answer it.
type step struct {
	octets string
	head   int    // how many of them are the head
	waits  bool   // the client waits for an answer of any kind before it sends the content
	method string // as far as the server can know it
	then   then   // what the client does after it

	id       string // that the answer repeats; "" if it cannot
	code     int
	interim  []int
	content  string // of the answer, exactly; of a refusal, the reason it states
	trailers string
	closes   closes
	cut      bool // the answer may be missing or end before its end, and then the connection does
}

// What the client does after it has written a message.
type then int

const (
	goesOn then = iota
	shuts       // its sending side
	falls       // silent
)

// Whether the answer says that the connection ends, and it does.
type closes int

const (
	never closes = iota
	may
	must
)

// A kind is a way of answering. The handler and what it leads to stand together.
type kind struct {
	name    string
	reads   int // octets of the content; -1: all
	stream  bool
	code    int
	content string // of the answer; ID and SUM are put in
	ends    bool   // the connection, always
	do      func(w http.ResponseWriter, r *http.Request, id, sum string)
}

var kinds = []kind{
	{"echo", -1, false, 200, "SUM", false, func(w http.ResponseWriter, r *http.Request, id, sum string) { io.WriteString(w, sum) }},
	{"deaf", 0, false, 200, "ID", false, func(w http.ResponseWriter, r *http.Request, id, sum string) { io.WriteString(w, id) }},
	{"part", 3, false, 200, "ID", false, func(w http.ResponseWriter, r *http.Request, id, sum string) { io.WriteString(w, id) }},
	{"silent", 0, false, 200, "", false, func(w http.ResponseWriter, r *http.Request, id, sum string) {}},
	{"empty", -1, false, 204, "", false, barren(204)},
	{"reset", -1, false, 205, "", false, barren(205)},
	{"same", -1, false, 304, "", false, barren(304)},
	{"flush", -1, true, 200, "ID, SUM", false, func(w http.ResponseWriter, r *http.Request, id, sum string) {
		w.(http.Flusher).Flush()
		io.WriteString(w, id)
		w.(http.Flusher).Flush()
		io.WriteString(w, ", "+sum)
	}},
	{"early", 0, true, 200, "ID, SUM", false, func(w http.ResponseWriter, r *http.Request, id, sum string) {
		io.WriteString(w, id)
		w.(http.Flusher).Flush()
		io.WriteString(w, ", "+summary(r, -1))
	}},
	{"length", -1, false, 200, "ID", false, func(w http.ResponseWriter, r *http.Request, id, sum string) {
		w.Header().Set("Content-Length", fmt.Sprint(len(id)))
		io.WriteString(w, id[:1])
		w.(http.Flusher).Flush()
		io.WriteString(w, id[1:])
		if _, err := io.WriteString(w, "more"); !errors.Is(err, http.ErrContentLength) {
			panic(fmt.Sprint("wrote more than was announced: ", err))
		}
	}},
	{"short", -1, false, 200, "", true, func(w http.ResponseWriter, r *http.Request, id, sum string) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, id)
	}},
	{"hints", -1, false, 200, "ID", false, func(w http.ResponseWriter, r *http.Request, id, sum string) {
		w.Header().Set("Link", "</a>")
		w.WriteHeader(103)
		w.Header().Set("Link", "</b>")
		w.WriteHeader(103)
		w.WriteHeader(102)
		io.WriteString(w, id)
	}},
	{"trailer", -1, true, 200, "ID", false, func(w http.ResponseWriter, r *http.Request, id, sum string) {
		w.Header().Set("Trailer", "X-Sum")
		io.WriteString(w, id)
		w.(http.Flusher).Flush()
		w.Header().Set("X-Sum", id)
		w.Header().Set(http.TrailerPrefix+"X-More", id)
	}},
	{"big", -1, true, 200, "BIG", false, func(w http.ResponseWriter, r *http.Request, id, sum string) {
		for range 4 {
			io.WriteString(w, strings.Repeat(id, 12_000/4/len(id)))
		}
	}},
	{"watch", -1, false, 200, "ID", false, watching},
	{"stay", 0, false, 200, "ID", false, watching},
	{"close", -1, false, 200, "ID", true, func(w http.ResponseWriter, r *http.Request, id, sum string) {
		w.Header().Set("Connection", "close")
		io.WriteString(w, id)
	}},
	{"refuse", -1, false, 409, "why", false, func(w http.ResponseWriter, r *http.Request, id, sum string) {
		(&wire.Refusal{Status: 409, Reason: "why"}).Answer(w, r, "en")
	}},
	{"panic", -1, false, 500, "fault", true, func(w http.ResponseWriter, r *http.Request, id, sum string) {
		w.Header().Set("ETag", `"not of the error"`)
		io.WriteString(w, "taken back")
		panic("as told")
	}},
	{"late", -1, true, 200, "", true, func(w http.ResponseWriter, r *http.Request, id, sum string) {
		io.WriteString(w, id)
		w.(http.Flusher).Flush()
		panic("as told")
	}},
	{"abort", 0, true, 0, "", true, func(w http.ResponseWriter, r *http.Request, id, sum string) { panic(http.ErrAbortHandler) }},
}

// barren writes content where none may be.
func barren(code int) func(http.ResponseWriter, *http.Request, string, string) {
	return func(w http.ResponseWriter, r *http.Request, id, sum string) {
		w.WriteHeader(code)
		if _, err := io.WriteString(w, "x"); !errors.Is(err, http.ErrBodyNotAllowed) {
			panic(fmt.Sprintf("content in a %d: %v", code, err))
		}
	}
}

// watching asks for the context's end, which makes the connection read ahead, and
// gives it the time to do so.
func watching(w http.ResponseWriter, r *http.Request, id, sum string) {
	select {
	case <-r.Context().Done():
	case <-time.After(time.Millisecond):
	}
	io.WriteString(w, id)
}

// steps is the handler that the sequences talk to: /kind/id.
func steps(w http.ResponseWriter, r *http.Request) {
	_, name, _ := strings.Cut(r.URL.Path, "/")
	name, id, _ := strings.Cut(name, "/")
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("X-Id", id)
	sum := ""
	if kinds[i].reads != 0 {
		content, err := read(r, kinds[i].reads)
		var refusal *wire.Refusal
		if errors.As(err, &refusal) {
			refusal.Answer(w, r, "en")
			return
		}
		sum = summarize(content, r.Trailer.Get("X-Sum"))
	}
	kinds[i].do(w, r, id, sum)
}

func read(r *http.Request, n int) ([]byte, error) {
	if n < 0 {
		return io.ReadAll(r.Body)
	}
	b := make([]byte, n)
	n, err := io.ReadFull(r.Body, b)
	if err == io.ErrUnexpectedEOF {
		err = nil // less than n, and that is all
	}
	return b[:n], err
}

func summary(r *http.Request, n int) string {
	content, err := read(r, n)
	if err != nil {
		return err.Error()
	}
	return summarize(content, r.Trailer.Get("X-Sum"))
}

func summarize(content []byte, trailer string) string {
	return fmt.Sprintf("%d octets %08x %s", len(content), crc32.ChecksumIEEE(content), trailer)
}

// good makes a request that has to be answered.
func good(p *rand.Rand, id string) step {
	k := kinds[p.IntN(len(kinds))]
	if k.ends && p.IntN(3) > 0 {
		k = kinds[0] // the end of most sequences should be the bad message's work
	}
	s := step{id: id, code: k.code, method: pick(p, "GET", "GET", "POST", "PUT", "HEAD", "OPTIONS")}
	old, ends := p.IntN(8) == 0, p.IntN(20) == 0
	version, connection := "1.1", ""
	switch {
	case old && ends:
		version = "1.0"
	case old:
		version, connection = "1.0", "Connection: keep-alive\r\n"
	case ends:
		connection = "Connection: x, close\r\n"
	}
	content, framing, octets, trailer := "", "", "", ""
	chunked := false
	switch p.IntN(5) {
	case 0, 1:
	case 2, 3:
		content = noise(p)
		framing, octets = fmt.Sprintf("Content-Length: %d\r\n", len(content)), content
	default:
		if old {
			break
		}
		chunked = true
		content, framing = noise(p), "Transfer-Encoding: "+pick(p, "chunked", "Chunked", ", chunked")+"\r\n"
		octets, trailer = chunks(p, content, id)
		if trailer != "" {
			framing += "Trailer: X-Sum\r\n"
		}
	}
	expects := p.IntN(6) == 0
	if expects {
		framing += "Expect: " + pick(p, "100-continue", "100-Continue") + "\r\n"
		s.waits = p.IntN(2) == 0 && !old && octets != ""
	}
	head := fmt.Sprintf("%s /%s/%s HTTP/%s\r\nHost: a\r\n%s%s%s\r\n", s.method, k.name, id, version, connection, framing, field(p))
	s.octets, s.head = head+octets, len(head)

	// What has to come back.
	expects = expects && !old && octets != ""
	if expects && k.reads != 0 {
		s.interim = append(s.interim, 100)
	}
	if k.name == "hints" && !old {
		s.interim = append(s.interim, 103, 103, 102)
	}
	sum := summarize([]byte(content), trailer)
	s.content = strings.NewReplacer("BIG", strings.Repeat(id, 4*(12_000/4/len(id))), "ID", id, "SUM", sum).Replace(k.content)
	streams := k.stream && s.method != "HEAD"
	unread := octets != "" && k.reads >= 0 && (chunked || k.reads < len(content))
	switch {
	case ends, k.name == "close", k.name == "panic", old && streams, unread && expects && k.reads == 0:
		s.closes = must
	case unread && chunked:
		s.closes = may
	}
	if s.method != "HEAD" && k.name == "trailer" && !old {
		s.trailers = "X-Sum=" + id + " X-More=" + id
	}
	s.cut = k.name == "late" || k.name == "abort" || k.name == "short" && s.method != "HEAD"
	if k.name == "panic" || k.name == "refuse" {
		s.id = "" // the error's fields are its own
	}
	return s
}

func pick(p *rand.Rand, of ...string) string { return of[p.IntN(len(of))] }

// noise is content, some of which looks like messages.
func noise(p *rand.Rand) string {
	switch p.IntN(4) {
	case 0:
		return "0\r\n\r\nGET /echo/noise HTTP/1.1\r\nHost: a\r\n\r\n"
	case 1:
		return strings.Repeat("\r\n", 1+p.IntN(5))
	case 2:
		return strings.Repeat("z", 1+p.IntN(4900))
	}
	b := make([]byte, 1+p.IntN(40))
	for i := range b {
		b[i] = byte(p.IntN(256))
	}
	return string(b)
}

// chunks writes content in chunks, sometimes with extensions and trailers. It
// returns the value of X-Sum, if that trailer is there.
func chunks(p *rand.Rand, content, id string) (octets, trailer string) {
	for len(content) > 0 {
		n := 1 + p.IntN(len(content))
		octets += fmt.Sprintf(pick(p, "%x", "%X", "0%x"), n) + pick(p, "", "", ";a", " ; a=\"b;\"") + "\r\n" + content[:n] + "\r\n"
		content = content[n:]
	}
	octets += pick(p, "0", "000", "0;last") + "\r\n"
	if p.IntN(3) == 0 {
		trailer = id
		octets += "X-Sum: " + id + "\r\nContent-Length: 7\r\n"
	}
	return octets + "\r\n", trailer
}

func field(p *rand.Rand) string {
	return pick(p, "", "", "X-Long: "+strings.Repeat("v", 200)+"\r\n", "Accept-Language: zh-TW\r\n", "Content-Type: text/plain\r\nX:\r\n")
}
