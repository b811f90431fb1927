package model

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/wire"
)

// A stored is an answer that may be used again.
type stored struct {
	status  int
	fields  wire.Fields
	content []byte
	came    time.Time
	vary    string // what the request said of the fields that Vary names
	life    time.Duration
}

func (a *passage) key() string { return a.to + " " + a.q.Target }

// vary is what the request says of the fields in Vary.
func vary(q *wire.Request, fields wire.Fields) string {
	text := ""
	for name := range fields.Members("Vary") {
		text += name + "=" + q.Fields.Get(name) + "\n"
	}
	return text
}

func life(fields wire.Fields) (time.Duration, bool) {
	for m := range fields.Members("Cache-Control") {
		if v, ok := strings.CutPrefix(m, "max-age="); ok {
			n, err := strconv.Atoi(v)
			return time.Duration(n) * time.Second, err == nil
		}
	}
	return 0, false
}

// storable: RFC 9111 §3, for a shared cache, of what says how long it is fresh.
func (a *passage) storable(p *wire.Response) bool {
	if a.has("stores-nothing") || a.q.Method != "GET" && !(a.q.Method == "HEAD" && a.has("gives-head-for-get")) {
		return false
	}
	if a.has("stores-everything") {
		return true
	}
	_, says := life(p.Fields)
	f := p.Fields
	part := p.Status == 206 && a.has("gives-part-for-whole")
	return says && (p.Status == 200 || part) && !f.HasMember("Cache-Control", "no-store") && !f.HasMember("Cache-Control", "private") && !f.HasMember("Cache-Control", "no-cache") &&
		(!a.q.Fields.Has("Authorization") || f.HasMember("Cache-Control", "public") || a.has("shares-authorized")) && (!a.q.Fields.Has("Range") || part)
}

func (a *passage) keepAnswer(p *wire.Response, fields wire.Fields, content []byte) {
	s := &stored{status: int(p.Status), content: content, came: time.Now(), vary: vary(&a.q, fields)}
	for _, f := range fields {
		if f.Name != "Transfer-Encoding" && f.Name != "Content-Length" && f.Name != "Connection" {
			s.fields = append(s.fields, f)
		}
	}
	s.life, _ = life(fields)
	if a.has("stores-everything") {
		s.life = time.Hour
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.store[a.key()] = s
}

// find returns what is stored for the request.
func (a *passage) find() *stored {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.store[a.key()]
	if s == nil || a.q.Method != "GET" || s.vary != vary(&a.q, s.fields) && !a.has("ignores-vary") {
		return nil
	}
	return s
}

// fromStore answers from the store if that is possible; on says whether the
// client's connection goes on.
func (a *passage) fromStore() (done, on bool) {
	if a.q.Method == "POST" && !a.has("keeps-after-post") { // RFC 9111 §4.4
		a.mu.Lock()
		delete(a.store, a.key())
		a.mu.Unlock()
	}
	s := a.find()
	fresh := s != nil && time.Since(s.came) < s.life
	switch {
	case fresh:
		return true, a.give(s)
	case s != nil && a.has("shows-own-304"):
		return true, a.say(304)
	// RFC 9111 §5.2.1.7.
	case a.q.Fields.HasMember("Cache-Control", "only-if-cached") && !a.has("ignores-only-if-cached"):
		return true, a.say(504)
	}
	return false, true
}

// stale returns what may be given although it is not fresh, where the origin
// gave no answer. RFC 9111 §4.2.4 allows that; this cache never does.
func (a *passage) stale() *stored {
	if a.has("serves-stale") {
		return a.find()
	}
	return nil
}

// give answers with what is stored.
func (a *passage) give(s *stored) bool {
	status, content := s.status, s.content
	if tag := s.fields.Get("ETag"); tag != "" && a.q.Fields.Get("If-None-Match") == tag {
		status, content = 304, nil
		if a.has("ignores-conditions") {
			return a.say(412)
		}
	}
	if a.has("lies-about-ranges") && a.q.Fields.Has("Range") {
		status, content = 206, content[:2]
	}
	text := fmt.Sprintf("HTTP/1.1 %d Stored\r\n", status)
	text = string(wire.AppendFields([]byte(text), s.fields))
	if !a.has("says-no-age") {
		text += fmt.Sprintf("Age: %d\r\n", int(time.Since(s.came)/time.Second))
	}
	if status != 304 {
		text += fmt.Sprintf("Content-Length: %d\r\n", len(content))
	}
	if a.closing {
		text += "Connection: close\r\n"
	}
	_, err := io.WriteString(a.c, text+"\r\n"+string(content))
	return err == nil
}
