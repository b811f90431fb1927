package client

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// An Asked is one request as it came to an origin.
type Asked struct {
	Origin  *Origin
	Conn    int    // number of the connection to this origin, from 1
	Number  int    // of the request on its connection, from 1
	Path    string // within the trial: "/start", without the nonce; with the query
	Request *wire.Request
	At      time.Time
	Fault   error // why its head could not be read; the request is as far as it was
	Cut     error // why its content could not be read to its end
}

// A Turn is an origin's turn to answer one request.
type Turn struct {
	*Asked
	s       *Setting
	way     way
	content bool // was read
	over    bool // nothing more on this connection
}

// A way is how an origin answers in one protocol.
type way interface {
	// octets sends them as they are; an error over h2 and h3.
	octets(string) error
	// head sends a message's head; end says that nothing follows it.
	head(code status.Code, fields wire.Fields, end bool) error
	data(content string, end bool) error
	read(*wire.Request) error
	// stir waits for octets or the end of the connection or the stream.
	stir(d time.Duration, stop <-chan struct{}) bool
	close()
	reset()
}

func (t *Turn) note(dir, text string) { t.s.trial.Record.Note(t.where(), dir, "%s", text) }

func (t *Turn) where() string { return fmt.Sprintf("%s%d", t.Origin.Name, t.Conn) }

// must makes a failure to send the end of the turn: the client has left, which
// is for it to do.
func (t *Turn) must(err error) {
	if err != nil {
		t.note("*", "could not be sent: "+err.Error())
		t.over = true
	}
}

// Send sends octets as they are (HTTP/1.1).
func (t *Turn) Send(octets string) {
	if t.over {
		return
	}
	t.note("<", octets)
	t.must(t.way.octets(octets))
}

// Interim sends an interim answer.
func (t *Turn) Interim(code status.Code, fields ...string) {
	if t.over {
		return
	}
	t.note("<", fmt.Sprintf("%d %s", code, strings.Join(fields, "; ")))
	t.must(t.way.head(code, lines(fields), false))
}

// Answer sends a final answer that is in order: fields, written "Name: value",
// and content with its length.
func (t *Turn) Answer(code status.Code, content string, fields ...string) {
	if t.over {
		return
	}
	f := append(lines(fields), wire.Field{Name: "Date", Value: time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")})
	if t.s.paged {
		f = append(f, openTo(t.Request)...)
	}
	bare := code == 204 || code == 304
	if !bare {
		f = append(f, wire.Field{Name: "Content-Length", Value: strconv.Itoa(len(content))})
	}
	if bare || t.Request.Method == "HEAD" {
		content = ""
	}
	t.note("<", fmt.Sprintf("%d %s; %d octets of content: %.200q", code, strings.Join(fields, "; "), len(content), content))
	t.must(t.way.head(code, f, content == ""))
	if content != "" && !t.over {
		t.must(t.way.data(content, true))
	}
}

func lines(fields []string) wire.Fields {
	var f wire.Fields
	for _, line := range fields {
		name, value, _ := strings.Cut(line, ":")
		f = append(f, wire.Field{Name: name, Value: strings.TrimSpace(value)})
	}
	return f
}

// Content reads the request's content.
func (t *Turn) Content() []byte {
	if !t.content {
		t.content = true
		q := *t.Request
		err := t.way.read(&q)
		t.s.mu.Lock()
		t.Request, t.Cut = &q, err
		t.s.mu.Unlock()
		if err != nil {
			t.over = true
			t.note("*", err.Error())
		}
		t.note(">", fmt.Sprintf("%d octets of content: %.200q", t.Request.Content.Length, t.Request.Content.Data))
	}
	return t.Request.Content.Data
}

// Hold is silence: it ends when the client acts, be it here by a close or more
// octets, be it by another request or by coming to its end. A client that does
// nothing within the time has waited for more: that is kept for the verdict, and
// the connection is closed to let it go on.
func (t *Turn) Hold(d time.Duration) (acted bool) {
	if t.over {
		return true
	}
	elsewhere := t.s.next(t.Asked)
	acted = elsewhere == nil || t.way.stir(d, elsewhere) || t.s.next(t.Asked) == nil
	t.note("*", fmt.Sprintf("silence; the client acted: %v", acted))
	if !acted {
		t.s.wait()
		t.Close()
	}
	return acted
}

// Close ends the connection after what was sent.
func (t *Turn) Close() {
	t.over = true
	t.note("*", "closed by us")
	t.way.close()
}

// Reset resets the connection, in h2 and h3 the stream.
func (t *Turn) Reset() {
	t.over = true
	t.note("*", "reset by us")
	t.way.reset()
}

// A mark shows that a client has read on to the right answer.
const (
	mark        = "/mark"
	markContent = "the right answer"
)

// Final ends an exchange with an answer that can be recognised: for a subject
// that follows redirects a redirect to the mark, else content that its report
// shows.
func (t *Turn) Final() {
	if t.s.follows() {
		t.Answer(302, "", "Location: "+t.s.A.URL(mark))
		return
	}
	t.Answer(200, markContent, "Content-Type: text/plain")
}

// FinalOctets is the same, for scripts that have to put it together with other
// octets (HTTP/1.1).
func (s *Setting) FinalOctets() string {
	if s.follows() {
		return "HTTP/1.1 302 Found\r\nLocation: " + s.A.URL(mark) + "\r\nContent-Length: 0\r\n\r\n"
	}
	return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + strconv.Itoa(len(markContent)) + "\r\n\r\n" + markContent
}

// Trap is the octets of an answer that nobody may take for his: a redirect to a
// trap, or content that the report shows.
func (s *Setting) Trap() string {
	if s.follows() {
		return "HTTP/1.1 302 Found\r\nLocation: " + s.A.URL(trap) + "\r\nContent-Length: 0\r\n\r\n"
	}
	return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + strconv.Itoa(len(trapContent)) + "\r\n\r\n" + trapContent
}

const (
	trap        = "/trap"
	trapContent = "not an answer"
)

// Delivered grades a case in which the client has to come to the right answer.
// refusal is the outcome where it gives the exchange up with an error: Refused
// where the origin has broken a rule, Fail where it has not.
func (s *Setting) Delivered(r Report, refusal exam.Outcome) exam.Verdict {
	switch {
	case r.Unsupported != "":
		return exam.NotAsked(say("The subject cannot do that: %s", "受測對象做不到：%s", r.Unsupported))
	case s.Came(trap) > 0, string(r.Content) == trapContent:
		return exam.Failed(say("It took for an answer what is none: octets that belong to no answer, or to another one.", "它把不是回應的東西當成了回應：不屬於任何回應、或屬於別的回應的位元組。"))
	case s.Waited():
		return exam.Failed(say("It had the whole answer and went on waiting.", "回應已經完整，它卻還繼續等。"))
	case s.Came(mark) > 0, string(r.Content) == markContent && (r.Status == 0 || r.Status == 200):
		return exam.Passed(say("It read on to the right answer.", "它一路讀到了正確的回應。"))
	case r.Late:
		return exam.Failed(say("It was still waiting when its time was over.", "時間到了，它還在等。"))
	case r.Err != nil:
		return exam.Verdict{Outcome: refusal, Detail: say("It gave up (%s: %s).", "它放棄了（%s：%s）。", r.Err.Kind, r.Err.Message)}
	case r.Status != 0:
		return exam.Failed(say("It took the status %d for the final answer, with the content %.60q.", "它把狀態碼 %d 當成最終回應，內容是 %.60q。", r.Status, r.Content))
	}
	return exam.Failed(say("It came to an end without the right answer, and called that a success.", "它沒有拿到正確的回應就結束，還當成成功。"))
}
