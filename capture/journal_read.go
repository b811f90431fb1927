package capture

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A journalParser reads lines of a journal, member by member: what is not known
// is passed over, so that later versions can add.
type journalParser struct {
	w       *walker
	src     bytes.Reader
	version int64
	scratch []byte
}

func newJournalParser() *journalParser {
	j := &journalParser{}
	j.w = newWalker(&j.src)
	return j
}

// line reads one line as an exchange.
func (j *journalParser) line(octets []byte) (*wire.Exchange, error) {
	j.src.Reset(octets)
	w := j.w
	w.at, w.end, w.base, w.depth, w.failed = 0, 0, 0, 0, nil
	j.version = 0
	x := &wire.Exchange{}
	if err := w.object(func(name []byte) error { return j.member(x, string(name)) }); err != nil {
		return nil, err
	}
	if _, err := w.next(); err == nil {
		return nil, w.broken(lang.Text{
			En:   "octets follow the exchange on its line",
			ZhTW: "這一行在訊息往返之後還有其他位元組"})
	}
	return x, nil
}

func (j *journalParser) member(x *wire.Exchange, name string) (err error) {
	switch name {
	case "statute":
		j.version, err = j.count()
	case "conn":
		err = j.w.object(func(name []byte) error { return j.conn(&x.Conn, string(name)) })
	case "request":
		err = j.w.object(func(name []byte) error { return j.request(&x.Request, string(name)) })
	case "interim":
		err = j.list(1000, func() error {
			x.Interim = append(x.Interim, wire.Response{})
			return j.answer(&x.Interim[len(x.Interim)-1])
		})
	case "final":
		if j.isNull() {
			return j.w.skip()
		}
		x.Final = &wire.Response{}
		err = j.answer(x.Final)
	case "after":
		x.After, err = j.octets()
	case "end":
		err = set(j, &x.End)
	case "seen":
		err = j.w.array(func() error { return j.seen(x) })
	case "started":
		var text string
		if text, err = j.word(); err == nil && text != "" {
			var t time.Time
			if t, err = time.Parse(time.RFC3339Nano, text); err != nil {
				return &jsonError{offset: j.w.offset(), says: lang.Text{
					En: "the time is none of RFC 3339", ZhTW: "時間不符合 RFC 3339"}}
			}
			x.Started = t.UTC()
		}
	case "took":
		var n int64
		n, err = j.count()
		x.Took = time.Duration(n)
	case "decision":
		err = j.w.object(func(name []byte) error { return j.decision(&x.Decision, string(name)) })
	case "described":
		if j.isNull() {
			return j.w.skip()
		}
		x.Described = &wire.Description{}
		err = j.w.object(func(name []byte) error { return j.description(x.Described, string(name)) })
	default:
		err = j.w.skip()
	}
	return err
}

func (j *journalParser) decision(d *wire.Decision, name string) (err error) {
	switch name {
	case "gate":
		var n int64
		n, err = j.count()
		d.Gate = int(n)
	case "reason":
		d.Reason, err = j.word()
	default:
		err = j.w.skip()
	}
	return err
}

func (j *journalParser) description(d *wire.Description, name string) (err error) {
	switch name {
	case "responses":
		d.Responses, err = j.texts(j.word)
	case "secured":
		d.Secured, err = j.w.truth()
	default:
		err = j.w.skip()
	}
	return err
}

func (j *journalParser) seen(x *wire.Exchange) error {
	text, _, err := j.w.text(j.scratch[:0], 64)
	j.scratch = text
	for i := range evidence {
		if string(text) == evidence[i] {
			x.Seen |= 1 << i
		}
	}
	return err
}

func (j *journalParser) conn(c *wire.Conn, name string) (err error) {
	var n int64
	switch name {
	case "protocol":
		err = set(j, &c.Protocol)
	case "early":
		c.EarlyData, err = j.w.truth()
	case "peer":
		c.Peer, err = j.word()
	case "number":
		n, err = j.count()
		c.Number = int(n)
	case "tls":
		if j.isNull() {
			return j.w.skip()
		}
		c.TLS = &wire.TLS{}
		err = j.w.object(func(name []byte) error { return j.tls(c.TLS, string(name)) })
	default:
		err = j.w.skip()
	}
	return err
}

func (j *journalParser) tls(t *wire.TLS, name string) (err error) {
	switch name {
	case "version":
		var n int64
		n, err = j.count()
		t.Version = uint16(n)
	case "name":
		t.ServerName, err = j.word()
	case "alpn":
		t.ALPN, err = j.word()
	case "resumed":
		t.Resumed, err = j.w.truth()
	default:
		err = j.w.skip()
	}
	return err
}

func (j *journalParser) request(q *wire.Request, name string) (err error) {
	switch name {
	case "method":
		q.Method, err = j.text()
	case "target":
		q.Target, err = j.text()
	case "scheme":
		q.Scheme, err = j.text()
	case "authority":
		q.Authority, err = j.text()
	default:
		err = j.message(&q.Message, name)
	}
	return err
}

func (j *journalParser) answer(p *wire.Response) error {
	return j.w.object(func(name []byte) (err error) {
		switch string(name) {
		case "status":
			var n int64
			n, err = j.count()
			p.Status = status.Code(n)
		case "reason":
			p.Reason, err = j.text()
		default:
			err = j.message(&p.Message, string(name))
		}
		return err
	})
}

func (j *journalParser) message(m *wire.Message, name string) (err error) {
	switch name {
	case "version":
		i := 0
		err = j.w.array(func() error {
			n, err := j.count()
			if i++; i == 1 {
				m.Version.Major = int(n)
			} else {
				m.Version.Minor = int(n)
			}
			return err
		})
	case "fields":
		m.Fields, err = j.fields()
	case "framing":
		err = set(j, &m.Framing)
	case "length":
		m.Content.Length, err = j.count()
	case "data":
		m.Content.Data, err = j.octets()
	case "complete":
		m.Content.Complete, err = j.w.truth()
	case "decoded":
		m.Content.Decoded, err = j.w.truth()
	case "trailers":
		m.Trailers, err = j.fields()
	case "faults":
		err = j.list(mostFields, func() error {
			m.Faults = append(m.Faults, wire.Fault{})
			f := &m.Faults[len(m.Faults)-1]
			return j.w.object(func(name []byte) error { return j.fault(f, string(name)) })
		})
	case "hidden":
		m.Hidden, err = j.texts(j.text)
	case "octets":
		m.Octets, err = j.octets()
	default:
		err = j.w.skip()
	}
	return err
}

func (j *journalParser) fault(f *wire.Fault, name string) (err error) {
	switch name {
	case "kind":
		err = set(j, &f.Kind)
	case "offset":
		f.Offset, err = j.count()
	case "field":
		f.Field, err = j.text()
	default:
		err = j.w.skip()
	}
	return err
}

// fields reads [name, value] pairs, with null for a value that is withheld.
func (j *journalParser) fields() (fields wire.Fields, err error) {
	err = j.list(mostFields, func() error {
		var f wire.Field
		i := 0
		at := j.w.offset()
		err := j.w.array(func() (err error) {
			switch i++; i {
			case 1:
				f.Name, err = j.text()
			case 2:
				var c byte
				if c, err = j.w.next(); err == nil && c == 'n' {
					f.Redacted = true
				}
				f.Value, err = j.text()
			default:
				err = j.w.skip()
			}
			return err
		})
		if err == nil && i != 2 {
			err = &jsonError{offset: at, says: lang.Text{
				En: "a field is an array of a name and a value", ZhTW: "欄位是由名稱與值組成的陣列"}}
		}
		fields = append(fields, f)
		return err
	})
	return fields, err
}

func (j *journalParser) count() (int64, error) {
	n, err := j.w.number()
	return whole(n), err
}

// text reads a string, or octets that are none as {"base64": "..."}.
func (j *journalParser) text() (string, error) {
	c, err := j.w.next()
	if err != nil {
		return "", err
	}
	if c == '{' {
		var octets []byte
		err := j.w.object(func(name []byte) (err error) {
			if string(name) == "base64" {
				octets, err = j.octets()
				return err
			}
			return j.w.skip()
		})
		return string(octets), err
	}
	return j.word()
}

// word reads a string. JSON is UTF-8; other octets stand as base64 where they can
// stand at all.
func (j *journalParser) word() (string, error) {
	var err error
	j.scratch, _, err = j.w.text(j.scratch[:0], longestLine)
	return strings.ToValidUTF8(string(j.scratch), "\ufffd"), err
}

// list reads an array of so many elements at most: two octets of a line may stand
// for an answer, which takes some hundred in memory.
func (j *journalParser) list(most int, element func() error) error {
	n := 0
	return j.w.array(func() error {
		if n++; n > most {
			return &jsonError{offset: j.w.offset(), says: lang.Text{
				En:   fmt.Sprintf("there are more than %d in a list", most),
				ZhTW: fmt.Sprintf("清單超過 %d 項", most)}}
		}
		return element()
	})
}

// texts reads an array of strings.
func (j *journalParser) texts(element func() (string, error)) (texts []string, err error) {
	err = j.list(mostFields, func() error {
		text, err := element()
		texts = append(texts, text)
		return err
	})
	return texts, err
}

// isNull reports whether null stands next, or nothing that can be read.
func (j *journalParser) isNull() bool {
	c, err := j.w.next()
	return err != nil || c == 'n'
}

// octets reads base64.
func (j *journalParser) octets() (octets []byte, err error) {
	at := j.w.offset()
	if j.scratch, _, err = j.w.text(j.scratch[:0], longestLine); err != nil || len(j.scratch) == 0 {
		return nil, err
	}
	if octets, err = base64.StdEncoding.AppendDecode(nil, j.scratch); err != nil {
		return nil, &jsonError{offset: at, err: err, says: lang.Text{
			En: "the octets here are not base64", ZhTW: "這裡的位元組不是 base64"}}
	}
	return octets, nil
}

// set reads a string of a kind of its own.
func set[T ~string](j *journalParser, to *T) error {
	text, err := j.word()
	*to = T(text)
	return err
}
