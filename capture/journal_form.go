package capture

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// The journal's line, member by member. Members are added, never renamed or
// given another meaning; what a reader does not know it passes over. What is
// empty is left out.
type journalLine struct {
	Statute  int             `json:"statute"` // 1, the version of the format
	Conn     journalConn     `json:"conn,omitzero"`
	Request  journalMessage  `json:"request,omitzero"`
	Interim  []journalAnswer `json:"interim,omitempty"`
	Final    *journalAnswer  `json:"final,omitempty"`
	After    []byte          `json:"after,omitempty"` // base64, as all octets are
	End      wire.End        `json:"end,omitempty"`
	Seen     []string        `json:"seen"`
	Started  *time.Time      `json:"started,omitempty"` // RFC 3339, UTC
	Took     time.Duration   `json:"took,omitempty"`    // nanoseconds
	Decision journalDecision `json:"decision,omitzero"`

	Described *journalDescription `json:"described,omitempty"`
}

type journalConn struct {
	Protocol  wire.Protocol `json:"protocol,omitempty"`
	TLS       *journalTLS   `json:"tls,omitempty"`
	EarlyData bool          `json:"early,omitempty"`
	Peer      string        `json:"peer,omitempty"`
	Number    int           `json:"number,omitempty"`
}

type journalTLS struct {
	Version    uint16 `json:"version,omitempty"` // as crypto/tls numbers them
	ServerName string `json:"name,omitempty"`
	ALPN       string `json:"alpn,omitempty"`
	Resumed    bool   `json:"resumed,omitempty"`
}

type journalDecision struct {
	Gate   int    `json:"gate"`
	Reason string `json:"reason,omitempty"`
}

type journalDescription struct {
	Responses []string `json:"responses,omitempty"`
	Secured   bool     `json:"secured,omitempty"`
}

// journalMessage is a request; an answer is the same without what is only a
// request's, and with its status.
type journalMessage struct {
	Method    text `json:"method,omitempty"`
	Target    text `json:"target,omitempty"`
	Scheme    text `json:"scheme,omitempty"`
	Authority text `json:"authority,omitempty"`
	messageForm
}

type journalAnswer struct {
	Status status.Code `json:"status"`
	Reason text        `json:"reason,omitempty"`
	messageForm
}

type messageForm struct {
	Version  *[2]int      `json:"version,omitempty"` // [1,1]
	Fields   []field      `json:"fields,omitempty"`
	Framing  wire.Framing `json:"framing,omitempty"`
	Length   int64        `json:"length,omitempty"` // of the content
	Data     []byte       `json:"data,omitempty"`   // the first octets of it
	Complete bool         `json:"complete,omitempty"`
	Decoded  bool         `json:"decoded,omitempty"` // content coding was taken off
	Trailers []field      `json:"trailers,omitempty"`
	Faults   []fault      `json:"faults,omitempty"`
	Hidden   []text       `json:"hidden,omitempty"`
	Octets   []byte       `json:"octets,omitempty"` // the head
}

type fault struct {
	Kind   wire.FaultKind `json:"kind"`
	Offset int64          `json:"offset"`
	Field  text           `json:"field,omitempty"`
}

// evidence names the bits of wire.Evidence in their order.
var evidence = []string{
	"request", "request-content", "response", "content", "interim", "version", "reason",
	"framing", "trailers", "after", "end", "octets", "connection", "times",
}

// A text is a JSON string if it is UTF-8, else {"base64": "..."}: messages hold
// any octets, and none is lost.
type text string

func (t text) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(t)) {
		return json.Marshal(string(t))
	}
	b := []byte(`{"base64":"`)
	return append(base64.StdEncoding.AppendEncode(b, []byte(t)), `"}`...), nil
}

func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		var octets struct {
			Base64 []byte `json:"base64"`
		}
		err := json.Unmarshal(b, &octets)
		*t = text(octets.Base64)
		return err
	}
	return json.Unmarshal(b, (*string)(t))
}

// A field is [name, value], and [name, null] if the value is withheld: what is
// redacted is not written, whatever it holds.
type field wire.Field

var errField = errors.New("a field is an array of a name and a value")

func (f field) MarshalJSON() ([]byte, error) {
	value := (*text)(&f.Value)
	if f.Redacted {
		value = nil
	}
	return json.Marshal([2]*text{(*text)(&f.Name), value})
}

func (f *field) UnmarshalJSON(b []byte) error {
	var pair []*text
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	if len(pair) != 2 || pair[0] == nil {
		return errField
	}
	*f = field{Name: string(*pair[0])}
	if f.Redacted = pair[1] == nil; !f.Redacted {
		f.Value = string(*pair[1])
	}
	return nil
}

func formOf(m *wire.Message) messageForm {
	f := messageForm{
		Framing: m.Framing, Length: m.Content.Length, Data: m.Content.Data,
		Complete: m.Content.Complete, Decoded: m.Content.Decoded, Octets: m.Octets,
	}
	if m.Version != (wire.Version{}) {
		f.Version = &[2]int{m.Version.Major, m.Version.Minor}
	}
	for i := range m.Fields {
		f.Fields = append(f.Fields, field(m.Fields[i]))
	}
	for i := range m.Trailers {
		f.Trailers = append(f.Trailers, field(m.Trailers[i]))
	}
	for _, x := range m.Faults {
		f.Faults = append(f.Faults, fault{x.Kind, x.Offset, text(x.Field)})
	}
	for _, name := range m.Hidden {
		f.Hidden = append(f.Hidden, text(name))
	}
	return f
}

func (f *messageForm) message() wire.Message {
	m := wire.Message{
		Framing: f.Framing, Octets: f.Octets,
		Content: wire.Content{Length: f.Length, Data: f.Data, Complete: f.Complete, Decoded: f.Decoded},
	}
	if f.Version != nil {
		m.Version = wire.Version{Major: f.Version[0], Minor: f.Version[1]}
	}
	for i := range f.Fields {
		m.Fields = append(m.Fields, wire.Field(f.Fields[i]))
	}
	for i := range f.Trailers {
		m.Trailers = append(m.Trailers, wire.Field(f.Trailers[i]))
	}
	for _, x := range f.Faults {
		m.Faults = append(m.Faults, wire.Fault{Kind: x.Kind, Offset: x.Offset, Field: string(x.Field)})
	}
	for _, name := range f.Hidden {
		m.Hidden = append(m.Hidden, string(name))
	}
	return m
}

func answerForm(p *wire.Response) journalAnswer {
	return journalAnswer{p.Status, text(p.Reason), formOf(&p.Message)}
}

func (a *journalAnswer) response() wire.Response {
	return wire.Response{Message: a.message(), Status: a.Status, Reason: string(a.Reason)}
}

// Append appends the exchange as one line of a journal, line end included.
func Append(b []byte, x *wire.Exchange) ([]byte, error) {
	q := &x.Request
	line := journalLine{
		Statute: journalVersion,
		Conn: journalConn{
			Protocol: x.Conn.Protocol, TLS: (*journalTLS)(x.Conn.TLS),
			EarlyData: x.Conn.EarlyData, Peer: x.Conn.Peer, Number: x.Conn.Number,
		},
		Request: journalMessage{text(q.Method), text(q.Target), text(q.Scheme), text(q.Authority), formOf(&q.Message)},
		After:   x.After, End: x.End, Took: x.Took,
		Seen:     []string{},
		Decision: journalDecision(x.Decision), Described: (*journalDescription)(x.Described),
	}
	for i := range x.Interim {
		line.Interim = append(line.Interim, answerForm(&x.Interim[i]))
	}
	if x.Final != nil {
		final := answerForm(x.Final)
		line.Final = &final
	}
	for i, name := range evidence {
		if x.Shows(1 << i) {
			line.Seen = append(line.Seen, name)
		}
	}
	if !x.Started.IsZero() {
		utc := x.Started.UTC()
		line.Started = &utc
	}
	buf := bytes.NewBuffer(b)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(&line)
	return buf.Bytes(), err
}

// exchange is the inverse of Append.
func (l *journalLine) exchange() *wire.Exchange {
	q := &l.Request
	x := &wire.Exchange{
		Conn: wire.Conn{
			Protocol: l.Conn.Protocol, TLS: (*wire.TLS)(l.Conn.TLS),
			EarlyData: l.Conn.EarlyData, Peer: l.Conn.Peer, Number: l.Conn.Number,
		},
		Request: wire.Request{
			Message: q.message(), Method: string(q.Method), Target: string(q.Target),
			Scheme: string(q.Scheme), Authority: string(q.Authority),
		},
		After: l.After, End: l.End, Took: l.Took,
		Decision: wire.Decision(l.Decision), Described: (*wire.Description)(l.Described),
	}
	for i := range l.Interim {
		x.Interim = append(x.Interim, l.Interim[i].response())
	}
	if l.Final != nil {
		final := l.Final.response()
		x.Final = &final
	}
	for i, name := range evidence {
		for _, seen := range l.Seen {
			if seen == name {
				x.Seen |= 1 << i
			}
		}
	}
	if l.Started != nil {
		x.Started = *l.Started
	}
	return x
}
